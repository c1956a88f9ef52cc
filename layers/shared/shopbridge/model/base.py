"""What every model shares: frozen, and closed to unknown fields."""

import re
from typing import Annotated, NewType

from pydantic import BaseModel, ConfigDict, StringConstraints

ConnectionId = NewType("ConnectionId", str)
OrderId = NewType("OrderId", str)
"""The shop's own id of an order."""
ExternalId = NewType("ExternalId", str)
"""An id in the back office, as text; only its connector reads its inside."""

Code = Annotated[str, StringConstraints(strip_whitespace=True)]
"""An SKU or an EAN: blanks around it are typing errors, which one platform keeps and the next one cuts off. So they are
cut wherever a code enters, whichever way it travels."""

CurrencyCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
"""ISO 4217."""
CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2."""
_SLUG = r"[a-z0-9][a-z0-9-]{1,48}[a-z0-9]"
Slug = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}$")]
"""What an operator may call a connection: it becomes part of URLs, table keys and parameter names."""


def is_slug(text: str) -> bool:
    """Whether a connection could be called so."""
    return re.fullmatch(_SLUG, text, re.ASCII) is not None


class Model(BaseModel):
    """A value: frozen, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
