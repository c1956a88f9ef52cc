"""Every view of every widget with a hostile text in each field that it shows: the elements of a harmless one.

The answers have the shapes of the operations' own; where a text decides what is shown (a state, a status), one that is
unknown is treated like any other that is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopbridge.desk import html
from shopbridge.desk.event import WidgetEvent
from shopbridge.desk.presses import DEEDS
from shopbridge.desk.view import Desk
from shopbridge.desk.widgets import VIEWS
from tests.examples import examples
from tests.integration.worlds.desk_pages import WidgetPage

AT = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
HARMLESS = "harmless"
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:customWidget-a-desk"
REASON = {"code": "*", "text": "*", "fix": "*"}
ORDER = {
    "connection": "*",
    "group": "*",
    "order": "*",
    "id": "*",
    "channel": "*",
    "state": "*",
    "code": "*",
    "reason": "*",
    "fix": "*",
    "office_order": "*",
    "total": Decimal("1.00"),
    "found_at": AT,
    "updated_at": AT,
    "open_steps": (),
    "story": [{"at": AT, "text": "*"}],
}
DRAFT = {"name": "*", "lines": [{"sku": "*"}], "there": None}
PREVIEWED = {
    "order": "*",
    "id": "*",
    "state": "*",
    "becomes": "*",
    "code": "*",
    "reason": "*",
    "fix": "*",
    "draft": DRAFT,
    "note": "*",
    "changes": ["*"],
    "there": {"id": "*", "number": "*", "total": Decimal(1), "tax": None},
}
CONNECTION = {
    "id": "*",
    "name": "*",
    "shop": "*",
    "office": "*",
    "status": "*",
    "reason": "*",
    "version": 3,
    "well": False,
    "verdict": "*",
    "held": 2,
    "backlog": "*",
    "troubles": [{"name": "*", "reason": "*", "fix": "*"}],
    "jobs": [{"job": "*", "what": "*", "ago": "*", "failure": "*", "fix": "*", "last": AT}],
}
RUN = {
    "id": "*",
    "kind": "*",
    "state": "*",
    "stop_asked": False,
    "stage": "*",
    "percent": None,
    "started_by": "*",
    "started_at": AT,
    "reason": REASON,
    "counts": {"found": 1, "held": 2},
    "more": 3,
    "problems": [{"item": "*", "reason": REASON}],
}
SETTINGS = {"name": "*", "orders": {"maps": {"payment": {"entries": {"*": "*"}}}, "rules": ["*", {"*": "*"}]}}
ANSWERS: Mapping[str, Any] = {
    "health": {"well": False, "connections": [CONNECTION]},
    "list": [CONNECTION, {**CONNECTION, "id": "other"}],
    "orders": {
        "counts": {"imported": 1, "held": 1},
        "total": 2,
        "matching": 2,
        "orders": [ORDER],
        "next": "*",
        "complete": True,
    },
    "reasons": {
        "count": 3,
        "reasons": [
            {
                "code": "*",
                "count": 3,
                "reason": "*",
                "fix": "*",
                "oldest": AT,
                "connections": {"*": 3},
                "orders": [{"connection": "*", "order": "*", "id": "*", "since": AT, "reason": "*"}],
            }
        ],
    },
    "bulk": {"action": "*", "code": "*", "count": 3, "connections": {"*": 3}, "examples": ["*"], "done": 0, "left": 3},
    "story": [ORDER],
    "preview": {"id": "*", "orders": [PREVIEWED], "differ": 1, "complete": True},
    "why": {
        "id": "*",
        "order": "*",
        "answer": "*",
        "fix": "*",
        "orders": [{"order": "*", "links": {"shop": "https://shop.example/*", "office": "*"}}],
    },
    "runs": [RUN, {**RUN, "percent": 40, "state": "running"}, {**RUN, "state": "stopped"}],
    "show": {**CONNECTION, "settings": SETTINGS},
    "history": {"versions": [{"version": 2, "at": AT, "by": "*", "changes": ["*"]}]},
    "diff": {"changes": ["*"]},
    "words": {"shop": {"payment": {"*": "*"}}, "office": {"payment": {"*": "*"}}},
    "resend": {"resent": 1, "note": "*"},
    "skip": {"skipped": 1},
    "set": {"version": 4, "changes": ["*"], "remarks": ["*"]},
    "restore": {"version": 4, "changes": ["*"], "remarks": ["*"]},
    "start_run": {"started": False, "overwrites": ["*"], "consent": "*", "note": "*"},
    "stop_run": RUN,
    "resume_run": RUN,
    "pause": CONNECTION,
    "resume": CONNECTION,
    "poll_now": {"id": "*", "poll": "requested"},
}
STATES: Mapping[str, list[dict[str, Any]]] = {
    "health": [{}],
    "work": [
        *({"view": view} for view in ("", "reason", "find", "order", "preview", "why", "nowhere")),
        *({"do": do} for do in ("resend", "skip", "resend_all", "skip_all", "explode")),
    ],
    "runs": [{}, *({"do": do} for do in ("start_run", "stop_run", "resume_run", "poll"))],
    "setup": [
        *({"view": view} for view in ("", "edit", "map", "history", "diff")),
        {"view": "edit", "also": "trial", "path": ["orders", "maps"]},
        {"view": "map", "name": "payment", "also": "trial", "version": 3},
        {"view": "map", "name": "payment", "also": "words"},
        *({"do": do} for do in ("set", "restore", "pause", "resume", "save_map")),
    ],
    "changes": [{}],
}
CASES = [(widget, state) for widget, states in STATES.items() for state in states]
PIECES = [
    *("<", ">", "&", '"', "'", "`", "=", "/", "{", "}", "{0}", "%s", "\\", "\u202e", "\u2066", "\x00", "\n"),
    *("<script>", "</style>", "</textarea>", "</cwdb-action>", '<cwdb-action action="call">', "<img src=x onerror=y>"),
    *('" onclick="x', "javascript:x", "<!--", "-->", "]]>", "&lt;", "&#34;", "é", "\U0001f600"),
]
hostile = st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map("".join).filter(str.strip)


def filled(answer: Any, text: str) -> Any:
    """The answer with a text in each place that can have one, also where it names something."""
    if isinstance(answer, Mapping):
        return {(name if name != "*" else text): filled(part, text) for name, part in answer.items()}
    if isinstance(answer, list | tuple):
        return [filled(part, text) for part in answer]
    return answer.replace("*", text) if isinstance(answer, str) else answer


def page(widget: str, state: Mapping[str, Any], text: str, *, acts: bool = True, refused: bool = False) -> WidgetPage:
    """A widget whose every answer, event and field has this text in it."""
    names = ("find_text", "remark", "key_0", "value_0", "key_1", "value_1")
    sent = text.replace("\ud800", "?")  # no half of a character comes in as JSON
    forms = {"forms": {"all": {**dict.fromkeys(names, sent), "value": '"x"'}}}
    named = {name: sent for name in ("connection", "order", "code", "job") if name not in state}
    event = WidgetEvent.model_validate({"widget": widget, **named, **state, "widgetContext": forms})

    def request(asked: Mapping[str, Any]) -> Any:
        if refused:
            return {"ok": False, "problems": [text]}
        return {"ok": True, "result": filled(ANSWERS[asked["operation"]], text)}

    desk = Desk(event, html.Presses(ARN, event.widget), request, acts=acts, now=AT)
    return WidgetPage(html.page(VIEWS[event.widget](desk)))


def test_every_widget_and_every_deed_is_tried() -> None:
    assert set(STATES) == set(VIEWS)
    assert set(DEEDS) <= {state.get("do") for states in STATES.values() for state in states}


@pytest.mark.parametrize(("widget", "state"), CASES)
@pytest.mark.parametrize(("acts", "refused"), [(True, False), (False, False), (True, True)])
@given(text=hostile)
@settings(max_examples=examples(12))
def test_a_hostile_text_in_each_field_makes_the_same_elements_as_a_harmless_one(
    widget: str, state: dict[str, Any], text: str, *, acts: bool, refused: bool
) -> None:
    shown = page(widget, state, text, acts=acts, refused=refused)
    assert shown.tree == page(widget, state, HARMLESS, acts=acts, refused=refused).tree
    assert {each.sends["widget"] for each in shown.pressables} <= {widget}
    assert html.HIDDEN.search(shown.page.replace("\n", "")) is None
    assert shown.page.count(ARN) == len(shown.pressables)
    assert shown.page.encode()


@pytest.mark.parametrize(("widget", "state"), CASES)
def test_every_action_stands_behind_what_is_pressed_for_it(widget: str, state: dict[str, Any]) -> None:
    tree = page(widget, state, HARMLESS).tree
    for number, tag in enumerate(tree):
        if tag.startswith("<cwdb-action"):
            assert tree[number - 1] == "</a>"
            assert "action" in tag
            assert "endpoint" in tag


@pytest.mark.parametrize(("widget", "state"), CASES)
def test_no_element_is_used_that_nobody_has_seen_in_a_widget(widget: str, state: dict[str, Any]) -> None:
    tags = {tag.strip("<>/").split()[0] for tag in page(widget, state, HARMLESS).tree}
    known = "div style h3 span ul li table thead tbody tr th td a svg rect form label input textarea select option"
    assert tags <= {*known.split(), "cwdb-action"}


@pytest.mark.parametrize(("widget", "state"), CASES)
def test_who_only_looks_is_asked_nothing(widget: str, state: dict[str, Any]) -> None:
    assert [each for each in page(widget, state, HARMLESS, acts=False).pressables if each.question] == []


@pytest.mark.parametrize(("widget", "state"), CASES)
def test_whatever_does_something_asks_before(widget: str, state: dict[str, Any]) -> None:
    assert [each for each in page(widget, state, HARMLESS).pressables if "do" in each.sends and not each.question] == []


@pytest.mark.parametrize(("widget", "state"), CASES)
def test_half_a_character_in_what_is_told_can_still_be_sent(widget: str, state: dict[str, Any]) -> None:
    assert page(widget, state, "\ud800").page.encode()
