"""What an operator sets for a UNAS shop, and its keys, in the words of UNAS' admin."""

import re
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key, host_of
from shopbridge.model.base import CountryCode, CurrencyCode, Model
from shopbridge.model.form import asked

MAIN_STOCK = "main_stock"
"""What UNAS' own orders call the main warehouse (platform file, "Orders")."""


def _with_number(value: str) -> str:
    if value and not re.fullmatch(r"https://[!-~]*\{number\}[!-~]*", value):
        raise ValueError("should begin with https:// and hold {number} in the place of the document's number")
    return value


class UnasSettings(ConnectorSettings):
    """A UNAS shop."""

    url: str = Field(
        default="https://api.unas.eu/shop",
        title="Address of the API",
        description="UNAS' own for every shop; only a test system has another one.",
        pattern=ADDRESS,
    )
    shop: str = Field(
        title="Address of the shop",
        description="As buyers type it, such as `https://www.shop.example`.",
        pattern=r"^(https?://)?[^\s/?#@:\\%\[\]]+(:[0-9]{1,5})?/?$",
    )
    plan: Literal["premium", "vip"] = Field(
        json_schema_extra=asked(),
        default="premium",
        title="Subscription (Előfizetés)",
        description="UNAS allows VIP shops three times as many calls an hour, and bans who makes more. Verifying says "
        "when UNAS names another one.",
    )
    status_email: bool = Field(
        default=False,
        title="Mail the buyer about a status (StatusEmail)",
        description="When the bridge changes an order's status. UNAS sends the text that belongs to the status.",
    )
    invoice_url: Annotated[str, AfterValidator(_with_number)] = Field(
        default="",
        title="Address of a document (Számla URL)",
        description="Written beside the document's number, so that buyers can open it. `{number}` stands for the "
        "number, such as `https://docs.example/{number}.pdf`. Left empty, only the number is written.",
    )
    take_linked_orders: bool = Field(
        default=False,
        title="Take merged, separated and returned orders",
        description="Their goods may be in the back office already, with the orders they were made from. Left off, "
        "each waits for a person.",
    )
    tax_number_param: str = Field(
        default="",
        pattern=r"^[0-9]*$",
        title="Parameter with the tax number (Adószám)",
        description="The id of an order or customer parameter, for shops that do not ask for the tax number in the "
        "invoice address.",
    )
    variant_skus: Literal["product", "joined"] = Field(
        default="product",
        title="SKU of a variant (Cikkszám)",
        description="UNAS has one SKU for all variants of a product. `product`: they are one record of the back "
        "office, with the stock of all together. `joined`: each is a record of its own, called by the SKU and the "
        "chosen values, joined in the order of the properties.",
    )
    variant_joint: str = Field(
        default="-",
        pattern=r"^[!-~]{1,3}$",
        title="What joins the SKU of a variant",
        description="With `joined`: `-` makes `SHIRT-1-Blue-XL` of the SKU SHIRT-1 and its values Blue and XL.",
    )
    stock_warehouses: tuple[str, ...] = Field(
        default=(),
        title="Warehouses whose stock is told (Raktárak)",
        description="Ids of further warehouses, or `main_stock`. Left empty, the main stock alone: UNAS does not say "
        "whether it includes the further ones, so they are never added up unless you name them here.",
    )
    language: str = Field(
        default="",
        pattern=r"^([a-z]{2})?$",
        title="Language of product texts",
        description="Two letters, such as `hu`. Left empty, the shop's base language.",
    )
    currency: CurrencyCode = Field(
        default="HUF",
        title="Base currency",
        description="UNAS keeps prices of products in it; it does not tell which it is.",
    )
    unit: str = Field(
        default="db",
        min_length=1,
        title="Unit of new products (Mennyiségi egység)",
        description="UNAS demands one; the bridge carries none.",
    )
    category: str = Field(
        default="",
        pattern=r"^[0-9]*$",
        title="Category of new products (Kategória)",
        description="The id of the one that a new product is put into which brings none: UNAS demands one.",
    )
    ean_param: str = Field(
        default="",
        pattern=r"^[0-9]*$",
        title="Parameter with the EAN (Vonalkód)",
        description="The id of the product parameter that holds it: UNAS has no field of its own for it.",
    )
    page_size: int = Field(
        default=500,
        ge=2,
        le=5000,
        title="Rows in one call",
        description="Of lists. UNAS publishes no limit but for orders, of which no more than 500 come.",
    )
    countries: dict[str, CountryCode] = Field(
        default_factory=dict,
        title="Further countries",
        description="For addresses without a country's code. Key: the name as the shop has it. Value: the two-letter "
        "code.",
    )

    @property
    def place(self) -> str:
        """All shops have one address of the API."""
        return host_of(self.shop)

    @property
    def warehouses(self) -> tuple[str, ...]:
        """Whose stock is told, by our keys."""
        return self.stock_warehouses or (MAIN_STOCK,)

    def variant_sku(self, sku: str, values: Sequence[str]) -> str:
        """Return what a combination of variants is called; the product's SKU where variants have none of their own."""
        if self.variant_skus == "product" or not (sku and values):
            return sku
        return self.variant_joint.join((sku, *values))


class UnasSecrets(Model):
    """The keys of the shop, from its admin under Settings, External connections, API connection."""

    api_key: Key = Field(
        title="API key (API kulcs)",
        min_length=1,
        description="Beállítások, Külső kapcsolatok, API kapcsolat (Settings, External connections, API connection). "
        "Its permissions are on the page of this connector.",
    )
    webhook_key: Key = Field(
        default=SecretStr(""),
        title="HMAC key of webhooks (Webhook ellenőrzés)",
        description="From the same page of Settings, for VIP shops with automations. Left empty, no call of the shop "
        "is believed.",
    )
