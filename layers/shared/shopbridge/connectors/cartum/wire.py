"""What Cartum really sends (platform file, "Orders" and "Known quirks"): text or number, object or list.

PHP writes an empty object as ``[]`` and a keyed list as an object. All of it is read here, so that nothing behind it
has to know.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field

from shopbridge.connectors.cartum.outcomes import text_in, word_of
from shopbridge.connectors.kit.loose import LooseNumber, LooseText, MaybeNumber, as_text, writable


class Wire(BaseModel):
    """Unknown keys are welcome: nobody has published all of them."""

    model_config = ConfigDict(frozen=True, extra="ignore")


def as_rows(value: Any) -> Any:
    """Return the rows of a collection: a list, an object keyed by anything, or nothing."""
    if value is None or value == "":
        return []
    return list(value.values()) if isinstance(value, Mapping) else value


def title_in(value: Any, language: str) -> str:
    """Return a text in a language, else in any that it has: one that the shop has switched off is empty (K1)."""
    if not isinstance(value, Mapping):
        text = as_text(value)
        return text if isinstance(text, str) else ""
    texts = {str(name): text for name, each in value.items() if isinstance(text := as_text(each), str) and text}
    return texts.get(language) or next(iter(texts.values()), "")


def _one_object(value: Any) -> Any:
    """An object; an empty list, or anything else that is none, stands for a missing one."""
    return value if isinstance(value, Mapping) else None


def _as_flag(value: Any) -> Any:
    """A flag as Cartum writes them: 0 or 1, as a number, a text or a truth value; nothing in any spelling is 0."""
    text = as_text(value)
    spelt = {"": False, "0": False, "1": True}
    return spelt.get(text, value) if isinstance(text, str) else value


HARMLESS: Final = frozenset({0, 22})
"""Codes of a log that say that all went well; 22 is a picture that was loaded (platform file, "Import")."""
Flag = Annotated[bool, BeforeValidator(_as_flag)]


class WireEnvelope(Wire):
    """What every answer but those of hooks is wrapped in."""

    status: str
    response: Any = None

    @property
    def word(self) -> str:
        """The status in one spelling."""
        return word_of({"status": self.status})

    @property
    def told(self) -> Mapping[str, Any]:
        """What it holds; nothing where it holds none."""
        return self.response if isinstance(self.response, Mapping) else {}


class WireNote(Wire):
    """One of several remarks on a record of a write."""

    code: MaybeNumber = None
    message: Any = None
    messages: Any = None

    @property
    def said(self) -> str:
        """The text, wherever it stands; empty for none."""
        return writable(text_in({"message": self.message, "messages": self.messages}))


class WireLog(WireNote):
    """What became of one record of a write; not all fields come from every function.

    Attributes:
        info: [inferred] The remarks of an import (platform file, open question 9); else it has one, its own.
    """

    order_id: LooseText = ""
    article: LooseText = ""
    status: LooseText = ""
    info: Annotated[tuple[WireNote, ...], BeforeValidator(as_rows)] = ()

    @property
    def is_ok(self) -> bool:
        """It says so, or one of its codes does."""
        codes = [each.code for each in (self, *self.info) if each.code is not None]
        return self.status.upper() == "OK" or (not self.status and 0 in codes)

    @property
    def problems(self) -> tuple[str, ...]:
        """What it complains of, each a text; done or not."""
        notes = self.info or (self,)
        return tuple(
            f"{each.said or 'no reason given'}{'' if each.code is None else f' (code {each.code})'}"
            for each in notes
            if (each.code not in HARMLESS if each.code is not None else not self.is_ok)
        )


class WireNamed(Wire):
    """Something with an id and a title, which is a text or one for each language."""

    id: LooseText = ""
    title: Any = ""


class WireStatus(WireNamed):
    """An order status of the shop."""

    id: Annotated[LooseText, Field(min_length=1)]
    is_successful: Flag = False


class WireSoldLine(Wire):
    """What a line takes from the stock."""

    article: LooseText = ""
    quantity: LooseNumber
    type: LooseText = "product"


class WireLine(WireSoldLine):
    """A line; its price has the discount of the product in it, and none of the order."""

    title: Any = ""
    price: LooseNumber
    total_price: LooseNumber
    discount_marker: LooseText = ""


class WireOrderHead(Wire):
    """Which order it is, and where it stands."""

    order_id: Annotated[LooseText, Field(min_length=1)]
    stat_status: LooseText = ""
    stat_created: LooseText = ""
    payed: Annotated[Flag, Field(validation_alias=AliasChoices("payed", "paid"))] = False
    delivery_data: Annotated[Mapping[str, Any] | None, BeforeValidator(_one_object)] = None

    @property
    def shipment(self) -> str:
        """The number of its waybill; empty while there is none. What is written as ``tracking_code`` is not read."""
        number = as_text((self.delivery_data or {}).get("tnNumber"))
        return number if isinstance(number, str) else ""


_LINES = BeforeValidator(as_rows)


class WireOpenOrder(WireOrderHead):
    """The least of an order: one that is odd in other fields still holds its goods."""

    products: Annotated[tuple[WireSoldLine, ...], _LINES]


class WireOrder(WireOrderHead):
    """An order, whole.

    Attributes:
        delivery_price: -1 while it is not calculated.
        total_default: Of the lines, before what the order as a whole takes off.
        total_sum: Likewise after it, without delivery.
    """

    user: LooseText = ""
    delivery_name: LooseText = ""
    delivery_email: LooseText = ""
    delivery_phone: LooseText = ""
    delivery_city: LooseText = ""
    delivery_city_stable: LooseText = ""
    delivery_address: LooseText = ""
    delivery_type: Annotated[WireNamed | None, BeforeValidator(_one_object)] = None
    delivery_price: MaybeNumber = None
    payment_type: Annotated[WireNamed | None, BeforeValidator(_one_object)] = None
    payment_price: MaybeNumber = None
    comment: LooseText = ""
    currency: LooseText
    total_default: LooseNumber
    total_sum: LooseNumber
    coupon_code: LooseText = ""
    analytics: Annotated[Mapping[str, Any] | None, BeforeValidator(_one_object)] = None
    products: Annotated[tuple[WireLine, ...], _LINES]


class WireCurrency(Wire):
    """A currency of the shop."""

    iso: LooseText = ""
