"""What people do in a real Tryton, over JSON-RPC as its own client does it."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import httpx

from real.tryton.server import RealTryton

MOMENT = ("year", "month", "day", "hour", "minute", "second", "microsecond")


def sent(value: Any) -> Any:
    """A value as it travels."""
    match value:
        case Decimal():
            return {"__class__": "Decimal", "decimal": str(value)}
        case datetime():
            return {"__class__": "datetime", **{name: getattr(value.astimezone(UTC), name) for name in MOMENT}}
        case date():
            return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
        case _:
            raise TypeError(type(value).__name__)


@dataclass
class Person:
    """Somebody with a session, by default an administrator."""

    office: RealTryton
    login: str = "admin"
    password: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        self._http = httpx.Client(base_url=self.office.url, timeout=60)
        self._session: dict[str, str] = {}
        given = {"password": self.password or self.office.admin_password}
        user, key, _ = self.raw("common.db.login", self.login, given, "en")["result"]
        name = base64.b64encode(f"{self.login}:{user}:{key}".encode()).decode()
        self._session = {"Authorization": f"Session {name}"}

    def close(self) -> None:
        """Hang up."""
        self._http.close()

    def raw(self, method: str, *params: Any) -> Any:
        """The whole answer to a call."""
        body = json.dumps({"id": 3, "method": method, "params": list(params)}, default=sent)
        headers = {"Content-Type": "application/json", **self._session}
        answer = self._http.post(f"/{self.office.database}/rpc/", content=body, headers=headers)
        return answer.json() if "json" in answer.headers["content-type"] else {"status": answer.status_code}

    def model(self, method: str, *params: Any, **context: Any) -> Any:
        """What a model's method gives; warnings are accepted. Raises RuntimeError with what is wrong."""
        about = {"company": self.office.made["company"], **context}
        answer = self.raw(f"model.{method}", *params, about)
        while "error" in answer and answer["error"][0] == "UserWarning":
            self.raw("model.res.user.warning.skip", answer["error"][1][0], False, about)
            answer = self.raw(f"model.{method}", *params, about)
        if "result" not in answer:
            raise RuntimeError(f"{method}: {json.dumps(answer)[:500]}")
        return answer["result"]

    def read(self, model: str, domain: Any, *fields: str, **context: Any) -> list[dict[str, Any]]:
        """The records of a domain, oldest first."""
        rows: list[dict[str, Any]] = self.model(
            f"{model}.search_read", domain, 0, None, [["id", "ASC"]], list(fields), **context
        )
        return rows

    # --- products -----------------------------------------------------------------------------------------------------

    def add_product(self, code: str, price: Decimal, *, tax: str = "21", ean: str = "", name: str = "") -> int:
        """Put a product into the catalogue; its id."""
        identifiers = [["create", [{"type": "ean", "code": ean}]]] if ean else []
        variant = {"suffix_code": code, "cost_price": Decimal(1), "identifiers": identifiers}
        values = {
            "name": name or code,
            "type": "goods",
            "salable": True,
            "list_price": price,
            "account_category": self.office.made["taxes"][tax]["category"],
            "products": [["create", [variant]]],
            **dict.fromkeys(("default_uom", "sale_uom"), self.office.made["unit"]),
        }
        (template,) = self.model("product.template.create", [values])
        (row,) = self.read("product.product", [["template", "=", template]])
        return int(row["id"])

    def count(self, product: int, quantity: int) -> None:
        """Write what lies in the first warehouse, by an inventory."""
        line = {"product": product, "quantity": float(quantity)}
        values = {"location": self.office.made["storage"], "lines": [["create", [line]]]}
        made = self.model("stock.inventory.create", [values])
        self.model("stock.inventory.confirm", made)

    def on_hand(self, product: int, name: str = "quantity") -> Decimal:
        """What lies in the first warehouse; or ``forecast_quantity``, what is left of it."""
        (row,) = self.read("product.product", [["id", "=", product]], name, locations=[self.office.made["main"]])
        return Decimal(str(row[name]))

    def forget(self) -> None:
        """Switch every product off, and take every party's e-mail and every sale's reference: the next are alone."""
        if sales := [row["id"] for row in self.read("sale.sale", [["reference", "!=", None]])]:
            self.model("sale.sale.write", sales, {"reference": None})
        if products := [row["id"] for row in self.read("product.product", [])]:
            self.model("product.product.write", products, {"active": False})
        if ways := [row["id"] for row in self.read("party.contact_mechanism", [])]:
            self.model("party.contact_mechanism.delete", ways)

    # --- sales --------------------------------------------------------------------------------------------------------

    def press(self, model: str, button: str, ids: Sequence[int]) -> None:
        """Press a button."""
        self.model(f"{model}.{button}", list(ids))

    def sale(self, key: int, *fields: str) -> dict[str, Any]:
        """One sale."""
        (row,) = self.read("sale.sale", [["id", "=", key]], *fields)
        return row

    def ship(self, sale: int) -> None:
        """Send all of a sale."""
        ids = self.sale(sale, "shipments")["shipments"]
        for button in ("assign_try", "pick", "pack", "do"):
            self.press("stock.shipment.out", button, ids)

    def post(self, sale: int) -> str:
        """Post the invoice of a sale: its number."""
        ids = self.sale(sale, "invoices")["invoices"]
        self.model("account.invoice.write", ids, {"invoice_date": datetime.now(UTC).date()})
        self.press("account.invoice", "post", ids)
        return str(self.sale(sale, "invoices.number")["invoices."][0]["number"])
