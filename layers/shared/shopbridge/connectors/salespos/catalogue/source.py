"""SalesPOS as a source of products."""

from collections.abc import Sequence

from shopbridge.connectors.kit.reasons import reason_of
from shopbridge.connectors.kit.rows import products_page
from shopbridge.connectors.salespos.account import SalesPosAccount
from shopbridge.connectors.salespos.catalogue.categories import Categories
from shopbridge.connectors.salespos.catalogue.map import Terms, product_of
from shopbridge.connectors.salespos.catalogue.properties import Properties
from shopbridge.connectors.salespos.catalogue.read import WholeProducts
from shopbridge.connectors.salespos.lookup import Sweep
from shopbridge.connectors.salespos.paging import step
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.connectors.salespos.wire_products import RawProduct, all_items
from shopbridge.errors import Held
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import sound_name
from shopbridge.model.catalogue import Category, Product, ProductPage, UnreadableProduct


def terms_of(account: SalesPosAccount, settings: SalesPosSettings) -> Terms:
    """How an account means its figures."""
    return Terms(account.currency, account.prices_include_tax, settings.tax_tariffs, account.keeps_stock)


class SalesPosProducts:
    """The products of an account; the port ``CatalogueSource`` tells the terms."""

    def __init__(
        self, client: PlatformClient, account: SalesPosAccount, settings: SalesPosSettings, products: WholeProducts
    ) -> None:
        self._account = account
        self._settings = settings
        self._products = products
        self._categories = Categories(client, settings.language)
        self._properties = Properties(client, settings.language)

    def categories(self) -> Sequence[Category]:
        """All categories, in one call."""
        return self._categories.all()

    def page(self, position: str | None) -> ProductPage:
        """Up to 250 products by ascending id, in one call; the names of features are read once a sweep."""
        place = Sweep.parse(position)
        if position is None:
            self._properties.forget()
        new, after = step(place, self._products.page(place))
        read = [self._read(raw) for raw in new]
        return products_page(read, after.text() if after else None)

    def _read(self, raw: RawProduct) -> Product | UnreadableProduct:
        try:
            product = self._products.completed(raw)
            features = tuple(self._properties.of(all_items(product.producttopropertygroups)))
            return product_of(product, features, terms_of(self._account, self._settings))
        except Held as error:
            return UnreadableProduct(
                id=str(raw.id), rank=raw.id, sku=sound_name(raw.productnumber.strip()), reason=reason_of(error)
            )
