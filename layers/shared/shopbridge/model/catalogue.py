"""Products, variants and categories, the same for every platform."""

from decimal import Decimal
from typing import Any, Literal, TypeVar

from pydantic import Field

from shopbridge.model.base import Code, CurrencyCode, ExternalId, Model
from shopbridge.model.ledger import Reason

ProductField = Literal[
    "name", "short_text", "long_text", "ean", "active", "tax", "price", "stock", "categories", "features"
]
"""What a product is made of, besides the SKU, which is its identity, and its variants."""
Inside = TypeVar("Inside")


class Price(Model):
    """What one unit costs.

    Attributes:
        gross: The amount includes tax.
    """

    amount: Decimal
    gross: bool
    currency: CurrencyCode


class Feature(Model):
    """A further fact, such as the material. The same name may come more than once, with other values."""

    name: str
    value: str


class Variant(Model):
    """One sellable form of a product.

    Attributes:
        options: What makes it this one: attribute to value, such as ``{"Size": "M"}``.
        prices: By price group; empty when it costs what the product costs.
        stock: Units; None when the source keeps or tells none.
    """

    id: ExternalId
    sku: Code
    ean: Code
    active: bool
    options: dict[str, str]
    prices: dict[str, Price]
    stock: Decimal | None


class Product(Model):
    """One product of a source, whole.

    Attributes:
        rank: Where it stands in a sweep, see ``StockLevel.rank``.
        sku: Of the product itself; may be empty on a product with variants.
        tax_rate: Percent; None when the source does not say.
        prices: By price group; ``regular`` and ``sale`` wherever a platform has no groups of its own.
        stock: Units; None when the source keeps or tells none, and on a product with variants.
        categories: The source's ids.
        variants: Empty for a simple product.
        images: How many it has: they are not carried over.
        prices_held: Why its prices must not travel although the rest may; there are none then.
        extras: Further facts for the merchant's own rules.
    """

    id: ExternalId
    rank: int
    sku: Code
    name: str
    short_text: str
    long_text: str
    ean: Code
    active: bool
    tax_rate: Decimal | None
    prices: dict[str, Price]
    stock: Decimal | None
    categories: tuple[ExternalId, ...]
    features: tuple[Feature, ...]
    variants: tuple[Variant, ...]
    images: int
    extras: dict[str, Any]
    prices_held: Reason | None = None

    @property
    def stocked_skus(self) -> tuple[str, ...]:
        """The SKUs that have stock: the variants' where there are any, else its own."""
        return tuple(each.sku for each in self.variants or (self,) if each.sku)

    @property
    def skus(self) -> tuple[str, ...]:
        """Every SKU it sells under, its own first; empty ones are left out."""
        return tuple(sku for sku in (self.sku, *(variant.sku for variant in self.variants)) if sku)


class UnreadableProduct(Model):
    """A product that does not fit what we know: held under its SKU or id, with the reason."""

    id: str
    rank: int
    sku: Code
    reason: Reason

    @property
    def skus(self) -> tuple[str, ...]:
        """The one that it has, if any."""
        return (self.sku,) if self.sku else ()


class ProductPage(Model):
    """One page of a sweep over the catalogue, by rising rank.

    Attributes:
        position: Where the next page goes on; None after the last. Opaque outside the connector.
    """

    products: tuple[Product, ...]
    unreadable: tuple[UnreadableProduct, ...] = ()
    position: str | None


class Category(Model):
    """One category, or product group.

    Attributes:
        parent: None for a root.
    """

    id: ExternalId
    parent: ExternalId | None
    name: str
    active: bool


class TargetProduct(Model):
    """A product as the target has it.

    Attributes:
        variants: The SKUs of its variants; empty for a simple product.
        filled: The fields that hold something there: ``only if empty`` leaves these alone.
        tax_rate: Percent; None when the target does not say.
        inside: What its connector needs to bring it up to date, in a form of its own; never leaves the process.
    """

    id: ExternalId
    sku: Code
    variants: frozenset[Code] = frozenset()
    filled: frozenset[ProductField]
    tax_rate: Decimal | None = None
    inside: object = Field(default=None, exclude=True, repr=False)

    def noted(self, form: type[Inside]) -> Inside:
        """Return what its connector noted inside. Raises TypeError for a product of another connector."""
        if not isinstance(self.inside, form):
            raise TypeError(f"the product holds {type(self.inside).__name__} instead of {form.__name__}")
        return self.inside


class CataloguePrice(Model):
    """The prices chosen for a product or a variant.

    Attributes:
        sale: What it costs for the time being, below ``regular``; None when it is not on sale.
    """

    regular: Price
    sale: Price | None


class ProductChange(Model):
    """What is to become of one product in the target, after the connection's policies.

    Attributes:
        product: As the source has it, its attributes and features already named as in the target.
        known: None to create it.
        fields: The fields to be written. A field that is not named here must not be sent at all.
        new_variant_fields: Further fields of variants that the target does not have yet: for them it is a creation.
        price: None when ``price`` is not among the fields.
        variant_prices: By the variant's SKU; only variants with prices of their own.
        categories: The target's ids.
    """

    product: Product
    known: TargetProduct | None
    fields: frozenset[ProductField]
    new_variant_fields: frozenset[ProductField] = frozenset()
    price: CataloguePrice | None
    variant_prices: dict[str, CataloguePrice]
    categories: tuple[ExternalId, ...]

    @property
    def prices(self) -> tuple[Price, ...]:
        """All that are to be written."""
        chosen = (*((self.price,) if self.price else ()), *self.variant_prices.values())
        return tuple(price for each in chosen for price in (each.regular, each.sale) if price)

    @property
    def keeps_tax(self) -> bool:
        """The target's product is there and keeps the tax it has."""
        return self.known is not None and "tax" not in self.fields

    @property
    def rate_after(self) -> Decimal | None:
        """The product's tax in the target once this is written, in percent; None when nobody tells it.

        Of a target that gives every new product the source's tax.
        """
        known = self.known if self.keeps_tax else None
        return known.tax_rate if known else self.product.tax_rate

    def fields_of_variant(self, *, is_new: bool) -> frozenset[ProductField]:
        """Return the fields to be written of a variant."""
        return self.fields | (self.new_variant_fields if is_new else frozenset())

    def price_of_variant(self, sku: str) -> CataloguePrice | None:
        """Return what a variant costs: what the product costs, unless it has a price of its own."""
        return self.variant_prices.get(sku, self.price)


class ProductDraft(Model):
    """A change in the target's own shape, before it is sent.

    Attributes:
        payload: As plain data; the merchant's rules may still change it.
        variant_of_row: For each row of the payload's variants, the index of the product's variant.
        converted_by: The tax in percent that its prices were converted with; None when none was.
    """

    change: ProductChange
    payload: dict[str, Any]
    variant_of_row: tuple[int | None, ...]
    converted_by: Decimal | None = None


class ProductOutcome(Model):
    """What became of one product.

    Attributes:
        id: The target's product; None when there is none.
        reason: Why it was held or failed.
        remarks: What could not be carried over although the rest was, each a sentence.
        warnings: What a person should look at although everything was written.
    """

    state: Literal["created", "updated", "unchanged", "held", "failed"]
    id: ExternalId | None = None
    reason: Reason | None = None
    remarks: tuple[str, ...] = ()
    warnings: tuple[Reason, ...] = ()
