"""What a sale comes to: lines rounded to cents, halves to the even one; the tax of all lines of one tax likewise."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal

from sandbox.platforms.tryton.records import Database, Record

CENT = Decimal("0.01")
NOTHING = Decimal(0)


def cents(value: Decimal) -> Decimal:
    """Rounded as the currency says."""
    return value.quantize(CENT, rounding=ROUND_HALF_EVEN)


def value_of(line: Record) -> Decimal:
    """Price times quantity, not rounded."""
    return Decimal(str(line.values["quantity"])) * Decimal(line.values["unit_price"])


def untaxed(database: Database, sale: Record) -> Decimal:
    """The lines without tax."""
    return sum((cents(value_of(line)) for line in database.behind("sale.line", "sale", sale.id)), cents(NOTHING))


def tax(database: Database, sale: Record) -> Decimal:
    """The tax, as the company's accounting is configured: of the document, or line by line."""
    by_tax: dict[tuple[int, bool], list[Decimal]] = defaultdict(list)
    for number, below, amount in _taxes(database, sale):
        by_tax[number, below].append(amount)
    if is_by_line(database):
        return sum((cents(each) for some in by_tax.values() for each in some), cents(NOTHING))
    return sum((cents(sum(some, NOTHING)) for some in by_tax.values()), cents(NOTHING))


def is_by_line(database: Database) -> bool:
    """Whether tax is rounded line by line."""
    return any(each.values.get("tax_rounding") == "line" for each in database.table("company.company").values())


def _taxes(database: Database, sale: Record) -> Iterator[tuple[int, bool, Decimal]]:
    """Of each line and tax: which it is, whether the line is below zero, and the tax, not rounded."""
    for line in database.behind("sale.line", "sale", sale.id):
        for number in line.values.get("taxes") or ():
            value = value_of(line)
            yield number, value < 0, value * database.table("account.tax")[number].values["rate"]
