"""What an operator sets for InnVoice."""

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings
from shopbridge.model.base import CurrencyCode, Model
from shopbridge.model.form import SHOWN, asked

VAT_TEXTS = (
    *("27%", "18%", "5%", "0% - AAM", "0% - TAM", "0% - KBA", "0% - KBAUK", "0% - EAM", "0% - NAM"),
    *("0% - ÁTK", "0% - EUFAD37", "0% - EUFADE", "0% - EUE", "0% - HO", "0% - FOA", "0% - K.AFA"),
    *("0% - AFAMENTES", "0% - NONREFUNDABLE_VAT", "0% - REFUNDABLE_VAT"),
)
"""Every text that a line's VAT may have (client S1)."""
COMPANY_FORMS = (
    *("kft", "bt", "rt", "zrt", "nyrt", "kkt", "kht", "nkft", "szövetkezet", "alapítvány", "egyesület"),
    *("nonprofit", "ltd", "gmbh", "s.r.o.", "s.r.l.", "srl", "sro", "d.o.o."),
)
"""[inferred] What makes a buyer's name a company's: InnVoice does the same and does not list them (doc S10)."""


def _vat_text(text: str) -> str:
    if text and text not in VAT_TEXTS:
        raise ValueError(f"is none of InnVoice's VAT texts: {', '.join(VAT_TEXTS)}")
    return text


VatText = Annotated[str, AfterValidator(_vat_text)]
"""One of ``VAT_TEXTS``, or empty."""
HostName = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$")]
Kind = Literal["draft", "invoice", "proforma"]
LineForm = Literal["numbered", "first_bare", "nested"]
"""How several lines are sent: see ``orders/payload.py``."""


