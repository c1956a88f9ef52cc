"""Hostile platforms and addresses in a size for every day, and that their judges see what is wrong."""

import httpx
import pytest

from chaos.hostile import addresses
from chaos.hostile import attack as hostile
from chaos.hostile.tricks import TRICKS, Genuine
from shopbridge.http import guard

EVERY_DAY = ("exponent", "deep lists", "half a surrogate")


@pytest.fixture(scope="module")
def found() -> hostile.Found:
    return hostile.attack(1, EVERY_DAY, starts=(hostile.AT_ONCE,))


def test_every_read_of_every_connector_ends_soon_in_an_error_of_ours(found: hostile.Found) -> None:
    assert (found.hung, found.untyped, found.over_memory) == ([], [], [])
    assert found.tried > 40 * len(EVERY_DAY)


def test_every_trick_can_be_played() -> None:
    genuine = Genuine(200, {}, b'{"rows": [{"id": 7, "price": "8.10"}]}')
    small = [name for name in TRICKS if name not in ("gzip bomb", "stacked gzip", "many lists", "many names")]
    assert all(isinstance(TRICKS[name](genuine), httpx.Response) for name in small)
    assert b"1e999999999" in b"".join(TRICKS["exponent"](genuine).iter_raw())


def test_what_never_ends_and_what_nobody_expected_is_seen() -> None:
    found = hostile.Found()

    def broken() -> object:
        raise ValueError("nobody expected this")

    def endless() -> object:
        raise hostile.Endless("again and again")

    hostile._ask(found, "broken", broken)
    hostile._ask(found, "endless", endless)
    assert (len(found.untyped), len(found.hung)) == (1, 1)


def test_no_address_inside_is_reached() -> None:
    tried = addresses.try_addresses()
    assert (tried.reached, tried.untyped) == ([], [])
    assert tried.tried >= 500


def test_addresses_that_are_reached_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "_is_public", lambda _: True)
    assert len(addresses.try_addresses().reached) > 400
