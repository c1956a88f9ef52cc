from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from shopbridge.connectors.salespos.catalogue.features import AccountProperties
from shopbridge.connectors.salespos.catalogue.read import ProductReader
from shopbridge.connectors.salespos.product_index import SalesPosProductIndex
from shopbridge.connectors.salespos.wire_products import ProductWhole, all_items
from shopbridge.errors import Held
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient
from shopbridge.model.catalogue import Feature

NOW = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)
PRODUCT: dict[str, Any] = {"id": 4001, "productnumber": "TEE", "price": 24.95}
VARIANT = {"id": 9102, "product_number": "TEE-M"}
VALUE = {"id": 1, "product_property_id": 31, "value": "Cotton"}
GROUP = {"id": 5, "product_property_group_id": 3}
LINK = {"id": 6, "category_id": 7}


@dataclass
class Answers:
    """Stands for the client: a body for each path."""

    bodies: dict[str, Any]
    asked: list[str] = field(default_factory=list)

    def read(self, call: Call, shape: Any) -> Any:
        self.asked.append(call.path)
        return shape.validate_python(self.bodies[call.path])


def whole(answers: Answers) -> ProductWhole:
    client = cast("PlatformClient", answers)
    products = ProductReader(client, SalesPosProductIndex(client, lambda: NOW), "")
    product = products.read(4001)
    assert product is not None
    return product


def parts(product: ProductWhole) -> tuple[list[int], list[int], list[str]]:
    """Ids of variants and categories, and the texts of features."""
    groups = all_items(product.producttopropertygroups)
    return (
        [variant.id for variant in product.variants],
        [link.category_id for link in all_items(product.producttocategories)],
        [value.value for group in groups for value in all_items(group.values)],
    )


EVERYTHING = ([9102], [7], ["Cotton"])


@pytest.mark.parametrize("key", ["items", "collection"])
def test_what_is_inside_is_taken_whatever_its_list_is_called(key: str) -> None:
    inside = {
        "attributecombinations": {"href": "x", key: [VARIANT]},
        "producttocategories": {"href": "x", key: [LINK]},
        "producttopropertygroups": {"href": "x", key: [GROUP | {"values": {"collection": [VALUE]}}]},
    }
    answers = Answers({"/products/4001/": PRODUCT | inside})
    assert parts(whole(answers)) == EVERYTHING
    assert answers.asked == ["/products/4001/"]


def test_what_is_only_linked_cut_off_or_without_values_is_read() -> None:
    linked = {
        "attributecombinations": {"href": "x"},
        "producttocategories": {"href": "x", "items": [], "next": "https://shop.example/more"},
        "producttopropertygroups": {"href": "x", "items": [GROUP]},
    }
    bodies = {
        "/products/4001/": PRODUCT | linked,
        "/products/4001/attributecombinations/": {"items": [VARIANT]},
        "/products/4001/producttocategories/": {"items": [LINK]},
        "/products/4001/producttopropertygroups/": {"items": [GROUP | {"values": [VALUE]}]},
    }
    assert parts(whole(Answers(bodies))) == EVERYTHING


def test_a_product_that_has_not_the_form_of_one_is_held() -> None:
    with pytest.raises(Held, match="price") as caught:
        whole(Answers({"/products/4001/": PRODUCT | {"price": "on request"}}))
    assert caught.value.code == "unreadable_product"
    assert "TEE" in caught.value.where


def test_values_of_properties_that_are_gone_are_no_features() -> None:
    bodies = {
        "/productpropertygroups/": {"items": [{"id": 3, "name": "Facts"}]},
        "/productpropertygroups/3/productproperties/": {"items": [{"id": 31, "name": "Material", "type": "Text"}]},
    }
    product = ProductWhole.model_validate(
        PRODUCT | {"producttopropertygroups": [GROUP | {"values": [VALUE, VALUE | {"product_property_id": 99}]}]}
    )
    properties = AccountProperties(cast("PlatformClient", Answers(bodies)))
    features = properties.features_of(all_items(product.producttopropertygroups))
    assert list(features) == [Feature(name="Material", value="Cotton")]
