"""Which shops and back offices the demo can link. A new pair is an entry here and two sides."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import partial

from sandbox.demo import pairs_cartum as cartum
from sandbox.demo import pairs_roapp as roapp
from sandbox.demo import side_gomag as gomag
from sandbox.demo import side_shoprenter as shoprenter
from sandbox.demo import side_unas as unas
from sandbox.demo.market import HUNGARY, ROMANIA
from sandbox.demo.pair import FROM_SHOP, TAX, Pair
from sandbox.demo.side_cloudsales import CloudSalesSide
from sandbox.demo.side_innvoice import InnVoiceSide
from sandbox.demo.side_salesautopilot import SalesAutopilotSide
from sandbox.demo.side_salespos import SalesPosSide
from sandbox.demo.side_shopware import DOCUMENT_FIELD, ShopwareSide

_ONE_TAX = replace(HUNGARY, rates={Decimal(21): Decimal(27), Decimal(9): Decimal(27)})
"""InnVoice's list of products tells no tax, so all of them have the one that is set."""
_VAT_TEXTS = {"27": "27%"}
_ON_HAND = {"formula": "on_hand"}
"""InnVoice does not tell what is reserved."""
_HUNGARIAN_TAX = {"27": "27", "5": "5"}
_PICK_UP = "personal_pickup"
"""The only shipping method that CloudSales is known to take."""
_GOMAG_STATUSES = {"new": gomag.status_key(gomag.NEW), "paid": gomag.status_key(gomag.PAID)}
_SHOPRENTER_CODES = {payment: code for payment, (_, code) in shoprenter.METHODS.items()}
_SHOPRENTER_TOLD = {"status": shoprenter.ON_ITS_WAY, "document_field": shoprenter.DOCUMENT_KIND}
_GOMAG_TOLD = {"status": gomag.status_key(gomag.ON_ITS_WAY)}
"""No document number: Gomag's orders have no field for it."""
_UNAS_TOLD = {"status": unas.STATUS_KEYS[unas.IN_PROGRESS], "document_field": "invoice"}
"""UNAS has one place for a document's number, whatever it is called."""

