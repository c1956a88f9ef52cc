"""What RO App says about the account: who it is, and what the settings may choose from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from shopbridge.connectors.roapp.api import (
    COMPANY_PATH,
    CUSTOM_FIELDS,
    LOCATIONS,
    LOOKUP,
    PRICE_TYPES,
    SERVICES,
    TYPES,
    WAREHOUSES,
    all_rows,
    get,
    short_list,
)
from shopbridge.connectors.roapp.catalogue.read import categories_of
from shopbridge.connectors.roapp.orders.create import employees
from shopbridge.connectors.roapp.orders.read import is_cancelled, statuses
from shopbridge.connectors.roapp.outcomes import TITLE
from shopbridge.connectors.roapp.product_index import product_id
from shopbridge.connectors.roapp.settings import RoAppSettings
from shopbridge.connectors.roapp.wire import COMPANY, CompanyRead, NamedRow, StatusRow
from shopbridge.errors import NeedsAttention
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import readable
from shopbridge.model.office import Choice, Identity, Vocabulary

SHOWN = 30
"""Choices that a message names."""
PLACES = {
    "location": "location",
    "order_type": "order type",
    "reference_field": "custom field of orders",
    "tracking_field": "custom field of orders",
    "managers": "active employee",
    "cancelled_statuses": "status of orders",
    "warehouses": "warehouse of products",
}
Names = Mapping[int, str]


class RoAppAccount:
    """Asks who we are, and what there is."""

    def __init__(self, settings: RoAppSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def ping(self) -> Identity:
        """Read the company and every list that the settings choose from.

        Raises:
            NeedsAttention: RO App does not let us in, keeps another currency, or has not what a setting names; what
                there is to choose from is told.
        """
        company, chosen = self._client.read(get(COMPANY_PATH), COMPANY), self._settings
        _must_have_currency(company, chosen)
        fields = self._named(CUSTOM_FIELDS)
        _must_have("location", [chosen.location], self._locations())
        _must_have("order_type", [chosen.order_type], self._named(TYPES))
        _must_have("reference_field", [chosen.reference_field], fields)
        _must_have("tracking_field", _given([chosen.tracking_field]), fields)
        _must_have("managers", chosen.managers, self._managers())
        _must_have("cancelled_statuses", chosen.cancelled_statuses, _names(statuses(self._client).values()))
        if chosen.warehouses:
            _must_have("warehouses", chosen.warehouses, self._warehouses())
        self._must_have_entries()
        name = readable(company.name) or TITLE
        return Identity(name=name, version="API v2", accounts=(chosen.account or name,), notes=tuple(_notes(chosen)))

    def vocabulary(self) -> Vocabulary:
        """Return statuses, and what the settings may name; any text is a method, any percentage a tax."""
        company = self._client.read(get(COMPANY_PATH), COMPANY)
        found = statuses(self._client).values()
        currency = company.currency.upper()
        return {
            "status": tuple(_status_choice(status, self._settings) for status in found),
            "payment": (),
            "shipping": (),
            "tax": (),
            "currency": (Choice(key=currency, title=currency),) if currency else (),
            "location": _choices(self._locations()),
            "order_type": _choices(self._named(TYPES)),
            "custom_field": _choices(self._named(CUSTOM_FIELDS)),
            "manager": _choices(self._managers()),
            "warehouse": _choices(self._warehouses()),
            "service": _choices(_names(self._services())),
            "price_group": (
                Choice(key="regular", title="regular_price_type, or the only price"),
                Choice(key="sale", title="sale_price_type"),
            ),
            "price_type": _choices(self._named(PRICE_TYPES)),
            "category": tuple(Choice(key=each.id, title=each.name or each.id) for each in categories_of(self._client)),
        }

    def _named(self, path: str, params: Mapping[str, str] | None = None) -> Names:
        return _names(short_list(self._client, path, NamedRow, params))

    def _locations(self) -> Names:
        return _names(each for each in short_list(self._client, LOCATIONS, NamedRow) if not each.is_archived)

    def _managers(self) -> Names:
        """[inferred] Whoever is active: neither role nor location is told (platform file, "Locations")."""
        return {each.id: each.name for each in employees(self._client) if each.is_active is not False}

    def _warehouses(self) -> Names:
        return self._named(WAREHOUSES, {"type": "product"})

    def _must_have_entries(self) -> None:
        """Each entry is a product or a service."""
        wanted = self._settings.entries
        if not wanted:
            return
        params = {"ids[]": [str(entry) for entry in wanted.values()]}
        known = {product_id(row) for row in all_rows(self._client, LOOKUP, params)}
        if missing := {name: entry for name, entry in wanted.items() if entry not in known}:
            services = _names(self._services())
            for name, entry in missing.items():
                _must_have(name, [entry], services)

    def _services(self) -> Iterator[NamedRow]:
        for row in all_rows(self._client, SERVICES):
            if product_id(row):
                yield NamedRow(id=product_id(row), name=readable(row.get("title")))


def _names(rows: Iterable[NamedRow]) -> Names:
    return {row.id: readable(row.name) for row in rows}


def _given(values: Sequence[int | None]) -> Sequence[int]:
    return [value for value in values if value is not None]


def _choices(names: Names) -> tuple[Choice, ...]:
    return tuple(Choice(key=str(key), title=title or str(key)) for key, title in names.items())


def _status_choice(status: StatusRow, settings: RoAppSettings) -> Choice:
    name = readable(status.name) or str(status.id)
    group = readable(status.group.name)
    title = f"{name} ({group})" if group and group != name else name
    return Choice(key=str(status.id), title=title, off=is_cancelled(status, settings))


def _must_have(setting: str, wanted: Sequence[int | None], known: Names) -> None:
    """Raise NeedsAttention for what is empty or not there, with what there is."""
    what = PLACES.get(setting, "service or product of the catalogue")
    absent = next((each for each in wanted if each not in known), 0)
    if absent == 0:
        return
    named = [f"{key} ({title})" if title else str(key) for key, title in known.items()]
    listed = ", ".join(named[:SHOWN]) + (", …" if len(named) > SHOWN else "")
    told = f"RO App has no {what} {absent}" if absent is not None else f"No {what} is chosen"
    raise NeedsAttention(
        f"{told}; there is {listed or 'none'}",
        where=f"{TITLE}, {setting}",
        setting=setting,
        fix=f"Set {setting} to the number of one of these."
        if named
        else f"Make one in RO App, or give the employee of the API key access to it, and set {setting} to its number.",
    )


def _must_have_currency(company: CompanyRead, settings: RoAppSettings) -> None:
    if company.currency.upper() != settings.currency:
        raise NeedsAttention(
            f"The account's currency is {company.currency or 'not told'}, and the settings say {settings.currency}",
            where=f"{TITLE}, currency",
            setting="currency",
            fix="Set currency to the account's; the shop has to sell in the same one.",
        )


def _notes(settings: RoAppSettings) -> Iterator[str]:
    """What is set here and shows in RO App only, and what its stock does not say."""
    yield (
        "Where RO App tells the stock: an order lowers it only when its goods are written off. Choose a safety buffer "
        "for what is sold until then."
    )
    if not settings.managers:
        yield "Orders are dealt out to all active employees by the order number: choose managers to have it otherwise."
    missing = [name for name in ("delivery_entry", "fee_entry") if name not in settings.entries]
    if missing:
        yield f"Orders with such costs are held until {' and '.join(missing)} name a service for them."
    if not (settings.cancelled_statuses or settings.cancelled_group):
        yield "No status means cancelled, so that an order that is called off there stays open in the shop."
    if settings.tracking_field is None:
        yield "No custom field is named for tracking codes, so that none is told to the shop."
