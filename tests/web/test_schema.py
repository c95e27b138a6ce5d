"""The API against its own OpenAPI document, with questions nobody would think of."""

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
    unsupported_method,
)

from tests.web.conftest import CSRF
from tests.web.site import Site

# Events never end, and a body of random bytes is decoded in a new process each time.
_LEFT_OUT = "/api/v1/(jobs/events|score|jobs)$"
# What the schema cannot say (a photo must exist, a name be printable) is answered 404 or 422:
# these checks would call that wrong.
_TOO_STRICT = [positive_data_acceptance, negative_data_rejection, unsupported_method]


def test_answers_are_as_documented(site: Site, subtests: pytest.Subtests) -> None:
    """Never a 500, always a documented status and shape."""
    schema = schemathesis.openapi.from_url(f"{site.url}/api/v1/openapi.json")
    operations = [r.ok() for r in schema.exclude(path_regex=_LEFT_OUT).get_all_operations()]
    assert len(operations) > 15
    for operation in operations:
        # Not schemathesis' own pytest plug-in: it does not know this pytest yet.
        @given(case=operation.as_strategy())
        @settings(
            max_examples=8, deadline=None, derandomize=True,
            suppress_health_check=list(HealthCheck), database=None,
        )  # fmt: skip
        def ask(case: schemathesis.Case) -> None:
            headers = {"x-csrf-token": CSRF}
            case.call_and_validate(headers=headers, excluded_checks=_TOO_STRICT)

        with subtests.test(operation.label):
            ask()
