"""What people read: every view fits into eighty columns, times are told as how long ago, money with cents."""

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from rich.console import Console, RenderableType

from shopbridge_cli import clock, lines
from shopbridge_cli.commands import bulk, tokens
from shopbridge_cli.views import (
    show,
    show_consent,
    show_health,
    show_held,
    show_orders,
    show_plan,
    show_preview,
    show_privacy,
    show_reconcile,
    show_runs,
    show_settings,
    show_skipped,
    show_why,
)
from tests.unit.cli.fake_lambda import LISTED, RUN, FakeLambda, lambda_, run
from tests.unit.cli.test_commands import HELD, SKIPPED
from tests.unit.cli.test_create import PLAN
from tests.unit.cli.test_health import COUNTED
from tests.unit.cli.test_removal import ABOUT_HER, KEPT_OF_IT
from tests.unit.cli.test_runs import OVERWRITES

__all__ = ["lambda_"]

REASON = {"code": "no_currency", "text": "It is open which.", "fix": "Set it."}
FAILED = {**RUN, "state": "failed", "reason": REASON}
PAGE = {
    "counts": {"imported": 41, "on_the_way": 2, "held": 3, "skipped": 9, "refused": 1},
    "total": 56,
    "matching": 3,
    "orders": [{**HELD, "connection": "my-shop", "group": "held", "found_at": "2026-03-01T10:05:07.123Z"}],
    "next": "2026 a1",
    "complete": False,
}
CONNECTION = {**LISTED, "settings": {}, "orders": {"DONE": 3}, "read_up_to": "2026-03-01T10:00:00Z", "runs": [RUN]}
CHANGED = {**LISTED, "changes": ["a: 1 → 2"], "remarks": ["It answers."], "hooks": {"signed": "/hooks/my-shop"}}
VERSION = {"version": 3, "at": "2026-03-01T10:00:00Z", "by": "anna", "changes": ["a: 1 → 2"]}
TRIED = {"order": "1", "becomes": "sent", "code": "", "reason": "", "fix": "Do.", "draft": {"a": [{"b": "c"}]}}
ALONE = {**TRIED, "there": {"number": "W-1", "id": "1", "total": 3}, "note": "A note."}
WELL = {**LISTED, "well": False, "verdict": "No.", "jobs": [{"what": "read", "ago": "1 min ago"}], "held": 3}
HEALTH = {**WELL, "backlog": "41 wait.", "troubles": [{"name": "poll", "reason": "No.", "fix": "Do."}]}
BOUGHT = {"quantity": "2", "sku": "MUG", "name": "A mug", "total": "19.9"}
IN_SHOP = {"placed_at": "2026-03-01T10:00:00Z", "status": "open", "payment": "paid", "paid_by": "paypal"}
WHY = {
    "answer": "It waits.",
    "fix": "Map it.",
    "orders": [
        {
            "order": "10042",
            "id": "a1",
            "group": "held",
            "code": "unmapped_payment",
            "answer": "It waits.",
            "fix": "Map it.",
            "channel": "Web",
            "shop_says": "",
            "office_says": "It is not there.",
            "shop": {**IN_SHOP, "lines": [BOUGHT], "total": "19.9", "currency": "EUR"},
            "document": {"number": "W-1", "id": "1", "total": "19.9", "url": "https://office.example/1"},
            "links": {"shop": "https://shop.example/1"},
        }
    ],
}
MISSED = {"order": "10043", "id": "a2", "placed_at": "2026-03-01T10:00:00Z", "total": "19.9", "text": "It is missing."}
RECONCILED = {
    "id": "my-shop",
    "since": "2026-03-01",
    "until": "2026-03-02",
    "next": "there",
    "stops": "Time.",
    "fix": "",
    "shop": {"a": "imported", "b": "missed"},
    "ledger": {"a": "imported"},
    "there": 1,
    "unclear": 2,
    "unanswered": 0,
    "stock": {"text": "It agrees."},
    "missing": [MISSED],
    "gone": [{**MISSED, "office": "W-1", "fix": "Look."}],
    "doubles": [],
}
ROTATED = {
    "id": "my-shop",
    "public_url": "https://bridge.example",
    "remarks": ["Enter it."],
    "hooks": {"unsigned": "/hooks/my-shop/token/t", "office_unsigned": "/hooks/my-shop/office/token/t"},
}
VIEWS: Mapping[str, tuple[Callable[[Any], RenderableType], Any]] = {
    "list": (show.connections, [LISTED]),
    "show": (show.connection, CONNECTION),
    "change": (show.changed, CHANGED),
    "create": (show.created, {**CHANGED, "plan": PLAN}),
    "verify": (show.verified, {"verified": False, "remarks": ["It answers."]}),
    "words": (show.words, {"shop": {"payment": {"ideal": "iDEAL"}}, "office": {"tax": {"21": "21 %"}}}),
    "order": (show.story, [{**HELD, "total": "29.9", "open_steps": ["note"]}]),
    "resend": (show.resent, {"resent": 1, "note": "It is skipped."}),
    "held": (show_held.held, {"orders": [HELD, {**HELD, "reason": "Another."}], "items": show_held.of_runs([RUN])}),
    "health": (show_health.told, {"connections": [HEALTH]}),
    "orders": (show_orders.listed, PAGE),
    "plan": (show_plan.planned, {**PLAN, "id": "my-shop"}),
    "preview": (show_preview.tried, {"complete": False, "orders": [ALONE]}),
    "runs": (show_runs.detailed, [RUN, FAILED]),
    "history": (show_settings.history, {"versions": [VERSION]}),
    "diff": (show_settings.differences, {"changes": ["a: 1 → 2"]}),
    "skipped": (show_skipped.by_reason, SKIPPED),
    "skipped of one reason": (show_skipped.by_code, SKIPPED),
    "erase": (show_privacy.about_buyer, ABOUT_HER),
    "forget": (show_privacy.kept, KEPT_OF_IT),
    "bulk": (bulk.done, COUNTED),
    "consent": (show_consent.unmet, OVERWRITES),
    "doctor": (show_health.examined, {"checks": [{"state": "bad", "text": "Switched off: x.", "fix": "Deploy anew."}]}),
    "why": (show_why.told, WHY),
    "reconcile": (show_reconcile.told, RECONCILED),
    "repair": (
        show_reconcile.repaired,
        {"done": 1, "waits": True, "left": [{"id": "a1", "text": "Gone."}], "stock": "Compared."},
    ),
    "token": (tokens.rotated, ROTATED),
}
KEPT = frozenset(
    {
        *("state", "group", "becomes", "action", "at", "total", "count", "kind", "item", "code", "verdict"),
        *("quantity", "stops", "shop", "ledger", "since", "until"),
    }
)
"""Fields whose values the views look up, or whose length is the bridge's own."""


