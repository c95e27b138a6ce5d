import pytest

from aesplugin.catalog.catalog import Catalog
from aesplugin.errors import UsageError


def test_filters_are_kept_by_name_for_each_person(catalog: Catalog) -> None:
    saved = catalog.saved_filters
    assert saved.save("ann", "zoo", "q=lion") is None
    assert saved.save("ann", "Best", "stars=4") is None
    assert saved.save("bob", "Best", "stars=5") is None
    assert list(saved.of("ann").items()) == [("Best", "stars=4"), ("zoo", "q=lion")]
    assert saved.save("ann", "Best", "stars=3") == "stars=4"
    assert saved.delete("ann", "Best") == "stars=3"
    assert saved.delete("ann", "Best") is None
    assert (saved.of("ann"), saved.of("bob")) == ({"zoo": "q=lion"}, {"Best": "stars=5"})


def test_too_many_are_refused(catalog: Catalog) -> None:
    for number in range(100):
        catalog.saved_filters.save("ann", str(number), "")
    with pytest.raises(UsageError, match="delete one first"):
        catalog.saved_filters.save("ann", "one more", "")
    assert catalog.saved_filters.save("ann", "7", "stars=1") == ""
    with pytest.raises(UsageError, match="not a valid user name"):
        catalog.saved_filters.save(" ", "a", "")