class InnVoiceSettings(ConnectorSettings):
    """The settings of an InnVoice account; the address is ``https://api.innvoice.hu``."""

    url: str = Field(
        default="https://api.innvoice.hu",
        title="Address of the API",
        description="InnVoice's own for every company; only a test system has another one.",
        pattern=ADDRESS,
    )
    company: str = Field(
        pattern=r"^[^\s/?#]+$",
        title="Registration name",
        description="The name that the company is registered under at InnVoice; it is part of every address.",
    )
    invoice_book: str = Field(
        min_length=1,
        title="Invoice book",
        description="Id of the invoice book (számlatömb) that documents are numbered in. With an unknown one the "
        "verification lists the account's books.",
    )
    document: Kind = Field(
        json_schema_extra=asked(),
        default="draft",
        title="Document",
        description="What an order becomes: `draft`, set aside (félretett), which people look at and close in "
        "InnVoice; `invoice`, closed at once and never to be changed again; `proforma` (díjbekérő), which becomes an "
        "invoice when the order is paid.",
    )
    electronic: bool = Field(
        json_schema_extra=asked(),
        default=False,
        title="Electronic invoice",
        description="Otherwise it is one on paper.",
    )
    paid: Literal["as_ordered", "never"] = Field(
        default="as_ordered",
        title="Mark as paid",
        description="`as_ordered`: when the shop says that the whole amount has arrived; that also makes "
        "invoices of pro formas. `never`: people do both.",
    )
    payment_days: int = Field(
        default=8,
        ge=0,
        le=365,
        title="Days until payment",
        description="From the day of issue; what is paid is due that very day.",
    )
    supplied_on: Literal["day_of_issue", "day_of_order"] = Field(
        default="day_of_issue", title="Day of supply", description="The date of fulfilment (teljesítés)."
    )
    wrong_tax_number: Literal["set_aside", "as_usual"] = Field(
        default="set_aside",
        title="A company without a proper tax number",
        description="`set_aside`: its document becomes a draft, and its story says so. `as_usual`: the document is "
        "made all the same, without the number.",
    )
    company_forms: tuple[str, ...] = Field(
        default=COMPANY_FORMS,
        title="Company forms",
        description="A buyer whose name contains one of these words is a company, and needs a tax number.",
    )
    postcode_unknown: str = Field(
        default="",
        max_length=20,
        title="Postcode that the shop does not tell",
        description="What stands on a document in the place of a postcode that an order does not have. Left empty, "
        "such an order is held, and a shop that never tells any cannot be connected. Ask your accountant.",
    )
    intra_community_vat: VatText = Field(
        default="",
        title="VAT text of sales within the EU",
        description="For untaxed orders of companies in other member states, such as `0% - KBA`. Left empty, the tax "
        "map's entry counts.",
    )
    export_vat: VatText = Field(
        default="",
        title="VAT text of exports",
        description="For untaxed orders to places outside the EU, such as `0% - EAM`. Left empty, the tax map's entry "
        "counts.",
    )
    rounding_vat: VatText = Field(
        default="",
        title="VAT text of rounding",
        description="For what rounding an order's total to cash adds or takes off: a line of its own, whose price may "
        "be negative. Left empty, such orders are held.",
    )
    discounts: Literal["spread", "own_line"] = Field(
        default="spread",
        title="Discounts",
        description="`spread`: lines of the same tax cost less. `own_line`: a line with a negative price; nobody has "
        "shown yet that InnVoice takes one, so try it with a draft.",
    )
    currencies: dict[CurrencyCode, str] = Field(
        default={"HUF": "HUF"},
        title="Currencies",
        description="Key: the order's currency. Value: what InnVoice calls it (`HUF` and `Ft` were seen). An order in "
        "any other is held: whether InnVoice takes it without an exchange rate is not known.",
    )
    unit: str = Field(default="db", min_length=1, title="Unit of quantity", description="Of every line.")
    order_number: Literal["nowhere", "first_line"] = Field(
        default="nowhere",
        title="The shop's order number",
        description="Documents have no field for it. `first_line`: it stands behind the name of the first line.",
    )
    reference_prefix: str = Field(
        default="",
        max_length=20,
        title="Prefix of the order number",
        description="Put before the shop's order number, such as `SW-`, where several shops invoice into one account.",
    )
    line_form: LineForm = Field(
        default="numbered",
        title="Form of several lines",
        description="`numbered`: each field with the line's number, as the newest client sends them. `first_bare`: the "
        "first line without a number; `nested`: each line in an element `tetel`, as older ones did. Change it only if "
        "InnVoice's support says so.",
    )
    print_hosts: tuple[HostName, ...] = Field(
        default=(),
        title="Further hosts of printed documents",
        description="Where PDFs may be read from to be mailed, besides `innvoice.hu` and all below it, such as "
        "`print.example`. Name only what InnVoice's support has confirmed.",
    )
    regular_price_group: str = Field(
        default="",
        title="Price group of regular prices",
        description="Its name. Left empty, it is the only one that a product has.",
    )
    sale_price_group: str = Field(
        default="", title="Price group of sale prices", description="Its name. Left empty, there are no sale prices."
    )
    price_currency: CurrencyCode = Field(
        default="HUF",
        title="Currency of the products' prices",
        description="InnVoice does not tell it with its products.",
    )
    product_tax: Decimal | None = Field(
        default=None,
        ge=0,
        le=100,
        title="Tax of products",
        description="In percent, where all have the same: InnVoice's list does not tell it.",
    )
    excluded_groups: tuple[str, ...] = Field(
        default=(),
        title="Product groups that are left out",
        description="By their names. Their products are not offered to the shop.",
    )
    stand_in_stock_by_sku: bool = Field(
        default=False,
        title="Stand-in: book stock by SKU",
        description="Our own invention: each line carries its SKU, so that InnVoice books the product's stock where it "
        "finds it, and invoices without it where not. No client was seen to send one. Leave it off unless InnVoice's "
        "support has confirmed it for the account.",
    )
    stand_in_writes: bool = Field(
        default=False,
        title="Stand-in: write products and stock",
        description="Our own invention: no such call of InnVoice is known. Leave it off unless InnVoice's support has "
        "confirmed it for the account.",
    )
    stand_in_warehouse: str = Field(
        default="",
        title="Stand-in: warehouse to write stock to",
        description="Its id; needed with `stand_in_writes`.",
    )

    @property
    def place(self) -> str:
        """All accounts have one address."""
        return self.company.casefold()

    @property
    def invoices_proformas(self) -> bool:
        """Whether the shop's word that an order is paid makes an invoice of its pro forma."""
        return self.document == "proforma" and self.paid == "as_ordered"

    @model_validator(mode="after")
    def _what_is_written_to_is_named(self) -> Self:
        if self.stand_in_writes and not (self.regular_price_group and self.stand_in_warehouse):
            raise ValueError("stand_in_writes: name what is written to in regular_price_group and stand_in_warehouse")
        if self.sale_price_group and self.sale_price_group == self.regular_price_group:
            raise ValueError("sale_price_group: choose another group than regular_price_group, or leave it empty")
        return self


def _no_colon(value: SecretStr) -> SecretStr:
    if ":" in value.get_secret_value():
        raise ValueError("holds a colon, which a user's name cannot have")
    return value


class InnVoiceSecrets(Model):
    """The API user of the account, which InnVoice's support gives out; often its name is the registration name."""

    user: Annotated[SecretStr, Field(json_schema_extra=SHOWN, min_length=1), AfterValidator(_no_colon)] = Field(
        title="API user",
        description="InnVoice's support gives it out with access to the API; often it is the registration name.",
    )
    password: SecretStr = Field(
        min_length=1, title="Password of the API user", description="InnVoice's support gives it out with the user."
    )
