"""What a shop says of itself, asked for once, when it is needed, and what follows from it.

What its release can do, in which language texts are written, and the ids that we make.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from hashlib import md5
from typing import Any, Final

from pydantic import TypeAdapter

from shopbridge.connectors.shopware.api import NO_HEADERS, AdminApi, strict
from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.connectors.shopware.wire import Amount, Text, WireId, WireLanguage
from shopbridge.errors import NeedsAttention
from shopbridge.mapping.numbers import Whole

SYSTEM_LANGUAGE: Final = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
DEFAULT_CURRENCY: Final = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
"""The same in every shop; which language and currency they are differs (platform file, Defaults)."""

TITLE = "Shopware"

Version = tuple[int, ...]

OLDEST: Version = (6, 4)
NEWEST: Version = (6, 7)
"""The lines this connector was written for; a later one is warned about, not refused."""

_NUMBERS = re.compile(r"v?(\d{1,9})\.(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?", re.ASCII)

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)

TRANSLATED: Final = frozenset(
    {
        "name",
        "description",
        "descriptionTeaser",
        "metaTitle",
        "metaDescription",
        "keywords",
        "packUnit",
        "packUnitPlural",
    }
)
"""The fields we write that depend on the language."""


class WireTaxRow(WireId):
    """A tax of the shop."""

    tax_rate: Amount
    name: Text = ""
    position: Whole | None = None


class WireCurrencyRow(WireId):
    """A currency of the shop."""

    iso_code: Text = ""


CURRENCIES = strict("currency", TypeAdapter(list[WireCurrencyRow]), "currencies")
_LANGUAGES = strict("language", TypeAdapter(list[WireLanguage]), "languages")
TAXES = strict("tax", TypeAdapter(list[WireTaxRow]), "taxes")


@dataclass(frozen=True)
class Currency:
    """A currency of the shop."""

    id: str
    code: str

    @property
    def is_default(self) -> bool:
        """Whether it is the one that every price list has to contain (platform file, C9)."""
        return self.id == DEFAULT_CURRENCY


@dataclass(frozen=True)
class Features:
    """What a release can do; an unreadable version counts as the oldest, since that is the careful reading.

    Attributes:
        strict_cancel: ``cancel`` must be defined in the state machine; before 6.7 it was taken from any
            state, even from cancelled, and then wrote history, mails and stock a second time (C8, C10).
        signs_twice: A repeated app registration also proves the current shop secret (6.7.8.1, D18).
        stock_falls_at_order: ``stock`` falls when an order is placed; before 6.6 when it is completed (D15, D16).
        one_transaction: A sync is all or nothing by itself, and its error pointers can be trusted (6.5, C11, I#1666).
        teaser: Products have a short text of their own (6.7.12).
    """

    strict_cancel: bool
    signs_twice: bool
    stock_falls_at_order: bool
    one_transaction: bool
    teaser: bool


@dataclass(frozen=True)
class ShopFacts:
    """Remembers what it was told."""

    settings: ShopwareSettings
    api: AdminApi
    _tax_ids: dict[Decimal, str] = field(default_factory=dict, repr=False)

    @cached_property
    def features(self) -> Features:
        """What the release can do."""
        return features(parse_version(self.api.about().version))

    @cached_property
    def language(self) -> str:
        """The id of the language texts are read and written in. Raises NeedsAttention for one the shop lacks."""
        if not self.settings.language:
            return SYSTEM_LANGUAGE
        spoken = {locale.casefold(): (row, locale) for row, locale in _locales(languages(self.api))}
        found = spoken.get(self.settings.language.casefold())
        if found is None:
            raise _choose("language", self.settings.language, [locale for _, locale in spoken.values()])
        return found[0].id

    @property
    def headers(self) -> Mapping[str, str]:
        """What makes a search answer in that language."""
        return NO_HEADERS if self.language == SYSTEM_LANGUAGE else {"sw-language-id": self.language}

    @cached_property
    def currency(self) -> Currency:
        """The currency of prices. Raises NeedsAttention for one the shop lacks."""
        rows = list(self.api.listing(CURRENCIES))
        wanted = self.settings.currency
        found = (row for row in rows if (row.iso_code == wanted if wanted else row.id == DEFAULT_CURRENCY))
        row = next(found, None)
        if row is None or not row.iso_code:
            raise _choose("currency", wanted or "of its own", [row.iso_code for row in rows])
        return Currency(row.id, row.iso_code)

    def tax_id(self, rate: Decimal) -> str | None:
        """Return the shop's tax of this rate, its first one; None when it has none."""
        if rate not in self._tax_ids:
            for row in sorted(self.api.listing(TAXES), key=lambda row: (row.position or 0, row.id), reverse=True):
                self._tax_ids[row.tax_rate] = row.id
        return self._tax_ids.get(rate)


def languages(api: AdminApi) -> list[WireLanguage]:
    """Return all languages of the shop."""
    return list(api.listing(_LANGUAGES, associations={"locale": {}}))


def _locales(rows: Iterable[WireLanguage]) -> list[tuple[WireLanguage, str]]:
    return [(row, row.locale.code) for row in rows if row.locale and row.locale.code]


def _choose(what: str, wanted: str, known: Iterable[str]) -> NeedsAttention:
    listed = ", ".join(sorted(name for name in known if name))
    return NeedsAttention(f"The shop has no {what} {wanted}", where=TITLE, fix=f"Choose among: {listed}.")


def parse_version(text: str) -> Version | None:
    """Return ``6.6.7.0`` or ``6.7.9999999.9999999-dev`` as numbers; None when the text names no release."""
    found = _NUMBERS.match(text)
    return tuple(int(number) for number in found.groups() if number is not None) if found else None


def features(version: Version | None) -> Features:
    """Return the capability flags of a release.

    [inferred] The stock model is taken from the release alone: that a shop of 6.5.5 to 6.5 has the feature
    ``STOCK_HANDLING`` switched on cannot be seen. Its figures come out right all the same, as ``availableStock``
    is then a mirror of ``stock``.
    """
    known = version or OLDEST
    return Features(
        strict_cancel=known >= (6, 7),
        signs_twice=known >= (6, 7, 8, 1),
        stock_falls_at_order=known >= (6, 6),
        one_transaction=known >= (6, 5),
        teaser=known >= (6, 7, 12),
    )


def version_notes(text: str) -> tuple[str, ...]:
    """Return warnings about the shop's version for the operator; none when it is one we know."""
    version = parse_version(text)
    if version is None:
        return (f"The shop calls its version {text!r}, which names no release we know.",)
    if version[:2] < OLDEST:
        return (f"Shopware {text} is older than 6.4, the oldest release this connector supports.",)
    if version[:2] > NEWEST:
        return (f"Shopware {text} is newer than 6.7, the newest release this connector was tested with.",)
    return ()


def our_id(entity: str, *key: str) -> str:
    """Return 32 hex characters from the entity and what names the record in the shop, such as its SKU.

    A shop's SKUs are unique, so no connection is part of the key: two that create the same product make one record.
    """
    text = "\x1f".join(("shopbridge", entity, *key))
    return md5(text.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


def is_id(text: str) -> bool:
    """Tell whether the shop could have given this id."""
    return _ID.fullmatch(text) is not None


def in_language(record: Mapping[str, Any], language: str, *, is_new: bool) -> dict[str, Any]:
    """Return a record with its texts in the chosen language.

    Args:
        is_new: The shop's own language has to have the texts too, so it gets the same; else only the chosen one's are
            written.
    """
    texts = {name: value for name, value in record.items() if name in TRANSLATED}
    if language == SYSTEM_LANGUAGE or not texts:
        return dict(record)
    rest = record if is_new else {name: value for name, value in record.items() if name not in texts}
    return {**rest, "translations": {language: texts}}


def percentage(rate: Decimal) -> str:
    """Return it without trailing zeros: ``19``, ``5.5``."""
    return f"{rate.normalize():f}"
