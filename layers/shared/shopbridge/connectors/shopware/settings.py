"""What an operator sets for a Shopware shop, and its credentials."""

from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from shopbridge.connectors.spec import ADDRESS, ConnectorSettings, Key
from shopbridge.model.base import CurrencyCode, Model
from shopbridge.model.form import OURS, asked, one_way

ShopwareId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]


def _time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone such as Europe/Berlin") from error


TimeZone = Annotated[str, AfterValidator(_time_zone)]


class ShopwareSettings(ConnectorSettings):
    """A Shopware shop."""

    url: str = Field(
        title="Shop URL",
        description="The address below which the administration is (`/admin` left out), such as "
        "`https://shop.example`; final, without a redirect.",
        pattern=ADDRESS,
    )
    sales_channels: tuple[ShopwareId, ...] = Field(
        json_schema_extra=asked("sales_channel"),
        default=(),
        title="Sales channels",
        description="Their ids (32 characters). Only their orders are taken; left empty, those of all channels.",
    )
    product_codes: bool = Field(
        default=True,
        title="Read the products' codes",
        description="EAN and manufacturer number are not kept in an order, so each line's product is read along. "
        "Switch it off when products are matched by SKU and the integration must not read products.",
    )
    send_mails: bool = Field(
        default=False,
        title="Send the shop's mails",
        description="Whether Shopware's flows mail the buyer when the bridge changes an order's state.",
    )
    own_payment_states: dict[str, bool] = Field(
        default_factory=dict,
        title="Payment states of the shop's own",
        description="Technical names of states that plugins added: `true` where the whole amount has arrived. "
        "An order in a state that is not known is held.",
    )
    time_zone: TimeZone = Field(
        json_schema_extra=asked(),
        default="Europe/Berlin",
        title="Time zone",
        description="Such as `Europe/London`: whose calendar day an order was placed on. Shopware tells times in UTC.",
    )
    language: str = Field(
        default="",
        title="Language of product texts",
        description="The locale of one of the shop's languages, such as `de-DE`. Left empty, the shop's own language.",
    )
    currency: CurrencyCode | None = Field(
        default=None,
        title="Currency of prices",
        description="Such as `EUR`; products are read and written with their prices in it. New products can be made "
        "in the shop's own currency only. Left empty, that one.",
    )
    price_kind: Literal["gross", "net"] = Field(
        default="gross",
        title="Exact amount of prices",
        description="Shopware keeps both amounts of a price. `gross` or `net`: the one that is handed out, while the "
        "other one may be rounded.",
    )
    short_text_field: Literal["descriptionTeaser", "metaDescription"] = Field(
        default="descriptionTeaser",
        title="Field of the short text",
        description="`descriptionTeaser`, which exists from 6.7.12; or `metaDescription`. Where the field does not "
        "exist there is no short text.",
    )
    visible_in: tuple[ShopwareId, ...] = Field(
        default=(),
        title="Sales channels of new products",
        description="Ids of the sales channels that new products are shown in. Left empty, the sales channels above; "
        "without those, new products are shown nowhere until somebody chooses.",
    )
    root_category: ShopwareId | None = Field(
        default=None,
        title="Category of the catalogue",
        description="The id of the category that the catalogue lies below, such as the sales channel's entry point. "
        "Only what lies below it is read and written. Left empty, the whole tree; new top categories then show "
        "nowhere until somebody hangs them in.",
    )


INTEGRATION = "an integration's access key"
APP = "an app that registers itself"
_FILLED = "Filled by the app registration."


class ShopwareSecrets(Model):
    """Either an integration's access key, or an app that fetches one by registering.

    The fields from ``shop_url`` on belong to the registration, see ``app_registration``.
    """

    client_id: Key = Field(
        json_schema_extra=one_way(INTEGRATION, shown=True),
        default=SecretStr(""),
        title="Access key id",
        description="Of an integration, begins with SWIA. The administration makes one under Settings, System, "
        "Integrations.",
    )
    client_secret: Key = Field(
        json_schema_extra=one_way(INTEGRATION),
        default=SecretStr(""),
        title="Secret access key",
        description="Shown once, when the integration is made: Settings, System, Integrations.",
    )
    app_name: SecretStr = Field(
        json_schema_extra=one_way(APP, shown=True),
        default=SecretStr(""),
        title="App name",
        description="As in the app's manifest.",
    )
    app_secret: SecretStr = Field(
        json_schema_extra=one_way(APP),
        default=SecretStr(""),
        title="App secret",
        description="As in the app's manifest.",
    )
    shop_url: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="The shop's address", description=_FILLED
    )
    shop_id: SecretStr = Field(json_schema_extra=OURS, default=SecretStr(""), title="Shop id", description=_FILLED)
    shop_secret: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="Shop secret", description=_FILLED
    )
    previous_shop_secret: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="Previous shop secret", description=_FILLED
    )
    previous_until: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="Previous secret until", description=_FILLED
    )
    pending_shop_id: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="Pending shop id", description=_FILLED
    )
    pending_shop_secret: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="Pending shop secret", description=_FILLED
    )
    signs_twice: SecretStr = Field(
        json_schema_extra=OURS, default=SecretStr(""), title="Proves its secret", description=_FILLED
    )

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if not ((self.client_id and self.client_secret) or (self.app_name and self.app_secret)):
            raise ValueError(
                "enter client_id and client_secret of an integration, or app_name and app_secret of an app"
            )
        return self
