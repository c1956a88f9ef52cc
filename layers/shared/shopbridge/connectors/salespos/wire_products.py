"""What SalesPOS says of products, variants, categories and features, and what it takes of them (client S4, SDK S1)."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError, WrapValidator

from shopbridge.connectors.salespos.wire import (
    CombinationRead,
    Identified,
    Item,
    LenientPage,
    Listed,
    Page,
    ProductRead,
    Read,
    Sent,
    Text,
)
from shopbridge.mapping.numbers import Figure, Quantity, Whole
from shopbridge.model.base import ExternalId

BY_PRODUCT, BY_VARIANT = "Product", "Attribute"
"""[inferred] The spellings of ``stocktype`` are from a client of 2017 (S11)."""
MENU = "option_menu_required"
"""The type of attribute whose values make variants; the other spellings are not published (platform file)."""
LONGEST_NUMBER, LONGEST_NAME, LONGEST_SHORT_TEXT, LONGEST_TEXT = 50, 200, 255, 65_536
"""Lengths of a 2017 schema (source S11)."""


def _unless_odd(value: Any, read: Callable[[Any], Any]) -> Any:
    try:
        return read(value)
    except ValidationError:
        return None


UNKNOWN_IF_ODD = WrapValidator(_unless_odd)
"""A figure of stock that cannot be read is one that nobody knows: it must not hide the other products of its page."""


class NamedRecord(Identified):
    """Something with an id and a name."""

    name: Text = ""


class PartRead(Read):
    """One of the values that make a variant; its price is what it adds."""

    attribute: NamedRecord
    attribute_value: NamedRecord
    extra_price: Figure = Decimal(0)


class VariantRead(CombinationRead):
    """A variant with its stock, its surcharge and what makes it this one."""

    stock: Annotated[Quantity | None, UNKNOWN_IF_ODD] = None
    netto_extra_price: Figure | None = None
    combination: tuple[PartRead, ...] = ()

    @property
    def options(self) -> dict[str, str]:
        """Attribute to value."""
        return {part.attribute.name: part.attribute_value.name for part in self.combination}


class StockedRead(ProductRead):
    """A product with what is known of its stock."""

    stockenabled: Annotated[bool | None, UNKNOWN_IF_ODD] = None
    stock: Annotated[Quantity | None, UNKNOWN_IF_ODD] = None
    is_active: Annotated[bool | None, UNKNOWN_IF_ODD] = None
    attributecombinations: Listed[VariantRead] | None = None


class ChosenRead(Read):
    """A value that was chosen for a row of an order."""

    option_name: Text = ""
    value_name: Text = ""


class SoldRow(Read):
    """A row of an order. Which variant it sells is told by values and numbers only, not by its id (client S4)."""

    product_id: Whole | None = None
    product_type: Text = ""
    product_number: Text = ""
    sub_product_number: Text = ""
    sub_sku_number: Text = ""
    count: Quantity | None = None
    attributes: tuple[ChosenRead, ...] | None = None


class StockInput(Sent):
    """What is written of stock: an absolute figure."""

    stock: Decimal | None = None
    stockenabled: bool | None = None


class CategoryLinkRead(Read):
    """A product in a category."""

    id: Whole
    category_id: Whole


class ValueRead(Identified):
    """What a product has for a property: a text, or the id of an option."""

    product_property_id: Whole
    value: Text = ""


class GroupLinkRead(Identified):
    """A group of properties that a product has, with the values."""

    product_property_group_id: Whole
    values: Listed[ValueRead] | None = None


class ProductWhole(StockedRead):
    """A product with all that is carried over."""

    is_active: bool = True
    name: Text = ""
    shortdescription: Text = ""
    description: Text = ""
    taxtariff: str | None = None
    vatrate: Figure | None = None
    price: Figure
    discount: Figure = Decimal(0)
    unit: Text = ""
    weight: Figure | None = None
    purchaseprice: Figure | None = None
    stocklocation: Text = ""
    memo: Text = ""
    productmainphoto: Any = None
    producttocategories: Listed[CategoryLinkRead] | None = None
    producttopropertygroups: Listed[GroupLinkRead] | None = None
    productphotos: Listed[Any] | None = None

    @property
    def variants(self) -> Sequence[VariantRead]:
        """As they were read."""
        return (self.attributecombinations.items if self.attributecombinations else None) or ()


class RawProduct(Identified):
    """A product of a page before it is read in full: one that is odd must not hide the others."""

    model_config = ConfigDict(frozen=True, extra="allow")

    productnumber: Text = ""


class LinkedValueRead(Identified):
    """A value that a product was given; the product's variants are made of these."""

    optionname: Text = ""
    optionvalue_id: Whole
    optionvalue_name: Text = ""
    price: Figure = Decimal(0)


class AttributeRead(NamedRecord):
    """Something variants differ in."""

    type: Text = ""


class PropertyRead(NamedRecord):
    """A feature."""

    type: Text = ""


class CategoryNode(NamedRecord):
    """A category in the tree."""

    show_on_website: bool | None = None
    children: "tuple[CategoryNode, ...] | None" = None


class CategoryRoots(Read):
    """All categories."""

    root_categories: tuple[CategoryNode, ...]


