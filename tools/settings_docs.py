"""Writes the docs pages that the models themselves dictate: settings, connectors, capabilities, a table of the README.

Run it as `make docs`; a test fails while the pages differ from what the models say.
"""

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from shopbridge.connectors.parts import Capability
from shopbridge.connectors.registry import KEYS, connector_spec
from shopbridge.connectors.spec import ConnectorSpec
from shopbridge.mapping.converters import converter_help
from shopbridge.mapping.rules import FieldRule
from shopbridge.model.connection import ConnectionSettings

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
MADE = "<!-- Made by `make docs` from the models; edit those instead. -->"


def pages() -> dict[Path, str]:
    """Every generated page, by its path below ``docs``."""
    connectors = [connector_spec(key) for key in KEYS]
    made = {Path("connectors") / f"{spec.key}.md": connector_page(spec) for spec in connectors}
    made |= {Path("settings.md"): settings_page(), Path("capabilities.md"): capabilities_page(connectors)}
    return {**made, Path("../README.md"): readme(connectors)}


PARTS = {"orders": "Orders", "stock": "Stock", "products": "Products and prices", "notices": "Messages to people"}
"""The parts of a connection's settings, by their field; what is in none of them comes first."""


def settings_page() -> str:
    """All settings of a connection, and the merchant's own rules."""
    return "\n".join(
        [
            "# Settings of a connection",
            MADE,
            "",
            (
                "A connection file has two parts, `settings` (below) and `secrets` (on the connectors' pages). "
                "[An example](examples/shopware-salespos.yaml) shows them together."
            ),
            "",
            *table([row for row in setting_rows(ConnectionSettings) if part_of(row) not in PARTS]),
            "",
            *parts(),
            *rules_section(),
        ]
    )


def parts() -> Iterator[str]:
    """One section for each part."""
    for part, title in PARTS.items():
        yield from [
            f"## {title}",
            "",
            *table([row for row in setting_rows(ConnectionSettings) if part_of(row) == part]),
        ]
        yield ""


def part_of(row: tuple[str, str, str, str]) -> str:
    """The first word of a setting's path."""
    return row[0].partition(".")[0]


def rules_section() -> list[str]:
    """The merchant's own rules and their converters."""
    return [
        "## Own field rules",
        "",
        (
            "Each entry of `orders.rules` sets one field of the back office's order, each entry of `products.rules` "
            "one of the target's product. The fields are listed on that connector's page. `source` and `when` are "
            "[JMESPath](https://jmespath.org) expressions on the order or product as the bridge knows it; in a rule "
            "for rows, `line` is the row's order line, `variant` the row's variant."
        ),
        "",
        *table([*setting_rows(FieldRule)]),
        "",
        "Converters:",
        "",
        "| name | what it does |",
        "|---|---|",
        *[f"| `{name}` | {help_line} |" for name, help_line in converter_help()],
        "",
    ]


def connector_page(spec: ConnectorSpec) -> str:
    """One connector: settings, credentials, what it can do, and what to know."""
    return "\n".join(
        [
            f"# {spec.title}",
            MADE,
            "",
            f"Key: `{spec.key}`. Can be: {', '.join(name.replace('_', ' ') for name in spec.provides)}.",
            "",
            "## Settings",
            "",
            *table(setting_rows(spec.settings)),
            "",
            "## Credentials",
            "",
            *table(setting_rows(spec.secrets)),
            "",
            *field_section(spec),
            "## Good to know",
            "",
            *[f"- {note}" for note in spec.notes],
            "",
        ]
    )


def field_section(spec: ConnectorSpec) -> Iterator[str]:
    """The fields the merchant's rules may set, for connectors that take orders or products."""
    for title, fields in (("Fields", spec.order_fields()), ("Product fields", spec.product_fields())):
        if fields:
            yield from [f"## {title} for own rules", "", "| field | title | type | at most |", "|---|---|---|---|"]
            for field in fields.values():
                yield f"| `{field.path}` | {field.title} | {field.type} | {field.max_length or ''} |"
            yield ""


CAPABILITIES: dict[Capability, str] = {
    "order_source": "orders are read from it",
    "order_status": "an order's status and our document number are written to it",
    "order_target": "orders are created in it",
    "order_changes": "is told what becomes of its orders: their status, a payment, a cancellation",
    "order_progress": "tells what becomes of its orders: their status, shipments, document",
    "document_source": "hands out the documents it makes, so that they can be mailed to buyers",
    "shipments": "tracking codes are written to it",
    "hook_subscriptions": "is asked to call us when an order changes",
    "customers": "customers are created in it",
    "order_products": "an order's products are found in it, and missing ones created where it can",
    "open_orders": "tells which orders the back office may not know yet, for stock",
    "stock_source": "stock is read from it",
    "stock_target": "stock is written to it",
    "catalogue_source": "products and prices are read from it",
    "catalogue_target": "products and prices are written to it",
}
IMAGES = "pictures of products; the log says of each product that is written how many stayed behind"


ANSWERS = {
    "yes": "it can",
    "by a setting": "it can, once a setting asks for it",
    "inferred": "no document of the platform describes the call: off, until its vendor has confirmed it",
    "no": "its API has no call for it that is known, or its connector does not make it: see the connector's page",
    "other side": "only shops, or only back offices, can do that",
}
OF_SHOPS: frozenset[Capability] = frozenset({"order_source", "order_status", "shipments", "open_orders"})
OF_OFFICES: frozenset[Capability] = frozenset(
    {"order_target", "order_changes", "order_progress", "document_source", "customers", "order_products"}
)


