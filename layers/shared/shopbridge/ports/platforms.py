"""How the flows get at connectors."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shopbridge.mapping.rules import TargetField
from shopbridge.model.connection import Connection, ConnectionSettings, Side
from shopbridge.ports.catalogue import CatalogueSource, CatalogueTarget
from shopbridge.ports.orders import AppHandshake, CustomerTarget, Office, Shop, WebhookReceiver
from shopbridge.ports.stock import OpenOrders, StockSource, StockTarget


class Platforms(Protocol):
    """Builds the connector of a connection's side, with credentials, limits and client in place."""

    def shop(self, connection: Connection) -> Shop:
        """The shop's connector."""

    def office(self, connection: Connection) -> Office:
        """The back office's connector."""

    def customers(self, connection: Connection) -> CustomerTarget | None:
        """The back office as it keeps customers; None when buyers travel on their orders only."""

    def stock_source(self, connection: Connection, side: Side) -> StockSource:
        """A side as the source of stock. Raises NeedsAttention when its connector cannot be one."""

    def stock_target(self, connection: Connection, side: Side) -> StockTarget:
        """A side as the target of stock. Raises NeedsAttention when its connector cannot be one."""

    def open_orders(self, connection: Connection) -> OpenOrders:
        """The shop as it tells its open orders. Raises NeedsAttention when its connector cannot."""

    def catalogue_source(self, connection: Connection, side: Side) -> CatalogueSource:
        """A side as the source of products. Raises NeedsAttention when its connector cannot be one."""

    def catalogue_target(self, connection: Connection, side: Side) -> CatalogueTarget:
        """A side as the target of products. Raises NeedsAttention when its connector cannot be one."""

    def webhook(self, connection: Connection) -> WebhookReceiver | None:
        """Reads the shop's webhook calls; None when the platform cannot sign."""

    def handshake(self, connection: Connection) -> AppHandshake | None:
        """Answers the shop's app registration; None when the platform has none."""

    def check_settings(self, settings: ConnectionSettings, side: Side, secrets: Mapping[str, str]) -> Sequence[str]:
        """Problems of a side's settings and secrets, each a sentence; empty when they fit."""

    def place(self, settings: ConnectionSettings, side: Side) -> str:
        """Where a side's account is by its settings, in one spelling: for one that was not asked who it is."""

    def check_capabilities(self, settings: ConnectionSettings) -> Sequence[str]:
        """What the active flows ask of a side and its connector cannot do, each a sentence."""

    def product_fields(self, settings: ConnectionSettings) -> Mapping[str, TargetField]:
        """What the merchant's rules may set of a product, in the side that takes products."""

    def trial_shop(self, settings: ConnectionSettings, secrets: Mapping[str, str]) -> Shop:
        """The shop's connector with secrets that are not stored yet, to verify them."""

    def trial_office(self, settings: ConnectionSettings, secrets: Mapping[str, str]) -> Office:
        """The back office's connector with secrets that are not stored yet, to verify them."""
