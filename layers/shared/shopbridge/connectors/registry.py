"""Which connectors there are. One is imported when it is asked for: a handler loads only the connectors it meets."""

from importlib import import_module

from shopbridge.connectors.spec import ConnectorSpec
from shopbridge.errors import NeedsAttention

KEYS = (
    *("shopware", "salespos", "cloudsales", "gomag", "innvoice", "shoprenter", "unas", "salesautopilot", "cartum"),
    *("roapp", "tryton"),
)
"""The packages beside this module, each with a ``SPEC`` in its ``connector``."""


def connector_spec(key: str) -> ConnectorSpec:
    """Return the connector of a platform. Raises NeedsAttention for a key we do not know."""
    if key not in KEYS:
        raise NeedsAttention(
            f"There is no connector {key!r}", where="platform", fix=f"Choose one of: {', '.join(KEYS)}."
        )
    spec: ConnectorSpec = import_module(f"{__package__}.{key}.connector").SPEC
    return spec
