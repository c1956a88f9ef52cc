"""The shops of the demo, each with its own words for what the story knows. A new one: an entry here."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType

from sandbox.pairs import catalogue
from sandbox.pairs.market import ANYWHERE, HUNGARY, ROMANIA, Market, at_home
from sandbox.pairs.pair import MakeShop, Shop
from sandbox.pairs.sides import cartum, gomag, shoprenter, shopware, unas, vendure


def _cartum(market: Market) -> MakeShop:
    """Cartum tells neither country nor taxes, so the connection is told the market's."""
    usual, *others = (market.product(each) for each in (catalogue.MUG, catalogue.BOOK, catalogue.TEA))
    return partial(
        cartum.CartumSide,
        country=market.country,
        usual_vat=usual.tax,
        vat={product.sku: product.tax for product in others if product.tax != usual.tax},
    )


def _without_companies(market: Market) -> Market:
    """Vendure keeps no VAT numbers, without which some back offices take no company."""
    firm = market.buyers.get(catalogue.ERIKA, catalogue.ERIKA)
    return replace(market, buyers={**market.buyers, catalogue.ERIKA: replace(firm, company="", vat_id="")})


SHOPS: Mapping[str, Shop] = MappingProxyType(
    {
        "shopware": Shop(
            side=lambda _: shopware.ShopwareSide,
            payments={
                "invoice": "payment_invoicepayment",
                "prepaid": "payment_prepayment",
                "ideal": "payment_demo_ideal",
                "paypal": "payment_demo_paypal",
            },
            carriage="shipping_standard",
            statuses={"new": "open", "working": "in_progress", "done": "completed", "cancelled": "cancelled"},
            told="in_progress",
            document_field=shopware.DOCUMENT_FIELD,
            shipments=True,
            home=ANYWHERE,
        ),
        "gomag": Shop(
            side=lambda _: gomag.GomagSide,
            payments=gomag.METHODS,
            carriage=gomag.CARRIAGE,
            statuses={stage: gomag.status_key(name) for stage, name in gomag.STAGES.items()},
            told=gomag.status_key(gomag.ON_ITS_WAY),
            home=ROMANIA,
        ),
        "shoprenter": Shop(
            side=lambda _: shoprenter.ShoprenterSide,
            payments={payment: code for payment, (_, code) in shoprenter.METHODS.items()},
            carriage=shoprenter.CARRIAGE,
            statuses={
                "new": shoprenter.NEW,
                "working": shoprenter.PAID,
                "sent": shoprenter.ON_ITS_WAY,
                "done": shoprenter.DONE,
                "cancelled": shoprenter.CANCELLED,
            },
            told=shoprenter.ON_ITS_WAY,
            document_field=shoprenter.DOCUMENT_KIND,
            home=HUNGARY,
        ),
        "unas": Shop(
            side=lambda _: unas.UnasSide,
            payments=unas.METHOD_KEYS,
            carriage=unas.CARRIAGE_KEY,
            statuses={
                "new": unas.STATUS_KEYS[unas.NEW],
                "working": unas.STATUS_KEYS[unas.IN_PROGRESS],
                "done": unas.STATUS_KEYS[unas.DONE],
                "cancelled": unas.STATUS_KEYS[unas.CANCELLED],
            },
            told=unas.STATUS_KEYS[unas.IN_PROGRESS],
            document_field="invoice",
            shipments=True,
            home=HUNGARY,
        ),
        "cartum": Shop(
            side=_cartum,
            payments=cartum.METHODS,
            carriage=cartum.CARRIAGE,
            statuses={
                "new": cartum.NEW,
                "working": cartum.PROCESSING,
                "sent": cartum.SHIPPING,
                "done": cartum.DELIVERED,
                "cancelled": cartum.CANCELLED,
            },
            told=cartum.PROCESSING,
            shipments=True,
            makes_categories=False,
            home=at_home(ROMANIA),
            lives_in=at_home,
        ),
        "vendure": Shop(
            side=lambda market: partial(vendure.VendureSide, taxes=market.taxes),
            payments=vendure.METHODS,
            carriage=vendure.CARRIAGE,
            statuses={
                "new": vendure.PROMISED,
                "working": vendure.PAID,
                "sent": vendure.SHIPPED,
                "done": vendure.DELIVERED,
                "cancelled": vendure.CANCELLED,
            },
            told=vendure.PAID,
            document_field=vendure.DOCUMENT_KIND,
            shipments=True,
            makes_categories=False,
            home=ANYWHERE,
            lives_in=_without_companies,
        ),
    }
)
