"""Basic credentials: one user for the lists, another for the order connector (official B1, client B3)."""

from base64 import b64encode
from collections.abc import Mapping

from shopbridge.connectors.cloudsales.api import CONNECTOR


def sign(secrets: Mapping[str, str], method: str, target: str, body: bytes) -> Mapping[str, str]:
    """The header with the credentials that the address asks for."""
    del method, body
    prefix = "connector_" if CONNECTOR in target.partition("?")[0] else ""
    pair = f"{secrets[prefix + 'user']}:{secrets[prefix + 'password']}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode('ascii')}"}


def trust(secrets: Mapping[str, str], method: str, target: str, headers: Mapping[str, str], body: bytes) -> None:
    """BOCP does not sign its answers."""
    del secrets, method, target, headers, body
