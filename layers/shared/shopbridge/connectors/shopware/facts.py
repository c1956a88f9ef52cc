"""What a shop says of itself: release, language, currency and taxes; asked for once, when it is needed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final, TypeVar

from pydantic import TypeAdapter, ValidationError

from shopbridge.connectors.shopware.api import NO_HEADERS, AdminApi, Row
from shopbridge.connectors.shopware.settings import ShopwareSettings
from shopbridge.connectors.shopware.versions import Features, features, parse_version
from shopbridge.connectors.shopware.wire_products import WireCurrencyRow, WireLanguageRow, WireTaxRow
from shopbridge.errors import NeedsAttention, RetryLater

SYSTEM_LANGUAGE: Final = "2fbb5fe2e29a4d70aa5854ce7ce3e20b"
DEFAULT_CURRENCY: Final = "b7d2554b0ce847cd82f3ac9bd1c0dfca"
"""The same in every shop; which language and currency they are differs (platform file, Defaults)."""

TITLE = "Shopware"
_CURRENCIES, _LANGUAGES = TypeAdapter(list[WireCurrencyRow]), TypeAdapter(list[WireLanguageRow])
_TAXES = TypeAdapter(list[WireTaxRow])
Rows = TypeVar("Rows", bound=list[WireCurrencyRow] | list[WireLanguageRow] | list[WireTaxRow])


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
        known = {locale.casefold(): (row, locale) for row, locale in _locales(languages(self.api))}
        found = known.get(self.settings.language.casefold())
        if found is None:
            raise _choose("language", self.settings.language, [locale for _, locale in known.values()])
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
            rows = _read(_TAXES, self.api.listing("tax"))
            for row in sorted(rows, key=lambda row: (row.position or 0, row.id), reverse=True):
                self._tax_ids[row.tax_rate] = row.id
        return self._tax_ids.get(rate)


def currencies(api: AdminApi) -> list[WireCurrencyRow]:
    """All currencies of the shop."""
    return _read(_CURRENCIES, api.listing("currency"))


def languages(api: AdminApi) -> list[WireLanguageRow]:
    """All languages of the shop."""
    return _read(_LANGUAGES, api.listing("language", associations={"locale": {}}))


def _locales(rows: Iterable[WireLanguageRow]) -> list[tuple[WireLanguageRow, str]]:
    return [(row, row.locale.code) for row in rows if row.locale and row.locale.code]


def _read(shape: TypeAdapter[Rows], rows: Iterable[Row]) -> Rows:
    try:
        return shape.validate_python(list(rows))
    except ValidationError as error:
        raise RetryLater("The shop lists its values in an unexpected form", after=300, where=TITLE) from error


def _choose(what: str, wanted: str, known: Iterable[str]) -> NeedsAttention:
    listed = ", ".join(sorted(name for name in known if name))
    return NeedsAttention(f"The shop has no {what} {wanted}", where=TITLE, fix=f"Choose among: {listed}.")
