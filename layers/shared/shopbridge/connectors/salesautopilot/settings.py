"""What an operator sets for SalesAutopilot, by the names of its own admin pages and addresses."""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key
from shopbridge.model.base import Model
from shopbridge.model.form import SHOWN, asked


class SalesAutopilotSettings(ConnectorSettings):
    """The settings of a SalesAutopilot account; the address is ``https://api.salesautopilot.com``."""

    url: str = Field(
        default="https://api.salesautopilot.com",
        title="Address of the API",
        description="SalesAutopilot's own for every account; only a test system has another one.",
        pattern=ADDRESS,
    )
    order_list: int = Field(
        gt=0,
        title="Order list (nl_id)",
        description="Id of the eCommerce list that takes this shop's orders, best one that no other shop uses: an "
        "order whose number is on it already is held.",
    )
    order_form: int = Field(
        gt=0,
        title="Order form (ns_id)",
        description="Id of the order form of that list. Its Actions, timed letters and invoicing run for each order.",
    )
    consent_form: int | None = Field(
        default=None,
        gt=0,
        title="Order form of buyers who agreed (ns_id)",
        description="Another order form, whose Actions may put the buyer on a newsletter list. Only orders go through "
        "it for which a rule of yours sets `consent` to true; nobody's consent is ever assumed.",
    )
    status_form: int | None = Field(
        json_schema_extra=asked(),
        default=None,
        gt=0,
        title="Update form of the status (ns_id)",
        description="Id of an update form that is used when the shop's status changes. Left empty, SalesAutopilot is "
        "not told.",
    )
    paid_form: int | None = Field(
        json_schema_extra=asked(),
        default=None,
        gt=0,
        title="Update form of the payment (ns_id)",
        description="Id of an update form that is used when an order becomes paid; the invoicing program attached to "
        "the list may start with it. Left empty, SalesAutopilot is not told.",
    )
    paid_at_import: bool = Field(
        default=False,
        title="Tell payments of new orders",
        description="Uses the payment's form also for orders that are paid already when they are imported. Switch it "
        "off before older orders are brought over, or each may be invoiced.",
    )
    reference_prefix: str = Field(
        default="",
        max_length=20,
        title="Prefix of the order number",
        description="Put before the shop's order number. SalesAutopilot is best known to take mere digits, so leave it "
        "empty unless several shops share the list.",
    )
    fees: Literal["shipping", "lines"] = Field(
        default="shipping",
        title="Fees and other positions without a product",
        description="`shipping` adds them to the shipping costs, as SalesAutopilot's own plug-in does; `lines` makes "
        "an ordered product of each, which its catalogue then has, too.",
    )
    discount_code: str = Field(
        default="DISCOUNT",
        min_length=1,
        max_length=60,
        title="SKU of discounts",
        description="Discounts become ordered products below zero under this SKU.",
    )
    currency: Literal["HUF", "EUR", "USD"] = Field(
        json_schema_extra=asked(),
        default="HUF",
        title="Currency of the catalogue",
        description="Products have prices in one of these three.",
    )
    product_price: Literal["present", "list"] = Field(
        default="present",
        title="Price of products",
        description="A product has one price: `present` is what it costs just now, a sale included; `list` is the "
        "price without a sale.",
    )

    @property
    def place(self) -> str:
        """All accounts have one address."""
        return f"list {self.order_list}"

    @property
    def update_forms(self) -> tuple[int, ...]:
        """Those that are set, each by its id."""
        return tuple(form for form in (self.status_form, self.paid_form) if form is not None)

    @property
    def order_forms(self) -> tuple[int, ...]:
        """Likewise."""
        return tuple(form for form in (self.order_form, self.consent_form) if form is not None)

    @model_validator(mode="after")
    def _each_form_is_for_one_thing(self) -> Self:
        forms = (*self.order_forms, *self.update_forms)
        if len({*forms}) < len(forms):
            raise ValueError(
                "order_form, consent_form, status_form, paid_form: each needs a form of its own, whose "
                "Actions run for that alone"
            )
        return self

    @model_validator(mode="after")
    def _payments_have_a_form(self) -> Self:
        if self.paid_at_import and self.paid_form is None:
            raise ValueError("paid_at_import: name the form in paid_form")
        return self


class SalesAutopilotSecrets(Model):
    """An API key pair of the account: Settings, Integrations, API keys. Not what people log in with."""

    user: Key = Field(
        json_schema_extra=SHOWN,
        min_length=1,
        title="API user",
        description="The user name of an API key, from Settings, Integrations, API keys. Not what people log in with.",
    )
    password: SecretStr = Field(
        min_length=1,
        title="API password",
        description="The password of the same API key: Settings, Integrations, API keys.",
    )
