"""Every example of SalesAutopilot's platform file, sent and read as it stands there."""

from typing import Any

from tests.sandbox.platforms.salesautopilot.calls import Desk

ORDER: dict[str, Any] = {
    "order_id": "50123",
    "email": "vevo@example.test",
    "mssys_firstname": "Anna",
    "mssys_lastname": "Minta",
    "mssys_phone": "+36301112233",
    "payment_method": "Bank transfer",
    "payment_code": "transfer",
    "shipping_method": "Courier",
    "currency": "HUF",
    "order_status_id": "new",
    "netshippingcost": 1000,
    "grossshippingcost": 1270,
    "mssys_bill_country": "hu",
    "mssys_bill_zip": "1011",
    "mssys_bill_city": "Budapest",
    "mssys_bill_address": "Minta u. 1.",
    "mssys_integration_type": "example-bridge",
    "products": [
        {
            "prod_id": "SKU-1",
            "prod_name": "Blue mug",
            "qty": 2,
            "tax": 27,
            "prod_price": 1500,
            "categories": [{"category_id": "12", "category_name": "Mugs"}],
        }
    ],
}
PAID = {"mssys_webshop_status": "paid", "mssys_order_status": 2, "mssys_pay_date": "2030-01-15"}
PRODUCT: dict[str, Any] = {
    "prod_name": "Blue mug",
    "prod_price": "1500",
    "prod_vat_percent": "27",
    "prod_currency": "HUF",
    "prod_sku": "SKU-1",
}
SUBSCRIBER = {
    "email": "vevo@example.test",
    "mssys_firstname": "Anna",
    "mssys_lastname": "Minta",
    "mssys_ipaddress": "192.0.2.10",
}
READ_BACK: dict[str, Any] = {
    "email": "vevo@example.test",
    "mssys_shoprenter_id": "50123",
    "mssys_order_status": "1",
}
LINE_READ_BACK = {
    "oi_sku": "SKU-1",
    "oi_name": "Blue mug",
    "oi_price": "1500.00",
    "oi_quantity": "2",
    "oi_vat_percent": "27",
    "oi_netto_sum": "3000.00",
    "oi_brutto_sum": "3810.00",
    "oi_currency": "HUF",
}
ORDER_PATH = "processWebshopOrder/90001/ns_id/70002"
UPDATE_PATH = "update/90001/form/70003/field/mssys_shoprenter_id/value/50123"


def test_the_order_is_taken_and_answered_with_a_number() -> None:
    desk = Desk()
    made = desk.post(ORDER_PATH, ORDER)
    assert [made] == [record.id for record in desk.office.orders]


def test_the_order_is_read_back_with_every_number_as_text() -> None:
    desk = Desk()
    made = desk.post(ORDER_PATH, ORDER)
    row = desk.get(f"list/90001/record/{made}")
    assert row.items() >= {**READ_BACK, "id": str(made), "subdate": "2026-03-01 11:00:00"}.items()
    (line,) = row["products"]
    product = desk.office.product("SKU-1")
    ids = {"oi_id": line["oi_id"], "prod_id": str(product.id), "nud_id": str(made)}
    assert line == {**LINE_READ_BACK, **ids, "oi_vat_name": "27%"}
    assert line["oi_id"].isdecimal()
    assert desk.get("list/90001/field/mssys_shoprenter_id/value/50123") == [row]


def test_the_order_is_paid_by_its_number_in_the_shop() -> None:
    desk = Desk()
    desk.post(ORDER_PATH, ORDER)
    assert desk.post(UPDATE_PATH, PAID) == 1
    row = desk.order()
    assert [row[name] for name in PAID] == ["paid", "2", "2030-01-15"]


def test_the_product_is_created_and_changed_by_its_sku() -> None:
    desk = Desk()
    category = desk.post("createprodcategory", {"prodcat_name": "Mugs"})
    body = {**PRODUCT, "prodcat_ids": [category]}
    made = desk.post("createproduct", body)
    assert made > 0
    assert desk.post("modifyproduct/sku/SKU-1", body) == 1
    assert desk.get(f"getproduct/{made}") == {
        "prod_id": str(made),
        "prod_sku": "SKU-1",
        "prod_name": "Blue mug",
        "prod_price": "1500.00",
        "prod_vat_percent": "27",
        "prod_currency": "HUF",
        "prodcats": [{"prodcat_id": str(category), "prodcat_name": "Mugs"}],
    }


def test_the_category_is_created_and_answered_with_a_number() -> None:
    desk = Desk()
    made = desk.post("createprodcategory", {"prodcat_name": "Mugs"})
    assert made > 0
    assert desk.get(f"listprodcategories/{made}")["prodcat_name"] == "Mugs"


def test_the_subscriber_is_added_once() -> None:
    desk = Desk()
    path = "subscribe/90010/form/70011"
    assert desk.post(path, SUBSCRIBER) > 0
    assert desk.post(path, SUBSCRIBER) == -1
    assert {name: desk.person()[name] for name in SUBSCRIBER} == SUBSCRIBER
