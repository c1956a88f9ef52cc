"""Reading products with all that is carried over: variants, categories, features and how many photos they have."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.salespos.api import get, in_language
from shopbridge.connectors.salespos.lookup import Sweep
from shopbridge.connectors.salespos.paging import SIZE, all_pages
from shopbridge.connectors.salespos.product_index import SalesPosProductIndex
from shopbridge.connectors.salespos.reasons import is_gone
from shopbridge.connectors.salespos.wire import Page
from shopbridge.connectors.salespos.wire_products import (
    CATEGORY_LINKS,
    GROUP_LINKS,
    RAW,
    RAW_PAGE,
    RAW_SWEEP,
    GroupLinkRead,
    Listed,
    ProductWhole,
    RawProduct,
    VariantsRead,
)
from shopbridge.errors import Held, Rejected
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.validation import first_error

EXPANDED = "attributecombinations,producttocategories,producttopropertygroups,productphotos"

Member = TypeVar("Member")


class WholeProducts:
    """Products in one language, whole: what an expansion has no room for is read as well."""

    def __init__(self, client: PlatformClient, numbers: SalesPosProductIndex, language: str) -> None:
        self._client = client
        self._numbers = numbers
        self._language = language

    def page(self, place: Sweep) -> Page[RawProduct]:
        """One page by ascending id."""
        return self._client.read(self._call(orderby="id", start=str(place.start)), RAW_SWEEP)

    def numbered(self, number: str) -> Iterator[ProductWhole]:
        """The products with this number of their own."""
        found = self._client.read(self._call(productnumber=number), RAW_PAGE).items
        return (self.completed(raw) for raw in found if raw.productnumber.strip() == number)

    def note_numbered(self, number: str) -> None:
        """Look where this number is, and remember it."""
        for _ in self.numbered(number):
            continue

    def one(self, product_id: int) -> ProductWhole | None:
        """One product; None when it is gone. Raises Held as ``completed`` does."""
        call = in_language(get(f"/products/{product_id}/", expand=EXPANDED), self._language)
        try:
            return self.completed(self._client.read(call, RAW))
        except Rejected as error:
            if is_gone(error):
                return None
            raise

    def completed(self, raw: RawProduct) -> ProductWhole:
        """A product of a page. Raises Held when it has not the form of one (code ``unreadable_product``)."""
        try:
            product = ProductWhole.model_validate(raw.model_dump())
        except ValidationError as error:
            raise Held(
                f"It has an unexpected form at {first_error(error)}",
                code="unreadable_product",
                where=f"SalesPOS product {raw.productnumber or raw.id}",
                fix="Open and save the product in SalesPOS; if that does not help, give this message to our support.",
            ) from error
        return self._filled(product)

    def _call(self, **params: str) -> Call:
        return in_language(get("/products/", **params, expand=EXPANDED, size=SIZE), self._language)

    def _filled(self, product: ProductWhole) -> ProductWhole:
        variants = self._numbers.variants(product)
        self._numbers.note(product, variants)
        path = f"/products/{product.id}"
        categories = self._all(product.producttocategories, f"{path}/producttocategories/", CATEGORY_LINKS)
        groups = self._all(product.producttopropertygroups, f"{path}/producttopropertygroups/", GROUP_LINKS)
        return product.model_copy(
            update={
                "attributecombinations": VariantsRead(items=tuple(variants)),
                "producttocategories": Listed(items=tuple(categories)),
                "producttopropertygroups": Listed(items=tuple(groups)),
            }
        )

    def _all(self, inline: Listed[Member] | None, path: str, shape: TypeAdapter[Page[Member]]) -> Sequence[Member]:
        """A sub-collection; read where it is only linked, cut off, or, for groups, without its values."""
        if inline is None:
            return ()
        whole = inline.items is not None and inline.next is None
        if whole and all(not isinstance(one, GroupLinkRead) or one.values is not None for one in inline.items or ()):
            return inline.items or ()
        return tuple(all_pages(self._client, path, shape, self._language))
