"""An error nobody foresaw: one line for who asked, never a traceback."""

from aesplugin.web.app import create_app
from aesplugin.web.error_lines import error_line
from aesplugin.web.guard import Access
from aesplugin.web.state import Desk
from aesplugin.web.testing import served
from tests.web.client import Client
from tests.web.conftest import CSRF
from tests.web.site import Site


class Failing(Desk):
    def thumbnail(self, content_hash: str) -> bytes | None:
        raise OSError(28, "No space left on device", f"/cache/{content_hash[:4]}.jpg")


def test_an_answer_that_fails_says_why_in_one_line(site: Site) -> None:
    photo = site.photos["IMG_01.jpg"]
    with served(create_app(Failing(site.workshop, Access(csrf=CSRF)))) as port:
        answer = Client(port, {}).get(f"/api/v1/photos/{photo}/thumbnail.jpg")
    assert answer.status == 500
    assert answer.json["error"] == f"/cache/{photo[:4]}.jpg: No space left on device"
    assert "Traceback" not in answer.text


def test_what_has_no_file_to_name_is_told_in_one_line() -> None:
    line = error_line(RuntimeError("two\nlines"))
    assert "RuntimeError: two lines" in line
    assert "\n" not in line
