"""Products: the list that clients read, and the proposed write by SKU."""

from decimal import Decimal

from sandbox.platforms.innvoice.batches import Outcome, each, refused
from sandbox.platforms.innvoice.inferred import GROUP_ITEM, GROUP_NAME, PRICE_GROUP_NAME, PRODUCT_VAT
from sandbox.platforms.innvoice.records import PriceGroup, Product
from sandbox.platforms.innvoice.shapes import product_shape
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.views import product_row
from sandbox.platforms.innvoice.wire import Record, as_list
from sandbox.platforms.kit.fields import Shape


def listed(company: Company) -> Record:
    """All products at once, those without an SKU too: there are no pages and no filters."""
    return {
        "product": [product_row(company, product) for product in company.products.values() if _shows(company, product)]
    }


def groups(company: Company) -> Record:
    """All product groups."""
    return {GROUP_ITEM: [{"TABLE_ID": group.id, "Nev": group.name} for group in company.groups.values()]}


def write(company: Company, body: bytes) -> Record:
    """Make products or change them, by SKU; a product group that is not there is made, a price group is not.

    Raises:
        ApiError: The body as a whole is refused.
    """

    def shape(sent: Record) -> Shape:
        return product_shape(company.stand_in, is_new=company.product(sent.get("CikkSzam", "")) is None)

    return each(company, body, ("products", "product"), shape, _put)


def _shows(company: Company, product: Product) -> bool:
    group = company.groups.get(product.group)
    return company.assumed.excluded_listed or group is None or not group.excluded


def _put(company: Company, sent: Record) -> Outcome:
    by_name = {group.name: group for group in company.price_groups.values()}
    for price in as_list(sent.get("Arak", [])):
        if fault := _price_fault(price, by_name.get(price[PRICE_GROUP_NAME])):
            return refused(fault)
    product = company.product(sent["CikkSzam"]) or _new(company, sent)
    product.name, product.ean = sent.get("Nev", product.name), sent.get("EAN", product.ean)
    product.vat = sent.get(PRODUCT_VAT, product.vat)
    if group := sent.get(GROUP_NAME):
        product.group = company.file_group(group).name
    for price in as_list(sent.get("Arak", [])):
        product.prices[by_name[price[PRICE_GROUP_NAME]].id] = Decimal(price["Arcsoport_Ar"])
    return {"techid": str(product.id)}


def _price_fault(price: Record, group: PriceGroup | None) -> str:
    if group is None:
        return f"unknown price group {price[PRICE_GROUP_NAME]}"
    if (price["Arcsoport_Brutto"] == "1") != group.is_gross:
        return f"price group {group.name} is {'gross' if group.is_gross else 'net'}"
    return ""


def _new(company: Company, sent: Record) -> Product:
    product = Product(company.new_id("product"), sent["CikkSzam"], sent["Nev"])
    product.totals = dict.fromkeys(company.warehouses, Decimal(0))
    company.products[product.id] = product
    return product
