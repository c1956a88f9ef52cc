"""The product that the merchant's rules are tried on when a connection is saved: every field is filled."""

from decimal import Decimal

from shopbridge.flows.products.change import document_of
from shopbridge.model.base import ExternalId
from shopbridge.model.catalogue import Feature, Price, Product, Variant

_PRICES = {
    "regular": Price(amount=Decimal("24.20"), gross=True, currency="EUR"),
    "sale": Price(amount=Decimal("18.15"), gross=True, currency="EUR"),
}

SAMPLE_PRODUCT = Product(
    id=ExternalId("sample"),
    rank=1,
    sku="TEE-RED",
    name="T-shirt red",
    short_text="Soft and red",
    long_text="Organic cotton, made in Utrecht.",
    ean="8712345000011",
    active=True,
    tax_rate=Decimal(21),
    prices=_PRICES,
    stock=Decimal(12),
    categories=(ExternalId("shirts"),),
    features=(Feature(name="Material", value="Cotton"),),
    variants=(
        Variant(
            id=ExternalId("sample-m"),
            sku="TEE-RED-M",
            ean="8712345000028",
            active=True,
            options={"Size": "M", "Colour": "Red"},
            prices=_PRICES,
            stock=Decimal(7),
        ),
    ),
    images=1,
    extras={},
)

SAMPLE_DOCUMENT = document_of(SAMPLE_PRODUCT)
"""``SAMPLE_PRODUCT`` as rules see it."""
