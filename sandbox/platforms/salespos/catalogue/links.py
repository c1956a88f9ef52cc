"""Records that hang on a product, found by their product without a scan: categories, property groups, photos."""

from sandbox.platforms.salespos.errors import ALREADY_EXISTS, NO_SUCH_RECORD, NO_SUCH_REFERENCE, ApiError
from sandbox.platforms.salespos.state import Shop
from sandbox.platforms.salespos.wire import Record


def add(shop: Shop, resource: str, body: Record, unique: str = "") -> Record:
    """Hang a record on its product.

    Args:
        unique: [inferred] The field whose value a product has only once.

    Raises:
        ApiError: There is no such product (400.20), or it has this already (500.40).
    """
    product_id = body["product_id"]
    if shop.catalogue.get(product_id) is None:
        raise ApiError(NO_SUCH_REFERENCE, f"product_id {product_id} does not exist")
    if unique and any(each[unique] == body[unique] for each in of_product(shop, resource, product_id)):
        raise ApiError(ALREADY_EXISTS, f"the product has this {unique} already")
    record = {"id": shop.new_id(resource), **body}
    shop.table(resource)[record["id"]] = record
    shop.links.setdefault((resource, product_id), {})[record["id"]] = record
    return record


def of_product(shop: Shop, resource: str, product_id: int) -> list[Record]:
    """What hangs on a product, by id."""
    return list(shop.links.get((resource, product_id), {}).values())


def remove(shop: Shop, resource: str, record_id: int) -> None:
    """Take a record from its product.

    Raises:
        ApiError: There is none.
    """
    record = shop.table(resource).pop(record_id, None)
    if record is None:
        raise ApiError(NO_SUCH_RECORD, f"{resource} {record_id} does not exist")
    del shop.links[resource, record["product_id"]][record_id]


def check_product(shop: Shop, product_id: int) -> None:
    """Raise ApiError when the path names no product."""
    if shop.catalogue.get(product_id) is None:
        raise ApiError(NO_SUCH_RECORD, f"product {product_id} does not exist")


def photo_view(root: str, photo: Record) -> Record:
    """A photo; only that it is there is simulated."""
    return {"href": f"{root}/productphotos/{photo['id']}/", **photo}
