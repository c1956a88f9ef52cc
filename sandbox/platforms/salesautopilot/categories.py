"""Categories of products: flat, without any key of the shop (S7, S8)."""

from sandbox.platforms.kit.fields import optional
from sandbox.platforms.salesautopilot.errors import failed, wrong
from sandbox.platforms.salesautopilot.fields import check
from sandbox.platforms.salesautopilot.records import Category
from sandbox.platforms.salesautopilot.routing import Call, Routes
from sandbox.platforms.salesautopilot.shapes import CATEGORY
from sandbox.platforms.salesautopilot.state import Account
from sandbox.platforms.salesautopilot.views import category_row, missing
from sandbox.platforms.salesautopilot.wire import Body


def create(account: Account, call: Call) -> int:
    """The new category's id."""
    check(call.body, CATEGORY)
    return account.add_category(call.body["prodcat_name"], int(call.body.get("prodcat_order", 0))).id


def modify(account: Account, call: Call) -> int:
    """1: it is changed."""
    check(call.body, optional(CATEGORY))
    if not call.body:
        raise wrong("nothing to change")
    category = _category(account, call)
    category.name = call.body.get("prodcat_name", category.name)
    category.order = int(call.body.get("prodcat_order", category.order))
    return 1


def delete(account: Account, call: Call) -> int:
    """1: it is gone, from its products too."""
    category = _category(account, call)
    del account.categories[category.id]
    for product in account.products.values():
        product.categories = [each for each in product.categories if each != category.id]
    return 1


def read_all(account: Account, _: Call) -> list[Body]:
    """All categories."""
    return [category_row(each) for each in account.categories.values()]


def read(account: Account, call: Call) -> Body | list[Body]:
    """One category."""
    found = account.categories.get(call.number("prodcat_id"))
    return missing(account, "category") if found is None else category_row(found)


def _category(account: Account, call: Call) -> Category:
    found = account.categories.get(call.number("prodcat_id"))
    if found is None:
        raise failed("no such category")
    return found


ROUTES: Routes = {
    "listprodcategories": {"GET": read_all},
    "listprodcategories/{prodcat_id}": {"GET": read},
    "createprodcategory": {"POST": create},
    "modprodcategory/{prodcat_id}": {"POST": modify},
    "delprodcategory/{prodcat_id}": {"GET": delete},
}
"""Deleting is a GET that changes data."""
