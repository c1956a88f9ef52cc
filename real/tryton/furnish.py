"""Furnishes a new Tryton database: a company with books, taxes, one more warehouse, countries, and our user.

Run by the Python of ``.venv-tryton`` while no server is on the database, with its URI, the configuration's file and the
user's password. Proteus and the modules' own tools do what a person would do by hand.
"""

import datetime as dt
import json
import sys
from decimal import Decimal
from typing import Any

from proteus import Model, config
from trytond.modules.account.tests.tools import create_chart, create_fiscalyear, create_tax, get_accounts
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences
from trytond.modules.company.tests.tools import create_company, get_company

RATES = ("0.27", "0.21", "0.20", "0.19", "0.11", "0.09", "0.07", "0.05")
COUNTRIES = {
    "NL": "Netherlands",
    "DE": "Germany",
    "BE": "Belgium",
    "FR": "France",
    "GB": "United Kingdom",
    "RO": "Romania",
    "HU": "Hungary",
    "US": "United States",
}
GROUPS = ("Sales", "Stock", "Accounting", "Party Administration", "Product Administration")


def furnish_world() -> Any:
    """Make the countries and the currency, which is returned."""
    for code, name in COUNTRIES.items():
        Model.get("country.country")(name=name, code=code).save()
    made = Model.get("currency.currency")(name="Euro", code="EUR", symbol="€", rounding=Decimal("0.01"), digits=2)
    made.save()
    return made


def found_company(currency: Any) -> Any:
    """Make the company; its time zone decides which day it is."""
    party = Model.get("party.party")(name="Bridge Trading")
    party.save()
    create_company(party=party, currency=currency)
    made = get_company()
    made.timezone = "UTC"
    made.save()
    return made


def open_books(company: Any) -> Any:
    """Make a chart of accounts and a year, and return a term of payment of thirty days."""
    create_chart(company)
    year = dt.datetime.now(tz=dt.UTC).year
    made = create_fiscalyear(company, (dt.date(year, 1, 1), dt.date(year, 12, 31)))
    set_fiscalyear_invoice_sequences(made).save()
    made.click("create_period")
    term = Model.get("account.invoice.payment_term")(name="30 days")
    line = term.lines.new()
    line.type = "remainder"
    line.relativedeltas.new(days=30)
    term.save()
    return term


def make_taxes(company: Any) -> dict[str, dict[str, int]]:
    """Make a tax for each rate, and a category of products that bears it; by percentage."""
    accounts, found = get_accounts(company), {}
    for rate in RATES:
        tax = create_tax(Decimal(rate), company)
        tax.name = tax.description = f"VAT {Decimal(rate) * 100:.0f} %"
        tax.save()
        category = Model.get("product.category")(name=tax.name, accounting=True)
        category.account_revenue, category.account_expense = accounts["revenue"], accounts["expense"]
        category.customer_taxes.append(Model.get("account.tax")(tax.id))
        category.save()
        found[f"{Decimal(rate) * 100:.0f}"] = {"tax": tax.id, "category": category.id}
    return found


def make_warehouses() -> dict[str, int]:
    """Name the one that is there, and make one more."""
    location = Model.get("stock.location")
    (first,) = location.find([("type", "=", "warehouse")])
    parts = {name: location(name=f"Outlet {name}", type="storage") for name in ("input", "output", "storage")}
    lost = location(name="Outlet lost", type="lost_found")
    for each in (*parts.values(), lost):
        each.save()
    second = location(name="Outlet", code="OUT", type="warehouse", lost_found_location=lost)
    second.input_location, second.output_location = parts["input"], parts["output"]
    second.storage_location = parts["storage"]
    second.save()
    return {"main": first.id, "storage": first.storage_location.id, "second": second.id}


def make_user(company: Any, password: str) -> str:
    """Make our user with the rights that the docs name, and return its login."""
    made = Model.get("res.user")(name="Shopbridge", login="shopbridge", password=password)
    made.companies.append(company)
    made.company = company
    for name in GROUPS:
        (group,) = Model.get("res.group").find([("name", "=", name)])
        made.groups.append(group)
    made.save()
    login: str = made.login
    return login


def main(uri: str, conf: str, password: str) -> None:
    """Do all of it, and write what was made."""
    config.set_trytond(uri, user="admin", config_file=conf)
    company = found_company(furnish_world())
    term = open_books(company)
    (unit,) = Model.get("product.uom").find([("symbol", "=", "u")])
    made = {"company": company.id, "payment_term": term.id, "unit": unit.id, "taxes": make_taxes(company)}
    told = {**made, **make_warehouses(), "user": make_user(company, password)}
    sys.stdout.write(f"\n{json.dumps(told)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
