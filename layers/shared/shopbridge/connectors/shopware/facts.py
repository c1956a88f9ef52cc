"""What a shop says of itself: release, language, currency and taxes; asked for once, when it is needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final

from pydantic import TypeAdapter

from shopbridge.connectors.kit.rows import read_rows
from shopbridge.connectors.shopware.api import NO_HEADERS, AdminApi
from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.connectors.shopware.versions import Features, features, parse_version
from shopbridge.connectors.shopware.wire_products import WireCurrencyRow, WireLanguageRow, WireTaxRow
from shopbridge.errors import NeedsAttention

SYSTEM_LANGUAGE: Final = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
DEFAULT_CURRENCY: Final = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
"""The same in every shop; which language and currency they are differs (platform file, Defaults)."""

TITLE = "Shopware"
_CURRENCIES, _LANGUAGES = TypeAdapter(list[WireCurrencyRow]), TypeAdapter(list[WireLanguageRow])
_TAXES = TypeAdapter(list[WireTaxRow])


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
        rows = currencies(self.api)
        wanted = self.settings.currency
        found = (row for row in rows if (row.iso_code == wanted if wanted else row.id == DEFAULT_CURRENCY))
        row = next(found, None)
        if row is None or not row.iso_code:
            raise _choose("currency", wanted or "of its own", [row.iso_code for row in rows])
        return Currency(row.id, row.iso_code)

    def tax_id(self, rate: Decimal) -> str | None:
        """The shop's tax of this rate, its first one; None when it has none."""
        if rate not in self._tax_ids:
            rows = read_rows(_TAXES, list(self.api.listing("tax")), TITLE, "taxes")
            for row in sorted(rows, key=lambda row: (row.position or 0, row.id), reverse=True):
                self._tax_ids[row.tax_rate] = row.id
        return self._tax_ids.get(rate)


def currencies(api: AdminApi) -> list[WireCurrencyRow]:
    """All currencies of the shop."""
    return read_rows(_CURRENCIES, list(api.listing("currency")), TITLE, "currencies")


def languages(api: AdminApi) -> list[WireLanguageRow]:
    """All languages of the shop."""
    return read_rows(_LANGUAGES, list(api.listing("language", associations={"locale": {}})), TITLE, "languages")


def _locales(rows: Iterable[WireLanguageRow]) -> list[tuple[WireLanguageRow, str]]:
    return [(row, row.locale.code) for row in rows if row.locale and row.locale.code]


def _choose(what: str, wanted: str, known: Iterable[str]) -> NeedsAttention:
    listed = ", ".join(sorted(name for name in known if name))
    return NeedsAttention(f"The shop has no {what} {wanted}", where=TITLE, fix=f"Choose among: {listed}.")
