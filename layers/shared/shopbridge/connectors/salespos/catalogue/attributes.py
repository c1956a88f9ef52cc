"""The attributes and values that variants are made of, found by their names."""

from shopbridge.connectors.salespos.api import post
from shopbridge.connectors.salespos.ensure import ensured
from shopbridge.connectors.salespos.paging import all_pages
from shopbridge.connectors.salespos.wire_products import ATTRIBUTES, MENU, NAMED
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.names import caseless


class Attributes:
    """What an account has of them. What was read is kept until something is missing or refused."""

    def __init__(self, client: PlatformClient) -> None:
        self._client = client
        self._attributes: dict[str, int] = {}
        self._values: dict[int, dict[str, int]] = {}

    def forget(self) -> None:
        """Something was refused: what we know may be old."""
        self._attributes = {}
        self._values = {}

    def ids(self, attribute: str, value: str) -> tuple[int, int]:
        """Attribute and value, made where they are missing. Raises OutcomeUnknown when one may have been made."""
        attribute_id = self._attribute(attribute)
        return attribute_id, self._value(attribute_id, value)

    def _attribute(self, name: str) -> int:
        def find() -> int | None:
            if caseless(name) not in self._attributes:
                menus = (one for one in all_pages(self._client, "/attributes/", ATTRIBUTES) if _is_menu(one.type))
                self._attributes = {caseless(one.name): one.id for one in reversed(list(menus))}
            return self._attributes.get(caseless(name))

        def create() -> Call:
            return post("/attributes/", {"name": name, "type": MENU})

        made = ensured(self._client, find, create, f"the attribute {name!r}")
        self._attributes[caseless(name)] = made
        return made

    def _value(self, attribute: int, name: str) -> int:
        path = f"/attributes/{attribute}/attributevalues/"

        def find() -> int | None:
            if caseless(name) not in self._values.get(attribute, {}):
                listed = list(all_pages(self._client, path, NAMED))
                self._values[attribute] = {caseless(one.name): one.id for one in reversed(listed)}
            return self._values[attribute].get(caseless(name))

        def create() -> Call:
            return post(path, {"name": name, "default_price": 0})

        made = ensured(self._client, find, create, f"the value {name!r}")
        self._values[attribute][caseless(name)] = made
        return made


def _is_menu(kind: str) -> bool:
    """[inferred] Of the kinds of attribute only option menus make variants; ``option_menu_required`` is published."""
    return kind.startswith("option_menu")
