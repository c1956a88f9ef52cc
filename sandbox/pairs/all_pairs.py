"""Which shops and back offices the demo can link: every one with every other, by what both say of themselves."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from sandbox.pairs.offices import OFFICES
from sandbox.pairs.pair import Pair, linked
from sandbox.pairs.shops import SHOPS
from sandbox.pairs.sides.cloudsales import CloudSalesSide
from sandbox.pairs.sides.innvoice import InnVoiceSide

_PAIRS = {f"{shop}-{office}": linked(SHOPS[shop], OFFICES[office]) for office in OFFICES for shop in SHOPS}
_SPECIAL: Mapping[str, Mapping[str, Any]] = {
    "gomag-cloudsales": {"office": partial(CloudSalesSide, receipts=True)},
    "cartum-innvoice": {"office": partial(InnVoiceSide, postcode_unknown="4024")},
}
"""One that prints a fiscal receipt for each order; and one that wants the postcode that its shop does not tell."""

PAIRS: Mapping[str, Pair] = {name: replace(pair, **_SPECIAL.get(name, {})) for name, pair in _PAIRS.items()}

UNATTENDED = tuple(name for name, pair in PAIRS.items() if pair.unattended and pair.carries_goods and pair.takes_stock)
"""The pairs that carry everything and can be left to themselves whatever happens: nobody writes goods off by hand."""
