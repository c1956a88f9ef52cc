"""Orders carried by a tap and a target of the Singer SDK, in one process: what the tap writes the target reads."""

import io
import sys
from collections.abc import Iterable
from contextlib import redirect_stdout
from typing import Any

import requests
from singer_sdk import Sink, Stream, Tap, Target
from singer_sdk import typing as th

from benchmarks.peers.job import Job, carry_all

ORDER = th.PropertiesList(
    th.Property("id", th.StringType, required=True),
    th.Property("orderNumber", th.StringType),
    th.Property("shippingTotal", th.NumberType),
    *(th.Property(name, th.ObjectType(additional_properties=True)) for name in ("orderCustomer", "billingAddress")),
    th.Property("lineItems", th.ArrayType(th.ObjectType(additional_properties=True))),
).to_dict()


class Orders(Stream):
    """Shopware's orders."""

    name, schema, primary_keys = "orders", ORDER, ("id",)
    job: Job
    orders: int

    def get_records(self, _context: Any) -> Iterable[dict[str, Any]]:
        """All of the job."""
        with requests.Session() as session:
            for page in self.job.pages(session, self.orders):
                yield from (dict(order) for order in page)


class ShopwareTap(Tap):
    """Tells of Shopware's orders."""

    name, config_jsonschema = "tap-shopware", th.PropertiesList().to_dict()

    def discover_streams(self) -> list[Stream]:
        """Orders only."""
        return [Orders(self)]


class OrderSink(Sink):
    """Makes each order at once: SalesPOS has no batches."""

    job: Job
    turn: str
    max_size = 1

    def process_record(self, record: dict[str, Any], _context: dict[str, Any]) -> None:
        """Make one."""
        self.job.make(SESSION, record, self.turn)

    def process_batch(self, _context: dict[str, Any]) -> None:
        """All are made already."""


class SalesPosTarget(Target):
    """Takes what a tap tells into SalesPOS."""

    name, default_sink_class = "target-salespos", OrderSink
    config_jsonschema = th.PropertiesList().to_dict()


SESSION = requests.Session()


def carry(job: Job, orders: int, turn: str) -> None:
    """Let the tap tell, then the target take."""
    Orders.job = OrderSink.job = job
    Orders.orders, OrderSink.turn = orders, turn
    told = io.TextIOWrapper(io.BytesIO(), write_through=True)
    with redirect_stdout(told):
        ShopwareTap(config={}).sync_all()
    told.seek(0)
    with redirect_stdout(sys.stderr):
        SalesPosTarget(config={}).listen(told)


if __name__ == "__main__":
    carry_all(carry)
