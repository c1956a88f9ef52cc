"""Writing products and what describes them in the emulated Shopware, one record a call."""

from decimal import Decimal
from typing import Any

import pytest

from sandbox.platforms.kit import ManualClock
from sandbox.platforms.shopware import Line, OrderSpec, ProductSpec
from sandbox.platforms.shopware.errors import BLANK, INVALID_UUID, NOT_WRITABLE, WRONG_TYPE
from sandbox.platforms.shopware.values import DEFAULT_CURRENCY_ID, SYSTEM_LANGUAGE_ID
from tests.sandbox.platforms.shopware.catalogue import PRICE, checked, made, one_id, places, post, product, read, tax_id
from tests.sandbox.platforms.shopware.client import RELEASES, Caller, emulate, error
from tests.shopware_schema import check_response

NAME = f"/0/translations/{SYSTEM_LANGUAGE_ID}/name"
OLD_NAME = NAME.removeprefix("/0")
PRODUCT = "/api/product"


@pytest.fixture
def caller() -> Caller:
    return emulate()


def test_a_new_product_answers_its_address_and_has_the_documented_defaults(caller: Caller) -> None:
    answer = post(caller, "product", product(caller))
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Location"] == f"http://shop.test/api/product/{one_id('P')}"
    found = read(caller, "P")
    defaults = {"active": True, "isCloseout": False, "minPurchase": 1, "purchaseSteps": 1, "childCount": 0}
    assert defaults.items() <= found.items()
    assert (found["stock"], found["availableStock"], found["available"]) == (5, 5, True)
    assert (found["createdAt"], found["updatedAt"]) == ("2026-03-01T10:00:00.000+00:00", None)
    assert found["price"][0]["gross"] == 59.5
    assert found["autoIncrement"] == 1


def test_the_shop_makes_the_id_when_none_is_given(caller: Caller) -> None:
    body = {name: value for name, value in product(caller).items() if name != "id"}
    assert made(caller, "product", body) == read(caller, "P")["id"]


@pytest.mark.parametrize("kind", ["basic", "detail"])
def test_the_record_is_answered_when_asked_for(caller: Caller, kind: str) -> None:
    answer = post(caller, "product", product(caller), f"?_response={kind}")
    assert (answer.status_code, answer.json()["data"]["productNumber"]) == (200, "P")
    assert post(caller, "product", product(caller, "Q"), "?_response=all").status_code == 400


def test_requests_and_answers_fit_the_published_schema(caller: Caller) -> None:
    channel = caller.found("sales-channel")[0]["id"]
    # The schema wants even the ids that nesting makes needless.
    visibility = {"id": one_id("V"), "productId": one_id("P"), "salesChannelId": channel, "visibility": 30}
    maker = {"id": one_id("Maker"), "name": "Maker"}
    body = product(caller, visibilities=[visibility], manufacturer=maker, purchasePrices=[PRICE])
    assert checked(caller, "POST", PRODUCT, body).status_code == 204
    path = f"{PRODUCT}/{body['id']}"
    assert checked(caller, "PATCH", path, {"stock": 3, "ean": "4000000000017"}).status_code == 204
    for name in ("product", "product-visibility", "product-manufacturer"):
        assert len(checked(caller, "POST", f"/api/search/{name}", {}).json()["data"]) == 1
    check_response(PRODUCT, "POST", 400, post(caller, "product", {}).json())
    check_response(PRODUCT, "POST", 200, post(caller, "product", product(caller, "Q"), "?_response").json())


@pytest.mark.parametrize("version", RELEASES)
def test_every_missing_field_is_named_with_its_place(version: str) -> None:
    other = emulate(version)
    base, name = ("", OLD_NAME) if version < "6.5" else ("/0", NAME)
    found = places(post(other, "product", {}))
    needed = ("productNumber", "taxId", "price", "stock")
    assert found == {f"{base}/{each}": BLANK for each in needed} | {name: BLANK}


