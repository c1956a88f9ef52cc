"""Checks a connection before anything depends on it, and collects every problem instead of the first."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from shopbridge.errors import BridgeError
from shopbridge.flows.bridge import Bridge
from shopbridge.flows.operations.samples import SAMPLE_DOCUMENT
from shopbridge.flows.operations.verify_settings import (
    Words,
    advice,
    check_product_rules,
    formula_remarks,
    gaps,
    map_problems,
    map_remarks,
    page_problems,
    product_problems,
    product_remarks,
    stock_problems,
    stock_remarks,
    tax_problems,
)
from shopbridge.mapping.rule_engine import check_rules
from shopbridge.mapping.validation import BadSettings
from shopbridge.model.connection import SIDES_OF, ConnectionSettings, Side
from shopbridge.model.office import Choice, Identity, Vocabulary
from shopbridge.model.settings import Maps, OrderSettings, ValueMap
from shopbridge.ports import Parts

Secrets = Mapping[Side, Mapping[str, str]]
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Report:
    """What verifying found.

    Attributes:
        problems: Each a sentence that ends in what to do; any of them keeps the connection from being saved.
        remarks: Worth knowing: what the platforms say of themselves, and values that would hold orders.
        shop, office: What answered, logged in already: a shop may allow few logins a minute.
        accounts: What each platform calls its own; without those that did not answer.
    """

    problems: tuple[str, ...]
    remarks: tuple[str, ...]
    shop: Parts | None = None
    office: Parts | None = None
    accounts: Mapping[Side, tuple[str, ...]] = field(default_factory=dict)


APART = (
    "If they may, set orders.reference to channel_number: the back office then tells them apart, and CloudSales, which "
    "keeps one order of each number, takes both."
)


class _Findings:
    def __init__(self, reference: str) -> None:
        self.reference = reference
        self.accounts: dict[Side, tuple[str, ...]] = {}
        self.problems: list[str] = []
        self.remarks: list[str] = []

    def attempt(self, ask: Callable[[], Answer]) -> Answer | None:
        """The answer, or None with the refusal among the problems."""
        try:
            return ask()
        except BadSettings as error:
            self.problems.extend(str(problem) for problem in error.problems)
        except BridgeError as error:
            self.problems.append(str(error))
        return None


def verify(bridge: Bridge, settings: ConnectionSettings, secrets: Secrets, *, awaiting_app: bool = False) -> Report:
    """Ask both platforms who they are with these credentials, then hold the settings against their words."""
    found = _Findings(settings.orders.reference)
    for side in ("shop", "office"):
        found.problems.extend(bridge.platforms.check_settings(settings, side, secrets.get(side, {})))
    if found.problems:
        return Report(tuple(found.problems), ())
    found.problems.extend(tax_problems(settings.orders.maps.tax))
    incapable = bridge.platforms.check_capabilities(settings)
    found.problems.extend(incapable)
    office = found.attempt(lambda: bridge.platforms.trial(settings, "office", secrets.get("office", {})))
    shop: Parts | None = None
    shop_words: Vocabulary = {}
    if awaiting_app:
        found.remarks.append("The shop is verified once its app registration has handed over the credentials.")
    else:
        shop = found.attempt(lambda: bridge.platforms.trial(settings, "shop", secrets.get("shop", {})))
        shop_words = _ping(found, shop, "shop")
        _check_shop_words(found, settings.orders, shop_words)
    office_words = _check_office(found, settings.orders, office)
    words: Words = {"shop": shop_words, "office": office_words}
    _check_products(bridge, found, settings, words)
    able: Mapping[Side, Parts | None] = {} if incapable else {"shop": shop, "office": office}
    _check_stock(found, settings, words, {side: able[side] for side in able if words[side]})
    return Report(tuple(found.problems), tuple(found.remarks), shop, office, found.accounts)


def _ping(found: _Findings, platform: Parts | None, side: Side) -> Vocabulary:
    identity: Identity | None = found.attempt(platform.account.ping) if platform else None
    if identity is None or platform is None:
        return {}
    found.remarks.append(f"{identity.name} {identity.version} answers.".replace("  ", " "))
    found.remarks.extend(identity.notes)
    found.accounts[side] = identity.accounts
    if identity.shared_numbers and found.reference == "number":
        found.remarks.append(f"{identity.shared_numbers} {APART}")
    return found.attempt(platform.account.vocabulary) or {}


def _check_products(bridge: Bridge, found: _Findings, settings: ConnectionSettings, words: Words) -> None:
    found.problems.extend(product_problems(settings, words))
    found.remarks.extend(product_remarks(settings, words))
    if settings.products.rules:
        found.attempt(lambda: check_product_rules(settings, bridge.platforms.product_fields(settings)))


def _check_stock(
    found: _Findings, settings: ConnectionSettings, words: Words, sides: Mapping[Side, Parts | None]
) -> None:
    """``sides`` are those that answered, and can do what stock asks of them."""
    found.problems.extend(stock_problems(settings, words))
    found.remarks.extend(stock_remarks(settings, words))
    source, shop = sides.get(SIDES_OF[settings.stock.direction][0]), sides.get("shop")
    if settings.stock.active and source:
        read = found.attempt(lambda: list(page_problems(settings.stock, source.stock_source)))
        found.problems.extend(read or ())
    if settings.stock.active and shop:
        remarks = found.attempt(lambda: list(formula_remarks(settings.stock, shop.open_orders)))
        found.remarks.extend(remarks or ())


def _check_office(found: _Findings, orders: OrderSettings, office: Parts | None) -> Vocabulary:
    words = _ping(found, office, "office")
    for name in Maps.model_fields:
        table: ValueMap = getattr(orders.maps, name)
        targets = {value for value in (*table.entries.values(), table.fallback) if value not in (None, "=")}
        found.problems.extend(
            f"The map {name} leads to {value!r}, which the back office does not know. {advice(value, words[name])}"
            for value in sorted(targets - {choice.key for choice in words.get(name, ())})
            if words.get(name)
        )
    if office and words:
        # Nothing has this number; what counts is that it may be asked for.
        found.attempt(lambda: office.order_products.find(orders.products.office_field, "-"))
    if office:
        found.attempt(lambda: check_rules(orders.rules, office.order_target.fields(), SAMPLE_DOCUMENT))
    return words


def _check_shop_words(found: _Findings, orders: OrderSettings, words: Vocabulary) -> None:
    written_back = (orders.write_back.status,) if orders.write_back.status else ()
    chosen = (
        ("statuses", "status", orders.statuses),
        ("payment_statuses", "payment_status", orders.payment_statuses),
        ("first_import_without", "status", orders.first_import_without),
        ("write_back.status", "status", written_back),
    )
    for setting, name, keys in chosen:
        known = {choice.key for choice in words.get(name, ())}
        found.problems.extend(
            f"orders.{setting}: The shop has no {name.replace('_', ' ')} {key!r}. {advice(key, words[name])}"
            for key in keys
            if known and key not in known
        )
    for name in Maps.model_fields:
        taken = orders.statuses if name == "status" else ()
        table: ValueMap = getattr(orders.maps, name)
        choices = words.get(name, ())
        found.remarks.extend(gaps(name, table, _taken(choices, taken)))
        found.remarks.extend(map_remarks(name, table, choices))
        found.problems.extend(map_problems(name, table, choices))


def _taken(choices: Sequence[Choice], taken: Sequence[str]) -> Sequence[Choice]:
    """The values that orders can come in with: those the settings name, else all that are not off."""
    return [choice for choice in choices if (choice.key in taken if taken else not choice.off)]
