"""What variants of a product differ in: groups of options, each made where it is not there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.vendure.api import Document, VendureApi
from shopbridge.connectors.vendure.catalogue.find import CatalogueFacts, WireChoice, WireGroup
from shopbridge.connectors.vendure.outcomes import TITLE
from shopbridge.model.catalogue import Product

GROUP: Final = Document(
    name="createOptionGroup",
    field="createProductOptionGroup",
    changes=True,
    text="""mutation createOptionGroup($input: CreateProductOptionGroupInput!) {
  createProductOptionGroup(input: $input) { id name options { id name } }
}""",
)
JOIN: Final = Document(
    name="addOptionGroup",
    field="addOptionGroupToProduct",
    changes=True,
    text="""mutation addOptionGroup($product: ID!, $group: ID!) {
  addOptionGroupToProduct(productId: $product, optionGroupId: $group) { id }
}""",
)
OPTION: Final = Document(
    name="createOption",
    field="createProductOption",
    changes=True,
    text="""mutation createOption($input: CreateProductOptionInput!) {
  createProductOption(input: $input) { id name }
}""",
)
_GROUP, _CHOICE = TypeAdapter(WireGroup), TypeAdapter(WireChoice)


@dataclass(frozen=True)
class OptionWriter:
    """Makes groups and options. One that no product has yet, since its making broke off, is nobody's and harmless."""

    api: VendureApi
    facts: Kept[CatalogueFacts]

    def choices(self, product: str, there: Mapping[str, WireGroup], of: Product) -> Mapping[str, Sequence[str]]:
        """Return the ids of each variant's options by its SKU, those that are not there made.

        Args:
            product: The id of the product there.
            there: Its groups, by name.
        """
        found: dict[str, list[str]] = {variant.sku: [] for variant in of.variants}
        for name in of.variants[0].options:
            values = [variant.options[name] for variant in of.variants]
            group = there.get(name) or self._group(product, name, values)
            ids = {option.name: option.id for option in group.options}
            ids |= {value: self._option(group.id, value) for value in dict.fromkeys(values) if value not in ids}
            for variant in of.variants:
                found[variant.sku].append(ids[variant.options[name]])
        return found

    def _group(self, product: str, name: str, values: Sequence[str]) -> WireGroup:
        given = {
            **self._named(f"{product}-{name}", name),
            "options": [self._named(v, v) for v in dict.fromkeys(values)],
        }
        made = read_rows(_GROUP, self.api.ask(GROUP, input=given).get(GROUP.field), TITLE, GROUP.name)
        self.api.ask(JOIN, product=product, group=made.id)
        return made

    def _option(self, group: str, value: str) -> str:
        given = {"productOptionGroupId": group, **self._named(value, value)}
        return read_rows(_CHOICE, self.api.ask(OPTION, input=given).get(OPTION.field), TITLE, OPTION.name).id

    def _named(self, code: str, name: str) -> dict[str, Any]:
        text = {"languageCode": self.facts.value().language, "name": name}
        return {"code": "-".join(code.casefold().split()), "translations": [text]}
