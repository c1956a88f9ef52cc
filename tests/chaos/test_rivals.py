"""Some of the races that the long run plays of two workers for one order; and that a double one is seen."""

import pytest

from chaos.rivals import rivals
from shopbridge.store import ledger


@pytest.mark.parametrize("pair", ["shopware-salespos", "gomag-cloudsales"])
def test_two_workers_make_an_order_in_doubt_once(pair: str) -> None:
    found = rivals(11, [pair], one_in=15)
    assert found.wrong == []
    assert found.races >= 2


def test_a_claim_that_two_workers_can_win_makes_the_order_twice_and_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "FREE", ledger.UNMOVED)
    (told,) = rivals(11, ["shopware-salespos"], one_in=1_000).wrong
    assert told.startswith(
        "shopware-salespos, one worker before call 1 of dynamodb UpdateItem, the other before office"
    )
    assert "doubled: 1000" in told
