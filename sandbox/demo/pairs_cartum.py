"""The pairs of a Cartum shop, whose orders name no country: everybody lives in the shop's."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from sandbox.demo import catalogue
from sandbox.demo import side_cartum as cartum
from sandbox.demo.market import ROMANIA
from sandbox.demo.pair import TAX, Pair
from sandbox.demo.side_salespos import SalesPosSide

TOLD = {"status": cartum.PROCESSING}
"""No document number: Cartum's orders have no field for it."""
AT_HOME = replace(
    ROMANIA,
    buyers={**ROMANIA.buyers, catalogue.CLAIRE: ROMANIA.buyers[catalogue.SANNE]},
    places={
        **ROMANIA.places,
        catalogue.PARIS: ROMANIA.places[catalogue.UTRECHT],
        catalogue.LONDON: ROMANIA.places[catalogue.ROTTERDAM],
    },
)
SHOP = partial(
    cartum.CartumSide, vat={product.sku: ROMANIA.product(product).tax for product in (catalogue.BOOK, catalogue.TEA)}
)

PAIRS: Mapping[str, Pair] = {
    "cartum-salespos": Pair(
        shop=SHOP,
        office=SalesPosSide,
        maps={
            "status": {cartum.NEW: "1", cartum.PROCESSING: "2"},
            "payment": {
                cartum.METHODS["invoice"]: "Cash",
                cartum.METHODS["prepaid"]: "Pin",
                cartum.METHODS["ideal"]: "Ideal",
            },
            "shipping": {cartum.CARRIAGE: "shipping"},
            "tax": TAX,
        },
        forgotten_payment={cartum.METHODS["paypal"]: "Ideal"},
        write_back=TOLD,
        market=AT_HOME,
        stock={},
        products={},
    ),
}
