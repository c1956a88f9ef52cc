"""Every setting that one side of a connection cannot serve is refused, pair by pair, with who cannot, and why."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import yaml

from shopbridge.connectors.parts import Capability
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.model.connection import SIDES_OF, ConnectionSettings, Side
from shopbridge.wiring import ConnectorFactory

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
MAIL = {"active": True, "sender": "shop@shop.example", "subject": "{number}", "text": "{order}"}


@dataclass(frozen=True)
class Chosen:
    """A setting, and what it asks of which side."""

    part: str
    values: Mapping[str, Any]
    asks: tuple[tuple[Side, Capability], ...]


def carried(part: str, source: Capability, target: Capability) -> Iterator[tuple[str, Chosen]]:
    """Goods in both directions."""
    for direction, (giver, taker) in SIDES_OF.items():
        asks = ((giver, source), (taker, target))
        yield f"{part} {direction}", Chosen(part, {"active": True, "direction": direction}, asks)


CUSTOMERS: tuple[tuple[Side, Capability], ...] = (("office", "customers"),)
PRODUCTS: tuple[tuple[Side, Capability], ...] = (("office", "order_products"),)
PROGRESS: tuple[tuple[Side, Capability], ...] = (("office", "order_progress"),)
SETTINGS: Mapping[str, Chosen] = {
    "write_back.status": Chosen("orders", {"write_back": {"status": "done"}}, (("shop", "order_status"),)),
    "document_mail": Chosen("orders", {"document_mail": MAIL}, (("office", "document_source"),)),
    "customers.default": Chosen("orders", {"customers": {"default": "always", "default_id": "1"}}, CUSTOMERS),
    "customers.create_guests": Chosen("orders", {"customers": {"create_guests": True}}, CUSTOMERS),
    "customers.update": Chosen("orders", {"customers": {"update": True}}, CUSTOMERS),
    "products.missing": Chosen("orders", {"products": {"missing": "free_text"}}, PRODUCTS),
    "products.text_lines": Chosen("orders", {"products": {"text_lines": ["POST"]}}, PRODUCTS),
    "products.office_field": Chosen("orders", {"products": {"office_field": "ean"}}, PRODUCTS),
    "changes.statuses": Chosen("orders", {"changes": {"statuses": {"a": "b"}}}, PROGRESS),
    "changes.cancelled": Chosen("orders", {"changes": {"cancelled": "b"}}, PROGRESS),
    "changes.document_number": Chosen("orders", {"changes": {"document_number": True}}, PROGRESS),
    "changes.shipments": Chosen("orders", {"changes": {"shipments": True}}, (*PROGRESS, ("shop", "shipments"))),
    **dict(carried("stock", "stock_source", "stock_target")),
    **dict(carried("products", "catalogue_source", "catalogue_target")),
}
WITHOUT: Mapping[str, tuple[Mapping[str, Any], frozenset[str], str]] = {
    "write_back.document_field": (
        {"write_back": {"document_field": "invoice"}},
        frozenset({"cartum", "gomag", "salesautopilot"}),
        "(orders.write_back.document_field)",
    ),
    "changes.document_link_field": (
        {"changes": {"document_link_field": "link"}},
        frozenset({"cartum", "gomag", "salesautopilot"}),
        "(orders.write_back.document_field)",
    ),
    "products.missing": (
        {"products": {"missing": "create"}},
        frozenset({"cloudsales", "tryton"}),
        "(orders.products.missing)",
    ),
}
"""Settings of orders that no capability tells of, the platforms that have nothing for them, and words of the reason."""
PAIRS = sorted(path.stem for path in EXAMPLES.glob("*.yaml"))


@cache
def ends(pair: str) -> Mapping[str, Any]:
    """Both ends as the pair's example has them."""
    read = yaml.safe_load((EXAMPLES / f"{pair}.yaml").read_text(encoding="utf-8"))["settings"]
    return {name: read[name] for name in ("id", "name", "shop", "office")}


def told(pair: str, part: str, values: Mapping[str, Any]) -> str:
    """What is refused of the pair, with these values alone beside both of its ends."""
    platforms = ConnectorFactory(MagicMock(), MagicMock(), MagicMock(), Counter())
    return "\n".join(platforms.check_capabilities(ConnectionSettings.model_validate({**ends(pair), part: values})))


OFF: Mapping[str, Capability] = {"roapp": "catalogue_target", "innvoice": "document_source"}
"""What the examples leave switched off, beside all that is only inferred."""


def has(platform: str, capability: Capability) -> bool:
    """Whether a platform has something for it as the examples set it up."""
    spec = connector_spec(platform)
    return capability in spec.provides and capability not in (*spec.inferred, OFF.get(platform))


def test_every_pair_is_walked() -> None:
    shops, offices = ([key for key in KEYS if has(key, part)] for part in ("order_source", "order_target"))
    assert sorted(f"{shop}-{office}" for shop in shops for office in offices) == PAIRS


@pytest.mark.parametrize("pair", PAIRS)
def test_a_setting_is_refused_where_its_side_has_nothing_for_it_and_nowhere_else(pair: str) -> None:
    sides = dict(zip(("shop", "office"), pair.split("-"), strict=True))
    for name, chosen in SETTINGS.items():
        refused = told(pair, chosen.part, chosen.values)
        lacking = [sides[side] for side, capability in chosen.asks if not has(sides[side], capability)]
        assert bool(refused) == bool(lacking), (name, refused)
        for platform in lacking:
            title = connector_spec(platform).title
            assert title.split(" (")[0] in refused, (name, refused)
    for name, (values, without, words) in WITHOUT.items():
        refused = told(pair, "orders", values)
        assert (words in refused) == bool(without & {*sides.values()}), (name, refused)


def test_notes_of_gomag_are_a_place_for_the_number() -> None:
    assert told("gomag-salespos", "orders", {"write_back": {"document_field": "invoice"}})
    spec = connector_spec("gomag")
    assert spec.lacks is not None
    chosen = {**ends("gomag-salespos")["shop"]["settings"], "write_notes": True}
    assert spec.lacks(spec.settings.model_validate(chosen)) == {}
