"""What a creation does not name is looked for before anybody gives up."""

import pytest

from shopbridge.connectors.salespos.api import named_or_found
from shopbridge.connectors.salespos.wire import CreatedRead
from shopbridge.errors import OutcomeUnknown


def never() -> int | None:
    raise AssertionError("nobody looks")


def test_what_is_named_is_not_looked_for() -> None:
    assert named_or_found(CreatedRead(id=0), never, "the category Mugs") == 0


def test_what_is_not_named_is_found() -> None:
    assert named_or_found(None, lambda: 7, "the category Mugs") == 7


def test_what_does_not_show_may_be_there() -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        named_or_found(None, lambda: None, "the category Mugs")
    assert caught.value.what == "SalesPOS created the category Mugs, but does not list it"