def lengthened(value: Any, name: str = "") -> Any:
    """The same with long texts where a merchant or a platform may have some."""
    if isinstance(value, Mapping):
        return {each: lengthened(below, each) for each, below in value.items()}
    if isinstance(value, list):
        return [lengthened(each, name) for each in value]
    is_free = isinstance(value, str) and value and name not in KEPT and not name.endswith(("_at", "since", "up_to"))
    return f"{value} {'a long name of something [b]' * 6}" if is_free else value


def rendered(shown: RenderableType, width: int = 80) -> list[str]:
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        console.print(shown)
    return captured.get().splitlines()


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_fits_into_eighty_columns_with_long_values(view: str) -> None:
    show_it, result = VIEWS[view]
    for told in (result, lengthened(result)):
        found = rendered(show_it(told))
        assert found
        assert max(map(len, found)) <= 80
        assert not any(frame in line for line in found for frame in "│┃╭━")
        # A column that folds has lines of a few letters; here every line that is not its text's last is well filled.
        assert sum(len(line.strip()) < 8 for line in found) <= len(found) / 3


# --- times and money --------------------------------------------------------------------------------------------------


@pytest.fixture
def exact() -> Iterator[None]:
    token = lines.EXACT.set(True)
    yield
    lines.EXACT.reset(token)


@pytest.mark.parametrize(
    ("past", "told"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=3, seconds=5), "3 min ago"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(minutes=61), "1 h ago"),
        (timedelta(hours=47), "47 h ago"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=29, hours=23), "29 days ago"),
    ],
)
def test_a_time_is_told_as_how_long_ago_it_was(past: timedelta, told: str) -> None:
    assert lines.ago(past) == told
    assert lines.when((datetime.now(UTC) - past).isoformat()) == told


