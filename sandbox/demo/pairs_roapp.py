"""The pairs of RO App: orders and what becomes of them, both ways."""

from collections.abc import Mapping

from sandbox.demo import side_cartum as cartum
from sandbox.demo import side_roapp as roapp
from sandbox.demo.pair import TAX, Life, Pair
from sandbox.demo.pairs_cartum import AT_HOME, SHOP, TOLD
from sandbox.demo.side_roapp import RoAppSide
from sandbox.demo.side_shopware import DOCUMENT_FIELD, ShopwareSide

PAIRS: Mapping[str, Pair] = {
    "cartum-roapp": Pair(
        shop=SHOP,
        office=RoAppSide,
        maps={
            "status": {
                cartum.NEW: roapp.IS_NEW,
                cartum.PROCESSING: roapp.IN_PROGRESS,
                cartum.SHIPPING: roapp.IS_SHIPPED,
                cartum.DELIVERED: roapp.COMPLETED,
                cartum.CANCELLED: roapp.IS_CANCELLED,
            },
            "payment": {
                cartum.METHODS["invoice"]: "Bank transfer",
                cartum.METHODS["prepaid"]: "Cash",
                cartum.METHODS["ideal"]: "Card",
            },
            "shipping": {cartum.CARRIAGE: "Courier"},
            "tax": TAX,
        },
        forgotten_payment={cartum.METHODS["paypal"]: "PayPal"},
        write_back=TOLD,
        market=AT_HOME,
        life=Life(
            changes={
                "statuses": {
                    roapp.IN_PROGRESS: cartum.PROCESSING,
                    roapp.IS_SHIPPED: cartum.SHIPPING,
                    roapp.COMPLETED: cartum.DELIVERED,
                },
                "cancelled": cartum.CANCELLED,
                "shipments": True,
            },
            sent=(cartum.SHIPPING, roapp.IS_SHIPPED),
            done=(cartum.DELIVERED, roapp.COMPLETED),
            cancelled=(cartum.CANCELLED, roapp.IS_CANCELLED),
        ),
    ),
    "shopware-roapp": Pair(
        shop=ShopwareSide,
        office=RoAppSide,
        maps={
            "status": {
                "open": roapp.IS_NEW,
                "in_progress": roapp.IN_PROGRESS,
                "completed": roapp.COMPLETED,
                "cancelled": roapp.IS_CANCELLED,
            },
            "payment": {
                "payment_invoicepayment": "Bank transfer",
                "payment_prepayment": "Cash",
                "payment_demo_ideal": "Card",
            },
            "shipping": {"shipping_standard": "Courier"},
            "tax": TAX,
        },
        forgotten_payment={"payment_demo_paypal": "PayPal"},
        write_back={"status": "in_progress", "document_field": DOCUMENT_FIELD},
        life=Life(
            changes={
                "statuses": {roapp.IS_SHIPPED: "in_progress", roapp.COMPLETED: "completed"},
                "cancelled": "cancelled",
                "shipments": True,
            },
            sent=("in_progress", roapp.IS_SHIPPED),
            done=("completed", roapp.COMPLETED),
            cancelled=("cancelled", roapp.IS_CANCELLED),
        ),
    ),
}
