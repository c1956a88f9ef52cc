"""Products and categories as UNAS sends them (platform file, "Products", "Categories")."""

from collections.abc import Iterator
from datetime import date
from itertools import product as combined
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from shopbridge.connectors.unas.stock.read import WireStockRow
from shopbridge.connectors.unas.wire import (
    ZONE,
    MaybeAmount,
    Name,
    Rate,
    Text,
    Wire,
    WireNamed,
    WireParam,
    moment_of,
    within,
)
from shopbridge.mapping.xml_data import Listed

BASE, NORMAL, SALE = "base", "normal", "sale"
OFF, NOT_FOR_SALE = "0", "3"
"""Values of a product's base status beside those of one that is for sale."""
MOST_COMBINATIONS = 1000
"""Of the variants of one product: what has more is no list of records any more."""


def _none_for_nothing(value: object) -> object:
    """An empty element holds no record."""
    return None if value == "" else value


def _checked_day(text: str) -> str:
    if text:
        moment_of(text)
    return text


Day = Annotated[Text, AfterValidator(_checked_day)]
"""A day on the shop's calendar; empty where it is open."""


class WireProductStatus(Wire):
    """``base``: 0 off, 1 for sale, 2 for sale and new, 3 shown and not for sale. ``plus``: further marks."""

    type: Text = ""
    value: Text = ""


class WirePrice(Wire):
    """A price of one piece: ``normal``, ``sale`` with its days, or ``special`` for a group, an area or a currency."""

    type: Text = ""
    net: MaybeAmount = None
    gross: MaybeAmount = None
    start: Day = ""
    end: Day = ""

    def counts_on(self, day: date) -> bool:
        """Tell whether it is in force: [inferred] whole days, both ends included."""
        return (not self.start or day_of(self.start) <= day) and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Tell whether its last day is past."""
        return bool(self.end) and day_of(self.end) < day


class WirePrices(Wire):
    """All prices of a product, with its VAT."""

    vat: Rate = None
    price: Listed[WirePrice] = Field(default_factory=list)

    def of(self, kind: str) -> WirePrice | None:
        """Return the one of a type."""
        return next((each for each in self.price if each.type == kind), None)


class WireCategoryOf(WireNamed):
    """A category that a product is in: its ``base`` one, or an ``alt``."""

    type: Text = ""


class WireVariantValue(Wire):
    """A value that a buyer may choose, and what it costs beside."""

    name: Text = ""
    extra_price: MaybeAmount = None


class WireProperty(Wire):
    """A property that a buyer chooses a value of."""

    name: Text = ""
    values: Annotated[tuple[WireVariantValue, ...], within("Value")] = ()


class WireDescription(Wire):
    """The texts, as HTML."""

    short: Text = ""
    long: Text = ""


class WireStockState(Wire):
    """Whether stock is kept, and for each combination of variants."""

    active: Text = ""
    variant: Text = ""


class WireStocks(Wire):
    """The stock of a product."""

    status: Annotated[WireStockState | None, BeforeValidator(_none_for_nothing)] = None
    stock: Listed[WireStockRow] = Field(default_factory=list)


class WireMerge(Wire):
    """What a product is in a group of products that are shown as one: ``parent`` or ``child``."""

    type: Text = ""
    parent: Text = ""


class WireProduct(Wire):
    """A product; images count only by their number."""

    id: Annotated[Name, Field(min_length=1)]
    sku: Name = ""
    name: Text = ""
    unit: Text = ""
    statuses: Annotated[tuple[WireProductStatus, ...], within("Status")] = ()
    description: Annotated[WireDescription | None, BeforeValidator(_none_for_nothing)] = None
    prices: Annotated[WirePrices | None, BeforeValidator(_none_for_nothing)] = None
    categories: Annotated[tuple[WireCategoryOf, ...], within("Category")] = ()
    variants: Annotated[tuple[WireProperty, ...], within("Variant")] = ()
    params: Annotated[tuple[WireParam, ...], within("Param")] = ()
    images: Annotated[tuple[object, ...], within("Image")] = ()
    stocks: Annotated[WireStocks | None, BeforeValidator(_none_for_nothing)] = None
    types: Annotated[WireMerge | None, BeforeValidator(_none_for_nothing)] = None

    @property
    def base_status(self) -> str:
        """The value of its base status; empty where none is told."""
        return next((each.value for each in self.statuses if each.type == BASE), "")

    @property
    def is_for_sale(self) -> bool:
        """A buyer can order it."""
        return self.base_status not in (OFF, NOT_FOR_SALE, "")

    @property
    def keeps_stock(self) -> bool:
        """Its figures mean something."""
        return self.stocks is not None and not (self.stocks.status and self.stocks.status.active == "0")

    def combinations(self) -> Iterator[tuple[WireVariantValue, ...]]:
        """Yield the values that can be chosen together, one of each property."""
        lists = [each.values for each in self.variants if each.values]
        return iter(combined(*lists)) if lists else iter(())


class WireDisplay(Wire):
    """Where a category is shown."""

    page: Text = ""


class WireParent(Wire):
    """The category above; ``0`` above a top-level one (platform file, C4)."""

    id: Text = ""


class WireCategory(WireNamed):
    """A category."""

    display: Annotated[WireDisplay | None, BeforeValidator(_none_for_nothing)] = None
    parent: Annotated[WireParent | None, BeforeValidator(_none_for_nothing)] = None


def day_of(text: str) -> date:
    """Return a day of the shop's calendar."""
    return moment_of(text).astimezone(ZONE).date()


def day_text(day: date) -> str:
    """Return it as UNAS writes it."""
    return f"{day:%Y.%m.%d}"
