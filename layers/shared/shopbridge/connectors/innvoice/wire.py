"""What InnVoice answers, as far as we use it, and what it takes (client S1, S2, S3).

Values hold line breaks and runs of blanks, and no name of a root can be relied on (platform file, "Known quirks").
Products are read one by one: an odd one must not make the whole list unreadable. A body is closed: a field that
InnVoice does not know never leaves.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from shopbridge.connectors.innvoice.settings import VAT_TEXTS
from shopbridge.mapping.identity import is_sound, refuse_unsound
from shopbridge.mapping.numbers import Figure, Quantity
from shopbridge.mapping.xml_data import Listed

LONGEST_ID = 64
LONGEST_SAID = 300
LONGEST_LINK = 2000


def collapsed(value: Any) -> Any:
    """Return a text with single blanks, and none around it; anything else stays, for the field to judge."""
    return " ".join(value.split()) if isinstance(value, str) else value


def _flag(value: Any) -> bool | None:
    text = collapsed(value)
    if text not in ("", "0", "1", None):
        raise ValueError("is no flag")
    return text == "1" if text else None


def _parent(value: Any) -> Any:
    """An element that could have children and has none is told as an empty text."""
    return {} if value == "" else value


Text = Annotated[str, BeforeValidator(collapsed)]
MaybeNumber = Annotated[Figure | None, BeforeValidator(lambda value: collapsed(value) or None)]
MaybeQuantity = Annotated[Quantity | None, BeforeValidator(lambda value: collapsed(value) or None)]
MaybeFlag = Annotated[bool | None, BeforeValidator(_flag)]
Filled = Annotated[str, Field(min_length=1)]
Amount = Annotated[Decimal, Field(decimal_places=2, max_digits=15)]
Day = Annotated[str, Field(pattern=r"^(\d{4}\.\d{2}\.\d{2}\.)?$")]
"""With a dot at its end; empty until it is sent."""


# --- what is read -----------------------------------------------------------------------------------------------------


class Read(BaseModel):
    """An answer or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class PriceEntry(Read):
    """A product's price in one group. [inferred] The name of the group: clients go by the entries' order."""

    group: Text = Field(default="", alias="Arcsoport_Nev")
    amount: MaybeNumber = Field(default=None, alias="Arcsoport_Ar")
    gross: MaybeFlag = Field(default=None, alias="Arcsoport_Brutto")


class StockEntry(Read):
    """A product's stock in one warehouse. [inferred] The names of the warehouse: clients go by the entries' order."""

    name: Text = Field(default="", alias="Raktar_Nev")
    id: Text = Field(default="", alias="RaktarID")
    quantity: MaybeQuantity = Field(default=None, alias="Raktar_Keszlet")


class StockEntries(Read):
    """All entries of a product's stock."""

    entries: Listed[StockEntry] = Field(default_factory=list, alias="Keszlet")


class ProductRow(Read):
    """A product; each sellable unit has its own SKU. [inferred] The name of its group."""

    sku: Annotated[Text, AfterValidator(refuse_unsound)] = Field(min_length=1, alias="CikkSzam")
    name: Text = Field(default="", alias="Nev")
    ean: Text = Field(default="", alias="EAN")
    group: Annotated[Text, AfterValidator(refuse_unsound)] = Field(default="", alias="TermekCsoport")
    price_entries: Listed[PriceEntry] = Field(default_factory=list, alias="Arak")
    stock: Annotated[StockEntries, BeforeValidator(_parent)] = Field(default_factory=StockEntries, alias="Keszletek")

    @property
    def prices(self) -> Mapping[str, PriceEntry]:
        """By the group's name, or its place where it has none; of two of one name the first."""
        return _named((each.group, each) for each in self.price_entries)

    @property
    def warehouses(self) -> Mapping[str, StockEntry]:
        """By the warehouse's name, its id or its place, likewise."""
        return _named((each.name or each.id, each) for each in self.stock.entries)


def _named(entries: Iterator[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place, (name, entry) in enumerate(entries, 1):
        found.setdefault(name if name and is_sound(name) else f"#{place}", entry)
    return found


# --- what may stand anywhere ------------------------------------------------------------------------------------------


def elements(body: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield every element with a child of this name, from outside to inside."""
    if isinstance(body, dict):
        if name in body:
            yield body
        for each in body.values():
            yield from elements(each, name)
    elif isinstance(body, list):
        for each in body:
            yield from elements(each, name)


def text_of(element: Mapping[str, Any], name: str, longest: int = LONGEST_ID) -> str:
    """Return a child's text; empty where there is none, or where it is none that can be an id or a number."""
    text = collapsed(element.get(name, ""))
    return text if isinstance(text, str) and is_sound(text, longest) else ""


def listed(body: Any, name: str) -> list[Any] | None:
    """Return the children of this name below the root; None where it has none, which says nothing about a list."""
    root = next(iter(body.values()), None) if isinstance(body, dict) else None
    found = root.get(name) if isinstance(root, dict) else None
    return found if found is None or isinstance(found, list) else [found]


# --- what is sent -----------------------------------------------------------------------------------------------------


class Sent(BaseModel):
    """A body or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


def _known_vat(text: str) -> str:
    if text not in VAT_TEXTS:
        raise ValueError("is none of InnVoice's VAT texts")
    return text


class DocumentLine(Sent):
    """One line; its price includes VAT."""

    TetelNev: Filled = Field(title="Name")
    Mennyiseg: Decimal = Field(title="Quantity", gt=0)
    MennyisegEgyseg: Filled = Field(title="Unit")
    EgysegAr: Amount = Field(title="Gross price of one")
    AfaSzoveg: Annotated[str, AfterValidator(_known_vat)] = Field(title="VAT text")
    CikkSzam: str = Field(default="", title="SKU (sent by the stand-in only)")


class DocumentInput(Sent):
    """What is decided of a document before it is sent. Its days are filled then, unless a rule did."""

    VevoNev: Filled = Field(title="Buyer")
    VevoIrsz: Filled = Field(title="Postcode")
    VevoOrszag: str = Field(title="Country", pattern=r"^[A-Z]{2}$")
    VevoTelep: Filled = Field(title="Town")
    VevoUtcaHsz: Filled = Field(title="Street and number")
    VevoAdoszam: str = Field(default="", title="Tax number")
    SzamlatombID: Filled = Field(title="Invoice book")
    TeljesitesKelte: Day = Field(default="", title="Day of supply")
    Hatarido: Day = Field(default="", title="Day it is due")
    Devizanem: Filled = Field(title="Currency")
    FizetesiMod: Filled = Field(title="Payment method")
    Fizetve: bool = Field(title="Paid")
    Eszamla: bool = Field(title="Electronic")
    Felretett: bool = Field(title="Set aside")
    Proforma: bool = Field(title="Pro forma")
    tetel: list[DocumentLine] = Field(title="Lines", min_length=1)
