"""What an operator may set for products, categories and prices."""

from typing import Literal

from pydantic import Field

from shopbridge.mapping.rules import FieldRule
from shopbridge.model.base import CurrencyCode, Model
from shopbridge.model.catalogue import ProductField
from shopbridge.model.settings import EveryMinutes
from shopbridge.model.stock import Direction

Policy = Literal["never", "on_create", "always", "only_if_empty"]

POLICIES: dict[ProductField, Policy] = {
    "name": "on_create",
    "short_text": "only_if_empty",
    "long_text": "only_if_empty",
    "ean": "only_if_empty",
    "active": "on_create",
    "tax": "on_create",
    "price": "always",
    "stock": "on_create",
    "categories": "only_if_empty",
    "features": "only_if_empty",
}
"""Careful ones: what somebody enriched in the target stays, a category or a feature added there by hand too."""


class PriceSettings(Model):
    """Which price becomes which."""

    group: str = Field(
        default="regular",
        title="Price group",
        description="The source's price group that becomes the price; the connector's page lists them.",
    )
    sale_group: str = Field(
        default="sale",
        title="Price group of sales",
        description="A lower price in this group becomes the price, and the other one the list price. Left empty, "
        "there are no sales.",
    )
    currency: CurrencyCode | None = Field(
        default=None,
        title="Currency",
        description="Products with another currency are held. Left empty, source and target must have the same.",
    )
    free: bool = Field(
        default=False,
        title="Products may cost nothing",
        description="A product whose price or sale price is 0, or rounds to it, is carried. Otherwise it is held, and "
        "the target keeps the price it has. A product may be at 0 in any case when all its variants have prices.",
    )


class ProductSettings(Model):
    """How products travel."""

    active: bool = Field(default=False, title="Carry products")
    direction: Direction = Field(
        default="office_to_shop", title="Direction", description="`office_to_shop` or `shop_to_office`."
    )
    every_minutes: EveryMinutes = Field(
        default=10, title="Look for changes every … minutes", description="A multiple of 5."
    )
    run_when_connected: bool = Field(
        default=False,
        title="Run once connected",
        description="A run begins by itself, once, as soon as the new connection is at work. To set this is to agree "
        "to what the settings overwrite, which creating the connection tells.",
    )
    create: bool = Field(default=True, title="Create products that are missing in the target")
    update: bool = Field(default=True, title="Update products that are there")
    price: bool = Field(default=True, title="Carry prices")
    stock: bool = Field(
        default=False,
        title="Carry stock along",
        description="The stock of new products, where stock does not travel the other way.",
    )
    categories: bool = Field(default=True, title="Carry categories")
    fields: dict[ProductField, Policy] = Field(
        default_factory=dict,
        title="Policy per field",
        description="`never`, `on_create`, `always` or `only_if_empty`. Not named: "
        + ", ".join(f"{field} `{policy}`" for field, policy in POLICIES.items())
        + ". A field that is not sent is left out, never emptied; what the source has nothing of is never sent.",
    )
    attributes: dict[str, str] = Field(
        default_factory=dict,
        title="Attributes",
        description="What variants differ in. Key: the source's name, such as `Size`. Value: what the target calls "
        "it; `=` keeps the name. Not needed for a target without variants: each is a product of its own there.",
    )
    features: dict[str, str] = Field(
        default_factory=dict,
        title="Features",
        description="Further facts. Key: the source's name, such as `Material`. Value: what the target calls it; `=` "
        "keeps the name, an empty value leaves the feature out.",
    )
    unmapped: Literal["report", "hold"] = Field(
        default="report",
        title="An attribute or feature without an entry",
        description="`report`: it is left out and named, the product still goes; `hold`: the product waits. A product "
        "with variants waits in any case when one of their attributes has no entry.",
    )
    exclude_categories: tuple[str, ...] = Field(
        default=(),
        title="Categories to leave out",
        description="The source's ids or names, with all below them. Products that are only in these do not travel.",
    )
    include_disabled: bool = Field(default=False, title="Carry disabled products and categories too")
    gone: Literal["report", "deactivate"] = Field(
        default="report",
        title="Products and variants that are gone from the source",
        description="`report` them in every run, or `deactivate` them in the target, once two runs in a row did not "
        "find them; the same for those that were switched off there and do not travel any more. Where more than a "
        "fifth is gone, only a run that somebody starts takes them off sale. Nothing is ever deleted.",
    )
    prices: PriceSettings = Field(default_factory=PriceSettings, title="Prices")
    rules: tuple[FieldRule, ...] = Field(default=(), title="Own field rules")

    def policy(self, field: ProductField) -> Policy:
        """Return what is to be done with a field, its switch considered."""
        switched_off = field in ("price", "stock", "categories") and not getattr(self, field)
        return "never" if switched_off else self.fields.get(field, POLICIES[field])
