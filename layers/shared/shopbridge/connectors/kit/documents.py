"""The file of a document at an address that a platform's answer named: read without credentials, and looked at."""

import re
from collections.abc import Callable
from dataclasses import replace

from shopbridge.errors import Held, NeedsAttention, RetryLater
from shopbridge.http.answer import Answer, Call, judge_by_status
from shopbridge.http.auth import NO_CREDENTIALS
from shopbridge.http.bodies import TooLarge
from shopbridge.http.client import PlatformClient
from shopbridge.ports import LARGEST_FILE

_ADDRESS = re.compile(
    r"(?P<base>(?P<scheme>https?)://(?P<host>[a-z0-9.-]+)(?::\d{1,5})?)(?P<path>/[!-~]*)?", re.IGNORECASE
)
"""Nothing that two readers could take for two hosts: no user, no backslash, no letters beyond ASCII."""
_PDF = b"%PDF-"
_LATER = frozenset({408, 425, 429, *range(500, 600)})
_OK = 200
FILE = "the document's file"
BY_HAND = "Send the document to the buyer from the back office, or resend the order once that is put right."


def read_pdf(client: PlatformClient, url: str, is_ours: Callable[[str], bool], fix: str) -> bytes:
    """Read a PDF of ``LARGEST_FILE`` at the most; one call, to the limits of ``client``.

    Args:
        client: Of the platform that named the address; whoever has the address has the file, so it is in no message.
        is_ours: Tells a host that belongs to the platform, in small letters.
        fix: What to do where it does not.

    Raises:
        Held: There is no such file, or it is none that may be read (code ``no_document_file``).
        RetryLater: It cannot be read just now.
    """
    found = _ADDRESS.fullmatch(url)
    if found is None or (found["scheme"].lower() == "http" and not client.base_url.startswith("http://")):
        raise _no_file(client, "names no address for the document's file that could be read", BY_HAND)
    if not is_ours(found["host"].lower()):
        raise _no_file(client, f"names the host {found['host']} for the document's file, which is not its own", fix)
    reader = replace(client, base_url=found["base"], auth=NO_CREDENTIALS, judge=_judge)
    call = Call("GET", found["path"] or "/", headers={"Accept": "application/pdf"}, largest=LARGEST_FILE, shown=FILE)
    content = _read(reader, call)
    if not content.startswith(_PDF):
        raise _no_file(client, "has something that is no PDF at the document's address", BY_HAND)
    return content


def _read(reader: PlatformClient, call: Call) -> bytes:
    try:
        return reader.send(call).body
    except NeedsAttention as error:  # the host is not public: that is about this file, not about the account
        raise _no_file(reader, f"names an address that must not be called ({error.what})", BY_HAND) from error
    except RetryLater as error:
        if isinstance(error.__cause__, TooLarge):
            raise _no_file(reader, f"has a file of more than {LARGEST_FILE} bytes", BY_HAND) from error
        raise


def _judge(answer: Answer) -> None:
    if answer.status == _OK:
        return
    if answer.status in _LATER:
        judge_by_status(answer)
    raise Held(
        f"{answer.platform} does not hand out the document's file ({answer.status})",
        code="no_document_file",
        where=answer.platform,
        fix=BY_HAND,
    )


def _no_file(client: PlatformClient, what: str, fix: str) -> Held:
    return Held(f"{client.platform} {what}", code="no_document_file", where=client.platform, fix=fix)
