"""Categories, features and texts in SalesPOS."""

import pytest

from shopbridge.errors import NeedsAttention, OutcomeUnknown
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Category, Feature
from tests.contract.benches.salespos import bench
from tests.contract.salespos.test_products_source import feature
from tests.contract.salespos.test_products_target import PLAIN
from tests.salespos_products import carry, contents, product


def test_categories_are_created_below_their_parents_renamed_and_found_when_the_answer_is_empty() -> None:
    at = bench()
    office = at.connector()
    root = office.catalogue_target.write_category(
        Category(id=ExternalId("x"), parent=None, name="Kitchen", active=True), None
    )
    at.fault("no_content", "POST /categories")
    below = Category(id=ExternalId("y"), parent=root, name="Mugs", active=False)
    mugs = office.catalogue_target.write_category(below, None)
    office.catalogue_target.write_category(below.model_copy(update={"name": "Cups"}), mugs)
    assert [(each.name, each.parent, each.active) for each in office.catalogue_source.categories()] == [
        ("Kitchen", None, True),
        ("Cups", root, False),
    ]
    at.fault("lost_answer", "POST /categories")
    with pytest.raises(OutcomeUnknown):
        office.catalogue_target.write_category(below.model_copy(update={"name": "Plates"}), None)


def test_features_are_written_where_they_are_and_made_where_they_are_missing() -> None:
    at = bench()
    office = at.connector()
    other = int(at.product("OTHER"))
    feature(at, other, "Material", "Wool", options=("Wool",))
    feature(at, other, "Washable", "yes")
    washable = next(each for each in at.account.shop.table("productproperties").values() if each["name"] == "Washable")
    washable["type"] = "Checkbox"
    of = product(
        features=[
            Feature(name="material", value="Cotton"),
            Feature(name="Fit", value="Slim"),
            Feature(name="Fit", value="Long"),
            Feature(name="Washable", value="yes"),
        ]
    )
    outcome = carry(office, of)
    found = contents(at.account)["TEE"]["features"]
    options = at.account.shop.table("productpropertyoptions")
    assert options[int(found["Material"])]["name"] == "Cotton"
    assert found["Fit"] == "Slim, Long"
    assert outcome.remarks == ("The feature Washable has the type Checkbox in SalesPOS and is not written.",)
    assert {each["name"] for each in at.account.shop.table("productpropertygroups").values()} >= {"Features"}
    assert carry(office, of).state == "unchanged"
    fitted = of.model_copy(update={"features": (Feature(name="Fit", value="Wide"),)})
    assert carry(office, fitted).state == "updated"
    assert set(contents(at.account)["TEE"]["features"]) == {"Material", "Fit"}


# --- taking off sale ----------------------------------------------------------------------------------------


def test_a_shop_without_a_currency_is_a_clear_sentence() -> None:
    with pytest.raises(NeedsAttention, match="currency"):
        _ = bench(currency="").connector().catalogue_target.currency


def test_texts_are_written_in_the_chosen_language() -> None:
    at = bench()
    carry(at.connector(language="de"), PLAIN)
    (written,) = [answer.call for answer in at.answers if answer.call.method == "PATCH"]
    assert written.headers["Accept-Language"] == "de"
    assert set(written.json) == {"name", "shortdescription", "description"}
