"""The values a shop knows, for the connection's maps and filters."""

from collections.abc import Iterable
from decimal import Decimal

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.shopware import criteria
from shopbridge.connectors.shopware.api import AdminApi, Row
from shopbridge.connectors.shopware.facts import currencies, languages
from shopbridge.connectors.shopware.maps import CANCELLED
from shopbridge.connectors.shopware.product_prices import REGULAR, SALE
from shopbridge.connectors.shopware.wire import Named, WireRate, WireState
from shopbridge.errors import NeedsAttention, RetryLater
from shopbridge.model.office import Choice, Vocabulary

MACHINES = {"status": "order.state", "payment_status": "order_transaction.state"}
"""State machines by the map whose values they hold."""

_STATES = TypeAdapter(list[WireState])
_NAMED = TypeAdapter(list[Named])
_RATES = TypeAdapter(list[WireRate])


def read_vocabulary(api: AdminApi) -> Vocabulary:
    """What maps and settings may name; seven searches, each for a short list."""
    machines = criteria.any_of("stateMachine.technicalName", list(MACHINES.values()))
    states = list(api.listing("state-machine-state", filter=[machines], associations={"stateMachine": {}}))
    payment, shipping = list(api.listing("payment-method")), list(api.listing("shipping-method"))
    rates = list(api.listing("tax"))
    try:
        return {
            "status": tuple(_marked(choice) for choice in _states(states, MACHINES["status"])),
            "payment_status": _states(states, MACHINES["payment_status"]),
            "payment": _methods(payment),
            "shipping": _methods(shipping),
            "tax": _rates(rates),
            "price_group": (Choice(key=REGULAR, title="Price"), Choice(key=SALE, title="Price below the list price")),
            "currency": _choices((row.iso_code, row.iso_code) for row in currencies(api) if row.iso_code),
            "language": _choices(
                (row.locale.code, row.title) for row in languages(api) if row.locale and row.locale.code
            ),
            **_categories(api),
        }
    except ValidationError as error:
        raise RetryLater("The shop lists its values in an unexpected form", after=300, where="Shopware") from error


def _categories(api: AdminApi) -> Vocabulary:
    """The upper two levels, to choose ``root_category`` from; nothing without the right, which orders do not need."""
    upper = [{"type": "range", "field": "level", "parameters": {"lte": 2}}]
    try:
        rows = _NAMED.validate_python(list(api.listing("category", filter=upper)))
    except NeedsAttention:
        return {}
    return {"category": _choices((row.id, row.title or row.id) for row in rows)}


def percentage(rate: Decimal) -> str:
    """Without trailing zeros: ``19``, ``5.5``."""
    return f"{rate.normalize():f}"


def _states(rows: list[Row], machine: str) -> tuple[Choice, ...]:
    states = _STATES.validate_python(rows)
    ours = (row for row in states if row.state_machine and row.state_machine.technical_name == machine)
    return _choices((row.technical_name, row.name or row.technical_name) for row in ours)


def _marked(status: Choice) -> Choice:
    return status.model_copy(update={"off": True}) if status.key == CANCELLED else status


def _methods(rows: list[Row]) -> tuple[Choice, ...]:
    named = {row.keys[0]: row for row in _NAMED.validate_python(rows) if row.keys}
    return tuple(Choice(key=key, title=row.title or key, also=row.keys[1:]) for key, row in sorted(named.items()))


def _rates(rows: list[Row]) -> tuple[Choice, ...]:
    named = ((percentage(row.tax_rate), row.name) for row in _RATES.validate_python(rows))
    return _choices((key, name or f"{key} %") for key, name in named)


def _choices(pairs: Iterable[tuple[str, str]]) -> tuple[Choice, ...]:
    return tuple(Choice(key=key, title=title) for key, title in sorted(dict(pairs).items()))
