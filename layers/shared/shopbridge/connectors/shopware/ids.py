"""Ids that we make: the same for the same thing, so that a repeated creation is none (platform file, D8, D21)."""

from hashlib import md5


def our_id(entity: str, *key: str) -> str:
    """32 hex characters from the entity and what names the record in the shop, such as its SKU.

    A shop's SKUs are unique, so no connection is part of the key: two that create the same product make one record.
    """
    text = "\x1f".join(("shopbridge", entity, *key))
    return md5(text.encode(errors="surrogatepass"), usedforsecurity=False).hexdigest()
