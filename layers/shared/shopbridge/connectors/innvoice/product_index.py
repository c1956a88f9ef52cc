"""The product list: one answer without pages, filter and lasting order (client S2, S3).

It is read whole, and handed out from memory as ``kit/whole_list`` does. [inferred] That it may be asked for every ten
minutes only: each part that reads it waits for its turn, see ``api.limits_of``.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from shopbridge.connectors.innvoice.api import products
from shopbridge.connectors.innvoice.outcomes import odd
from shopbridge.connectors.innvoice.wire import ProductRow, collapsed, listed
from shopbridge.connectors.kit.kept import Kept
from shopbridge.connectors.kit.whole_list import in_order
from shopbridge.http.client import PlatformClient
from shopbridge.mapping.identity import sound_name
from shopbridge.mapping.validation import first_error
from shopbridge.ports import Clock

STILL_GOOD = timedelta(minutes=30)
"""How old the list may be while a sweep of products goes on."""
YOUNG = timedelta(minutes=10)
"""How old it may be where SKUs are looked up; what is written is found by its SKU in any case."""
JUST_READ = timedelta(minutes=2)
"""How old it may be where a sweep of products goes from its groups to its first page: a second list so soon would wait
for ten minutes, in which the first one grows old."""


@dataclass(frozen=True)
class ListedProduct:
    """One product of the list.

    Attributes:
        code: The SKU; a name of ours, or empty, when it cannot be read.
        row: None when it cannot be understood.
        problem: Why it cannot.
    """

    code: str
    row: ProductRow | None
    problem: str = ""


Rows = Mapping[str, Sequence[ListedProduct]]
"""By SKU, by rising rank; products whose SKU cannot be read come under the empty one or one of ours."""


class InnVoiceProductIndex:
    """The list as it was read last."""

    def __init__(self, client: PlatformClient, clock: Clock) -> None:
        self._client = client
        self._list = Kept(self._read, clock, STILL_GOOD)

    def now(self) -> Rows:
        """Return every product by its SKU as it is now: one call.

        Raises:
            RetryLater: Also for an answer without any product: nothing is concluded from it.
        """
        return self._list.refreshed()

    def lately(self, age: timedelta) -> Rows:
        """Do as ``now``, or as it was less than ``age`` ago."""
        return self._list.value() if self._list.is_younger(age) else self.now()

    def _read(self) -> Rows:
        answer = self._client.send(products())
        given = listed(answer.xml(), "product")
        if given is None:
            raise odd(answer, "lists no product")
        by_code: dict[str, list[ListedProduct]] = {}
        for found in _found(given):
            by_code.setdefault(found.code, []).append(found)
        return {code: by_code[code] for code in in_order(by_code)}


def _found(given: Sequence[Any]) -> Iterator[ListedProduct]:
    """The products that have an SKU: others can neither be sold nor be found (client S2, S3)."""
    for raw in given:
        has_sku = not isinstance(raw, dict) or collapsed(raw.get("CikkSzam", "")) != ""
        if has_sku:
            yield read_row(raw)


def read_row(raw: Any) -> ListedProduct:
    """Return a product, as far as it can be understood."""
    try:
        row = ProductRow.model_validate(raw)
    except ValidationError as error:
        return ListedProduct(_code(raw), None, first_error(error))
    return ListedProduct(row.sku, row)


def _code(raw: Any) -> str:
    code = collapsed(raw.get("CikkSzam")) if isinstance(raw, dict) else None
    return sound_name(code) if isinstance(code, str) else ""
