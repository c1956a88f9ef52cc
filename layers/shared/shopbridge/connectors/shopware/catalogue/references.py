"""What planned products refer to, found in the shop or made there: taxes and property values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shopbridge.connectors.shopware.catalogue.find import Present
from shopbridge.connectors.shopware.catalogue.properties import Pair, Properties, Resolved
from shopbridge.connectors.shopware.facts import Currency, ShopFacts
from shopbridge.connectors.shopware.vocabulary import percentage
from shopbridge.errors import Held
from shopbridge.mapping.prices import tax_fix
from shopbridge.model.catalogue import ProductChange, ProductDraft, Variant


@dataclass(frozen=True)
class References:
    """What a batch of drafts needs.

    Attributes:
        taxes: By rate; None for a rate the shop does not have.
        channels: Where new products are shown.
        teaser: The release has a short text of its own.
    """

    currency: Currency
    language: str
    taxes: Mapping[Decimal, str | None]
    options: Resolved
    channels: Sequence[str]
    teaser: bool

    def tax(self, rate: Decimal) -> str:
        """The tax of this rate. Raises Held when the shop has none."""
        found = self.taxes.get(rate)
        if found is None:
            raise Held(
                f"Shopware has no tax of {percentage(rate)} %",
                code="unknown_tax",
                fix=f"Create a tax of {percentage(rate)} % in Shopware under Settings, Tax.",
            )
        return found

    def option(self, pair: Pair, used: Sequence[str]) -> str:
        """The value of this group, where several have its name one of those used. Raises Held when it is refused."""
        found, problem = self.options.id(pair, used), self.options.problem(pair, used)
        if found is None:
            raise Held(
                f"Shopware refuses the property {pair[0]}: {pair[1]}" + (f" ({problem.text})" if problem else ""),
                code="refused_property",
                fix="Create the value in Shopware under Catalogues, Properties, or correct it at the source.",
            )
        return found


def find_references(facts: ShopFacts, drafts: Sequence[ProductDraft]) -> References:
    """Look up what these drafts need, and make the property values that are missing; three searches at most."""
    rates = {draft.change.product.tax_rate for draft in drafts if writes_tax(draft.change)}
    wanted = [(pair, used) for draft in drafts for used in [groups_of(draft.change)] for pair in _pairs(draft.change)]
    settings = facts.settings
    return References(
        currency=facts.currency,
        language=facts.language,
        taxes={rate: facts.tax_id(rate) for rate in rates if rate is not None},
        options=Properties(facts.api, facts).resolve(wanted),
        channels=settings.visible_in or settings.sales_channels,
        teaser=facts.features.teaser,
    )


def writes_tax(change: ProductChange) -> bool:
    """Whether the tax is to be written: a new product needs one in any case."""
    return change.known is None or "tax" in change.fields


def tax_rate(change: ProductChange) -> Decimal:
    """The rate the product will have in the shop. Raises Held when the source does not say."""
    rate = change.rate_after
    if rate is None:
        raise Held(
            "Nobody tells which tax the product has in Shopware",
            code="no_tax_rate",
            fix=tax_fix("Shopware", keeps_tax=change.keeps_tax),
        )
    return rate


def groups_of(change: ProductChange) -> Sequence[str]:
    """The property groups that the product uses in the shop."""
    return Present.of(change.known).groups if change.known else ()


def variant_pairs(variant: Variant) -> list[Pair]:
    """What makes the variant this one."""
    return list(variant.options.items())


def feature_pairs(change: ProductChange) -> list[Pair]:
    """The facts to be written; one without a value is none."""
    if "features" not in change.fields:
        return []
    pairs = ((feature.name, feature.value) for feature in change.product.features)
    return [pair for pair in dict.fromkeys(pairs) if pair[0].strip() and pair[1].strip()]


def _pairs(change: ProductChange) -> Iterator[Pair]:
    for variant in change.product.variants:
        yield from variant_pairs(variant)
    yield from feature_pairs(change)
