"""Asks what travels besides new orders, of what the two platforms are capable of."""

from collections.abc import Mapping
from typing import Any

from shopbridge_cli.wizard import questions
from shopbridge_cli.wizard.connect_answers import Answers
from shopbridge_cli.wizard.connect_orders import matched

Record = Mapping[str, Any]
DIRECTIONS = {
    "office_to_shop": "from the back office to the shop",
    "shop_to_office": "from the shop to the back office",
}


def ask_flows(answers: Answers) -> None:
    """Ask for what becomes of orders, stock and products; what the pair cannot carry is not asked."""
    questions.head("What else travels")
    can = possible(answers)
    if "write_back" in can:
        _write_back(answers)
    if "order_statuses" in can:
        _statuses(answers)
    if "shipments" in can:
        changes = answers.part("orders", "changes")
        changes["shipments"] = questions.yes(
            "Bring tracking codes back to the shop?", default=bool(changes.get("shipments"))
        )
    for key, title in (("stock", "Carry stock?"), ("products", "Carry products and prices?")):
        if key in can:
            _goods(answers, key, title, can[key])
    if set(can) <= {"orders"}:
        questions.say("These two carry orders alone.")


def possible(answers: Answers) -> dict[str, list[str]]:
    """Flows that both sides are capable of with their settings, each with its directions."""
    found: dict[str, list[str]] = {}
    for flow in answers.forms["flows"]:
        if all({*flow[side]} <= {*answers.can[side]} for side in ("shop", "office")):
            found.setdefault(flow["key"], []).append(flow["direction"])
    return found


def _write_back(answers: Answers) -> None:
    back, statuses = answers.part("orders", "write_back"), answers.listed("shop", "status")
    if statuses:
        questions.say("Status that an order gets in the shop once it is in the back office (empty: it keeps its own)")
        back["status"] = questions.one("Which", statuses, default=back.get("status") or "", optional=True) or None
    if any("document_number" not in answers.can[side] for side in ("shop", "office")):
        return
    back["document_field"] = (
        questions.text(
            "Field for the document's number",
            help="A custom field of the shop's order that receives the back office's number. Empty: none.",
            default=back.get("document_field") or "",
        )
        or None
    )


def _statuses(answers: Answers) -> None:
    """The way back: the back office's status, and the shop's that an order then gets."""
    changes, shop, office = (
        answers.part("orders", "changes"),
        answers.listed("shop", "status"),
        answers.listed("office", "status"),
    )
    present = bool(changes.get("statuses") or changes.get("cancelled"))
    if not (shop and office) or not questions.yes(
        f"Let the shop follow the statuses of {answers.title('office')}?", default=present
    ):
        changes.update(statuses={}, cancelled=None)
        return
    off = answers.off["office"].get("status", [])
    steps = {key: title for key, title in office.items() if key not in off}
    back = {value: key for key, value in answers.part("orders", "maps", "status").get("entries", {}).items()}
    present_steps = {key: value for key, value in (changes.get("statuses") or back).items() if key in steps}
    changes["statuses"] = matched(steps, shop, present_steps)
    default = changes.get("cancelled") or next(iter(answers.off["shop"].get("status", [])), "")
    questions.say("Status of an order that the back office cancelled (`-`: such an order waits for a person)")
    changes["cancelled"] = questions.one("Which", shop, default=default, optional=True) or None


def _goods(answers: Answers, key: str, title: str, directions: list[str]) -> None:
    part = answers.part(key)
    part["active"] = questions.yes(title, default=bool(part.get("active")))
    if not part["active"]:
        return
    named = {each: DIRECTIONS[each] for each in directions}
    if len(named) > 1:
        part["direction"] = questions.one("Which way", named, default=part.get("direction", directions[0]))
    else:
        part["direction"] = directions[0]
        questions.say(f"It travels {named[directions[0]]}.", indent=2)
    if key == "stock":
        _stock(answers, part)


def _stock(answers: Answers, part: dict[str, Any]) -> None:
    """How much of it is offered, and where it is written."""
    target = "shop" if part["direction"] == "office_to_shop" else "office"
    fields = {field["key"]: field for field in answers.forms["connection"]}
    formula = fields["stock.formula"]
    questions.say(formula["help"], indent=2, style="dim")
    part["formula"] = questions.one(
        formula["title"], {each: each for each in formula["choices"]}, default=part.get("formula", formula["default"])
    )
    houses = answers.listed(target, "warehouse")
    if len(houses) > 1:
        questions.say("Warehouse that stock is written to")
        part["target_warehouse"] = questions.one("Which", houses, default=part.get("target_warehouse") or "")
