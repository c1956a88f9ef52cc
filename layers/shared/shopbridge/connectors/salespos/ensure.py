"""Making sure that something with a name exists, however often it is asked for."""

from collections.abc import Callable

from shopbridge.connectors.kit.ensure import named_or_found
from shopbridge.connectors.salespos.api import created
from shopbridge.connectors.salespos.wire import CREATED
from shopbridge.errors import AlreadyDone
from shopbridge.http.answer import Call
from shopbridge.http.client import PlatformClient


def ensured(
    client: PlatformClient,
    find: Callable[[], int | None],
    create: Callable[[], Call],
    what: str,
    *,
    looked: bool = False,
) -> int:
    """The id of what is there, or was made now.

    A creation is sometimes answered without a body (SDK S1), or says that it is there already: then it is looked up.

    Args:
        looked: It was just found to be missing.

    Raises:
        OutcomeUnknown: It may be there, but does not show.
    """
    found = None if looked else find()
    return named_or_found(made_by(client, create()), find, "SalesPOS", what) if found is None else found


def made_by(client: PlatformClient, create: Call) -> int | None:
    """The id that a creation names; None when it names none, or says that it is there already."""
    try:
        record = created(client.send(create), CREATED)
    except AlreadyDone:
        return None
    return record.id if record else None