@pytest.fixture
def clock_of_aws() -> Iterator[None]:
    before = clock.AHEAD.set(timedelta())
    yield
    clock.AHEAD.reset(before)


def test_what_was_long_ago_is_a_day_and_what_is_to_come_a_time() -> None:
    assert lines.when("2020-03-01T10:05:07.123Z") == "2020-03-01"
    assert lines.when("2999-03-01T10:05:07.123Z") == "2999-03-01 10:05:07 UTC"


@pytest.mark.usefixtures("clock_of_aws")
def test_how_long_ago_is_told_by_the_clock_of_aws(lambda_: FakeLambda) -> None:
    lambda_.date = "Tue, 01 Mar 2950 10:00:00 GMT"
    lambda_.results["runs"] = []
    lambda_.results["held"] = [{**HELD, "updated_at": "2950-03-01T09:54:59Z"}]
    assert "10042, since 5 min ago" in run("held", "my-shop").stdout
    assert lines.when("2950-03-01T10:00:01Z") == "just now"


@pytest.mark.usefixtures("exact")
def test_exact_times_are_told_where_they_are_wanted() -> None:
    now = datetime.now(UTC)
    assert lines.when(now.isoformat()) == f"{now:%Y-%m-%d %H:%M:%S} UTC"


def test_utc_may_stand_anywhere(lambda_: FakeLambda, monkeypatch: pytest.MonkeyPatch) -> None:
    minutes_ago = (datetime.now(UTC) - timedelta(minutes=3, seconds=2)).isoformat()
    lambda_.results["runs"], lambda_.results["held"] = [], [{**HELD, "updated_at": minutes_ago}]
    assert "10042, since 3 min ago" in run("held", "my-shop").stdout
    stands = f"10042, since {minutes_ago[:10]}"
    assert stands in run("held", "my-shop", "--utc").stdout
    assert stands in run("--utc", "held", "my-shop").stdout
    monkeypatch.setenv("SHOPBRIDGE_UTC", "1")
    assert stands in run("held", "my-shop").stdout


@pytest.mark.parametrize(
    ("amount", "currency", "told"),
    [
        ("29.9", "EUR", "29.90 EUR"),
        (29, "HUF", "29.00 HUF"),
        ("29.95", "", "29.95"),
        ("0.125", "EUR", "0.125 EUR"),
        ("1E+2", "EUR", "100.00 EUR"),
    ],
)
def test_money_has_its_cents_and_its_currency(amount: Any, currency: str, told: str) -> None:
    assert lines.money(amount, currency) == told


# --- what is held -----------------------------------------------------------------------------------------------------


def test_what_is_held_stands_by_reason_with_its_fix_once(lambda_: FakeLambda) -> None:
    others = [{**HELD, "order": number, "id": number, "total": "29.9", "currency": "EUR"} for number in ("43", "44")]
    alone = {**HELD, "order": "45", "code": "missing_product", "reason": "No [MUG].", "fix": "Make it."}
    lambda_.results["held"] = [alone, HELD, *others]
    other = {**RUN, "problems": [{"item": "MUG-02", "reason": REASON}]}
    lambda_.results["runs"] = [RUN, other]
    told = run("held", "my-shop").stdout
    assert told.index("unmapped_payment: 3 orders") < told.index("missing_product: 1 order")
    assert told.count("Add the key 'paypal'") == 1
    assert "    43, since 2026-03-01, 29.90 EUR\n" in told
    once = "duplicate_sku: 1 of the newest run of products\n  Two [have] it.\n  What to do: Keep one.\n    MUG-01"
    assert once in told
    assert "MUG-02" in told
    answer = json.loads(run("held", "my-shop", "--json").stdout)
    assert [order["order"] for order in answer["orders"]] == ["45", "10042", "43", "44"]
    assert answer["items"][0]["code"] == "duplicate_sku"


def test_reasons_that_differ_stand_with_their_orders_and_ids_where_numbers_are_the_same(lambda_: FakeLambda) -> None:
    lambda_.results["runs"], lambda_.results["held"] = [], [HELD, {**HELD, "id": "b2", "reason": "Another."}]
    told = run("held", "my-shop").stdout
    assert "10042 (id a1), since 2026-03-01: The payment 'paypal' has no entry" in told
    assert "10042 (id b2), since 2026-03-01: Another." in told
