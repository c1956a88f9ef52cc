"""What BOCP says about the account, and what it cannot say: told when the connection is verified."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.cloudsales.api import listed, probe
from shopbridge.connectors.cloudsales.catalogue import PRICE_GROUPS
from shopbridge.connectors.cloudsales.orders.payload import STATUSES
from shopbridge.connectors.cloudsales.product_index import PRODUCTS, read_pages
from shopbridge.connectors.cloudsales.settings import COD, CloudSalesSettings
from shopbridge.connectors.cloudsales.wire import PAGE, ConnectorRow
from shopbridge.errors import NeedsAttention
from shopbridge.http.client import PlatformClient
from shopbridge.model.office import Choice, Identity, Vocabulary

CONNECTORS = "marketplace/connectors/list"
CALLED_TYPES = ("bocp rest api", "dropship")
"""[inferred] Types of connectors that take orders from outside (official B1, client B3)."""


class CloudSalesAccount:
    """Asks who we are, and reads the account's connectors."""

    def __init__(self, settings: CloudSalesSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def ping(self) -> Identity:
        """Make three reads, or more where there are many connectors: both users, both rights, the connectors.

        Raises:
            NeedsAttention: Something is missing or wrong, or both sides would fetch the same orders.
        """
        connectors = self._connectors()
        ours = self._ours(connectors)
        self._client.read(listed(PRODUCTS), PAGE)
        self._client.send(probe(ours.id))
        pulled = self._pulled(connectors)
        name = ours.name or f"connector {ours.id}"
        return Identity(
            name=f"CloudSales account {self._settings.account_number} ({name})",
            version="BOCP REST API v1 beta",
            accounts=(self._settings.account_number,),
            notes=(*pulled, *_unusual(ours), *self._declared()),
        )

    def vocabulary(self) -> Vocabulary:
        """Return what the maps may name; any percentage is a tax."""
        payments = dict.fromkeys((*self._settings.payment_methods, COD))
        return {
            "status": tuple(Choice(key=key, title=title) for key, title in STATUSES.items()),
            "payment": tuple(Choice(key=key, title=_title(key)) for key in payments),
            "shipping": tuple(Choice(key=key, title=_title(key)) for key in self._settings.shipping_methods),
            "tax": (),
            "price_group": tuple(Choice(key=key, title=title) for key, title in PRICE_GROUPS.items()),
            "currency": (Choice(key=self._settings.currency, title=self._settings.currency),),
        }

    def _connectors(self) -> Sequence[ConnectorRow]:
        rows = (row for page, _ in read_pages(self._client, CONNECTORS) for row in page)
        return [connector for connector in map(_connector, rows) if connector]

    def _ours(self, connectors: Sequence[ConnectorRow]) -> ConnectorRow:
        ours = next((each for each in connectors if each.id == self._settings.connector_id), None)
        if ours is None:
            known = ", ".join(f"{each.id} ({each.type})" for each in connectors) or "none"
            raise NeedsAttention(
                f"The account has no connector {self._settings.connector_id}; it has {known}",
                where="CloudSales, connector_id",
                setting="connector_id",
                fix="Make an order connector of the type BOCP REST API for this shop in BOCP, and set its id.",
            )
        if any(word.casefold() in ours.type.casefold() for word in self._settings.pulling_types):
            raise NeedsAttention(
                f"Connector {ours.id} is of the type {ours.type}: it fetches its orders itself and takes none",
                where="CloudSales, connector_id",
                setting="connector_id",
                fix="Set the id of an order connector of the type BOCP REST API.",
            )
        return ours

    def _pulled(self, connectors: Sequence[ConnectorRow]) -> Sequence[str]:
        """The warning that BOCP may fetch the same orders, or NeedsAttention, as the settings want it."""
        if self._settings.refuse_if_bocp_pulls == "off":
            return ()
        words = [word.casefold() for word in self._settings.pulling_types]
        pulling = [each for each in connectors if any(word in each.type.casefold() for word in words)]
        if not pulling:
            return ()
        what = "BOCP fetches orders by itself: " + ", ".join(
            f"{each.name or each.id} ({each.type})" for each in pulling
        )
        why = "An order that it fetches and that we send too is there twice, with stock reserved and documents issued"
        fix = (
            "If that is this connection's shop, switch the connector off in BOCP, or do not carry orders here; if it "
            "is another shop, set refuse_if_bocp_pulls to off."
        )
        if self._settings.refuse_if_bocp_pulls == "refuse":
            raise NeedsAttention(f"{what}. {why}", where="CloudSales, connectors", fix=fix)
        return (f"{what}. {why}. {fix}",)

    def _declared(self) -> Iterator[str]:
        """What is set in BOCP only: the operator compares it there."""
        chosen = self._settings
        at = f"the work point {chosen.order_work_point!r}" if chosen.order_work_point else "the connector's work point"
        yield f"BOCP books orders at {at}: this can be neither set nor read from here, compare it in BOCP."
        if chosen.documents == "receipt":
            yield (
                f"You declared that BOCP issues fiscal receipts for orders from {chosen.receipts_from} on: this can be "
                "neither set nor read from here, compare it in BOCP before the first order. A receipt is final."
            )
        else:
            yield (
                "You declared that BOCP issues no receipts by itself: compare it in BOCP. It makes a proforma for each "
                "order with bank_transfer all the same."
            )
        if chosen.stand_in_writes or chosen.stand_in_work_points:
            yield (
                "Stand-in calls are switched on (stand_in_writes, stand_in_work_points): they are our own invention, "
                "not BOCP's published API."
            )


def _connector(raw: Any) -> ConnectorRow | None:
    """A row that cannot be read is none of ours."""
    try:
        return ConnectorRow.model_validate(raw)
    except ValidationError:
        return None


def _unusual(ours: ConnectorRow) -> Iterator[str]:
    if ours.type.casefold() not in CALLED_TYPES:
        known = "only BOCP REST API and DropShip are known to take orders"
        yield f"Connector {ours.id} is of the type {ours.type!r}; {known}."


def _title(key: str) -> str:
    return key.replace("_", " ").capitalize()