PRICES = "/0/price"


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"name": ""}, BLANK, NAME),
        ({"name": 5}, WRONG_TYPE, NAME),
        ({"stock": "5"}, WRONG_TYPE, "/0/stock"),
        ({"stock": 1.5}, WRONG_TYPE, "/0/stock"),
        ({"stock": True}, WRONG_TYPE, "/0/stock"),
        ({"active": 1}, WRONG_TYPE, "/0/active"),
        ({"productNumber": 17}, WRONG_TYPE, "/0/productNumber"),
        ({"productNumber": None}, BLANK, "/0/productNumber"),
        ({"weight": "1 kg"}, WRONG_TYPE, "/0/weight"),
        ({"releaseDate": "soon"}, WRONG_TYPE, "/0/releaseDate"),
        ({"id": "A" * 32}, INVALID_UUID, "/0/id"),
        ({"id": "42"}, INVALID_UUID, "/0/id"),
        ({"taxId": "19"}, INVALID_UUID, "/0/taxId"),
        ({"taxId": {"resolver": "tax.tax_rate", "value": 19}}, WRONG_TYPE, "/0/taxId"),
        ({"available": True}, NOT_WRITABLE, "/0/available"),
        ({"availableStock": 3}, NOT_WRITABLE, "/0/availableStock"),
        ({"categoryIds": []}, NOT_WRITABLE, "/0/categoryIds"),
        ({"createdAt": "2026-03-01"}, NOT_WRITABLE, "/0/createdAt"),
        ({"versionId": "f" * 32}, NOT_WRITABLE, "/0/versionId"),
        ({"price": []}, BLANK, PRICES),
        ({"price": {}}, WRONG_TYPE, PRICES),
        ({"price": [{**PRICE, "currencyId": "f" * 32}]}, NOT_WRITABLE, PRICES),
        ({"price": [{**PRICE, "net": None}]}, BLANK, f"{PRICES}/0/net"),
        ({"price": [{**PRICE, "gross": "59.50"}]}, WRONG_TYPE, f"{PRICES}/0/gross"),
        ({"price": [{**PRICE, "linked": 1}]}, WRONG_TYPE, f"{PRICES}/0/linked"),
        ({"price": [{**PRICE, "grosss": 1}]}, "SANDBOX__UNKNOWN_KEY", f"{PRICES}/0/grosss"),
        ({"colour": "red"}, "SANDBOX__UNKNOWN_KEY", "/colour"),
        ({"categories": {}}, WRONG_TYPE, "/0/categories"),
        ({"categories": [{"id": "x"}]}, INVALID_UUID, "/0/categories/0/id"),
        ({"properties": [{"name": "M"}]}, BLANK, "/0/properties/0/groupId"),
        ({"visibilities": [{"visibility": 30}]}, BLANK, "/0/visibilities/0/salesChannelId"),
        ({"children": [{"stock": 1}]}, BLANK, "/0/children/0/productNumber"),
        ({"translations": {"xx-XX": {"name": "?"}}}, NOT_WRITABLE, "/0/translations/xx-XX"),
    ],
)
def test_a_refused_value_leaves_nothing_behind(
    caller: Caller, changes: dict[str, Any], code: str, pointer: str
) -> None:
    answer = post(caller, "product", product(caller) | changes)
    assert (answer.status_code, places(answer)) == (400, {pointer: code})
    assert caller.found("product") == []


def test_a_price_without_linked_and_currencies_twice_are_taken(caller: Caller) -> None:
    dollars = caller.found("currency", filter={"isoCode": "USD"})[0]["id"]
    unlinked = {"currencyId": DEFAULT_CURRENCY_ID, "gross": 1, "net": 0.8403361345}
    listed = {"gross": 80, "net": 67.2268907563, "linked": True}
    body = product(caller, price=[unlinked, {**PRICE, "currencyId": dollars}, {**PRICE, "listPrice": listed}])
    made(caller, "product", body)
    euros, foreign = read(caller, "P")["price"]
    assert (euros["gross"], euros["listPrice"]["gross"], foreign["currencyId"]) == (59.5, 80, dollars)


def test_a_taken_number_is_refused_whatever_its_case(caller: Caller) -> None:
    made(caller, "product", product(caller, "SKU-a"))
    answer = post(caller, "product", product(caller, "sku-A"))
    found = error(answer)
    assert (answer.status_code, found["code"]) == (400, "CONTENT__DUPLICATE_PRODUCT_NUMBER")
    assert found["meta"]["parameters"] == {"number": "sku-A"}
    made(caller, "product", product(caller, "Q"))
    renamed = caller.http.patch(f"{PRODUCT}/{one_id('Q')}", json={"productNumber": "SKU-a"})
    assert error(renamed)["code"] == "CONTENT__DUPLICATE_PRODUCT_NUMBER"
    assert read(caller, "Q")["id"] == one_id("Q")


