"""What is told of the settings of products before anything travels."""

from typing import Any, cast

import pytest

from shopbridge.flows.operations.connections.samples import SAMPLE_PRODUCT
from shopbridge.flows.operations.connections.verify_settings import (
    Words,
    check_product_rules,
    currency_remarks,
    product_problems,
    product_remarks,
)
from shopbridge.mapping.rules import TargetField
from shopbridge.mapping.validation import BadSettings
from shopbridge.model.connection import ConnectionSettings
from shopbridge.model.office import Choice, Vocabulary
from shopbridge.model.product_settings import ProductSettings
from tests.unit.flow_samples import a_connection

FIELDS = {
    each.path: each for each in (TargetField("memo", "Memo", "text"), TargetField("variants[].memo", "M", "text"))
}


def settings(**products: Any) -> ConnectionSettings:
    chosen = ProductSettings.model_validate({"active": True, **products})
    return a_connection().settings.model_copy(update={"products": chosen})


def words(**known: str) -> Vocabulary:
    return {name: tuple(Choice(key=key, title=key.title()) for key in keys.split()) for name, keys in known.items()}


OFFICE = words(price_group="regular sale", currency="EUR", category="shirts hats")
SHOP = words(price_group="regular sale", currency="USD EUR")


def problems(shop: Vocabulary = SHOP, office: Vocabulary = OFFICE, **products: Any) -> list[str]:
    return list(product_problems(settings(**products), {"shop": shop, "office": office}))


def test_what_fits_is_no_problem_and_what_a_side_does_not_tell_is_none_either() -> None:
    assert problems() == []
    assert problems(shop={}, office={}, prices={"group": "club", "currency": "GBP"}) == []


@pytest.mark.parametrize(
    ("prices", "says"),
    [
        (
            {"group": "club"},
            "products.prices.group: the source has no price group 'club'. Choose one of: regular, sale.",
        ),
        ({"sale_group": "club"}, "products.prices.sale_group: the source has no price group 'club'."),
        ({"currency": "USD"}, "products.prices.currency: the source has no USD. Choose one of: EUR."),
    ],
)
def test_a_price_setting_that_leads_nowhere_is_told_with_what_there_is(prices: dict[str, str], says: str) -> None:
    (problem,) = problems(prices=prices)
    assert problem.startswith(says)
    assert problems(prices=prices, price=False) == problems(prices=prices, active=False) == []


def test_two_sides_without_a_common_currency_are_told() -> None:
    (problem,) = problems(shop=words(currency="USD"))
    assert problem.startswith("The source's prices are in EUR, the target's in USD")
    assert problems(shop=words(currency="USD"), direction="shop_to_office") != []


def test_a_category_to_leave_out_that_is_not_listed_is_remarked_by_id_or_name() -> None:
    both: Words = {"shop": SHOP, "office": OFFICE}
    assert list(product_remarks(settings(exclude_categories=["SHIRTS", " Hats "]), both)) == []
    (remark,) = product_remarks(settings(exclude_categories=["shirts", "gloves"]), both)
    assert "names gloves, which is not among" in remark
    assert list(product_remarks(settings(exclude_categories=["gloves"], direction="shop_to_office"), both)) == []


def test_categories_to_leave_out_of_a_source_that_lists_none_are_remarked_before_runs_fail_for_it() -> None:
    nothing: Words = {"shop": SHOP, "office": {**OFFICE, "category": ()}}
    (remark,) = product_remarks(settings(exclude_categories=["shirts"]), nothing)
    assert "the source lists no categories" in remark
    assert list(product_remarks(settings(), nothing)) == []
    assert list(product_remarks(settings(exclude_categories=["shirts"], active=False), nothing)) == []


def test_every_field_of_the_sample_is_filled() -> None:
    values = SAMPLE_PRODUCT.model_dump(exclude={"extras", "prices_held"})
    assert all(values.values())
    assert all(values["variants"][0].values())


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ({"target": "memo", "source": "product.extras.shelf"}, ""),
        ({"target": "memo", "source": "product.prices.club.amount"}, ""),
        ({"target": "variants[].memo", "source": "variant.options.Size"}, ""),
        ({"target": "variants[].memo", "source": "line.name"}, "Begin names with product or variant."),
        ({"target": "memo", "source": "variant.sku"}, "Begin names with product."),
        ({"target": "memo", "source": "product.colour"}, "The sample product has no product.colour"),
        ({"target": "memory", "source": "product.name"}, "The target has no such field. Did you mean memo?"),
    ],
)
def test_rules_of_products_are_tried_like_those_of_orders(rule: dict[str, str], says: str) -> None:
    chosen = settings(rules=[rule])
    if not says:
        check_product_rules(chosen, FIELDS)
        return
    with pytest.raises(BadSettings) as caught:
        check_product_rules(chosen, FIELDS)
    assert says in "\n".join(str(problem) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("shop", "office", "told"),
    [(("RON", "EUR"), ("UAH",), True), (("RON",), ("EUR", "RON"), False), ((), ("RON",), False), (("RON",), (), False)],
)
def test_sides_that_count_in_other_currencies_are_told(
    shop: tuple[str, ...], office: tuple[str, ...], *, told: bool
) -> None:
    words = {
        side: {"currency": tuple(Choice(key=key, title=key) for key in keys)}
        for side, keys in (("shop", shop), ("office", office))
    }
    assert bool([*currency_remarks(cast("Words", words))]) is told
