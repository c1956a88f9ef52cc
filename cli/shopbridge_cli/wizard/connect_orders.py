"""Asks which orders are taken, and what their statuses, payments, shipping and taxes are in the back office."""

from collections.abc import Mapping, Sequence
from typing import Any

from shopbridge_cli.wizard import questions
from shopbridge_cli.wizard.connect_answers import Answers

Choices = Mapping[str, str]
MAPS = {"status": "Order status", "payment": "Payment method", "shipping": "Shipping method"}
KEEP = "="
"""In a map: the shop's value as it is."""
PAID = "paid"
LONGEST = 60
"""Letters of a name in a question of one line."""
MISSING = {"hold": "hold the order", "create": "create the product", "free_text": "book a line of text"}


def ask_orders(answers: Answers) -> None:
    """Ask which orders are taken, and how they and their products are found and called."""
    ask_taken(answers)
    ask_products(answers)
    for name in MAPS:
        ask_map(answers, name)
    ask_taxes(answers)


def ask_taken(answers: Answers) -> None:
    """Ask which orders are taken, and since when."""
    questions.head("Orders that are taken")
    orders = answers.part("orders")
    statuses, payments = answers.listed("shop", "status"), answers.listed("shop", "payment_status")
    if statuses:
        questions.say("Order statuses to take")
        orders["statuses"] = questions.many(
            "Which", statuses, default=orders.get("statuses", ()), empty="all but the cancelled"
        )
    if payments:
        questions.say("Payment statuses to take")
        default = orders.get("payment_statuses", [PAID] if PAID in payments else ())
        orders["payment_statuses"] = questions.many("Which", payments, default=default, empty="paid or not")
    if statuses:
        questions.say("Statuses that the first import leaves out, such as completed")
        left_out = orders.get("first_import_without", ())
        orders["first_import_without"] = questions.many("Which", statuses, default=left_out)
    day = questions.again_until(
        lambda: questions.text(
            "Orders placed since", help="A day, such as 2026-01-31. Empty: two months back.", default=_day(orders)
        ),
        _no_day,
    )
    orders["from_date"] = day or None


def _day(orders: Mapping[str, Any]) -> str:
    return str(orders.get("from_date") or "")


def _no_day(text: str) -> str:
    shape = [part.isdecimal() for part in text.split("-")]
    return "" if not text or shape == [True] * 3 else "Write the day as 2026-01-31."


def ask_products(answers: Answers) -> None:
    """Ask by what an order's products are found in the back office, and what becomes of others."""
    questions.head("Products of an order")
    products = answers.part("orders", "products")
    fields = {field["key"]: field for field in answers.forms["connection"]}
    for key, label in (("shop_field", "Identify goods by, in the shop"), ("office_field", "and in the back office")):
        known = fields[f"orders.products.{key}"]
        products[key] = questions.text(label, help=known["help"], default=products.get(key) or known["default"])
    questions.say("When the back office does not have a product:")
    products["missing"] = questions.one("Then", MISSING, default=products.get("missing", "hold"))


def ask_map(answers: Answers, name: str) -> None:
    """Ask what each of the shop's values is in the back office; ``name`` is one of ``MAPS``."""
    shop, office = answers.listed("shop", name), answers.listed("office", name)
    if name == "status":
        shop = _in_use(answers, shop)
    questions.head(f"{MAPS[name]}: from {answers.title('shop')} to {answers.title('office')}")
    table = answers.part("orders", "maps", name)
    if office:
        table["entries"] = matched(shop, office, {**_off(answers, shop, name), **table.get("entries", {})})
    else:
        _any_text(answers, table, shop)
    if not shop and office:
        questions.say("The shop does not list them: orders are held until the map names theirs, with the key to add.")


def _in_use(answers: Answers, statuses: dict[str, str]) -> dict[str, str]:
    """All, where the back office is told what becomes of an order; else those that orders are taken in."""
    if "order_changes" in answers.can["office"]:
        return statuses
    taken, off = answers.part("orders").get("statuses"), answers.off["shop"].get("status", [])
    return {key: title for key, title in statuses.items() if (key in taken if taken else key not in off)}


def _off(answers: Answers, shop: Choices, name: str) -> dict[str, str]:
    """Cancelled is cancelled, whatever it is called."""
    off = {side: answers.off[side].get(name, []) for side in ("shop", "office")}
    return {key: off["office"][0] for key in off["shop"] if key in shop} if off["office"] else {}


def matched(shop: Choices, office: Choices, present: Mapping[str, str]) -> dict[str, str]:
    """Ask what each of the shop's values is in the back office; entries of values that are not asked for stay."""
    if not shop:
        return dict(present)
    questions.listed(office)
    questions.say(
        f"Which is meant? Suggestions are by likeness alone. `{questions.NONE}` leaves a value open: its orders wait."
    )
    entries = {key: value for key, value in present.items() if key not in shop}
    only = next(iter(office)) if len(office) == 1 else ""
    for key, title in shop.items():
        default = present.get(key) or only or questions.alike(title, office)
        value = questions.one(_short(title), office, default=default, optional=True, shown=False)
        if value:
            entries[key] = value
    return entries


def _short(title: str) -> str:
    """It is asked on one line of 80."""
    return title if len(title) <= LONGEST else f"{title[: LONGEST - 1]}…"


def _any_text(answers: Answers, table: dict[str, Any], shop: Choices) -> None:
    """The back office takes any text."""
    keeps = table.get("fallback") == KEEP or not table.get("entries")
    if questions.yes(f"{answers.title('office')} takes any text. Keep the shop's names?", default=keeps):
        table["fallback"] = KEEP
        return
    table["fallback"] = None
    entries = dict(table.get("entries", {}))
    for key, title in shop.items():
        entries[key] = questions.text(_short(title), default=entries.get(key, ""))
    table["entries"] = {key: value for key, value in entries.items() if value}


def ask_taxes(answers: Answers) -> None:
    """Ask for the shop's tax percentages, and which of the back office's each is."""
    questions.head("Taxes")
    rates, office = _rates(answers), answers.listed("office", "tax")
    table = answers.part("orders", "maps", "tax")
    if office:
        titles = {rate: f"{rate} %" for rate in rates}
        suggested = {rate: next((key for key in office if key.partition("%")[0] == rate), "") for rate in rates}
        table["entries"] = matched(titles, office, {**suggested, **table.get("entries", {})})
    else:
        table["entries"] = {rate: table.get("entries", {}).get(rate, KEEP) for rate in rates}


def _rates(answers: Answers) -> Sequence[str]:
    """The percentages that the shop sells at: those it lists, else those of its settings, as somebody confirms."""
    settings = answers.settings["shop"]["settings"]
    named = [str(settings[key]) for key in ("vat", "delivery_vat") if settings.get(key) is not None]
    known = [*answers.listed("shop", "tax"), *named, *map(str, settings.get("other_vat", {}).values())]
    present = list(answers.part("orders", "maps", "tax").get("entries", {}))
    typed = questions.again_until(
        lambda: questions.text(
            "Percentages that the shop sells at",
            help="With commas, such as 21, 9, 0. An order with any other one is held.",
            default=", ".join(dict.fromkeys(present or known)),
            needed=True,
        ),
        _no_rates,
    )
    return _parts(typed)


def _no_rates(text: str) -> str:
    wrong = [part for part in _parts(text) if not part.replace(".", "", 1).isdecimal()]
    return f"{wrong[0]} is no percentage. Write them as 21, 5.5, 0." if wrong else ""


def _parts(text: str) -> Sequence[str]:
    return list(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))