def capabilities_page(connectors: list[ConnectorSpec]) -> str:
    """Which connector can do what."""
    titles = " | ".join(f"[{spec.title}](connectors/{spec.key}.md)" for spec in connectors)
    rows = [
        f"| {name.replace('_', ' ')} | {meaning} | " + " | ".join(answer_to(name, spec) for spec in connectors) + " |"
        for name, meaning in CAPABILITIES.items()
    ]
    none = " | ".join("not carried" for _ in connectors)
    head = [f"| capability | it means | {titles} |", "|---" * (len(connectors) + 2) + "|"]
    legend = [f"- *{answer}*: {meaning}." for answer, meaning in ANSWERS.items()]
    table_rows = [*head, *rows, f"| images | {IMAGES} | {none} |"]
    return "\n".join(["# What each connector can do", MADE, "", *legend, "", *table_rows, "", PAIRED, ""])


PAIRED = """\
A flow runs between two platforms where the one can hand out what the other one takes. What a pair cannot do is refused
when the connection is created, with what to do instead; [connections.md](connections.md#several-at-once) tells what
several connections cannot do together. Every shop is played with every back office by `make run PAIR=all`."""


def answer_to(capability: Capability, spec: ConnectorSpec) -> str:
    """Whether a connector can do it, as in ``ANSWERS``."""
    if capability not in spec.provides:
        others = OF_OFFICES if "order_source" in spec.provides else OF_SHOPS
        return "other side" if capability in others else "no"
    withheld = spec.withheld(spec.settings.model_construct(url="")) if spec.withheld else {}
    if capability in withheld:
        return "inferred" if capability in spec.inferred else "by a setting"
    return "yes"


BEGIN, END = "<!-- Made by `make docs`: what each can do -->", "<!-- end -->"
SHOWN: dict[str, tuple[Capability, ...]] = {
    "is told what becomes of an order": ("order_status", "order_changes"),
    "tells it": ("order_source", "order_progress"),
    "hands out stock": ("stock_source",),
    "takes stock": ("stock_target",),
    "hands out products and prices": ("catalogue_source",),
    "takes them": ("catalogue_target",),
}
"""Columns of the README's table; of several capabilities a platform has the one of its side."""


def readme(connectors: list[ConnectorSpec]) -> str:
    """The README, with its table as the connectors are now."""
    before, _, rest = (ROOT / "README.md").read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    shops = [spec for spec in connectors if "order_source" in spec.provides]
    offices = [spec for spec in connectors if "order_target" in spec.provides]
    rows = [*(readme_row("shop", spec) for spec in shops), *(readme_row("back office", spec) for spec in offices)]
    head = [f"| | | {' | '.join(SHOWN)} |", "|---" * (len(SHOWN) + 2) + "|"]
    return before + "\n".join([BEGIN, *head, *rows, END]) + after


def readme_row(side: str, spec: ConnectorSpec) -> str:
    """One platform."""
    cells = [best([answer_to(each, spec) for each in some]) for some in SHOWN.values()]
    return f"| {side} | [{spec.title}](docs/connectors/{spec.key}.md) | {' | '.join(cells)} |"


def best(answers: list[str]) -> str:
    """Of several capabilities, of which all but one are a matter of the other side."""
    return next(answer for answer in (*ANSWERS,) if answer in answers)


def table(rows: Iterator[tuple[str, str, str, str]] | list[tuple[str, str, str, str]]) -> list[str]:
    """A Markdown table of settings."""
    return [
        "| setting | meaning | values | default |",
        "|---|---|---|---|",
        *[f"| `{name}` | {meaning} | {values} | {default} |" for name, meaning, values, default in rows],
    ]


def setting_rows(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, str, str, str]]:
    """Name, meaning, values and default of every setting, nested ones by their dotted path."""
    schema = model.model_json_schema()
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from setting_rows(inner, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", meaning(field), values(schema["properties"][field.alias or name]), default(field)


def meaning(field: FieldInfo) -> str:
    """Title and help in one cell."""
    parts = [part.rstrip(".") for part in (field.title, field.description) if part]
    return (". ".join(parts) + ".").replace("|", "\\|").replace("\n", " ") if parts else ""


def values(schema: dict[str, Any]) -> str:
    """What may be written there."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "anyOf" in schema:
        if {"number"} < {part.get("type") for part in schema["anyOf"]} <= {"number", "string", "null"}:
            return "number"
        return " or ".join(dict.fromkeys(values(part) for part in schema["anyOf"] if part.get("type") != "null"))
    kinds = {"array": "list", "object": "map", "integer": "whole number", "boolean": "`true`, `false`"}
    kind = str(schema.get("type", "text"))
    return kinds.get(kind, kind.replace("string", "text"))


def default(field: FieldInfo) -> str:
    """What holds when nothing is written."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True)
    if value in (None, "", (), {}) or isinstance(value, SecretStr):
        return ""
    return f"`{value if isinstance(value, str | Decimal) else json.dumps(value, default=str, ensure_ascii=False)}`"


def main() -> None:
    """Write every page; with ``--check`` only say which are stale."""
    stale = [path for path, text in pages().items() if not (DOCS / path).exists() or (DOCS / path).read_text() != text]
    if "--check" not in sys.argv:
        for path, text in pages().items():
            (DOCS / path).parent.mkdir(parents=True, exist_ok=True)
            (DOCS / path).write_text(text)
    print("\n".join(f"{path}" for path in stale) or "the pages are up to date")


if __name__ == "__main__":
    main()
