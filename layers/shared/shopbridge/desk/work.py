"""Work: what waits for a person, by reason, with what to do; orders to be found, each with its story and its repair."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from markupsafe import Markup

from shopbridge.desk import html
from shopbridge.desk.orders import GROUPS, group, order_link, order_table, preview_of, story
from shopbridge.desk.presses import done
from shopbridge.desk.view import Desk, count_of, refusal, shown

Row = Mapping[str, Any]
PAGE = 25
PERIODS = {"1": "today (UTC)", "7": "the last 7 days", "30": "the last 30 days", "0": "all"}
STATES = {"": "anywhere", **{name: words for name, (_, words) in GROUPS.items()}}
MOST_DAYS = 3650


def work(desk: Desk) -> Markup:
    """Do what was pressed, then show what is asked for, with the search above it."""
    did = done(desk)
    view = VIEWS.get(desk.event.view, _overview)
    back = desk.press.go("Back to all that waits", connection=desk.event.connection) if desk.event.view else ""
    return html.joined([did, _search(desk), back, view(desk)])


def _search(desk: Desk) -> Markup:
    typed = desk.event.filled("find_text")
    return html.form(
        # An address is asked for and never shown.
        html.field("find_text", "Number on either side, or e-mail", "" if "@" in typed else typed),
        html.choice("find_state", "Where it is", STATES, desk.event.filled("find_state")),
        html.choice("find_days", "First seen", PERIODS, _days(desk)),
        desk.press.button("Find", view="find", connection=desk.event.connection),
    )


def _days(desk: Desk) -> str:
    wanted = desk.event.days or desk.event.filled("find_days")
    return wanted if wanted in PERIODS else "7"


def _overview(desk: Desk) -> Markup:
    counted = desk.ask("orders", connection=desk.event.connection, since=desk.now.date(), limit=1)
    waits = desk.ask("reasons", connection=desk.event.connection)
    every = desk.press.go("Show all connections") if desk.event.connection else ""
    return html.joined([shown(counted, _counts), every, shown(waits, lambda result: _reasons(desk, result))])


def _counts(result: Row) -> Markup:
    parts = (html.joined([group(name), f" {count}"]) for name, count in result["counts"].items())
    return html.row(f"First seen today: {count_of(result['total'], 'order')}.", *parts)


def _reasons(desk: Desk, result: Row) -> Markup:
    if not result["count"]:
        return html.note("good", "Nothing waits for you.")
    rows = (
        (
            desk.press.go(each["count"], view="reason", connection=desk.event.connection, code=each["code"]),
            html.joined([html.line(each["reason"]), html.line(html.code(each["code"]))]),
            each["fix"],
            html.listing(f"{name}: {count}" for name, count in each["connections"].items()),
            desk.time(each["oldest"]),
        )
        for each in result["reasons"]
    )
    head = html.heading(f"{count_of(result['count'], 'order waits', 'orders wait')} for you")
    return html.joined([head, html.table(("Orders", "Why", "What to do", "Connections", "Oldest"), rows)])


def _reason(desk: Desk) -> Markup:
    event = desk.event
    found = desk.ask("reasons", connection=event.connection, code=event.code)
    if not found["ok"]:
        return refusal(found)
    if not found["result"]["count"]:
        return html.note("good", "No order waits for this reason any more.")
    counted = desk.ask("bulk", action="resend", connection=event.connection, code=event.code) if desk.acts else None
    all_of_them = shown(counted, lambda result: _all(desk, result)) if counted else ""
    return html.joined(
        [html.heading(event.code), all_of_them, *(_one(desk, each) for each in found["result"]["reasons"])]
    )


def _one(desk: Desk, reason: Row) -> Markup:
    rows = (
        (order_link(desk, each), each["connection"], each["reason"], desk.time(each["since"]))
        for each in reason["orders"]
    )
    left = reason["count"] - len(reason["orders"])
    return html.joined(
        [
            html.note("warn", reason["fix"]),
            html.table(("Order", "Connection", "Why", "First seen"), rows),
            html.line(html.soft(f"… and {left} more.")) if left else "",
        ]
    )


def _all(desk: Desk, counted: Row) -> Markup:
    """Press for all orders of a reason; how many they are was counted first, and is confirmed."""
    count, event = counted["count"], desk.event
    named = f"{count_of(count, 'order')} with the reason {event.code}"
    state = {"view": "reason", "connection": event.connection, "code": event.code, "count": count}
    return html.form(
        desk.press.act(
            f"Send {count} again", f"Send {named} again, also those that were left out?", do="resend_all", **state
        ),
        html.field("remark", "Or set all aside, because", ""),
        desk.press.act(f"Set {count} aside", f"Set {named} aside for good?", do="skip_all", **state),
    )


def _find(desk: Desk) -> Markup:
    text, days = desk.event.filled("find_text"), min(int(_days(desk)), MOST_DAYS)
    since = desk.now.date() - timedelta(days=days - 1) if days else None
    asked = {"email": text} if "@" in text else {"text": text}
    state = desk.event.filled("find_state")
    found = desk.ask(
        "orders",
        connection=desk.event.connection,
        since=since,
        state=state if state in STATES else "",
        limit=PAGE,
        after=desk.event.after,
        **asked,
    )
    return shown(found, lambda result: _found(desk, result, "" if "@" in text else text))


def _found(desk: Desk, result: Row, text: str) -> Markup:
    early = "" if result["complete"] else html.note("info", "There are more than could be read. Choose a shorter time.")
    if not result["orders"]:
        return html.joined([early, html.note("info", "No order is like that in this time."), *_elsewhere(desk, text)])
    goes_on = result["next"] and (text or "@" not in desk.event.filled("find_text"))
    more = desk.press.go("More", view="find", connection=desk.event.connection, after=result["next"]) if goes_on else ""
    known = count_of(result["matching"], "order") if result["matching"] is not None else "Some"
    head = html.line(f"{known} of {result['total']} in this time.")
    return html.joined([early, head, order_table(desk, result["orders"]), more])


def _elsewhere(desk: Desk, text: str) -> list[Markup]:
    """Where else to look for a number."""
    connection = desk.event.connection
    if not text:
        return []
    everywhere = desk.press.go("Search all orders", view="find", connection=connection, days="0")
    asks = (
        desk.press.go("Ask the shop why", view="why", connection=connection, order=text)
        if desk.acts and connection
        else ""
    )
    return [html.row(everywhere, asks)]


def _order(desk: Desk) -> Markup:
    found = desk.ask("story", connection=desk.event.connection, order=desk.event.order)
    if not found["ok"]:
        return refusal(found)
    return html.joined([html.joined([story(desk, each), _repairs(desk, each)]) for each in found["result"]])


def _repairs(desk: Desk, order: Row) -> Markup:
    """What can be done about one order."""
    if not desk.acts:
        return Markup()
    state = {"connection": desk.event.connection, "order": order["id"]}
    name = f"order {order['order'] or order['id']}"
    return html.form(
        desk.press.act("Send again", f"Send {name} again?", do="resend", view="order", **state),
        html.field("remark", "Or set it aside, because", ""),
        desk.press.act("Set aside", f"Set {name} aside for good?", do="skip", view="order", **state),
        desk.press.go("What would be sent", view="preview", **state),
        desk.press.go("Why is it there", view="why", **state),
    )


def _preview(desk: Desk) -> Markup:
    found = desk.ask("preview", connection=desk.event.connection, order=desk.event.order, last=1, hide_buyer=True)
    return shown(found, preview_of)


def _why(desk: Desk) -> Markup:
    return shown(desk.ask("why", connection=desk.event.connection, order=desk.event.order), _answer)


def _answer(result: Row) -> Markup:
    told = html.note("info", html.line(result["answer"]), html.line(result["fix"]))
    return html.joined([told, *(html.row(*_links(each)) for each in result["orders"])])


def _links(order: Row) -> list[html.Content]:
    return [html.soft(order["order"]), *(html.link(f"in {side}", url) for side, url in order["links"].items())]


VIEWS: Mapping[str, Callable[[Desk], Markup]] = {
    "reason": _reason,
    "find": _find,
    "order": _order,
    "preview": _preview,
    "why": _why,
}
