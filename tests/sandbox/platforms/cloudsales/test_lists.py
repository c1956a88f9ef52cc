"""Lists of the emulated CloudSales: filters, pages, spellings and rows."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.cloudsales import Spelling
from tests.sandbox.platforms.cloudsales.calls import COMPANY, Desk, details, item, order

D = Decimal


def _codes(desk: Desk, path: str) -> list[str]:
    return [row["cod_produs"] for row in desk.rows(path)]


def test_a_product_shows_stock_and_prices() -> None:
    desk = Desk()
    desk.office.add_product(
        "CUP", D("65.75"), stock=5, name="Cana", category="Bucatarie", ean="0000000000000", barcode="1-DEMO"
    )
    desk.create(order("HUB-1", item(count=1)))
    assert desk.rows("product/list/") == [
        {
            "cod_produs": "CUP",
            "product_name": "Cana",
            "category_name": "Bucatarie",
            "custom_barcode": "0000000000000",
            "barcode": "1-DEMO",
            "pret_vanzare": "54.34",
            "pret_vanzare_cu_tva": "65.75",
            "cota_tva_vanzare": "21",
            "stoc_global": "5",
            "stock_reserved": "1",
            "stock_available": "4",
            "is_deleted": "0",
            "deleted": "0",
            "is_archived": "0",
            "delistat": "0",
        }
    ]


def test_figures_may_be_fractional_or_empty() -> None:
    desk = Desk()
    desk.office.add_product("ROPE", D("2.50"), stock=D("7.25"))
    desk.office.add_product("IDEA", None)
    rope, idea = desk.rows("product/list/")
    assert (rope["stock_available"], rope["pret_vanzare_cu_tva"]) == ("7.25", "2.50")
    assert {idea[name] for name in ("stoc_global", "stock_available", "pret_vanzare", "pret_vanzare_cu_tva")} == {""}


@pytest.mark.parametrize(
    ("spelling", "flag", "stock", "error"),
    [(Spelling.BOOLEAN, True, "4", False), (Spelling.NUMBER, 1, 4, 0), (Spelling.TEXT, "1", "4", 0)],
)
def test_each_spelling_is_used_throughout_an_answer(spelling: Spelling, flag: Any, stock: Any, error: Any) -> None:
    desk = Desk(spellings=(spelling,), page_size=1)
    for code in ("CUP", "MUG"):
        desk.office.add_product(code, 10, stock=4, delisted=True)
    page = desk.page("product/list/")
    row = page["data"][0]
    seen = [page["data_next_page_exists"], row["delistat"], row["stock_available"], page["is_error"]]
    assert seen == [flag, flag, stock, error]
    assert [type(each) for each in seen] == [type(each) for each in (flag, flag, stock, error)]


def test_spellings_take_turns() -> None:
    desk = Desk(spellings=tuple(Spelling))
    flags = [desk.page("product/list/")["data_next_page_exists"] for _ in range(4)]
    assert [repr(flag) for flag in flags] == ["False", "0", "'0'", "False"]


def test_pages_are_complete_and_say_when_they_end() -> None:
    desk = Desk(page_size=3, spellings=tuple(Spelling))
    for at in range(7):
        desk.office.add_product(f"P{at}", 1)
    seen, number = [], 1
    while number:
        page = desk.page(f"product/list/page:{number}/")
        assert page["data_count"] == len(page["data"])
        seen += [row["cod_produs"] for row in page["data"]]
        number = int(page["data_next_page"] or 0)
        assert bool(number) == (page["data_next_page_exists"] in (True, 1, "1"))
    assert seen == [f"P{at}" for at in range(7)]
    assert desk.rows("product/list/page:9/") == []


def test_the_count_may_be_of_all_rows() -> None:
    desk = Desk(page_size=1, count_is_total=True)
    for code in ("CUP", "MUG"):
        desk.office.add_product(code, 1)
    assert desk.page("product/list/")["data_count"] == 2


@pytest.mark.parametrize(
    "path",
    [
        "product/list/page:0/",
        "product/list/page:-1/",
        "product/list/page:x/",
        "product/list/page/",
        "product/list/page:1/page:2/",
        "product/list/sku:CUP/",
        "product/list/datefrom:2026-01-01/",
        "product/list/workpoint:1/",
        "product/list/modifiedafter:2026-01-01/",
        "product/list/modifiedafter:2026-01-01+00:00:00/",
        "product/list/modifiedafter:2026-01-01T00:00:00/",
        "product/list/modifiedafter:2026-02-30%2000:00:00/",
        "product/list/include:prices/",
        "product/list/page:1/include:images/",
        "contacts/list/include:address,address/",
        "marketplace/connectors/list/id:1/",
        "invoices/list/datefrom:2026-13-01/",
        "invoices/list/datethrough:1.3.2026/",
        "invoices/list/id:A1/",
    ],
)
def test_an_unknown_or_malformed_filter_is_refused(path: str) -> None:
    assert details(Desk().call("GET", path))


def test_only_what_changed_later_is_found() -> None:
    desk = Desk()
    for code in ("OLD", "SOLD", "DEAR", "GONE"):
        desk.office.add_product(code, 1, stock=0)
    desk.clock.advance(seconds=1)
    desk.office.sell_at_till({"SOLD": 1})
    desk.office.set_price("DEAR", 2)
    desk.office.archive_product("GONE")
    assert _codes(desk, "product/list/modifiedafter:2026-03-01%2012:00:00/page:1/") == ["SOLD", "DEAR", "GONE"]
    assert _codes(desk, "product/list/modifiedafter:2026-03-01%2012:00:01/page:1/") == []
    assert len(_codes(desk, "product/list/modifiedafter:2026-03-01%2011:59:59/")) == 4


def test_what_modifiedafter_finds_can_be_assumed() -> None:
    inclusive = Desk(modified_after_inclusive=True)
    inclusive.office.add_product("CUP", 1)
    assert _codes(inclusive, "product/list/modifiedafter:2026-03-01%2012:00:00/") == ["CUP"]
    still = Desk(stock_moves_modified=False)
    still.office.add_product("CUP", 1, stock=5)
    still.clock.advance(hours=1)
    still.office.sell_at_till({"CUP": 1})
    assert _codes(still, "product/list/modifiedafter:2026-03-01%2012:00:00/") == []
    deaf = Desk(ignored_filters=frozenset({"modifiedafter"}))
    deaf.office.add_product("CUP", 1)
    assert _codes(deaf, "product/list/modifiedafter:2026-03-01%2013:00:00/") == ["CUP"]


def test_times_are_wall_clock_so_the_hour_that_comes_twice_hides_a_change() -> None:
    desk = Desk()
    desk.clock.moment = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # 03:50, summer time
    desk.office.add_product("CUP", 1)
    desk.clock.advance(minutes=20)  # 03:10, winter time
    desk.office.set_price("CUP", 2)
    assert _codes(desk, "product/list/modifiedafter:2026-10-25%2003:50:00/") == []


def test_inactive_products_carry_their_flags_or_are_left_out() -> None:
    for listed, codes in ((True, ["GONE", "OLD", "HIDDEN"]), (False, ["HIDDEN"])):
        desk = Desk(inactive_listed=listed)
        for code in ("GONE", "OLD", "HIDDEN"):
            desk.office.add_product(code, 1, stock=0)
        desk.office.delete_product("GONE")
        desk.office.archive_product("OLD")
        desk.office.change_product("HIDDEN", delisted=True)
        assert _codes(desk, "product/list/") == codes
        for row in desk.rows("product/list/"):
            assert "1" in {row["is_deleted"], row["is_archived"], row["delistat"]}


def test_images_come_when_asked_for() -> None:
    desk = Desk()
    desk.office.add_product("CUP", 1, images=("https://images.example/cup.jpg",))
    assert "images" not in desk.rows("product/list/")[0]
    assert desk.rows("product/list/include:images/page:1/")[0]["images"] == ["https://images.example/cup.jpg"]


def test_services_are_no_products() -> None:
    desk = Desk()
    desk.office.add_service("TRANSPORT", "Transport")
    assert desk.rows("product/list/") == []


def test_two_products_may_share_a_code() -> None:
    desk = Desk()
    for _ in range(2):
        desk.office.add_product("CUP", 1)
    assert _codes(desk, "product/list/") == ["CUP", "CUP"]


def test_orders_of_all_connectors_are_listed_without_their_references() -> None:
    desk = Desk()
    desk.office.add_product("CUP", D("65.75"), stock=5)
    gomag = desk.office.add_connector("Gomag")
    fetched = desk.office.fetch_order(gomag, "1001", {"CUP": 1})
    made = desk.create(order())
    desk.office.invoice(fetched)
    desk.office.void_order(desk.office.orders[1])
    assert desk.rows("marketplace/orders/list/") == [
        {
            "rec_id": str(fetched.id),
            "status": "NEW",
            "deleted": "0",
            "connector": {"type": "Gomag"},
            "invoices": [{"seria": "DEM", "nr": "0001"}],
        },
        {
            "rec_id": str(made),
            "status": "VOIDED - CANCELLED",
            "deleted": "0",
            "connector": {"type": "BOCP REST API"},
            "invoices": [],
        },
    ]


def test_orders_are_found_by_id_date_and_change() -> None:
    desk = Desk()
    desk.office.add_product("CUP", D("65.75"))
    early = desk.create(order("HUB-1", order_date="2026-02-27"))
    late = desk.create(order("HUB-2"))
    desk.clock.advance(seconds=1)
    desk.done("PUT", order("HUB-1", order_date="2026-02-27", order_mentions="changed"))

    def found(filters: str) -> list[int]:
        return [int(row["rec_id"]) for row in desk.rows(f"marketplace/orders/list/{filters}/page:1/")]

    assert found(f"id:{late}") == [late]
    assert found("datefrom:2026-02-28") == [late]
    assert found("datefrom:2026-02-27/datethrough:2026-02-27") == [early]
    assert found("modifiedafter:2026-03-01%2012:00:00") == [early]


def test_a_deleted_order_is_listed_with_its_flag() -> None:
    desk = Desk()
    desk.office.add_product("CUP", D("65.75"))
    desk.create(order())
    desk.office.void_order(desk.office.orders[0], deleted=True)
    assert desk.rows("marketplace/orders/list/")[0]["deleted"] == "1"


def test_connectors_are_listed_with_id_and_type() -> None:
    desk = Desk()
    desk.office.add_connector("Gomag", name="shop.example")
    assert [(row["type"], row["name"]) for row in desk.rows("marketplace/connectors/list/")][1] == (
        "Gomag",
        "shop.example",
    )
    assert desk.rows("marketplace/connectors/list/")[0]["id"] == str(desk.office.connector.id)


def test_contacts_show_addresses_and_price_list_when_asked_for() -> None:
    desk = Desk()
    desk.office.add_product("CUP", D("65.75"))
    desk.create(order(client=COMPANY))
    bare, full = (desk.rows(f"contacts/list/{each}")[0] for each in ("", "include:address,pricelist/page:1/"))
    assert (bare["name"], bare["vat_id"], bare["registration_nr"]) == ("EXEMPLU SRL", "RO00000000", "J00/0/2020")
    assert set(full) - set(bare) == {"addresses", "pricelist_name"}
    assert full["addresses"] == [
        {
            "is_main": "1",
            "address": "Str. Fictiva",
            "address2": "3, B, 1, 2, 14",
            "city": "Cluj-Napoca",
            "county": "Cluj",
            "postcode": "400000",
            "country": "Romania",
        }
    ]
