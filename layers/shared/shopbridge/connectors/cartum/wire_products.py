"""What Cartum says of its products (platform file, "Products and variants"): rows, some of which are one group.

Texts are maps by language, availability a text or such a map, and what lies in the warehouses a list or a map.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from shopbridge.connectors.cartum.wire import Flag, Wire, as_rows, title_in
from shopbridge.connectors.kit.loose import LooseText, MaybeNumber, MaybeQuantity


def _residues(value: Any) -> Any:
    """[inferred] A list of warehouses with their figures, also as a map by their codes (platform file, question 7)."""
    if not isinstance(value, Mapping):
        return as_rows(value)
    return [
        {"warehouse": code, **(each if isinstance(each, Mapping) else {"quantity": each})}
        for code, each in value.items()
    ]


class WireResidue(Wire):
    """What lies in one warehouse."""

    warehouse: LooseText
    quantity: MaybeQuantity = None


class WireStocked(Wire):
    """A row, as far as its stock goes.

    Attributes:
        parent_article: Of the group it is one of; a row without a group has its own article here, or nothing.
    """

    article: Annotated[LooseText, Field(min_length=1)]
    parent_article: LooseText = ""
    residues: Annotated[tuple[WireResidue, ...], BeforeValidator(_residues)] = ()
    presence: Any = None
    display_in_showcase: Flag = True

    @property
    def group(self) -> str:
        """What joins it with its siblings."""
        return self.parent_article or self.article

    def stock_in(self, warehouse: str) -> Decimal | None:
        """Return the figure of a warehouse: nothing where others have some; None where none is told at all."""
        told = {each.warehouse: each.quantity for each in self.residues}
        elsewhere = any(quantity is not None for quantity in told.values())
        return told.get(warehouse, Decimal(0) if elsewhere else None)


class WireParent(Wire):
    """The section that a product is in."""

    id: LooseText = ""


def _as_parent(value: Any) -> Any:
    return value if isinstance(value, Mapping) else {"id": value} if isinstance(value, str | int) else {}


class WireProduct(WireStocked):
    """A row, whole."""

    title: Any = ""
    mod_title: Any = ""
    short_description: Any = ""
    description: Any = ""
    price: MaybeNumber = None
    price_old: MaybeNumber = None
    currency: Any = ""
    gtin: LooseText = ""
    parent: Annotated[WireParent, BeforeValidator(_as_parent)] = WireParent()
    images: Annotated[tuple[Any, ...], BeforeValidator(as_rows)] = ()
    brand: Any = None
    characteristics: Any = None

    def text(self, name: str, language: str) -> str:
        """Return one of its texts in a language, else in any that it has."""
        return title_in(getattr(self, name), language)


class WireSection(Wire):
    """A section of the catalogue; pages of content are listed among them (platform file, K1)."""

    id: Annotated[LooseText, Field(min_length=1)]
    parent: LooseText = ""
    title: Any = ""
