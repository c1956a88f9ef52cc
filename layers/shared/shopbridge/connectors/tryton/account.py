"""What Tryton says of our user: who it is, and what the settings and maps may choose from."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from shopbridge.connectors.kit.rows import read_row
from shopbridge.connectors.tryton.api import TrytonApi
from shopbridge.connectors.tryton.catalogue import categories_of, taxes_of
from shopbridge.connectors.tryton.customers import PARTY
from shopbridge.connectors.tryton.lookup import PRODUCT
from shopbridge.connectors.tryton.orders.read import CANCELLED, SALE, STATUSES
from shopbridge.connectors.tryton.outcomes import TITLE
from shopbridge.connectors.tryton.settings import TrytonSettings
from shopbridge.connectors.tryton.stock import IS_WAREHOUSE, LOCATION
from shopbridge.connectors.tryton.wire import CompanyRow, NamedRow, Read
from shopbridge.errors import NeedsAttention
from shopbridge.mapping.identity import readable
from shopbridge.model.office import Choice, Identity, Vocabulary

COMPANY, TERM, MODEL = "company.company", "account.invoice.payment_term", "ir.model"
NEEDED = (SALE, PARTY, PRODUCT, "stock.shipment.out", "account.invoice")
"""Models that the modules sale, stock and account_invoice bring, all of which are used."""
Shape = TypeVar("Shape", bound=Read)


class TrytonAccount:
    """Asks who we are, and what there is."""

    def __init__(self, settings: TrytonSettings, api: TrytonApi) -> None:
        self._settings = settings
        self._api = api

    def ping(self) -> Identity:
        """Read the company, and every list that the settings choose from or an order needs.

        Raises:
            NeedsAttention: Tryton does not let us in, lacks a module, keeps another currency, or has not what a setting
                names; what there is to choose from is told.
        """
        self._must_have_models()
        company = self._company()
        _must_have_currency(company, self._settings)
        self._must_have_warehouses()
        for model in (SALE, PARTY, PRODUCT, "account.invoice", "stock.shipment.out"):
            self._api.search(model, [], ["rec_name"], limit=1)
        name = readable(company.name) or TITLE
        return Identity(
            name=name,
            version=f"{TITLE} JSON-RPC",
            accounts=(f"{self._settings.place} {company.id}",),
            notes=tuple(_notes(self._settings)),
        )

    def vocabulary(self) -> Vocabulary:
        """Return statuses, taxes and terms of payment, and what the settings may name; any text is a way to ship."""
        companies = self._rows(COMPANY, [], ("party.name", "currency.code"), CompanyRow)
        return {
            "status": tuple(Choice(key=key, title=title, off=key == CANCELLED) for key, title in STATUSES.items()),
            "payment": _choices(self._named(TERM, [])),
            "shipping": (),
            "tax": _choices(taxes_of(self._api)),
            "currency": (Choice(key=self._settings.currency, title=self._settings.currency),),
            "company": tuple(Choice(key=str(row.id), title=row.name or str(row.id)) for row in companies),
            "warehouse": _choices(self._named(LOCATION, [IS_WAREHOUSE])),
            "price_group": (
                Choice(key="regular", title="List price, without tax"),
                Choice(key="sale", title="None: nothing is on sale"),
            ),
            "category": tuple(Choice(key=each.id, title=each.name or each.id) for each in categories_of(self._api)),
        }

    def _company(self) -> CompanyRow:
        wanted = self._api.company
        companies = self._rows(COMPANY, [], ("party.name", "currency.code"), CompanyRow)
        found = next((row for row in companies if row.id == wanted), None)
        if found is None:
            raise _missing("company", "company", wanted, [(row.id, row.name) for row in companies])
        return found

    def _must_have_models(self) -> None:
        there = {row.name for row in self._named(MODEL, [["name", "in", [*NEEDED]]])}
        if missing := [name for name in NEEDED if name not in there]:
            raise NeedsAttention(
                f"This Tryton lacks {', '.join(missing)}",
                where=f"{TITLE}, modules",
                fix="Activate the modules sale, stock, account_invoice and account_product there, then verify the "
                "connection.",
            )

    def _must_have_warehouses(self) -> None:
        known = [(row.id, row.name) for row in self._named(LOCATION, [IS_WAREHOUSE])]
        chosen: Sequence[tuple[str, int | None]] = (
            ("warehouse", self._settings.warehouse),
            *(("stock_warehouses", each) for each in self._settings.stock_warehouses),
        )
        for setting, key in chosen:
            if key is not None and key not in dict(known):
                raise _missing(setting, "warehouse", key, known)
        if self._settings.warehouse is None and len(known) > 1:
            raise _missing("warehouse", "warehouse of its own choice", None, known)

    def _named(self, model: str, domain: list[Any]) -> list[NamedRow]:
        return self._rows(model, domain, ("name",), NamedRow)

    def _rows(self, model: str, domain: list[Any], names: Sequence[str], shape: type[Shape]) -> list[Shape]:
        rows = (read_row(shape, row) for row in self._api.all_rows(model, domain, names))
        return [row for row in rows if not isinstance(row, str)]


def _choices(rows: Sequence[NamedRow]) -> tuple[Choice, ...]:
    return tuple(Choice(key=str(row.id), title=row.name or str(row.id)) for row in rows)


def _missing(setting: str, what: str, wanted: int | None, known: Sequence[tuple[int, str]]) -> NeedsAttention:
    listed = ", ".join(f"{key} ({readable(name)})" for key, name in known) or "none"
    return NeedsAttention(
        f"Tryton has no {what}{'' if wanted is None else f' {wanted}'} for our user; there is {listed}",
        where=f"{TITLE}, {setting}",
        setting=setting,
        fix=f"Set {setting} to the number of one of these, or give the user access to it in Tryton.",
    )


def _must_have_currency(company: CompanyRow, settings: TrytonSettings) -> None:
    if company.currency.code != settings.currency:
        raise NeedsAttention(
            f"The company's currency is {readable(company.currency.code) or 'not told'}, and the settings say "
            f"{settings.currency}",
            where=f"{TITLE}, currency",
            setting="currency",
            fix="Set currency to the company's; the shop has to sell in the same one.",
        )


def _notes(settings: TrytonSettings) -> Iterator[str]:
    """What shows in Tryton only."""
    yield "Drafts and quotations reserve nothing: let the status map say processing for orders whose goods are sold."
    yield "Tryton accepts more than lies there: choose a safety buffer for what is sold on both sides at once."
    if settings.warehouse is None:
        yield "No warehouse is chosen for orders: Tryton takes the default one of our user."