PAIRS: Mapping[str, Pair] = {
    "shopware-salespos": Pair(
        shop=ShopwareSide,
        office=SalesPosSide,
        maps={
            "status": {"open": "1", "in_progress": "2", "completed": "7"},
            "payment": {
                "payment_invoicepayment": "Cash",
                "payment_prepayment": "Pin",
                "payment_demo_ideal": "Ideal",
            },
            "shipping": {"shipping_standard": "shipping"},
            "tax": TAX,
        },
        forgotten_payment={"payment_demo_paypal": "Ideal"},
        write_back={"status": "in_progress", "document_field": DOCUMENT_FIELD},
        stock={},
        products={},
    ),
    "gomag-cloudsales": Pair(
        shop=gomag.GomagSide,
        office=partial(CloudSalesSide, receipts=True),
        maps={
            "status": dict.fromkeys(_GOMAG_STATUSES.values(), "new"),
            "payment": {
                gomag.METHODS["invoice"]: "bank_transfer",
                gomag.METHODS["prepaid"]: "credit",
                gomag.METHODS["ideal"]: "cash_on_delivery",
            },
            "shipping": {gomag.CARRIAGE: _PICK_UP},
            "tax": TAX,
        },
        forgotten_payment={gomag.METHODS["paypal"]: "credit"},
        write_back=_GOMAG_TOLD,
        market=ROMANIA,
        stock={},
        products={},
    ),
    "gomag-salespos": Pair(
        shop=gomag.GomagSide,
        office=SalesPosSide,
        maps={
            "status": {_GOMAG_STATUSES["new"]: "1", _GOMAG_STATUSES["paid"]: "2"},
            "payment": {
                gomag.METHODS["invoice"]: "Cash",
                gomag.METHODS["prepaid"]: "Pin",
                gomag.METHODS["ideal"]: "Ideal",
            },
            "shipping": {gomag.CARRIAGE: "shipping"},
            "tax": TAX,
        },
        forgotten_payment={gomag.METHODS["paypal"]: "Ideal"},
        write_back=_GOMAG_TOLD,
        market=ROMANIA,
        stock={},
        products={},
    ),
    "shoprenter-salespos": Pair(
        shop=shoprenter.ShoprenterSide,
        office=SalesPosSide,
        maps={
            "status": {shoprenter.NEW: "1", shoprenter.PAID: "2"},
            "payment": {
                _SHOPRENTER_CODES["invoice"]: "Cash",
                _SHOPRENTER_CODES["prepaid"]: "Pin",
                _SHOPRENTER_CODES["ideal"]: "Ideal",
            },
            "shipping": {shoprenter.CARRIAGE: "shipping"},
            "tax": _HUNGARIAN_TAX,
        },
        forgotten_payment={_SHOPRENTER_CODES["paypal"]: "Ideal"},
        write_back=_SHOPRENTER_TOLD,
        market=HUNGARY,
        stock={},
        products={},
    ),
    "shopware-cloudsales": Pair(
        shop=ShopwareSide,
        office=CloudSalesSide,
        maps={
            "status": dict.fromkeys(("open", "in_progress", "completed"), "new"),
            "payment": {
                "payment_invoicepayment": "bank_transfer",
                "payment_prepayment": "credit",
                "payment_demo_ideal": "credit",
            },
            "shipping": {"shipping_standard": _PICK_UP},
            "tax": TAX,
        },
        forgotten_payment={"payment_demo_paypal": "credit"},
        write_back={"status": "in_progress", "document_field": DOCUMENT_FIELD},
        market=ROMANIA,
        stock={},
        products={},
    ),
    "shoprenter-cloudsales": Pair(
        shop=shoprenter.ShoprenterSide,
        office=CloudSalesSide,
        maps={
            "status": dict.fromkeys((shoprenter.NEW, shoprenter.PAID), "new"),
            "payment": {
                _SHOPRENTER_CODES["invoice"]: "bank_transfer",
                _SHOPRENTER_CODES["prepaid"]: "credit",
                _SHOPRENTER_CODES["ideal"]: "cash_on_delivery",
            },
            "shipping": {shoprenter.CARRIAGE: _PICK_UP},
            "tax": TAX,
        },
        forgotten_payment={_SHOPRENTER_CODES["paypal"]: "credit"},
        write_back=_SHOPRENTER_TOLD,
        market=ROMANIA,
        stock={},
        products={},
    ),
    "shopware-innvoice": Pair(
        shop=ShopwareSide,
        office=InnVoiceSide,
        mails=True,
        maps={
            "status": dict.fromkeys(("open", "in_progress", "completed"), "document"),
            "payment": {
                "payment_invoicepayment": "átutalás",
                "payment_prepayment": "előre utalás",
                "payment_demo_ideal": "bankkártya",
            },
            "shipping": {"shipping_standard": "futár"},
            "tax": _VAT_TEXTS,
        },
        forgotten_payment={"payment_demo_paypal": "PayPal"},
        write_back={"status": "in_progress", "document_field": DOCUMENT_FIELD},
        market=_ONE_TAX,
        stock=_ON_HAND,
        products={},
        unattended=False,
    ),
    "gomag-innvoice": Pair(
        shop=gomag.GomagSide,
        office=InnVoiceSide,
        mails=True,
        maps={
            "status": dict.fromkeys(_GOMAG_STATUSES.values(), "document"),
            "payment": {
                gomag.METHODS["invoice"]: "átutalás",
                gomag.METHODS["prepaid"]: "előre utalás",
                gomag.METHODS["ideal"]: "bankkártya",
            },
            "shipping": {gomag.CARRIAGE: "futár"},
            "tax": _VAT_TEXTS,
        },
        forgotten_payment={gomag.METHODS["paypal"]: "PayPal"},
        write_back=_GOMAG_TOLD,
        market=_ONE_TAX,
        stock=_ON_HAND,
        products={},
        unattended=False,
    ),
    "shopware-salesautopilot": Pair(
        shop=ShopwareSide,
        office=SalesAutopilotSide,
        maps={
            "status": {"open": "new", "in_progress": "in work", "completed": "done"},
            "payment": {
                "payment_invoicepayment": "Bank transfer",
                "payment_prepayment": "Paid in advance",
                "payment_demo_ideal": "Card",
            },
            "shipping": {"shipping_standard": "Courier"},
            "tax": _HUNGARIAN_TAX,
        },
        forgotten_payment={"payment_demo_paypal": "PayPal"},
        write_back={"status": "in_progress", "document_field": DOCUMENT_FIELD},
        market=HUNGARY,
        products=FROM_SHOP,
    ),
    "gomag-salesautopilot": Pair(
        shop=gomag.GomagSide,
        office=SalesAutopilotSide,
        maps={
            "status": {_GOMAG_STATUSES["new"]: "new", _GOMAG_STATUSES["paid"]: "paid"},
            "payment": {
                gomag.METHODS["invoice"]: "Bank transfer",
                gomag.METHODS["prepaid"]: "Paid in advance",
                gomag.METHODS["ideal"]: "Card",
            },
            "shipping": {gomag.CARRIAGE: "Courier"},
            "tax": _HUNGARIAN_TAX,
        },
        forgotten_payment={gomag.METHODS["paypal"]: "PayPal"},
        write_back=_GOMAG_TOLD,
        market=HUNGARY,
        products=FROM_SHOP,
    ),
    "shoprenter-salesautopilot": Pair(
        shop=shoprenter.ShoprenterSide,
        office=SalesAutopilotSide,
        maps={
            "status": {shoprenter.NEW: "new", shoprenter.PAID: "paid"},
            "payment": {
                _SHOPRENTER_CODES["invoice"]: "Bank transfer",
                _SHOPRENTER_CODES["prepaid"]: "Paid in advance",
                _SHOPRENTER_CODES["ideal"]: "Card",
            },
            "shipping": {shoprenter.CARRIAGE: "Courier"},
            "tax": _HUNGARIAN_TAX,
        },
        forgotten_payment={_SHOPRENTER_CODES["paypal"]: "PayPal"},
        write_back={"status": shoprenter.ON_ITS_WAY},
        market=HUNGARY,
        products=FROM_SHOP,
    ),
    "shoprenter-innvoice": Pair(
        shop=shoprenter.ShoprenterSide,
        office=InnVoiceSide,
        mails=True,
        maps={
            "status": dict.fromkeys((shoprenter.NEW, shoprenter.PAID), "document"),
            "payment": {
                _SHOPRENTER_CODES["invoice"]: "átutalás",
                _SHOPRENTER_CODES["prepaid"]: "előre utalás",
                _SHOPRENTER_CODES["ideal"]: "bankkártya",
            },
            "shipping": {shoprenter.CARRIAGE: "futár"},
            "tax": _VAT_TEXTS,
        },
        forgotten_payment={_SHOPRENTER_CODES["paypal"]: "PayPal"},
        write_back=_SHOPRENTER_TOLD,
        market=_ONE_TAX,
        stock=_ON_HAND,
        products={},
        unattended=False,
    ),
    "unas-salespos": Pair(
        shop=unas.UnasSide,
        office=SalesPosSide,
        maps={
            "status": {
                unas.STATUS_KEYS[unas.NEW]: "1",
                unas.STATUS_KEYS[unas.IN_PROGRESS]: "2",
                unas.STATUS_KEYS[unas.DONE]: "7",
            },
            "payment": {
                unas.METHOD_KEYS["invoice"]: "Cash",
                unas.METHOD_KEYS["prepaid"]: "Pin",
                unas.METHOD_KEYS["ideal"]: "Ideal",
            },
            "shipping": {unas.CARRIAGE_KEY: "shipping"},
            "tax": _HUNGARIAN_TAX,
        },
        forgotten_payment={unas.METHOD_KEYS["paypal"]: "Ideal"},
        write_back=_UNAS_TOLD,
        market=HUNGARY,
        stock={},
        products={},
    ),
    "unas-cloudsales": Pair(
        shop=unas.UnasSide,
        office=CloudSalesSide,
        maps={
            "status": dict.fromkeys(unas.STATUS_KEYS.values(), "new"),
            "payment": {
                unas.METHOD_KEYS["invoice"]: "bank_transfer",
                unas.METHOD_KEYS["prepaid"]: "credit",
                unas.METHOD_KEYS["ideal"]: "cash_on_delivery",
            },
            "shipping": {unas.CARRIAGE_KEY: _PICK_UP},
            "tax": TAX,
        },
        forgotten_payment={unas.METHOD_KEYS["paypal"]: "credit"},
        write_back=_UNAS_TOLD,
        market=ROMANIA,
        stock={},
        products={},
    ),
    "unas-salesautopilot": Pair(
        shop=unas.UnasSide,
        office=SalesAutopilotSide,
        maps={
            "status": {key: name for name, key in unas.STATUS_KEYS.items()},
            "payment": {
                unas.METHOD_KEYS["invoice"]: "Bank transfer",
                unas.METHOD_KEYS["prepaid"]: "Paid in advance",
                unas.METHOD_KEYS["ideal"]: "Card",
            },
            "shipping": {unas.CARRIAGE_KEY: "Courier"},
            "tax": _HUNGARIAN_TAX,
        },
        forgotten_payment={unas.METHOD_KEYS["paypal"]: "PayPal"},
        write_back={"status": unas.STATUS_KEYS[unas.IN_PROGRESS]},
        market=HUNGARY,
        products=FROM_SHOP,
    ),
    "unas-innvoice": Pair(
        shop=unas.UnasSide,
        office=InnVoiceSide,
        mails=True,
        maps={
            "status": dict.fromkeys(unas.STATUS_KEYS.values(), "document"),
            "payment": {
                unas.METHOD_KEYS["invoice"]: "átutalás",
                unas.METHOD_KEYS["prepaid"]: "előre utalás",
                unas.METHOD_KEYS["ideal"]: "bankkártya",
            },
            "shipping": {unas.CARRIAGE_KEY: "futár"},
            "tax": _VAT_TEXTS,
        },
        forgotten_payment={unas.METHOD_KEYS["paypal"]: "PayPal"},
        write_back=_UNAS_TOLD,
        market=_ONE_TAX,
        stock=_ON_HAND,
        products={},
        unattended=False,
    ),
    **roapp.PAIRS,
    **cartum.PAIRS,
}

UNATTENDED = tuple(name for name, pair in PAIRS.items() if pair.unattended and pair.carries_goods)
"""The pairs that carry everything and can be left to themselves whatever happens."""
