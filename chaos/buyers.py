"""Orders by the thousand, by seed: what is bought, by whom, and what has to become of it."""

from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Final

from sandbox.pairs import catalogue
from sandbox.pairs.orders import Order, Payment

PEOPLE: Final = (
    (catalogue.SANNE, catalogue.UTRECHT),
    (catalogue.PIET, catalogue.ROTTERDAM),
    (catalogue.ERIKA, catalogue.BERLIN),
    (catalogue.CLAIRE, catalogue.PARIS),
)
CANCELLED_IN, FORGOTTEN_IN = 0.05, 0.05
"""The part of all orders that is cancelled at once, and the part paid in a way that no map knows."""
KNOWN: Final[tuple[Payment, ...]] = ("invoice", "prepaid", "ideal")


def orders(random: Random, first: int) -> Iterator[Order]:
    """Orders without end, numbered from ``first``."""
    number = first
    while True:
        buyer, home = random.choice(PEOPLE)
        goods = random.sample(catalogue.PRODUCTS, random.randint(1, 3))
        yield Order(
            number=str(number),
            items=tuple(catalogue.item(product, random.randint(1, 4)) for product in goods),
            buyer=buyer,
            billing=home,
            shipping=random.choice((Decimal(0), Decimal("4.95"))),
            discount=random.choice((Decimal(0), Decimal(0), Decimal(10))),
            payment="paypal" if random.random() < FORGOTTEN_IN else random.choice(KNOWN),
            cancelled=random.random() < CANCELLED_IN,
        )
        number += 1
