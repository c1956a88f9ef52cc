"""What kept one record from being carried, for a person."""

from shopbridge.errors import Held, Rejected
from shopbridge.model.ledger import Reason


def reason_of(error: Held | Rejected) -> Reason:
    """An error as the outcome of one record."""
    place = f" ({error.where})" if error.where else ""
    return Reason(code=error.code, text=f"{error.what}{place}.", fix=error.fix)