def test_a_key_that_leads_nowhere_is_a_500_of_the_database(caller: Caller) -> None:
    for changes in ({"taxId": "f" * 32}, {"categories": [{"id": "f" * 32}]}, {"manufacturerId": "f" * 32}):
        answer = post(caller, "product", product(caller) | changes)
        assert (answer.status_code, error(answer)["code"]) == (500, "1452")
        assert "SQLSTATE[23000]" in error(answer)["detail"]
    assert caller.found("product") == []


def test_create_and_update_each_refuse_the_others_work(caller: Caller) -> None:
    made(caller, "product", product(caller))
    again, absent = post(caller, "product", product(caller)), caller.http.patch(f"{PRODUCT}/{'f' * 32}", json={})
    for answer, expected in ((again, "InsertCommand"), (absent, "UpdateCommand")):
        assert (answer.status_code, error(answer)["code"]) == (400, "FRAMEWORK__WRITE_TYPE_INTEND_ERROR")
        assert error(answer)["meta"]["parameters"]["expectedClass"] == expected


def test_only_one_record_is_created_by_a_call(caller: Caller) -> None:
    assert post(caller, "product", [product(caller)]).status_code == 400
    assert post(caller, "country", {"name": "X"}).status_code == 404
    assert (post(caller, "order", {}).status_code, post(caller, "dragon", {}).status_code) == (501, 404)


def test_a_patch_writes_only_what_is_sent_and_moves_the_time() -> None:
    clock = ManualClock()
    other = emulate(clock=clock)
    made(other, "product", product(other, customFields={"a": 1}))
    before = read(other, "P")
    clock.advance(minutes=1)
    body = {"price": [{**PRICE, "gross": 10}], "customFields": {"b": 2}, "ean": ""}
    assert other.http.patch(f"{PRODUCT}/{before['id']}", json=body).status_code == 204
    after = read(other, "P")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"price", "customFields", "translated", "updatedAt"}
    assert (after["customFields"], after["ean"]) == ({"a": 1, "b": 2}, None)


def test_nested_lists_only_add_and_a_delete_takes_one_away(caller: Caller) -> None:
    size = {"id": one_id("M"), "name": "M", "group": {"id": one_id("Size"), "name": "Size"}}
    shirts = {"id": one_id("Shirts"), "name": "Shirts"}
    made(caller, "product", product(caller, properties=[size], categories=[shirts], tags=[{"name": "new"}]))
    url = f"{PRODUCT}/{one_id('P')}"
    large = {"id": one_id("L"), "name": "L", "groupId": one_id("Size")}
    assert caller.http.patch(url, json={"properties": [large], "categories": []}).status_code == 204
    found = read(caller, "P")
    assert [each["name"] for each in found["properties"]] == ["M", "L"]
    assert (found["propertyIds"], found["categoryTree"]) == ([one_id("M"), one_id("L")], [one_id("Shirts")])
    assert caller.http.delete(f"{url}/properties/{one_id('M')}").status_code == 204
    assert caller.http.delete(f"{url}/categories/{one_id('Shirts')}").status_code == 204
    found = read(caller, "P")
    assert [each["name"] for each in found["properties"]] == ["L"]
    assert (found["categories"], found["categoryTree"], len(found["tags"])) == ([], None, 1)
    gone = caller.http.delete(f"{url}/properties/{one_id('M')}")
    assert (gone.status_code, error(gone)["code"]) == (404, "FRAMEWORK__RESOURCE_NOT_FOUND")
    assert caller.http.delete(f"{url}/prices/{one_id('M')}").status_code == 404


def test_a_mere_id_joins_without_touching_the_other_record(caller: Caller) -> None:
    shirts = made(caller, "category", {"name": "Shirts"})
    made(caller, "product", product(caller, categories=[{"id": shirts}]))
    assert caller.found("category", ids=[shirts])[0]["updatedAt"] is None
    caller.http.patch(f"{PRODUCT}/{one_id('P')}", json={"categories": [{"id": shirts, "name": "Tees"}]})
    assert caller.found("category", ids=[shirts])[0]["name"] == "Tees"


def test_visibilities_are_unique_for_a_sales_channel(caller: Caller) -> None:
    channel = caller.found("sales-channel")[0]["id"]
    row = {"id": one_id("V"), "salesChannelId": channel, "visibility": 30}
    made(caller, "product", product(caller, visibilities=[row]))
    url = f"{PRODUCT}/{one_id('P')}"
    assert caller.http.patch(url, json={"visibilities": [{**row, "visibility": 10}]}).status_code == 204
    twice = caller.http.patch(url, json={"visibilities": [{**row, "id": one_id("W")}]})
    assert (twice.status_code, error(twice)["code"]) == (500, "1062")
    assert "Duplicate entry" in error(twice)["detail"]
    assert [each["visibility"] for each in read(caller, "P")["visibilities"]] == [10]
    assert caller.http.delete(f"{url}/visibilities/{one_id('V')}").status_code == 204
    assert read(caller, "P")["visibilities"] == []


