"""The emulated Tryton as a back office of the demo: sales that are processed at once, and what they reserve."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.pairs.orders import Product, Stage
from sandbox.pairs.sides.protocols import Booked, Kept, Listed
from sandbox.platforms.tryton import TrytonEmulator
from sandbox.platforms.tryton.records import Record

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_FURNISHED = TrytonEmulator()
"""One like any other, which tells how records are numbered."""
TAXES = {str(rate): str(key) for rate, key in _FURNISHED.taxes.items()}
TERM = str(_FURNISHED.payment_term)
PROCESSING, SHIPPED, DONE, CANCELLED = "processing", "shipped", "done", "cancelled"
FOLLOWED: Mapping[Stage, str] = {"working": PROCESSING, "sent": SHIPPED, "done": DONE, "cancelled": CANCELLED}
"""What a shop follows; of these Tryton is told the first and the last only."""
CREATION = "model.sale.sale.create"
LOST, LIMIT = "lost_answer", "throttled"
READS = ("search_read", "get_preferences")
HUNDRED = Decimal(100)
PRICE = Decimal("0.0001")


class TrytonSide:
    """A Tryton with one company and one warehouse."""

    platform = "tryton"
    has_till = True
    keeps = Kept(variants=False, texts=True, sales=False)
    takes_unknown_products = False

    def __init__(self, clock: Callable[[], datetime], currency: str) -> None:
        self.office = TrytonEmulator(clock=clock, currency=currency)
        self._till: defaultdict[str, Decimal] = defaultdict(Decimal)

    @property
    def app(self) -> "WSGIApplication":
        """JSON-RPC and a page for people."""
        return self.office.app

    @property
    def calls(self) -> int:
        """Calls, but for log-ins."""
        return self.office.calls.total

    @property
    def writes(self) -> int:
        """Everything but reads."""
        return sum(count for method, count in self.office.calls.by_route.items() if not method.endswith(READS))

    def shelf(self) -> Sequence[Listed]:
        """All products."""
        products = self.office.data.table("product.product").values()
        return [self._listed(product) for product in products if product.values["active"]]

    def settings(self) -> Mapping[str, Any]:
        """Which database and company it is, and where goods come from; made-up VAT numbers would be refused."""
        return {
            "database": self.office.database,
            "company": self.office.company,
            "currency": self.office.currency,
            "warehouse": self.office.warehouse,
            "stock_warehouses": [self.office.warehouse],
            "send_vat_ids": False,
        }

    def secrets(self, *, right: bool = True) -> Mapping[str, str]:
        """The log-in of our user; or with a password that nobody has."""
        return {"user": self.office.user, "password": self.office.password if right else "mistyped"}

    def apart(self) -> Mapping[str, Any]:
        """Its orders' references begin otherwise."""
        return {"reference_prefix": "B-"}

    def withhold(self, *, on: bool) -> None:
        """No password and no session counts any more, or all of them again."""
        self.office.withhold(on=on)

    def add_products(self, products: Iterable[Product]) -> None:
        """Put products into the catalogue; what is weighed is sold by a unit that has halves."""
        for each in products:
            stock = Decimal(0) if each.stock is None else each.stock
            unit = self.office.unit if stock == int(stock) else self.office.metre
            texts = {"name": each.name, "description": each.text}
            self.office.add_product(each.sku, _net(each), stock, tax=int(each.tax), sale_uom=unit, **texts)

    def booked(self) -> Sequence[Booked]:
        """All sales."""
        return [Booked(str(sale.values["reference"]), self.office.total(sale)) for sale in self.office.sales]

    def receipts(self) -> Sequence[str]:
        """None: invoices stay drafts until a person posts them."""
        return ()

    def sell_at_till(self, units: Mapping[str, int]) -> None:
        """A person sends goods without a sale, by SKU."""
        for sku, count in units.items():
            self.office.receive(sku, -count)
            self._till[sku] += count

    def sold(self) -> Mapping[str, Decimal]:
        """Units that sales have taken so far, and what was sent without one, by SKU; what is called off takes none."""
        taken = defaultdict(Decimal, self._till)
        sales = (sale for sale in self.office.sales if _state(sale) != CANCELLED)
        for line in (line for sale in sales for line in self.office.lines(sale)):
            product = self.office.data.get("product.product", line.values.get("product"))
            if product is not None:
                taken[str(product.values["code"])] += Decimal(str(line.values["quantity"]))
        return taken

    def drop_variant(self, product: Product, sku: str) -> None:
        """Nothing: each variant is a product of its own."""

    def change(self, product: Product) -> None:
        """A person changes name, price and text."""
        fields = {"name": product.name, "list_price": _net(product), "description": product.text}
        self.office.change_product(product.sku, **fields)

    def lose_the_next_answer(self) -> None:
        """The next sale is created, but nobody hears of it."""
        self.office.faults.plan(LOST, CREATION)

    def refuse_the_next_order(self) -> None:
        """The next creation is answered with a 429, by what stands before the server."""
        self.office.faults.plan(LIMIT, CREATION)

    def faults_struck(self) -> bool:
        """No planned fault is left."""
        return not any(self.office.faults.due(name, CREATION) for name in (LOST, LIMIT))

    # --- an order's life ----------------------------------------------------------------------------------------------

    def move(self, reference: str, status: str) -> None:
        """A person sends all goods of a sale, or calls it off."""
        people = {SHIPPED: self.office.ship, CANCELLED: self.office.call_off}
        people[status](self.office.sale(reference))

    def status(self, reference: str) -> str:
        """How far it is."""
        return _state(self.office.sale(reference))

    def _listed(self, product: Record) -> Listed:
        """What is left of its stock once what is sold has been sent."""
        fields = ("code", "name", "description", "list_price_used", "forecast_quantity")
        context = {"company": self.office.company, "locations": [self.office.warehouse]}
        row = self.office.data.row(product, fields, context)
        rate = self.office.rate_of(product)
        return Listed(
            sku=row["code"],
            product=row["code"],
            name=row["name"],
            text=row["description"] or "",
            price=(row["list_price_used"] * (HUNDRED + rate) / HUNDRED).quantize(Decimal("0.01")),
            list_price=None,
            stock=Decimal(str(row["forecast_quantity"])),
        )


def _state(sale: Record) -> str:
    """The state of a sale, or our word for what Tryton has no state for."""
    state, shipment, invoice = (sale.values[name] for name in ("state", "shipment_state", "invoice_state"))
    ours = {(PROCESSING, "sent", invoice): SHIPPED, (DONE, "none", "none"): CANCELLED}
    return ours.get((state, shipment, invoice), str(state))


def _net(product: Product) -> Decimal:
    """What it costs without tax."""
    return (product.price * HUNDRED / (HUNDRED + product.tax)).quantize(PRICE)
