"""In which country a story is played: its money, its taxes, and who lives there."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from sandbox.pairs import catalogue
from sandbox.pairs.orders import Address, Buyer, Item, Order, Product


@dataclass(frozen=True)
class Market:
    """What the story's words become.

    Attributes:
        currency: Of all prices; the amounts stay.
        country: Where the shop is.
        taxes: The percentages that orders may have, as a map names them.
        rates: Percentages that are others here.
        buyers, places: People of the story who are somebody else here, or live elsewhere.
    """

    currency: str
    country: str
    taxes: tuple[str, ...]
    rates: Mapping[Decimal, Decimal] = field(default_factory=dict)
    buyers: Mapping[Buyer, Buyer] = field(default_factory=dict)
    places: Mapping[Address, Address] = field(default_factory=dict)

    def product(self, product: Product) -> Product:
        """A product at this market's tax."""
        return replace(product, tax=self._rate(product.tax))

    def order(self, order: Order) -> Order:
        """An order by somebody of this market."""
        return replace(
            order,
            items=tuple(self._item(item) for item in order.items),
            buyer=self.buyers.get(order.buyer, order.buyer),
            billing=self._place(order.billing),
            delivery=order.delivery and self._place(order.delivery),
        )

    def _item(self, item: Item) -> Item:
        return replace(item, tax=self._rate(item.tax), parts=tuple(self._item(part) for part in item.parts))

    def _place(self, place: Address) -> Address:
        return self.places.get(place, place)

    def _rate(self, rate: Decimal) -> Decimal:
        return self.rates.get(rate, rate)


_MANY = ("21", "20", "19", "17.5", "11", "9", "7", "0")
ANYWHERE = Market("EUR", "NL", _MANY)
"""The story as it is written."""

ROMANIA = Market(
    currency="RON",
    country="RO",
    taxes=_MANY,
    rates={Decimal(9): Decimal(11)},
    buyers={
        catalogue.SANNE: Buyer("Ana", "Exemplu", "ana@posta.example"),
        catalogue.PIET: Buyer("Ștefan", "Model", "stefan@posta.example"),
        catalogue.ERIKA: Buyer("Ioana", "Probă", "ioana@firma.example", company="Exemplu SRL", vat_id="RO00000000"),
    },
    places={
        catalogue.UTRECHT: Address(
            "Str. Fictivă nr. 3A, bl. B, sc. 1, et. 2, ap. 14", "400000", "Cluj-Napoca", "RO", region="RO-CJ"
        ),
        catalogue.ROTTERDAM: Address("Șos. Inventată nr. 12", "010001", "București", "RO", region="RO-B"),
        catalogue.BERLIN: Address("Bd. Model nr. 7", "700001", "Iași", "RO", extra="Corp C, birou 12", region="RO-IS"),
    },
)
"""Its taxes of 2026; buyers from France and Britain stay what they are."""

HUNGARY = Market(
    currency="HUF",
    country="HU",
    taxes=("27", "5"),
    rates={Decimal(21): Decimal(27), Decimal(9): Decimal(5)},
    buyers={
        catalogue.SANNE: Buyer("Anna", "Minta", "anna@posta.example"),
        catalogue.PIET: Buyer("Péter", "Példa", "peter@posta.example"),
        catalogue.ERIKA: Buyer("Eszter", "Próba", "eszter@ceg.example", company="Példa Kft.", vat_id="00000000-0-00"),
    },
    places={
        catalogue.UTRECHT: Address("Kitalált utca 12/B", "4024", "Debrecen", "HU"),
        catalogue.ROTTERDAM: Address("Példa tér 4. III. em. 2.", "6720", "Szeged", "HU"),
        catalogue.BERLIN: Address("Minta út 7.", "1011", "Budapest", "HU", extra="Hátsó épület, 2. em."),
    },
)
"""Its usual tax, and that on books; the amounts stay, so that there are fillér to add up to the last one."""


def at_home(market: Market) -> Market:
    """The same market, with everybody living in the shop's own country."""
    return replace(
        market,
        buyers={**market.buyers, catalogue.CLAIRE: market.buyers[catalogue.SANNE]},
        places={
            **market.places,
            catalogue.PARIS: market.places[catalogue.UTRECHT],
            catalogue.LONDON: market.places[catalogue.ROTTERDAM],
        },
    )
