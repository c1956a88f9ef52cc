"""Whether two orders of a shop may have the same number: ranges may belong to sales channels, and no key forbids it."""

from collections.abc import Mapping

from pydantic import Field, TypeAdapter, ValidationError

from shopbridge.connectors.shopware import criteria
from shopbridge.connectors.shopware.api import AdminApi
from shopbridge.connectors.shopware.wire import Wire
from shopbridge.errors import NeedsAttention, Rejected

RIGHTS = "number_range, number_range_type, number_range_sales_channel"
UNSEEN = (
    f"Whether its sales channels have number ranges of their own cannot be seen: the integration may not read {RIGHTS}."
)


class _Link(Wire):
    sales_channel_id: str


class _Range(Wire):
    id: str
    pattern: str
    is_global: bool = Field(default=False, alias="global")
    number_range_sales_channels: list[_Link] | None = None


_RANGES = TypeAdapter(list[_Range])


def shared_numbers(api: AdminApi, channels: Mapping[str, str]) -> str:
    """Why orders of these channels (names by id) may have the same number; empty where they cannot."""
    if len(channels) <= 1:
        return ""
    orders = [criteria.equals("type.technicalName", "order")]
    try:
        found = api.listing("number-range", filter=orders, associations={"numberRangeSalesChannels": {}})
        ranges = _RANGES.validate_python(list(found))
    except (NeedsAttention, Rejected, ValidationError):
        return UNSEEN
    return _told(_by_pattern(ranges, channels))


def _by_pattern(ranges: list[_Range], channels: Mapping[str, str]) -> Mapping[str, Mapping[str, list[str]]]:
    """By pattern and range: the names of the channels that take their numbers from it."""
    own = {link.sales_channel_id: each for each in ranges for link in each.number_range_sales_channels or ()}
    shops = next((each for each in ranges if each.is_global), None)
    found: dict[str, dict[str, list[str]]] = {}
    for channel, name in channels.items():
        used = own.get(channel, shops)
        if used is not None:
            found.setdefault(used.pattern, {}).setdefault(used.id, []).append(name)
    return found


def _told(found: Mapping[str, Mapping[str, list[str]]]) -> str:
    alike = next((users for users in found.values() if len(users) > 1), None)
    if alike is None:
        return ""
    groups = " and ".join(", ".join(names) for names in alike.values())
    return (
        f"The sales channels {groups} have number ranges of one pattern: two of their orders may have the same number."
    )
