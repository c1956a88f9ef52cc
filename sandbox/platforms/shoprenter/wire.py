"""How values travel: ids in base64, links, numbers as texts, and an answer as JSON or XML."""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from xml.etree import ElementTree as ET

from sandbox.platforms.shoprenter.inferred import ID_KEYS_ASSUMED

Record = dict[str, Any]

ID_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "order": ("order_id",),
    "orderProduct": ("order_product_id",),
    "orderTotal": ("order_total_id",),
    "orderProductOption": ("order_option_id",),
    "orderStatus": ("order_status_id",),
    "orderStatusDescription": ("order_status_id", "language_id"),
    "orderHistory": ("order_history_id",),
    "orderInvoice": ("id",),
    "product": ("product_id",),
    "productDescription": ("product_id", "language_id"),
    "productCategory": ("product_id", "category_id"),
    "productSpecial": ("product_special_id",),
    "customerGroupProductPrice": ("customer_group_id", "product_id"),
    "category": ("category_id",),
    "categoryDescription": ("category_id", "language_id"),
    "customer": ("customer_id",),
    "customerGroup": ("customer_group_id",),
    "language": ("language_id",),
    "currency": ("currency_id",),
    "taxClass": ("tax_class_id",),
    "country": ("country_id",),
    "listAttribute": ("attribute_id",),
    "listAttributeValue": ("attribute_id", "value_id"),
    "manufacturer": ("manufacturer_id",),
    "productClass": ("product_class_id",),
    "stockStatus": ("stock_status_id",),
    "shippingMode": ("id",),
    "shippingModeDescription": ("id", "language_id"),
    "paymentMode": ("extension_id",),
    "taxRate": ("tax_rate_id",),
    "listAttributeValueDescription": ("attribute_id", "language_id", "value_id"),
    "productListAttributeValueRelation": ("attribute_id", "product_id", "value_id"),
    "coupon": ("coupon_id",),
    "webHook": ("notification_id",),
    **ID_KEYS_ASSUMED,
}
"""Names of the numbers inside an id, by entity."""


@dataclass(frozen=True)
class Key:
    """Which record: its entity and its numbers. It travels as base64, or as the id a caller chose for it."""

    entity: str
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Link:
    """A record, the records below another one, or a page of them, as an address."""

    resource: str
    key: Key | None = None
    parameter: str = ""
    page: str = ""


@dataclass(frozen=True)
class Href:
    """The bare text of an address: a record's own, where a link is an object."""

    to: Link


@dataclass(frozen=True)
class Nothing:
    """An empty relation or text, and how the file's example writes it."""

    sample: Any = None


def link(resource: str, entity: str, *numbers: int) -> Link:
    """The address of one record."""
    return Link(resource, Key(entity, numbers))


def below(resource: str, parameter: str, entity: str, *numbers: int) -> Link:
    """The address of the records of a parent: ``orderTotals?orderId=…``."""
    return Link(resource, Key(entity, numbers), parameter)


def encoded(key: Key) -> str:
    """A key in base64."""
    pairs = "&".join(f"{name}={number}" for name, number in zip(ID_KEYS[key.entity], key.numbers, strict=True))
    return base64.b64encode(f"{key.entity}-{pairs}".encode()).decode()


def decoded(text: str) -> Key | None:
    """The key in an id as this shop writes it, to the letter; else None."""
    try:
        entity, _, pairs = base64.b64decode(text, validate=True).decode().partition("-")
    except (binascii.Error, UnicodeDecodeError):
        return None
    numbers = re.findall(r"=(\d{1,10})", pairs)
    key = Key(entity, tuple(map(int, numbers)))
    is_ours = entity in ID_KEYS and len(numbers) == len(ID_KEYS[entity])
    return key if is_ours and encoded(key) == text else None


@dataclass(frozen=True)
class Renderer:
    """Writes what a view holds as the shop sends it.

    Args:
        base: Where links begin.
        chosen: Ids that callers chose.
        nothing: How nothing is written, unless it is ``sample``.
    """

    base: str
    chosen: Mapping[Key, str]
    nothing: str

    def __call__(self, value: Any) -> Any:
        """The value with its ids, links and empty places."""
        if isinstance(value, dict):
            return {name: self(inner) for name, inner in value.items()}
        if isinstance(value, list):
            return [self(inner) for inner in value]
        return value if isinstance(value, str) else self._one(value)

    def _one(self, value: Any) -> Any:
        if isinstance(value, Link):
            return {"href": self.address(value)}
        if isinstance(value, Href):
            return self.address(value.to)
        if isinstance(value, Nothing):
            return _NOTHING.get(self.nothing, value.sample)
        return self.id(value) if isinstance(value, Key) else value

    def id(self, key: Key) -> str:
        """An id."""
        return self.chosen.get(key) or encoded(key)

    def address(self, at: Link) -> str:
        """An address. Ids stand in it as they are: whoever uses one in a query has to encode it."""
        tail = f"?{at.page}" if at.page else ""
        if at.key:
            text = self.id(at.key)
            tail = f"?{at.parameter}={text}" if at.parameter else f"/{text}"
        return f"{self.base}/{at.resource}{tail}"


_NOTHING: Final[Mapping[str, Any]] = {"null": None, "text": "", "object": {}, "list": []}


def money(value: Decimal | int) -> str:
    """An amount with four decimals."""
    return f"{Decimal(value).quantize(Decimal('0.0001')):f}"


def plain(value: Decimal | int) -> str:
    """A number without zeros at its end."""
    number = Decimal(value)
    return f"{number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize():f}"


def as_xml(value: Any) -> bytes:
    """[inferred] An answer as XML: an element for each name below ``response``, ``item`` for those of a list."""
    root = ET.Element("response")
    _fill(root, value)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _fill(element: ET.Element, value: Any) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            _fill(ET.SubElement(element, name), inner)
    elif isinstance(value, list):
        for inner in value:
            _fill(ET.SubElement(element, "item"), inner)
    else:
        element.text = "" if value is None else str(value)