def test_texts_are_kept_by_language_and_fall_back(caller: Caller) -> None:
    german = caller.shop.add_language("German", "de-DE")
    texts = {"de-DE": {"name": "Hemd"}, SYSTEM_LANGUAGE_ID: {"description": "Cotton"}}
    made(caller, "product", product(caller, translations=texts))
    found = read(caller, "P", **{"sw-language-id": german})
    assert (found["name"], found["description"]) == ("Hemd", None)
    assert (found["translated"]["name"], found["translated"]["description"]) == ("Hemd", "Cotton")
    assert (read(caller, "P")["name"], read(caller, "P")["description"]) == ("Demo shirt", "Cotton")
    headers = {"sw-language-id": german}
    caller.http.patch(f"{PRODUCT}/{one_id('P')}", json={"name": "Hemden"}, headers=headers)
    assert (read(caller, "P", **headers)["name"], read(caller, "P")["name"]) == ("Hemden", "Demo shirt")


def test_the_systems_language_must_be_there_on_create(caller: Caller) -> None:
    german = caller.shop.add_language("German", "de-DE")
    answer = caller.http.post(PRODUCT, json=product(caller), headers={"sw-language-id": german})
    assert places(answer) == {f"/0/translations/{SYSTEM_LANGUAGE_ID}": "MISSING-SYSTEM-TRANSLATION"}
    both = product(caller, translations={SYSTEM_LANGUAGE_ID: {"name": "Shirt"}})
    assert caller.http.post(PRODUCT, json=both, headers={"sw-language-id": german}).status_code == 204


def test_a_deleted_product_leaves_its_orders(caller: Caller) -> None:
    made(caller, "product", product(caller))
    order = caller.shop.place_order(OrderSpec(lines=(Line("P"),)))
    assert caller.http.delete(f"{PRODUCT}/{one_id('P')}").status_code == 204
    gone = caller.http.delete(f"{PRODUCT}/{one_id('P')}")
    assert (gone.status_code, error(gone)["code"]) == (404, "FRAMEWORK__RESOURCE_NOT_FOUND")
    (line,) = caller.order(order)["lineItems"]
    assert (line["productId"], line["payload"]["productNumber"]) == (None, "P")
    assert caller.http.delete(f"/api/order/{order}").status_code == 501


def test_what_is_in_use_is_not_deleted(caller: Caller) -> None:
    made(caller, "product", product(caller, manufacturer={"id": one_id("Maker"), "name": "Maker"}))
    answer = caller.http.delete(f"/api/tax/{tax_id(caller)}")
    assert (answer.status_code, error(answer)["code"]) == (409, "FRAMEWORK__DELETE_RESTRICTED")
    assert error(answer)["meta"]["parameters"]["usages"] == [{"entityName": "product", "count": 1}]
    assert caller.http.delete(f"/api/product-manufacturer/{one_id('Maker')}").status_code == 204
    assert read(caller, "P")["manufacturerId"] is None


def test_groups_options_categories_taxes_and_units_are_records_of_their_own(caller: Caller) -> None:
    group = made(caller, "property-group", {"name": "Size", "options": [{"name": "M"}, {"name": "L"}]})
    (found,) = caller.found("property-group", associations={"options": {}})
    assert (found["displayType"], found["filterable"], len(found["options"])) == ("text", True, 2)
    made(caller, "property-group-option", {"groupId": group, "name": "XL", "colorHexCode": "#fff"})
    made(caller, "unit", {"name": "Piece", "shortCode": "pc"})
    made(caller, "tax", {"taxRate": 5.5, "name": "5.5 %"})
    assert places(post(caller, "tax", {"name": "?"})) == {"/0/taxRate": BLANK}
    assert places(post(caller, "property-group", {})) == {NAME: BLANK}
    assert caller.http.delete(f"/api/property-group/{group}").status_code == 204
    assert caller.found("property-group-option") == []


