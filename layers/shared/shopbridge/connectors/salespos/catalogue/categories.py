"""The categories of an account, and which product is in which."""

from collections.abc import Iterator, Sequence

from shopbridge.connectors.salespos.api import delete, ensure, get, in_language, patch, post, send_change
from shopbridge.connectors.salespos.outcomes import is_gone
from shopbridge.connectors.salespos.wire_products import TREE, CategoryLinkRead, CategoryNode
from shopbridge.errors import Rejected
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category
from shopbridge.model.office import Choice


class Categories:
    """Reads the tree and writes it."""

    def __init__(self, client: PlatformClient, language: str) -> None:
        self._client = client
        self._language = language

    def all(self) -> Sequence[Category]:
        """Return every category, parents first; one call."""
        tree = self._client.read(in_language(get("/categorytree/"), self._language), TREE)
        return tuple(_branch(tree.root_categories, None))

    def choices(self) -> tuple[Choice, ...]:
        """Return the categories for people, each with its way from the root."""
        titles: dict[ExternalId, str] = {}
        for category in self.all():
            above = f"{titles[category.parent]} / " if category.parent else ""
            titles[category.id] = above + category.name
        return tuple(Choice(key=key, title=title) for key, title in titles.items())

    def write(self, category: Category, known: ExternalId | None) -> ExternalId:
        """Create it, or change name, place and visibility; a category never becomes a root again."""
        body = {"name": category.name, "show_on_website": category.active}
        if category.parent is not None:
            body["parentcategory_id"] = int(category.parent)
        if known is None:
            creation, what = post("/categories/", body), f"the category {category.name}"
            return ExternalId(str(ensure(self._client, lambda: self._find(category), creation, what, looked=True)))
        send_change(self._client, in_language(patch(f"/categories/{known}/", body), self._language))
        return known

    def assign(self, product: int, wanted: Sequence[ExternalId], links: Sequence[CategoryLinkRead]) -> bool:
        """Put a product into exactly these categories; into none is nobody's wish. Gives whether anything changed."""
        ids = {int(category) for category in wanted}
        missing = sorted(ids - {link.category_id for link in links})
        surplus = [link for link in links if link.category_id not in ids] if ids else []
        for category in missing:
            body = {"product_id": product, "category_id": category}
            send_change(self._client, post("/producttocategories/", body))
        for link in surplus:
            self._remove(link)
        return bool(missing or surplus)

    def _remove(self, link: CategoryLinkRead) -> None:
        try:
            self._client.send(delete(f"/producttocategories/{link.id}/"))
        except Rejected as error:
            if not is_gone(error):
                raise

    def _find(self, category: Category) -> int | None:
        alike = (each for each in self.all() if (each.name, each.parent) == (category.name, category.parent))
        return next((int(each.id) for each in alike), None)


def _branch(nodes: Sequence[CategoryNode], parent: ExternalId | None) -> Iterator[Category]:
    for node in nodes:
        own = ExternalId(str(node.id))
        yield Category(id=own, parent=parent, name=node.name, active=node.show_on_website is not False)
        yield from _branch(node.children or (), own)
