"""The order and the product on which rules are tried when a connection is saved: every field is filled."""

from datetime import UTC, datetime
from decimal import Decimal

from shopbridge.flows.orders.drafts import order_document
from shopbridge.flows.products.change import document_of
from shopbridge.model.base import ExternalId, OrderId
from shopbridge.model.catalogue import Feature, Price, Product, Variant
from shopbridge.model.order import Address, Customer, Order, OrderLine, Payment, Shipping, TaxShare, Totals

_ADDRESS = Address(
    first_name="Sanne",
    last_name="Visser",
    company="Voorbeeld BV",
    department="Inkoop",
    street="Dorpsstraat 12b",
    extra=("Achterom",),
    postcode="1234 AB",
    city="Utrecht",
    state="UT",
    country="NL",
    phone="+31 30 1234567",
)
_LINE = OrderLine(
    id="line-1",
    kind="product",
    name="T-shirt",
    quantity=Decimal(2),
    unit_price=Decimal("24.20"),
    total=Decimal("48.40"),
    taxes=(TaxShare(rate=Decimal(21), net=Decimal("40.00"), tax=Decimal("8.40")),),
    sku="TEE-RED-M",
    ean="8712345000028",
    fields={"manufacturer_number": "M-1"},
    options={"Size": "M", "Colour": "Red"},
)
SAMPLE_ORDER = Order(
    id=OrderId("sample"),
    number="10042",
    revision="2026-01-01T10:00:00.000Z",
    placed_at=datetime(2026, 1, 1, 10, 0, tzinfo=UTC),
    currency="EUR",
    tax_mode="gross",
    status="open",
    cancelled=False,
    channel="Storefront",
    language="nl-NL",
    comment="Please ring twice",
    customer=Customer(
        id="customer-1",
        number="20007",
        email="inkoop@voorbeeld.example",
        first_name="Sanne",
        last_name="Visser",
        company="Voorbeeld BV",
        vat_id="NL000000000B01",
        guest=False,
    ),
    billing_address=_ADDRESS,
    shipping_address=_ADDRESS,
    payment=Payment(method="Invoice", method_keys=("payment_invoice", "Invoice"), status="paid", paid=True),
    shipping=Shipping(
        method="Standard",
        method_keys=("shipping_standard", "Standard"),
        total=Decimal("4.84"),
        taxes=(TaxShare(rate=Decimal(21), net=Decimal("4.00"), tax=Decimal("0.84")),),
    ),
    lines=(_LINE,),
    totals=Totals(
        gross=Decimal("53.24"),
        net=Decimal("44.00"),
        taxes=(TaxShare(rate=Decimal(21), net=Decimal("44.00"), tax=Decimal("9.24")),),
    ),
    extras={},
)
SAMPLE_DOCUMENT = order_document(SAMPLE_ORDER)
"""``SAMPLE_ORDER`` as rules see it."""
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
SAMPLE_PRODUCT_DOCUMENT = document_of(SAMPLE_PRODUCT)
"""``SAMPLE_PRODUCT`` as rules see it."""