def test_categories_know_their_place_in_the_tree(caller: Caller) -> None:
    root = made(caller, "category", {"name": "Root", "children": [{"id": one_id("leaf"), "name": "Leaf"}]})
    leaf = caller.found("category", ids=[one_id("leaf")])[0]
    assert (leaf["level"], leaf["path"], leaf["breadcrumb"]) == (2, f"|{root}|", ["Root", "Leaf"])
    made(caller, "product", product(caller, categories=[{"id": leaf["id"]}]))
    assert read(caller, "P")["categoryTree"] == [root, leaf["id"]]
    caller.http.patch(f"/api/category/{root}", json={"name": "Top"})
    assert caller.found("category", ids=[leaf["id"]])[0]["breadcrumb"] == ["Top", "Leaf"]
    assert caller.found("category", ids=[root])[0]["childCount"] == 1
    assert caller.http.delete(f"/api/category/{root}").status_code == 204
    assert (caller.found("category"), read(caller, "P")["categories"]) == ([], [])


@pytest.mark.parametrize(("version", "has_layout"), [("6.7.8.1", False), ("6.7.9.0", True)])
def test_the_default_layout_is_stored_from_6_7_9(version: str, has_layout: bool) -> None:
    other = emulate(version)
    made(other, "category", {"name": "Shirts"})
    assert (other.found("category")[0]["cmsPageId"] is not None) is has_layout


def test_writing_needs_the_right_for_every_record_written() -> None:
    shop = emulate().shop
    poor = Caller(shop, ("product:create", "product:read", "tax:read"))
    body = product(poor, categories=[{"name": "Shirts"}])
    answer = post(poor, "product", body)
    assert (answer.status_code, error(answer)["code"]) == (403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR")
    assert "category:create" in error(answer)["detail"]
    assert "product_category:create" in error(answer)["detail"]
    assert made(poor, "product", product(poor)) == one_id("P")
    assert poor.http.patch(f"{PRODUCT}/{one_id('P')}", json={"stock": 1}).status_code == 403


def test_images_of_a_product_can_be_counted_but_not_written(caller: Caller) -> None:
    spec = ProductSpec("WITH-IMAGES", "Demo shirt", Decimal(10), Decimal(19), images=2)
    caller.shop.add_product(spec)
    (found,) = caller.found("product", filter={"productNumber": "WITH-IMAGES"}, associations={"media": {}})
    assert [row["position"] for row in found["media"]] == [0, 1]
    answer = post(caller, "product", product(caller, media=[{"mediaId": one_id("image")}]))
    assert (answer.status_code, error(answer)["code"]) == (501, "SANDBOX__NOT_SIMULATED")


@pytest.mark.parametrize("name", ["prices", "cover", "crossSellings"])
def test_what_is_not_simulated_says_so(caller: Caller, name: str) -> None:
    answer = post(caller, "product", product(caller) | {name: []})
    assert (answer.status_code, error(answer)["code"]) == (501, "SANDBOX__NOT_SIMULATED")
    assert caller.search("product", associations={name: {}}).status_code == 501


@pytest.mark.parametrize(("version", "codes"), [("6.5.8.18", {}), ("6.6.0.0", {"/0/availableStock": NOT_WRITABLE})])
def test_available_stock_is_protected_from_6_6(version: str, codes: dict[str, str]) -> None:
    other = emulate(version)
    answer = post(other, "product", product(other, availableStock=99))
    assert (places(answer) if answer.content else {}) == codes
    assert all(each["availableStock"] == 5 for each in other.found("product"))


def test_products_are_paged_by_their_number_and_asked_for_by_sku_without_walking_all(
    caller: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        made(caller, "product", product(caller, f"S{number}"))
    monkeypatch.setattr(caller.shop.shop.store, "all", lambda entity: pytest.fail(f"walked all of {entity}"))
    seen: list[str] = []
    after = 0
    while True:
        window = [{"type": "range", "field": "autoIncrement", "parameters": {"gt": after}}]
        page = caller.found("product", filter=window, sort=[{"field": "autoIncrement"}], limit=5)
        seen += [each["productNumber"] for each in page]
        if len(page) < 5:
            break
        after = page[-1]["autoIncrement"]
    assert seen == [f"S{number}" for number in range(12)]
    wanted = {"type": "equalsAny", "field": "productNumber", "value": ["s3", "S7", "none"]}
    assert [each["productNumber"] for each in caller.found("product", filter=[wanted])] == ["S3", "S7"]
    ids = {"type": "equals", "field": "id", "value": one_id("S4")}
    assert [each["productNumber"] for each in caller.found("product", filter=[ids])] == ["S4"]
    third = caller.search("product", sort="autoIncrement", limit=4, page=3, total_count_mode=2).json()
    assert ([each["productNumber"] for each in third["data"]], third["total"]) == (["S8", "S9", "S10", "S11"], 4)
