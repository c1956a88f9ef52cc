"""The account's only catalogue (S7, S8)."""

from decimal import Decimal

from sandbox.platforms.kit.fields import optional
from sandbox.platforms.salesautopilot.errors import failed, wrong
from sandbox.platforms.salesautopilot.fields import check
from sandbox.platforms.salesautopilot.records import Product
from sandbox.platforms.salesautopilot.routing import Call, Routes
from sandbox.platforms.salesautopilot.shapes import product
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.views import missing, product_row
from sandbox.platforms.salesautopilot.wire import Body


def create(account: Account, call: Call) -> int:
    """The new product's id."""
    check(call.body, product(account.assumed))
    if account.product_by_sku(call.body["prod_sku"]) is not None and not account.assumed.repeated_sku_is_made:
        raise failed(f"there is a product {call.body['prod_sku']}")
    values = _values(account, call.body)
    return account.put_product(Product(id=account.new_id("product"), **values)).id


def modify(account: Account, call: Call) -> int:
    """1: what was sent is changed, and nothing else."""
    return _modify(account, account.products.get(call.number("prod_id")), call.body)


def modify_by_sku(account: Account, call: Call) -> int:
    """1: what was sent is changed, and nothing else."""
    return _modify(account, account.product_by_sku(call.names["prod_sku"]), call.body)


def delete(account: Account, call: Call) -> int:
    """1: the product is gone."""
    found = account.products.get(call.number("prod_id"))
    if found is None:
        raise failed("no such product")
    account.remove_product(found)
    return 1


def read(account: Account, call: Call) -> Body | list[Body]:
    """One product."""
    found = account.products.get(call.number("prod_id"))
    return missing(account, "product") if found is None else product_row(account, found)


def read_all(account: Account, _: Call) -> list[Body]:
    """All products: there are no pages."""
    return [product_row(account, each) for each in account.products.values()]


def _modify(account: Account, found: Product | None, body: Body) -> int:
    check(body, optional(product(account.assumed)))
    if not body:
        raise wrong("nothing to change")
    if found is None:
        raise failed("no such product")
    account.change_product(found, **_values(account, body))
    return 1


def _values(account: Account, body: Body) -> Body:
    """What is sent, by the product's own attributes."""
    named = {"prod_sku": "sku", "prod_name": "name", "prod_currency": "currency"}
    values: Body = {attribute: body[name] for name, attribute in named.items() if name in body}
    if "prod_price" in body:
        values["price"] = account.price(body["prod_price"])
    if "prod_vat_percent" in body:
        values["percent"] = Decimal(body["prod_vat_percent"])
    if "prodcat_ids" in body or "prodcat_id" in body:
        ids = [*body.get("prodcat_ids", ()), *([body["prodcat_id"]] if "prodcat_id" in body else ())]
        values["categories"] = account.known_categories(map(int, ids))
    return values


ROUTES: Routes = {
    "createproduct": {"POST": create},
    "modifyproduct/{prod_id}": {"POST": modify},
    "modifyproduct/sku/{prod_sku}": {"POST": modify_by_sku},
    "deleteproduct/{prod_id}": {"DELETE": delete},
    "getproduct/{prod_id}": {"GET": read},
    "listproducts": {"GET": read_all},
}
