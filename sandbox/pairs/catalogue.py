"""What the scripted buyers buy, who they are and where they live; the people are made up."""

from dataclasses import replace
from decimal import Decimal

from sandbox.pairs.orders import Address, Buyer, Item, Product

MANY = Decimal(80)
MUG = Product("MUG-01", "Mug", Decimal("12.50"), Decimal(21), MANY)
TEE = Product("TEE-M", "T-shirt, M", Decimal("24.95"), Decimal(21), MANY)
BOOK = Product("BOOK-7", "Cookery book", Decimal("29.90"), Decimal(9), MANY, text="Eighty recipes.")
SOAP = Product("SOAP-3", "Soap, three pieces", Decimal("7.45"), Decimal(21), MANY)
LAMP = Product("LAMP-2", "Desk lamp", Decimal("89.99"), Decimal(21), MANY)
PRODUCTS = (MUG, TEE, BOOK, SOAP, LAMP)
"""On both sides from the start."""

POLO = Product(
    "POLO",
    "Polo shirt",
    Decimal("39.95"),
    Decimal(21),
    Decimal(12),
    text="Organic cotton.",
    options={"Size": ("S", "M", "L")},
)
POLO_M = replace(POLO, sku="POLO-M", name="Polo shirt, M", options={})
TEA = Product("TEA-5", "Assam, loose, 100 g", Decimal("6.80"), Decimal(9), Decimal("7.5"))
"""Weighed at the till, so half a unit may be there."""
VASE = Product("VASE-8", "Vase, blue", Decimal("54.00"), Decimal(21), Decimal(1))
CANDLE = Product("CANDLE", "Candle", Decimal("9.95"), Decimal(21), Decimal(20), options={"Scent": ("Amber", "Cedar")})
"""Its attribute is forgotten at first."""
TWICE = Product("BAG-4", "Bag", Decimal("19.90"), Decimal(21), Decimal(9))
"""Somebody made it twice."""
NEW_PRODUCTS = (POLO, TEA, VASE, CANDLE, TWICE, replace(TWICE, name="Bag, canvas"))
"""In the back office only."""

DEARER_LAMP = replace(LAMP, price=Decimal("94.50"))
POLO_ON_SALE = replace(POLO, sale=Decimal("31.45"))
REWRITTEN_BOOK = replace(BOOK, text="Eighty recipes, second edition.")
ENRICHED = "Eighty recipes for cold evenings, each tried twice in our own kitchen."
"""What the shop's own people wrote about the book."""
UNKNOWN = Product("NEW-99", "Candle holder", Decimal("14.95"), Decimal(21))
"""In the shop only: nobody has made it in the back office yet."""

SANNE = Buyer("Sanne", "Visser", "sanne.visser@post.example")
PIET = Buyer("Piet", "de Groot", "piet@post.example")
ERIKA = Buyer("Erika", "Beispiel", "erika@firma.example", company="Beispiel GmbH", vat_id="DE000000000")
CLAIRE = Buyer("Claire", "Exemple", "claire@courriel.example", guest=True)
JOHN = Buyer("John", "Sample", "john@mail.example")

UTRECHT = Address("Dorpsstraat 12b", "3511 AB", "Utrecht", "NL")
ROTTERDAM = Address("Plein 1940 4 III", "3012 CL", "Rotterdam", "NL")
BERLIN = Address("Straße des 17. Juni 135", "10623", "Berlin", "DE", extra="Hinterhaus, 2. OG")
PARIS = Address("12 bis, rue de la Paix", "75002", "Paris", "FR")
LONDON = Address("Flat 3, 221B Baker Street", "NW1 6XE", "London", "GB")


def item(product: Product, quantity: int = 1, price: Decimal | None = None) -> Item:
    """So many pieces of a product, at its own price unless told otherwise."""
    return Item(product.sku, product.name, product.price if price is None else price, product.tax, quantity)
