"""Credentials as they travel; whom they let in is the platform's own matter."""

import base64
import binascii


def basic(authorization: str) -> tuple[str, str] | None:
    """Name and password of a Basic header, the scheme in any case; None when it is none."""
    scheme, _, encoded = authorization.partition(" ")
    try:
        text = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    name, _, password = text.partition(":")
    return (name, password) if scheme.lower() == "basic" else None
