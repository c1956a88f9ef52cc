"""Ids that we make: the same for the same thing, so that a repeated creation is none (platform file, D8, D21)."""

import re
from hashlib import md5

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)


def our_id(entity: str, *key: str) -> str:
    """32 hex characters from the entity and what names the record in the shop, such as its SKU.

    A shop's SKUs are unique, so no connection is part of the key: two that create the same product make one record.
    """
    text = "\x1f".join(("shopbridge", entity, *key))
    return md5(text.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()


def is_id(text: str) -> bool:
    """Whether the shop could have given this id."""
    return _ID.fullmatch(text) is not None
