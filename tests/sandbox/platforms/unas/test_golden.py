"""Every example of the platform file: requests are taken, answers are as the emulated UNAS gives them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest

from sandbox.platforms.unas import Buyer, DeliveryPoint, Line, OrderSpec, ProductSpec
from sandbox.platforms.unas.inferred import ban_time
from sandbox.platforms.unas.records import add_record
from sandbox.platforms.unas.wire import read_xml, rows, write_xml
from tests.sandbox.platforms.unas.calls import Store, examples, statuses

EXAMPLES = examples()
D = Decimal
Part = tuple[str, int]
HOOK = "https://hooks.example.test/unas/3f9c"
ORDERS, WRITES, STOCK = "getOrder", "setOrder", "getStock, setStock"
PRODUCTS, CATEGORIES = "getProduct, setProduct", "getCategory, setCategory"
CUSTOMERS, TABLES = "Customers, groups, newsletter", "Status, type, method, warehouse, VAT"

REQUESTS: dict[Part, str] = {
    ("Login", 0): "login",
    (ORDERS, 0): "getOrder",
    **{(WRITES, at): "setOrder" for at in range(6)},
    **{(STOCK, at): "getStock" for at in range(3)},
    (STOCK, 4): "setStock",
    (PRODUCTS, 0): "getProduct",
    (PRODUCTS, 3): "setProduct",
    (PRODUCTS, 4): "setProduct",
    (PRODUCTS, 6): "getProductDB",
    (CATEGORIES, 0): "getCategory",
    (CATEGORIES, 2): "setCategory",
    (CUSTOMERS, 0): "getCustomer",
    (CUSTOMERS, 2): "setCustomer",
    (CUSTOMERS, 5): "getNewsletter",
    (TABLES, 2): "getMethod",
    ("Webhooks", 0): "setAutomatism",
}
NOT_WRITTEN: dict[Part, str] = {
    (PRODUCTS, 8): "the answer of setProductDB",
    ("getProductParameter", 1): "the answer of setProductParameter",
    (CUSTOMERS, 7): "a request of setNewsletter",
    (CUSTOMERS, 8): "the answer of setNewsletter",
}
"""Functions that are not emulated; their shapes are only read."""


def _example(part: Part) -> tuple[str, Any]:
    return read_xml(EXAMPLES[part[0]][part[1]].encode())


def _at(hour: int, minute: int) -> datetime:
    return datetime(2030, 1, 15, hour, minute, tzinfo=UTC)


def _shop() -> Store:
    """The shop of the examples, as far as people and the API made it."""
    store = Store(plan="vip")
    store.clock.moment = _at(8, 12)
    shop, content = store.shop, _example((PRODUCTS, 2))[1]["Product"]
    paths = (("Konyha",), ("Konyha", "Bögrék"), ("Ajándék",))
    shop.add_product(ProductSpec("MUG-BLUE", D(3175), 14, "Bögre, kék", categories=paths, weight=D("0.3")))
    shop.add_product(ProductSpec("SHIRT-1", D(5000), variants={"Szín": ("Kék", "Piros"), "Méret": ("XL",)}))
    shop.set_stock("SHIRT-1", 6, ("Kék", "XL"))
    for sku in ("MUG-OLD", "X", "MUG-GONE"):
        shop.add_product(ProductSpec(sku, D(3175)))
    shop.product("MUG-BLUE").nodes["Variants"] = _repeated(content["Variants"])
    shop.set_stock("MUG-BLUE", 3, warehouse=shop.add_warehouse("Bolt"))
    shop.add_method("shipping", "Ajtóig")
    return store


def _repeated(content: Any) -> Any:
    """Stored nodes are lists where a node may be repeated; in an example a single one looks like none."""
    variants = rows(content, "Variant")
    return {"Variant": [{**each, "Values": {"Value": rows(each["Values"], "Value")}} for each in variants]}


def _renumbered(store: Store, text: str) -> str:
    """The categories of the examples have numbers of their own."""
    ids = {category.nodes["Name"]: str(category.id) for category in store.shop.shop.categories.values()}
    return text.replace("<Id>27</Id>", f"<Id>{ids['Bögrék']}</Id>").replace("<Id>28</Id>", f"<Id>{ids['Ajándék']}</Id>")


def _ordered(store: Store) -> str:
    """The order of the examples; its key."""
    answers = {"1000": ("Honnan ismer?", "Barát")}
    buyer = Buyer(company="Minta Kft.", tax_number="11111111-2-06", customer_type="company", guest=False)
    spec = OrderSpec(
        (Line("MUG-BLUE", quantity=2, variants=("Kék",)),),
        buyer,
        point=DeliveryPoint("900012", "example_points", "Minta Vera", "csomagautomata"),
        discount_percent=D(10),
        shipping=D(1016),
        handling=D(254),
        params={"2000": ("Ajándék?", "nem")},
        comment="Délután hívjon",
        admin_comment="belső",
    )
    order = store.shop.place_order(spec)
    customer = order.nodes["Customer"]
    customer["Group"] = {"Id": "31", "Name": "Törzsvásárló"}
    customer["Params"] = {"Param": [{"Id": at, "Name": name, "Value": value} for at, (name, value) in answers.items()]}
    customer["Addresses"]["Invoice"] |= {"StreetName": "Próba", "StreetType": "utca", "StreetNumber": "7."}
    customer["Addresses"]["Shipping"] |= {"Name": "Pont 12", "Street": "Fő tér 1."}
    store.clock.moment = _at(8, 13)
    store.shop.pay(order.key)
    store.clock.moment = order.modified = _at(8, 20)
    return order.key


def _plain(content: Any) -> Any:
    """Without empty nodes, which examples show or leave out as it comes."""
    if isinstance(content, dict):
        found = {name: _plain(value) for name, value in content.items()}
        return {name: value for name, value in found.items() if value not in ("", {}, [])}
    return [_plain(each) for each in content] if isinstance(content, list) else content


def _paths(content: Any, at: str = "") -> set[str]:
    if isinstance(content, list):
        return set().union(*(_paths(each, at) for each in content))
    if not isinstance(content, dict):
        return {at}
    return set().union({at}, *(_paths(value, f"{at}.{name}") for name, value in content.items()))


@pytest.mark.parametrize("part", REQUESTS, ids=str)
def test_every_request_of_the_file_is_taken(part: Part) -> None:
    store = _shop()
    _ordered(store)
    store.shop.register(Buyer())
    body = _renumbered(store, EXAMPLES[part[0]][part[1]])
    if part == (CATEGORIES, 2):
        body = body.replace("<Id>20</Id>", "<Id>21</Id>")
    root, sent = read_xml(body.encode())
    if REQUESTS[part] == "login":
        assert store.client.post("login", content=body).status_code == 200
        return
    answered = rows(store.answer(REQUESTS[part], body), root[:-1])
    if root not in ("Params", "Categories"):
        assert statuses(answered) == ["ok"] * len(rows(sent, root[:-1]))
    assert store.shop.ignored == {}


def _login(_: Store) -> bytes:
    store = Store()
    store.shop.key.forbidden = {name.lower() for name in store.shop.key.permissions}
    store.shop.allow("getOrder", "setOrder", "getStock")
    store.clock.moment = _at(9, 0)
    root, login = read_xml(store.log_in(info="true").content)
    return write_xml(root, {**login, "Token": "EXAMPLE-TOKEN"})


def _sent(function: str, **params: str) -> Callable[[Store], bytes]:
    return lambda store: store.send(function, write_xml("Params", params)).content


def _written(function: str, plural: str, **nodes: Any) -> Callable[[Store], bytes]:
    body = write_xml(plural, {"Categories": {"Category": nodes}}.get(plural) or {plural[:-1]: nodes})
    return lambda store: store.send(function, body).content


def _made(node: str, kind: str, part: Part) -> Callable[[Store], bytes]:
    def answer(store: Store) -> bytes:
        _, content = _example(part)
        record = dict(rows(content, node)[0])
        record.pop("Id")
        add_record(store.shop.shop, node, kind, record)
        return store.send({"CustomerGroup": "getCustomerGroup"}.get(node, f"get{node}"), "<Params/>").content

    return answer


def _orders(store: Store) -> bytes:
    _ordered(store)
    asked = EXAMPLES[ORDERS][0].replace("1894690000", "1").replace("1894700000", "1999999999")
    return store.send("getOrder", asked).content


def _added_order(store: Store) -> bytes:
    for _ in range(2):
        store.shop.place_order()
    return store.send("setOrder", EXAMPLES[WRITES][5]).content


def _stock(store: Store) -> bytes:
    store.shop.sell({"MUG-BLUE": 2})
    store.shop.place_order(OrderSpec((Line("SHIRT-1", variants=("Kék", "XL")),)))
    return store.send("getStock", "<Params><Sku>MUG-BLUE,SHIRT-1</Sku></Params>").content


def _stock_written(store: Store) -> bytes:
    body = EXAMPLES[STOCK][4].replace("<Variant>XL</Variant>", "<Variant>S</Variant>")
    text = store.send("setStock", body).text
    return text.encode()


def _subscriber(store: Store) -> bytes:
    store.shop.shop.subscribers.append(rows(_example((CUSTOMERS, 6))[1], "Subscriber")[0])
    return store.send("getNewsletter", "<Params/>").content


def _banned(store: Store) -> bytes:
    store.clock.moment = _at(9, 0)
    for _ in range(90):
        store.orders()
    return store.send("getOrder", "<Params/>").content


def _customer(store: Store) -> bytes:
    store.clock.moment = datetime(2029, 5, 1, 6, 0, tzinfo=UTC)
    buyer = Buyer(company="Minta Kft.", tax_number="11111111-2-06", customer_type="company")
    customer = store.shop.register(buyer)
    customer.modified = customer.logged_in = _at(8, 0)
    _, content = _example((CUSTOMERS, 1))
    example = rows(content, "Customer")[0]
    sent = {name: example[name] for name in ("Params", "Group", "Discount", "PointsAccount", "Newsletter")}
    store.write("setCustomer", "Customers", {"Action": "modify", "Id": "7001", **sent})
    customer.modified = _at(8, 0)
    return store.send("getCustomer", "<Params><Id>7001</Id></Params>").content


def _status(store: Store) -> bytes:
    store.shop.shop.table("OrderStatus")[41001]["Modification"] = "2029.03.01 14:00:00"
    return store.send("getOrderStatus", "<Params><Id>41001</Id></Params>").content


def _methods(store: Store) -> bytes:
    table = store.shop.shop.table("Method")
    examples_of = rows(_example((TABLES, 3))[1], "Method")
    table[100] |= {name: examples_of[0][name] for name in ("ProviderId", "AdditionalCosts")}
    table[200] |= {name: examples_of[1][name] for name in ("ShippingFee", "DeliveryPointGroup")}
    for name in ("Creation", "Modification"):
        del table[200][name]
    for method_id in list(table):
        if method_id not in (100, 200):
            del table[method_id]
    return store.send("getMethod", "<Params/>").content


def _rates(store: Store) -> bytes:
    text = store.send("getSetting", "<Params><Key>vat</Key><Country>hu</Country></Params>").text
    for between in ("<Item><Id>2</Id><Value>18</Value></Item>", "<Item><Id>3</Id><Value>5</Value></Item>"):
        text = text.replace(between, "")
    return text.encode()


def _refused_key(store: Store) -> bytes:
    return store.log_in("W" * 40).content


ANSWERS: dict[Part, Callable[[Store], bytes]] = {
    ("Login", 1): _login,
    ("Login", 2): _refused_key,
    (ORDERS, 1): _orders,
    (WRITES, 6): _added_order,
    (WRITES, 7): _written("setOrder", "Orders", Action="modify", Key="10001-999999", Status="41003"),
    (STOCK, 3): _stock,
    (STOCK, 5): _stock_written,
    (TABLES, 0): _status,
    (TABLES, 1): _sent("getOrderType"),
    (TABLES, 3): _methods,
    (TABLES, 4): _sent("getWarehouse"),
    (TABLES, 5): _rates,
    (CUSTOMERS, 1): _customer,
    (CUSTOMERS, 4): _made("CustomerGroup", "group", (CUSTOMERS, 4)),
    (CUSTOMERS, 6): _subscriber,
    ("getProductParameter", 0): _made("ProductParameter", "parameter", ("getProductParameter", 0)),
    ("Webhooks", 1): lambda store: store.send("setAutomatism", EXAMPLES["Webhooks"][0]).content,
    ("Ban", 0): _banned,
}
"""Answers that come out to the letter, empty nodes aside."""
OUR_OWN_TEXTS = {(WRITES, 7), (STOCK, 5)}
"""The file's texts of a failed entity are its author's."""


@pytest.mark.parametrize("part", ANSWERS, ids=str)
def test_answers_of_the_file_come_out_to_the_letter(part: Part) -> None:
    root, wanted = _example(part)
    made, found = read_xml(ANSWERS[part](_shop()))
    assert made == root
    if part in OUR_OWN_TEXTS:
        assert _paths(found) == _paths(wanted)
    else:
        assert _plain(found) == _plain(wanted)


@pytest.mark.parametrize(("at", "level"), [(1, "minimal"), (2, "full")])
def test_what_the_file_shows_of_a_product_is_written_and_read_back(at: int, level: str) -> None:
    store = _shop()
    _, content = read_xml(_renumbered(store, EXAMPLES[PRODUCTS][at]).encode())
    example = content["Product"]
    read_only = {"State", "Id", "CreateTime", "LastModTime", "History", "Url", "PackageProduct", "Images"}
    sent = {name: value for name, value in example.items() if name not in read_only}
    answers = store.write("setProduct", "Products", {"Action": "modify", **sent})
    assert statuses(answers) == ["ok"]
    (found,) = store.get("getProduct", "Product", Sku="MUG-BLUE", ContentType=level)
    for name in sent.keys() - {"Stocks", "Categories", "Params", "Sku"}:
        assert _plain(found.get(name, "")) == _plain(sent[name]), name
    assert _paths(_plain(example)) - _paths(_plain(found)) <= PICTURES | FILLED


PICTURES = {
    f".Images{below}" for below in ("", ".DefaultFilename", ".DefaultAlt", ".OG", ".Image", ".Image.Type", ".Image.Id")
} | {f".Images.Image.{below}" for below in ("SefUrl", "Filename", "Alt")}
FILLED = {f".Params.Param.{name}" for name in ("Type", "After")} | {".History.Event.SkuOld"}
"""What other calls bring about: imports, definitions of parameters, a rename."""


def test_the_examples_of_products_and_files_come_out_in_shape() -> None:
    store = _shop()
    categories = {"Category": {"Type": "base", "Id": "21"}}
    new = {**_example((PRODUCTS, 3))[1]["Product"], "Categories": categories}
    (added,) = store.write("setProduct", "Products", new)
    assert set(added) == set(_example((PRODUCTS, 5))[1]["Product"])
    assert set(store.answer("getProductDB", EXAMPLES[PRODUCTS][6])) == set(_example((PRODUCTS, 7))[1])
    (category,) = (each for each in store.get("getCategory", "Category") if each["Name"] == "Bögrék")
    wanted = _example((CATEGORIES, 1))[1]["Category"]
    assert set(wanted) - set(category) <= {"Order", "Texts", "SefUrl"}
    answer = store.write("setCategory", "Categories", {"Action": "add", "Name": "Poharak"})[0]
    assert set(answer) == set(_example((CATEGORIES, 3))[1]["Category"])
    store.shop.register(Buyer())
    changed = store.write("setCustomer", "Customers", _example((CUSTOMERS, 2))[1]["Customer"])[0]
    assert changed == _example((CUSTOMERS, 3))[1]["Customer"]


def test_an_order_s_webhook_is_that_of_the_file() -> None:
    calls: list[httpx.Request] = []

    def take(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200)

    store = _shop()
    store.shop.webhooks.client = httpx.Client(transport=httpx.MockTransport(take))
    key = _ordered(store)
    store.shop.add_automation("order_status_modify", HOOK)
    store.shop.set_status(key, "Feldolgozás alatt")
    headers, _, wanted = EXAMPLES["Webhooks"][2].partition("\n\n")
    (call,) = calls
    for name in ("Content-Type", "X-Unas-Topic"):
        assert f"{name}: {call.headers[name]}" in headers
    found, expected = json.loads(call.content), json.loads(wanted)
    assert _shape(found) == _shape(expected)
    assert {**found, "time": 0, "customer": 0, "comment": 0, "products": 0, "orderStatus": 0} == {
        **expected,
        "time": 0,
        "customer": 0,
        "comment": 0,
        "products": 0,
        "orderStatus": 0,
    }
    store.shop.add_automation("customer_registration", HOOK)
    store.shop.register(Buyer(email="other@example.test"))
    assert _shape(json.loads(calls[-1].content)) | {"customerParameters": 0} == _shape(
        json.loads(EXAMPLES["Webhooks"][3])
    ) | {"customerParameters": 0}


def _shape(value: Any) -> Any:
    """Names and kinds of values."""
    if isinstance(value, dict):
        return {name: _shape(inner) for name, inner in value.items()}
    return type(value).__name__


def test_no_example_is_left_out() -> None:
    named = {*REQUESTS, *ANSWERS, *NOT_WRITTEN, (PRODUCTS, 1), (PRODUCTS, 2), (PRODUCTS, 5), (PRODUCTS, 7)}
    named |= {(CATEGORIES, 1), (CATEGORIES, 3), (CUSTOMERS, 3), ("Webhooks", 2), ("Webhooks", 3)}
    assert named == {(heading, at) for heading, blocks in EXAMPLES.items() for at in range(len(blocks))}
    for part in NOT_WRITTEN:
        assert _example(part)[1]
    assert ban_time(_at(10, 0)) in EXAMPLES["Ban"][0]