class VariantInput(Sent):
    """What is written on one variant. Which it is, the draft's order tells; the first two are not for rules."""

    product_number: str = Field(title="Number", max_length=LONGEST_NUMBER)
    ean_number: str | None = Field(default=None, title="EAN", max_length=LONGEST_NUMBER)
    stock: Decimal | None = Field(default=None, title="Stock")
    active: bool | None = Field(default=None, title="For sale")
    note: str | None = Field(default=None, title="Note")
    delivery_time: int | None = Field(default=None, title="Delivery time", ge=0)
    delivery_time_type: str | None = Field(default=None, title="Unit of the delivery time")


class CatalogueInput(Sent):
    """What is written on a product; a field that is None is not sent."""

    productnumber: str | None = Field(default=None, title="Number", max_length=LONGEST_NUMBER)
    name: str | None = Field(default=None, title="Name", max_length=LONGEST_NAME)
    shortdescription: str | None = Field(default=None, title="Short text", max_length=LONGEST_SHORT_TEXT)
    description: str | None = Field(default=None, title="Long text (HTML)", max_length=LONGEST_TEXT)
    eannumber: str | None = Field(default=None, title="EAN", max_length=LONGEST_NUMBER)
    mpnnumber: str | None = Field(default=None, title="Manufacturer's number", max_length=LONGEST_NUMBER)
    active: bool | None = Field(default=None, title="For sale")
    taxtariff: Literal["normal", "low a", "low b", "extra low", "zero"] | None = Field(default=None, title="Tax tariff")
    price: Decimal | None = Field(default=None, title="Price before discount", ge=0)
    discount: Decimal | None = Field(default=None, title="Discount (amount)", ge=0)
    purchaseprice: Decimal | None = Field(default=None, title="Purchase price without tax", ge=0)
    container_deposit_price: Decimal | None = Field(default=None, title="Container deposit", ge=0)
    safety_deposit_price: Decimal | None = Field(default=None, title="Safety deposit", ge=0)
    stockenabled: bool | None = Field(default=None, title="Stock is kept")
    stocktype: Literal["Product", "Attribute"] | None = Field(default=None, title="Stock lies on")
    stock: Decimal | None = Field(default=None, title="Stock")
    stocklocation: str | None = Field(default=None, title="Stock location", max_length=LONGEST_SHORT_TEXT)
    unit: str | None = Field(default=None, title="Unit")
    weight: Decimal | None = Field(default=None, title="Weight (kg)", ge=0)
    brand_id: int | None = Field(default=None, title="Brand id")
    condition_id: int | None = Field(default=None, title="Condition id")
    supplier_id: int | None = Field(default=None, title="Supplier id")
    color_id: int | None = Field(default=None, title="Colour id")
    package_id: int | None = Field(default=None, title="Package id")
    maincategory: str | None = Field(default=None, title="Main category (for exports only)")
    subcategory: str | None = Field(default=None, title="Subcategory (for exports only)")
    minimal_order_amount: Decimal | None = Field(default=None, title="Smallest quantity", ge=0)
    meta_description: str | None = Field(default=None, title="Meta description")
    meta_keywords: str | None = Field(default=None, title="Meta keywords")
    page_title: str | None = Field(default=None, title="Page title")
    alias: str | None = Field(default=None, title="Address of its page")
    memo: str | None = Field(default=None, title="Internal note")
    variants: list[VariantInput] = Field(default_factory=list, title="Variants")


def all_items(listed: Listed[Item] | None) -> Sequence[Item]:
    """Return what an expanded sub-collection holds; nothing where it is only linked."""
    return (listed.items if listed else None) or ()


STOCKED = TypeAdapter(StockedRead)
STOCKED_PAGE = TypeAdapter(LenientPage[StockedRead])
VARIANTS = TypeAdapter(Page[VariantRead])
SOLD_ROWS = TypeAdapter(Page[SoldRow])
RAW_PAGE = TypeAdapter(Page[RawProduct])
RAW_SWEEP = TypeAdapter(LenientPage[RawProduct])
RAW = TypeAdapter(RawProduct)
GROUP_LINKS = TypeAdapter(Page[GroupLinkRead])
CATEGORY_LINKS = TypeAdapter(Page[CategoryLinkRead])
LINKED_VALUES = TypeAdapter(Page[LinkedValueRead])
ATTRIBUTES = TypeAdapter(Page[AttributeRead])
NAMED = TypeAdapter(Page[NamedRecord])
PROPERTIES = TypeAdapter(Page[PropertyRead])
TREE = TypeAdapter(CategoryRoots)


def item_id(product: int, variant: int | None) -> ExternalId:
    """Return a product, or one of its variants."""
    return ExternalId(str(product) if variant is None else f"{product}/{variant}")


def product_sku(product: ProductRead) -> str:
    """Return the product's own number."""
    return (product.productnumber or "").strip()


def variant_sku(product: ProductRead, variant: CombinationRead) -> str:
    """Return the number a variant is told apart by; its product's own number tells nothing."""
    numbers = ((number or "").strip() for number in (variant.product_number, variant.sku_number))
    return next((number for number in numbers if number and number != product_sku(product)), "")


def sold_as_variants(product: ProductRead, variants: Sequence[CombinationRead]) -> bool:
    """[inferred] Read ``Attribute`` of ``stocktype``, whose spelling is from a 2017 schema (source S11)."""
    return bool(variants) and (product.stocktype or "").casefold().startswith("attribute")


def cut(text: str, longest: int) -> str:
    """Return text at most this long; an ellipsis shows that something is missing."""
    return text if len(text) <= longest else text[: longest - 1] + "…"
