"""The emulated Tryton as one object."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from sandbox.platforms.kit import CallCount, Faults, wall_clock
from sandbox.platforms.kit.doubles import Doubles
from sandbox.platforms.kit.wsgi import incoming, make_app
from sandbox.platforms.tryton import amounts, sales
from sandbox.platforms.tryton.auth import Access
from sandbox.platforms.tryton.page import sales_page
from sandbox.platforms.tryton.records import Database, Record
from sandbox.platforms.tryton.service import Service
from sandbox.platforms.tryton.state import MODELS, template_of
from sandbox.platforms.tryton.stock import move_stock

DATABASE, USER, PASSWORD = "shop", "shopbridge", "bridge-password"
RATES = (27, 21, 20, 19, 11, 9, 7, 5)
COUNTRIES = ("NL", "DE", "BE", "FR", "GB", "RO", "HU")
NEEDED = ("sale.sale", "party.party", "product.product", "stock.shipment.out", "account.invoice")


class TrytonEmulator:
    """A Tryton 8.2 with one company, spoken to over JSON-RPC, strict about everything it does not know.

    ``app`` is the WSGI app, ``database`` its name, ``user`` and ``password`` the log-in, ``faults`` what shall go
    wrong, ``calls`` what was called, log-ins left out. Every call is one request with exactly three members; a method's
    last parameter is the context. Fields and models that are not emulated are errors of the same form as unknown ones.

    Faults, planned with ``faults.plan(name, on)``, where ``on`` is a method such as ``model.sale.sale.create``:

    - ``slow``: waits ``detail`` seconds first (``sleep`` says how)
    - instead of the work: ``lost_request`` (time-out, nothing done), ``server_error`` (an HTML page; detail: status,
      else 502), ``html_page`` (a page under 200), ``unauthorised`` (401, the session ended), ``throttled`` (429),
      ``error`` (detail: class and arguments of an error)
    - after the work: ``lost_answer`` (time-out, all done), ``error_afterwards`` (an HTML page although done; detail:
      status, else 500), ``cut_body`` (half of it)
    - ``meanwhile`` and ``afterwards``: detail is called just before or after the work

    Not simulated: that the code of an active product is unique, access rights, other languages, warnings, lost
    updates by timestamps, the brake on wrong log-ins, REST, orders of a list by anything that may be empty, past
    stock, incoming goods, lead times, several companies, price lists, manual invoicing, the answer to a wizard's
    question before it is answered, compressed answers. What the platform file leaves open is in ``inferred``.

    Args:
        sleep: Waits for ``slow``.
        tax_rounding: As the company's accounting is configured.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = wall_clock,
        sleep: Callable[[float], None] = time.sleep,
        currency: str = "EUR",
        tax_rounding: Literal["document", "line"] = "document",
    ) -> None:
        self.data = Database(clock, MODELS)
        self.currency = currency
        self.database, self.user, self.password = DATABASE, USER, PASSWORD
        self.company = self._furnish(currency, tax_rounding)
        self.service = Service(DATABASE, self.data, Access(USER, PASSWORD), self.company, sleep)
        self.app = make_app(
            "tryton",
            ("/<path:rest>",),
            lambda sent: self.service.reply(incoming(sent)),
            partial(sales_page, self.data),
        )

    def _furnish(self, currency: str, tax_rounding: str) -> int:
        for name in NEEDED:
            self.data.add("ir.model", name=name)
        for code in COUNTRIES:
            self.data.add("country.country", name=code, code=code)
        money = self.data.add("currency.currency", name=currency, code=currency)
        party = self.data.add("party.party", name="Bridge Trading", active=True)
        company = self.data.add("company.company", party=party.id, currency=money.id, tax_rounding=tax_rounding)
        self.unit = self.data.add("product.uom", name="Unit", digits=0).id
        self.metre = self.data.add("product.uom", name="Metre", digits=3).id
        self.warehouse = self.data.add("stock.location", name="Warehouse", code="WH", type="warehouse").id
        self.payment_term = self.data.add("account.invoice.payment_term", name="30 days").id
        self.taxes = {rate: self._tax(rate, company.id) for rate in RATES}
        return company.id

    def _tax(self, rate: int, company: int) -> int:
        """A tax, and the category that products are booked by at this rate."""
        fields = {"name": f"VAT {rate} %", "type": "percentage", "rate": Decimal(rate) / 100, "company": company}
        tax = self.data.add("account.tax", **fields, active=True)
        self.data.add("product.category", name=tax.values["name"], accounting=True, customer_taxes_used=[tax.id])
        return tax.id

    @property
    def faults(self) -> Faults:
        """What shall go wrong."""
        return self.service.faults

    @property
    def calls(self) -> CallCount:
        """What was called."""
        return self.service.calls

    @property
    def doubles(self) -> Doubles:
        """How quantities are written."""
        return self.service.doubles

    @doubles.setter
    def doubles(self, value: Doubles) -> None:
        self.service.doubles = value

    def withhold(self, *, on: bool) -> None:
        """Let no password and no session count any more, or all of them again."""
        self.service.access.withheld = on

    def end_sessions(self) -> None:
        """All sessions end, as they do when a password is changed."""
        self.service.access.sessions.clear()

    # --- what people do: products -------------------------------------------------------------------------------------

    def add_warehouse(self, name: str, code: str) -> int:
        """One more warehouse."""
        return self.data.add("stock.location", name=name, code=code, type="warehouse").id

    def add_product(
        self, code: str, price: Decimal, stock: Decimal | int = 0, *, tax: int = 21, ean: str = "", **fields: Any
    ) -> Record:
        """Put a product into the catalogue; a code that is there already is put in twice.

        Args:
            price: Without tax.
            stock: In the first warehouse.
            fields: Of the template, such as ``name`` or ``description``.
        """
        known = {"name": code, "type": "goods", "salable": True, "description": None, "sale_uom": self.unit}
        category = self._category(tax)
        template = self.data.add(
            "product.template", **{**known, "list_price": price, "account_category": category, **fields}
        )
        made = self.data.add("product.product", template=template.id, code=code, active=True)
        if ean:
            self.data.add("product.identifier", product=made.id, type="ean", code=ean)
        move_stock(made, self.warehouse, stock)
        return made

    def _category(self, tax: int) -> int:
        wanted = [self.taxes[tax]]
        found = (each for each in self.data.table("product.category").values() if each.values["accounting"])
        return next(each.id for each in found if each.values["customer_taxes_used"] == wanted)

    def product(self, code: str) -> Record:
        """A product by its code. Raises KeyError where there is none."""
        for each in self.data.table("product.product").values():
            if each.values["code"] == code and each.values["active"]:
                return each
        raise KeyError(code)

    def template(self, code: str) -> Record:
        """What a product's variants share."""
        return template_of(self.data, self.product(code))

    def change_product(self, code: str, **fields: Any) -> None:
        """A person edits a product: any field of its template."""
        self.data.change(self.template(code), **fields)

    def rate_of(self, product: Record) -> Decimal:
        """The percentage of its tax."""
        category = self.data.table("product.category")[template_of(self.data, product).values["account_category"]]
        taxes = (self.data.table("account.tax")[key] for key in category.values["customer_taxes_used"])
        return sum((Decimal(tax.values["rate"]) * 100 for tax in taxes), Decimal(0))

    def switch_off(self, code: str) -> None:
        """A person deactivates a product: it is not listed any more."""
        self.data.change(self.product(code), active=False)

    def stock(self, code: str) -> Decimal:
        """How many lie in the first warehouse."""
        counted: Mapping[int, Decimal] = self.product(code).values["stock"]
        return counted.get(self.warehouse, Decimal(0))

    def receive(self, code: str, count: Decimal | int) -> None:
        """Goods come in, or go where the count is below zero."""
        move_stock(self.product(code), self.warehouse, count)

    # --- what people do: parties and sales ----------------------------------------------------------------------------

    def add_party(self, name: str, email: str = "", phone: str = "") -> Record:
        """A party that people made."""
        made = self.data.add("party.party", name=name, active=True)
        for kind, value in (("email", email), ("phone", phone)):
            if value:
                self.data.add("party.contact_mechanism", party=made.id, type=kind, value=value)
        return made

    @property
    def sales(self) -> list[Record]:
        """All sales in the order they were made."""
        return [*self.data.table("sale.sale").values()]

    def sale(self, reference: str) -> Record:
        """The only sale of a reference."""
        (found,) = [each for each in self.sales if each.values.get("reference") == reference]
        return found

    def total(self, sale: Record) -> Decimal:
        """What it comes to."""
        return amounts.untaxed(self.data, sale) + amounts.tax(self.data, sale)

    def lines(self, sale: Record) -> list[Record]:
        """Its lines."""
        return self.data.behind("sale.line", "sale", sale.id)

    def invoices(self, sale: Record) -> list[Record]:
        """Its invoices."""
        return self.data.behind("account.invoice", "sale", sale.id)

    def ship(self, sale: Record) -> None:
        """A person sends all of it."""
        sales.ship(self.data, sale)

    def post(self, sale: Record) -> str:
        """A person posts its invoice: the number."""
        (invoice,) = self.invoices(sale)
        sales.post(self.data, invoice)
        return str(invoice.values["number"])

    def pay(self, sale: Record) -> None:
        """Its invoice is paid."""
        sales.pay(self.data, sale)

    def press(self, sale: Record, button: str) -> None:
        """A person presses a button of it."""
        sales.press(self.data, "sale.sale", button, [sale.id])

    def call_off(self, sale: Record) -> None:
        """A person calls a processed sale off: its shipment, its invoice, and what is asked about both."""
        for model, what in (("stock.shipment.out", "shipment"), ("account.invoice", "invoice")):
            off = [each.id for each in self.data.behind(model, "sale", sale.id)]
            sales.press(self.data, model, "cancel", off)
            name = "moves" if what == "shipment" else "invoices"
            gone = [each.id for each in self.data.behind("stock.move", "sale", sale.id)] if what == "shipment" else off
            form = {f"domain_{name}": gone, f"ignore_{name}": gone, f"recreate_{name}": []}
            sales.ignore(self.data, sale, what, form)
