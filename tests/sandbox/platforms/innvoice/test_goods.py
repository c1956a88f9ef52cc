"""Products, prices, stock, groups and partners of the emulated InnVoice, and what people do there."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.innvoice import StandIn
from tests.sandbox.platforms.innvoice.calls import Desk, as_list, elements, invoice, records

EVERYTHING = StandIn(products=True, stock=True, groups=True, customers=True, product_vat=True)
RETAIL = "<Arak>" + elements({"Arcsoport_Nev": "Retail", "Arcsoport_Brutto": "1", "Arcsoport_Ar": "1905"}) + "</Arak>"


def outcomes(desk: Desk, path: str, body: str, name: str) -> list[Any]:
    return as_list(desk.done("POST", path, body)[name])


def test_products_are_one_list_with_those_that_have_no_sku_no_price_or_no_stock() -> None:
    desk = Desk()
    desk.office.add_product("", None)
    desk.office.add_product("MUG", 1905, stock=0)
    first, second = desk.products()
    assert first == {"Nev": "", "CikkSzam": "", "EAN": ""}
    assert second["Keszletek"] == {"Keszlet": {"Raktar_Nev": "Main", "Raktar_Keszlet": "0"}}
    assert second["Arak"] == {"Arcsoport_Nev": "Retail", "Arcsoport_Brutto": "1", "Arcsoport_Ar": "1905"}


def test_places_may_have_nothing_but_their_position() -> None:
    desk = Desk(names_listed=False)
    net = desk.office.add_price_group("Wholesale", is_gross=False)
    desk.office.add_product(
        "MUG", {desk.office.price_group: 1905, net: 1200}, stock={desk.office.add_warehouse("B"): 1}
    )
    (row,) = desk.products()
    assert [price["Arcsoport_Brutto"] for price in row["Arak"]] == ["1", "0"]
    assert row["Keszletek"]["Keszlet"] == [{"Raktar_Keszlet": "0"}, {"Raktar_Keszlet": "1"}]


def test_a_product_is_made_by_its_sku_and_then_changed_by_it() -> None:
    desk = Desk(stand_in=EVERYTHING)
    fields = {"CikkSzam": "MUG", "Nev": "Mug", "EAN": "5990000000017", "TermekCsoport": "Cups", "AfaSzoveg": "5%"}
    (made,) = outcomes(desk, "product", records("products", "product", fields, extra=RETAIL), "product")
    change = records("products", "product", {"CikkSzam": "MUG", "Nev": "Blue mug"})
    (changed,) = outcomes(desk, "product", change, "product")
    assert made == changed
    assert made["CikkSzam"] == "MUG"
    product = desk.office.product("MUG")
    assert (product.name, product.ean, product.group, product.vat) == ("Blue mug", "5990000000017", "Cups", "5%")
    assert list(product.prices.values()) == [1905]
    (row,) = desk.products()
    assert (row["TermekCsoport"], row["AfaSzoveg"], row["Keszletek"]["Keszlet"]["Raktar_Keszlet"]) == (
        "Cups",
        "5%",
        "0",
    )
    group = desk.done("GET", "product_group")["product_group"]
    assert (group["Nev"], group["TABLE_ID"].isdigit()) == ("Cups", True)


def test_one_refused_product_stops_no_other_one() -> None:
    desk = Desk(stand_in=EVERYTHING)
    net = RETAIL.replace("Brutto>1", "Brutto>0")
    bodies = (
        ({"CikkSzam": "A", "Nev": "A"}, RETAIL.replace("Retail", "Secret")),
        ({"CikkSzam": "B", "Nev": "B"}, net),
        ({"CikkSzam": "C", "Nev": "C"}, RETAIL + RETAIL.replace("1905", "1690")),
    )
    inner = "".join(f"<product>{elements(fields)}{extra}</product>" for fields, extra in bodies)
    told = outcomes(desk, "product", f"<products>{inner}</products>", "product")
    assert [row.get("message") for row in told] == ["unknown price group Secret", "price group Retail is gross", None]
    assert [product.sku for product in desk.office.company.products.values()] == ["C"]


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"CikkSzam": "A"}, "product.Nev is missing"),
        ({"CikkSzam": "", "Nev": "A"}, "product.CikkSzam should be"),
        ({"CikkSzam": "A", "Nev": "A", "Arak": ""}, "product.Arak should be price entries"),
        ({"CikkSzam": "A", "Nev": "A", "Leiras": "x"}, "product.Leiras is not a known field"),
    ],
)
def test_a_product_that_breaks_the_contract_refuses_the_whole_call(fields: dict[str, str], fault: str) -> None:
    desk = Desk(stand_in=EVERYTHING)
    assert fault in desk.refused("product", records("products", "product", {"CikkSzam": "Z", "Nev": "Z"}, fields))
    assert desk.office.company.products == {}


def test_groups_and_vat_of_products_are_off_by_themselves() -> None:
    desk = Desk(stand_in=StandIn(products=True))
    for name in ("TermekCsoport", "AfaSzoveg"):
        body = records("products", "product", {"CikkSzam": "A", "Nev": "A", name: "5%"})
        assert f"{name} is not a known field" in desk.refused("product", body)
    desk.office.add_product("MUG", 1, group="Cups")
    assert {"TermekCsoport", "AfaSzoveg"}.isdisjoint(desk.products()[0])


def test_stock_is_written_absolutely_by_sku_and_warehouse() -> None:
    desk = Desk(stand_in=EVERYTHING)
    desk.office.add_product("MUG", 1905, stock=10)
    shop = desk.office.add_warehouse("Shop")
    line = {"CikkSzam": "MUG", "RaktarID": str(shop.id), "Raktar_Keszlet": "4.5"}
    rows = (line, {**line, "CikkSzam": "NONE"}, {**line, "RaktarID": "1"})
    told = outcomes(desk, "stock", records("stocks", "stock", *rows), "stock")
    assert [row.get("message") for row in told] == [None, "unknown product NONE", "unknown warehouse 1"]
    assert told[0]["techid"] == str(desk.office.product("MUG").id)
    listed = desk.products()[0]["Keszletek"]["Keszlet"]
    assert [(row["RaktarID"], row["Raktar_Keszlet"]) for row in listed][1] == (str(shop.id), "4.5")
    assert "Raktar_Keszlet should be a number" in desk.refused(
        "stock", records("stocks", "stock", {**line, "Raktar_Keszlet": "many"})
    )


def test_a_write_may_be_limited_to_a_number_of_rows() -> None:
    desk = Desk(stand_in=EVERYTHING, rows_per_call=1)
    rows = [{"CikkSzam": sku, "Nev": sku} for sku in "AB"]
    assert desk.refused("product", records("products", "product", *rows)) == "at most 1 product a call"
    desk.done("POST", "product", records("products", "product", rows[0]))


def test_partners_are_one_by_tax_number_then_by_mail_then_by_name_and_address() -> None:
    desk = Desk(stand_in=EVERYTHING)
    anna = {"Nev": "Minta Anna", "Orszag": "HU", "Email": "anna@example.test"}
    firm = {"Nev": "Minta Kft.", "Adoszam": "12345678-1-23", "Email": "anna@example.test"}
    bare = {"Nev": "Minta Anna", "Orszag": "HU"}
    bodies = (anna, {**anna, "Nev": "Minta Panna"}, firm, {**firm, "Nev": "Minta Bt."}, bare, bare)
    told = outcomes(desk, "customer", records("customers", "customer", *bodies), "customer")
    ids = [row["techid"] for row in told]
    assert (ids[0] == ids[1], ids[2] == ids[3], ids[4] == ids[5], len(set(ids))) == (True, True, True, 3)
    listed = desk.done("GET", "customer")["customer"]
    assert [row["Nev"] for row in listed] == ["Minta Panna", "Minta Bt.", "Minta Anna"]
    no_name = records("customers", "customer", {"Email": "x"})
    assert desk.refused("customer", no_name) == "customer.Nev is missing"


# --- what people do -----------------------------------------------------------------------------------------------


def test_a_sale_over_the_counter_is_a_paid_invoice_and_the_goods_leave() -> None:
    desk = Desk()
    desk.office.add_product("MUG", 1905, stock=10)
    sold = desk.office.sell_over_the_counter({"MUG": 3})
    assert (sold.number, sold.is_paid, sold.total) == ("EX-2026/00001", True, Decimal(5715))
    assert desk.products()[0]["Keszletek"]["Keszlet"]["Raktar_Keszlet"] == "7"
    with pytest.raises(ValueError, match="JUG has no price"):
        desk.office.sell_over_the_counter({"JUG": 1})


def test_stock_is_corrected_and_received_but_never_of_what_nobody_counts() -> None:
    desk = Desk()
    for sku, stock in (("MUG", 10), ("GIFT", None)):
        desk.office.add_product(sku, 1, stock=stock)
    shop = desk.office.add_warehouse("Shop")
    desk.office.correct_stock("MUG", 4)
    desk.office.correct_stock("MUG", 2, shop)
    desk.office.receive({"MUG": -1, "GIFT": 5})
    assert (desk.office.product("MUG").stock, desk.office.product("GIFT").stock) == (Decimal(5), Decimal(0))


def test_products_are_changed_priced_and_removed_by_hand() -> None:
    desk = Desk()
    desk.office.add_product("MUG", 1905)
    desk.office.change_product("MUG", name="Big mug")
    desk.office.set_price("MUG", 2000)
    desk.office.set_price("MUG", 1800, desk.office.add_price_group("Sale"))
    (row,) = desk.products()
    assert (row["Nev"], [price["Arcsoport_Ar"] for price in row["Arak"]]) == ("Big mug", ["2000", "1800"])
    with pytest.raises(TypeError, match="a product has no colour"):
        desk.office.change_product("MUG", colour="blue")
    desk.office.remove_product("MUG")
    with pytest.raises(KeyError):
        desk.office.product("MUG")


@pytest.mark.parametrize(("listed", "skus"), [(True, ["MUG", "PEN"]), (False, ["PEN"])])
def test_an_excluded_group_may_still_be_listed(listed: bool, skus: list[str]) -> None:
    desk = Desk(excluded_listed=listed)
    desk.office.add_product("MUG", 1, group="Cups")
    desk.office.add_product("PEN", 1)
    desk.office.exclude_group("Cups")
    assert [row["CikkSzam"] for row in desk.products()] == skus
    desk.office.exclude_group("Cups", excluded=False)
    assert len(desk.products()) == 2


def test_a_draft_is_edited_and_closed_by_hand_and_then_stays_as_it_is() -> None:
    desk = Desk()
    made = desk.create(invoice(Felretett="1"))
    (document,) = desk.office.documents
    desk.office.edit(document, VevoNev="Minta Panna")
    desk.office.close(document)
    read = desk.by_techid(made["techid"])
    assert (read["VevoNev"], read["Felretett"], read["SorszamFormatted"]) == ("Minta Panna", "0", "EX-2030/00001")
    with pytest.raises(ValueError, match="is closed"):
        desk.office.edit(document, VevoNev="Minta Anna")
    with pytest.raises(ValueError, match="cannot be closed"):
        desk.office.close(document)
    desk.office.pay(document)
    assert desk.by_techid(made["techid"])["Fizetve"] == "1"


def test_an_invoice_is_cancelled_by_another_one_and_the_goods_come_back() -> None:
    desk = Desk()
    desk.office.add_product("MUG", 1905, stock=10)
    sold = desk.office.sell_over_the_counter({"MUG": 3})
    made = desk.office.cancel(sold)
    assert (made.total, made.number, made.cancels) == (Decimal(-5715), "EX-2026/00002", sold)
    assert sold.cancelled_by is made
    assert desk.office.product("MUG").stock == 10
    for document in (sold, made):
        with pytest.raises(ValueError, match="cannot be cancelled"):
            desk.office.cancel(document)
    assert "cancelled by EX-2026/00002" in desk.client.get("/").text
