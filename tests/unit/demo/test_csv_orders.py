import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.demo.story.csv_orders import UnreadableFileError, order_of, products_of, read_invoices

HEADER = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"
MORNING = "2010-12-01 08:26:00"
LINES = (
    f"536365,85123A,WHITE HOLDER,6,{MORNING},2.55,17850.0,United Kingdom",
    f"536365,71053,,2,{MORNING},0.0,17850.0,United Kingdom",
    f"536366,POST,POSTAGE,1,{MORNING},18.0,12583.0,France",
    f'536367,71053,"LANTERN, METAL",4,{MORNING},3.39,,Japan',
    f"C536368,85123A,WHITE HOLDER,-6,{MORNING},2.55,17850.0,EIRE",
    f"536369,M,Manual,1,{MORNING},12.0,,United Kingdom",
    f"536370,71053,,-20,{MORNING},0.0,,United Kingdom",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "retail.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n")
    return path


def test_lines_are_grouped_into_invoices_in_the_order_of_the_file(file: Path) -> None:
    invoices = read_invoices(file)
    assert [invoice.number for invoice in invoices] == ["536365", "536366", "536367", "C536368", "536369", "536370"]
    assert len(invoices[0].positions) == 2
    assert invoices[0].date == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)
    assert invoices[0].customer == "17850"


def test_a_packed_file_reads_the_same(file: Path, tmp_path: Path) -> None:
    packed = tmp_path / "retail.csv.gz"
    packed.write_bytes(gzip.compress(file.read_bytes(), mtime=0))
    assert read_invoices(packed) == read_invoices(file)


def test_products_are_the_real_ones_with_the_first_name_and_price_that_make_sense(file: Path) -> None:
    found = {product.sku: (product.name, product.price) for product in products_of(read_invoices(file))}
    assert found == {"85123A": ("WHITE HOLDER", Decimal("2.55")), "71053": ("LANTERN, METAL", Decimal("3.39"))}


def test_a_product_is_the_same_whatever_its_capitals(tmp_path: Path) -> None:
    path = tmp_path / "retail.csv"
    lines = (f"1,{code},PARASOL,1,{MORNING},5.95,,France" for code in ("15056BL", "15056bl"))
    path.write_text("\n".join([HEADER, *lines]))
    invoices = read_invoices(path)
    assert [product.sku for product in products_of(invoices)] == ["15056BL"]
    assert [item.sku for item in order_of(invoices[0]).items] == ["15056BL", "15056BL"]


def test_a_customer_without_a_number_is_a_guest(file: Path) -> None:
    orders = {invoice.number: order_of(invoice) for invoice in read_invoices(file)}
    assert orders["536367"].buyer.guest
    assert orders["536367"].buyer.email == "guest536367@retail.example"
    assert not orders["536365"].buyer.guest
    assert orders["536365"].buyer.email == "customer17850@retail.example"


def test_a_cancelled_invoice_is_a_cancelled_order_as_it_stands(file: Path) -> None:
    order = next(order_of(invoice) for invoice in read_invoices(file) if invoice.number == "C536368")
    assert order.cancelled
    assert order.items[0].quantity == -6
    assert order.billing.country == "IE"


def test_other_negative_quantities_are_kept_and_paid(file: Path) -> None:
    order = order_of(read_invoices(file)[-1])
    assert (order.cancelled, order.paid, order.items[0].quantity) == (False, True, -20)
    assert order.items[0].name == "71053"


def test_sales_outside_the_union_are_free_of_tax(file: Path) -> None:
    prices = {order.number: order.prices for order in map(order_of, read_invoices(file))}
    assert prices["536367"] == "tax_free"
    assert prices["536366"] == prices["536365"] == "gross"


def test_american_dates_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "retail.csv"
    path.write_text(f"{HEADER}\n1,71053,LANTERN,1,12/1/2010 8:26,3.39,17850,United Kingdom\n")
    assert read_invoices(path)[0].date == datetime(2010, 12, 1, 8, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (f"1,71053,LANTERN,1,{MORNING},3.39,,Atlantis", "the Country 'Atlantis'"),
        (f"1,71053,LANTERN,one,{MORNING},3.39,,France", "the Quantity 'one' is no whole number"),
        (f"1,71053,LANTERN,1,{MORNING},cheap,,France", "the UnitPrice 'cheap' is no number"),
        (f"1,71053,LANTERN,1,{MORNING},NaN,,France", "the UnitPrice 'NaN' is no number"),
        ("1,71053,LANTERN,1,yesterday,3.39,,France", "the InvoiceDate 'yesterday'"),
        (f",71053,LANTERN,1,{MORNING},3.39,,France", "the InvoiceNo is empty"),
        ("1,71053,LANTERN,1", "the InvoiceDate ''"),
    ],
)
def test_a_line_that_makes_no_sense_is_named(tmp_path: Path, line: str, complaint: str) -> None:
    path = tmp_path / "retail.csv"
    path.write_text(f"{HEADER}\n{line}\n")
    with pytest.raises(UnreadableFileError, match=complaint):
        read_invoices(path)


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.csv", b"InvoiceNo,StockCode\n", "lacks the columns Description, Quantity"),
        ("a.csv", b"", "lacks the columns"),
        ("a.csv", HEADER.encode(), "has no lines"),
        ("a.csv", HEADER.encode() + b"\n1,2\r3,\x00\n", "is no CSV|makes no sense"),
        ("a.csv.gz", b"not packed", "cannot be read"),
        ("a.csv.gz", gzip.compress(HEADER.encode(), mtime=0)[:-9], "cannot be read"),
    ],
)
def test_a_file_that_is_none_is_a_sentence(tmp_path: Path, name: str, content: bytes, complaint: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UnreadableFileError, match=complaint):
        read_invoices(tmp_path / name)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError, match="cannot be read: No such file"):
        read_invoices(tmp_path / "absent.csv")


def test_a_mark_that_spreadsheets_put_first_does_no_harm(file: Path, tmp_path: Path) -> None:
    marked = tmp_path / "marked.csv"
    marked.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_invoices(marked) == read_invoices(file)
