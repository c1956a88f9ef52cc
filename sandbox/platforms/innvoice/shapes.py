"""The bodies of the platform file: documents, their lines, a pro forma to be turned, and the proposed writes."""

from sandbox.platforms.innvoice.fields import (
    COUNTRY,
    DAY,
    FILLED,
    FLAG,
    ID,
    NOT_NEGATIVE,
    NUMBER,
    POSITIVE,
    TAX_NUMBER,
    TEXT,
    one_of,
)
from sandbox.platforms.innvoice.inferred import (
    GROUP_NAME,
    LINE_SKU,
    MANDATORY_HEADER,
    PRICE_GROUP_NAME,
    PRODUCT_VAT,
    WAREHOUSE_ID,
    Assumed,
    StandIn,
)
from sandbox.platforms.kit.fields import Field, Shape, requiring

VAT_TEXTS = (
    "27%",
    "18%",
    "5%",
    "0% - AAM",
    "0% - TAM",
    "0% - KBA",
    "0% - KBAUK",
    "0% - EAM",
    "0% - NAM",
    "0% - ÁTK",
    "0% - EUFAD37",
    "0% - EUFADE",
    "0% - EUE",
    "0% - HO",
    "0% - FOA",
    "0% - K.AFA",
    "0% - AFAMENTES",
    "0% - NONREFUNDABLE_VAT",
    "0% - REFUNDABLE_VAT",
)
"""``AfaSzoveg``: a plain ``0%`` is none of them (client S1)."""
_BUYER = ("VevoNev", "VevoIrsz", "VevoTelep", "VevoUtcaHsz")
_DATES = ("SzamlaKelte", "TeljesitesKelte", "Hatarido")
_FLAGS = ("Fizetve", "Eszamla", "Felretett", "Proforma")
_PRICE: Shape = {PRICE_GROUP_NAME: FILLED, "Arcsoport_Brutto": FLAG, "Arcsoport_Ar": NOT_NEGATIVE}

TURN: Shape = requiring({"TABLE_ID": ID, **dict.fromkeys(_DATES, DAY)})
STOCK: Shape = requiring({"CikkSzam": FILLED, WAREHOUSE_ID: ID, "Raktar_Keszlet": NUMBER})
CUSTOMER: Shape = requiring(
    {
        **dict.fromkeys(("Nev", "Orszag"), FILLED),
        **dict.fromkeys(("Irsz", "Telepules", "UtcaHsz", "Email", "Telefon"), TEXT),
        "Adoszam": TAX_NUMBER,
    },
    ("Nev",),
)
PRICES = Field("price entries", lambda value: isinstance(value, list | dict), inside=requiring(_PRICE))
"""One entry, or several."""


def header_shape(assumed: Assumed) -> Shape:
    """A document without its lines."""
    shape: dict[str, Field] = {
        **dict.fromkeys(_BUYER, FILLED),
        "VevoOrszag": COUNTRY,
        "VevoAdoszam": TAX_NUMBER,
        "SzamlatombID": ID,
        **dict.fromkeys(_DATES, DAY),
        "Devizanem": one_of(assumed.currencies),
        "FizetesiMod": FILLED,
        **dict.fromkeys(_FLAGS, FLAG),
    }
    return requiring(shape, MANDATORY_HEADER)


def line_shape(assumed: Assumed, stand_in: StandIn) -> Shape:
    """A line, its fields without a number."""
    shape = {
        "TetelNev": FILLED,
        "Mennyiseg": POSITIVE,
        "MennyisegEgyseg": FILLED,
        "EgysegAr": NUMBER if assumed.negative_prices else NOT_NEGATIVE,
        "Brutto": FLAG,
        "AfaSzoveg": one_of(VAT_TEXTS),
    }
    return {**requiring(shape), **({LINE_SKU: FILLED} if stand_in.line_sku else {})}


def product_shape(stand_in: StandIn, *, is_new: bool) -> Shape:
    """A product by its SKU; what is not sent stays as it is."""
    group = {GROUP_NAME: TEXT} if stand_in.groups else {}
    vat = {PRODUCT_VAT: one_of(VAT_TEXTS)} if stand_in.product_vat else {}
    shape: Shape = {"CikkSzam": FILLED, "Nev": FILLED, "EAN": TEXT, "Arak": PRICES, **group, **vat}
    return requiring(shape, ("CikkSzam", "Nev") if is_new else ("CikkSzam",))
