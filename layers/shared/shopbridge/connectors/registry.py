"""Which connectors there are. Imports are local: a handler loads only the connectors it meets."""

from shopbridge.connectors.spec import ConnectorSpec
from shopbridge.errors import NeedsAttention

KEYS = ("shopware", "salespos", "cloudsales", "gomag", "innvoice", "shoprenter", "unas")


def connector_spec(key: str) -> ConnectorSpec:
    """Return the connector of a platform. Raises NeedsAttention for a key we do not know."""
    match key:
        case "shopware":
            from shopbridge.connectors.shopware import connector as shopware

            return shopware.SPEC
        case "salespos":
            from shopbridge.connectors.salespos import connector as salespos

            return salespos.SPEC
        case "cloudsales":
            from shopbridge.connectors.cloudsales import connector as cloudsales

            return cloudsales.SPEC
        case "gomag":
            from shopbridge.connectors.gomag import connector as gomag

            return gomag.SPEC
        case "innvoice":
            from shopbridge.connectors.innvoice import connector as innvoice

            return innvoice.SPEC
        case "shoprenter":
            from shopbridge.connectors.shoprenter import connector as shoprenter

            return shoprenter.SPEC
        case "unas":
            from shopbridge.connectors.unas import connector as unas

            return unas.SPEC
        case _:
            raise NeedsAttention(
                f"There is no connector {key!r}", where="platform", fix=f"Choose one of: {', '.join(KEYS)}."
            )
