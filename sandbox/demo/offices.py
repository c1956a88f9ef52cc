"""The back offices of the demo, each with its own words for what the story knows. A new one: an entry here."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType

from sandbox.demo.market import HUNGARY, ROMANIA
from sandbox.demo.pair import FROM_SHOP, Office
from sandbox.demo.sides import roapp, tryton
from sandbox.demo.sides.cloudsales import CloudSalesSide
from sandbox.demo.sides.innvoice import InnVoiceSide
from sandbox.demo.sides.salesautopilot import SalesAutopilotSide
from sandbox.demo.sides.salespos import SalesPosSide

_ONE_TAX = replace(HUNGARY, rates={Decimal(21): Decimal(27), Decimal(9): Decimal(27)}, taxes=("27",))
"""InnVoice's list of products tells no tax, so all of them have the one that is set."""
_ON_HAND = {"formula": "on_hand"}
"""InnVoice does not tell what is reserved."""

OFFICES: Mapping[str, Office] = MappingProxyType(
    {
        "salespos": Office(
            side=SalesPosSide,
            statuses={"new": "1", "working": "2", "done": "7"},
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
            statuses={"new": "new", "working": "in work", "done": "done"},
            payments={"invoice": "Bank transfer", "prepaid": "Paid in advance", "ideal": "Card", "paypal": "PayPal"},
            carriage="Courier",
            market=HUNGARY,
            products=FROM_SHOP,
            numbers=False,
        ),
        "roapp": Office(
            side=roapp.RoAppSide,
            statuses={
                "new": roapp.IS_NEW,
                "working": roapp.IN_PROGRESS,
                "sent": roapp.IS_SHIPPED,
                "done": roapp.COMPLETED,
                "cancelled": roapp.IS_CANCELLED,
            },
            payments={"invoice": "Bank transfer", "prepaid": "Cash", "ideal": "Card", "paypal": "PayPal"},
            carriage="Courier",
            lives=True,
        ),
        "tryton": Office(
            side=tryton.TrytonSide,
            statuses=dict.fromkeys(("new", "working", "done"), tryton.PROCESSING),
            payments=dict.fromkeys(("invoice", "prepaid", "ideal", "paypal"), tryton.TERM),
            carriage="Courier",
            taxes=tryton.TAXES,
            stock={},
            products={},
        ),
    }
)
