"""The back offices of the demo, each with its own words for what the story knows. A new one: an entry here."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from sandbox.pairs.market import HUNGARY, ROMANIA
from sandbox.pairs.pair import FROM_SHOP, Office
from sandbox.pairs.sides import roapp, salespos, tryton
from sandbox.pairs.sides.cloudsales import CloudSalesSide
from sandbox.pairs.sides.innvoice import InnVoiceSide
from sandbox.pairs.sides.salesautopilot import SalesAutopilotSide

_ONE_TAX = replace(HUNGARY, rates={Decimal(21): Decimal(27), Decimal(9): Decimal(27)}, taxes=("27",))
"""InnVoice's list of products tells no tax, so all of them have the one that is set."""
_ON_HAND = {"formula": "on_hand"}
"""InnVoice and RO App do not tell what is reserved."""

OFFICES: Mapping[str, Office] = MappingProxyType(
    {
        "salespos": Office(
            side=salespos.SalesPosSide,
            statuses=salespos.STATUSES,
            takes=frozenset({"status", "paid", "cancelled"}),
            tells=frozenset({"status", "cancelled", "shipments", "number"}),
            follows=salespos.STATUSES,
            payments={"invoice": "Cash", "prepaid": "Pin", "ideal": "Ideal", "paypal": "Ideal"},
            carriage="shipping",
            stock={},
            products={},
        ),
        "cloudsales": Office(
            side=CloudSalesSide,
            statuses=dict.fromkeys(("new", "working", "done"), "new"),
            payments={"invoice": "bank_transfer", "prepaid": "credit", "ideal": "cash_on_delivery", "paypal": "credit"},
            carriage="personal_pickup",  # the only method that CloudSales is known to take
            market=ROMANIA,
            stock={},
            products={},
        ),
        "innvoice": Office(
            side=InnVoiceSide,
            statuses=dict.fromkeys(("new", "working", "done"), "document"),
            payments={"invoice": "átutalás", "prepaid": "előre utalás", "ideal": "bankkártya", "paypal": "PayPal"},
            carriage="futár",
            tax="{}%",
            market=_ONE_TAX,
            stock=_ON_HAND,
            products={},
            unattended=False,
            mails=True,
        ),
        "salesautopilot": Office(
            side=SalesAutopilotSide,
            statuses={"new": "new", "working": "in work", "sent": "sent", "done": "done", "cancelled": "cancelled"},
            takes=frozenset({"status", "paid"}),
            payments={"invoice": "Bank transfer", "prepaid": "Paid in advance", "ideal": "Card", "paypal": "PayPal"},
            carriage="Courier",
            market=HUNGARY,
            products=FROM_SHOP,
            numbers=False,
        ),
        "roapp": Office(
            side=roapp.RoAppSide,
            statuses=roapp.STATUSES,
            takes=frozenset({"status", "cancelled", "lines", "address", "delivery"}),
            tells=frozenset({"status", "cancelled", "shipments", "number"}),
            follows=roapp.STATUSES,
            payments={"invoice": "Bank transfer", "prepaid": "Cash", "ideal": "Card", "paypal": "PayPal"},
            carriage="Courier",
            stock=_ON_HAND,
            products={},
            takes_stock=False,
        ),
        "tryton": Office(
            side=tryton.TrytonSide,
            statuses=dict.fromkeys(("new", "working", "sent", "done"), tryton.PROCESSING),
            takes=frozenset({"status", "cancelled"}),
            tells=frozenset({"status", "cancelled", "number"}),
            follows=tryton.FOLLOWED,
            payments=dict.fromkeys(("invoice", "prepaid", "ideal", "paypal"), tryton.TERM),
            carriage="Courier",
            taxes=tryton.TAXES,
            stock={},
            products={},
        ),
    }
)
