"""What the bridge needs to mail a document: the back office that hands out the file, and whoever carries the letter."""

from dataclasses import dataclass, field
from typing import Protocol

from shopbridge.model.office import OfficeDocument

LARGEST_FILE = 5_000_000
"""Bytes of a document that is mailed: a page or two are a hundredth of it, and mailboxes take 10 MB of text at least,
which it grows to by a third."""


class DocumentSource(Protocol):
    """A back office that hands out the file of a document it made."""

    def read(self, document: OfficeDocument) -> bytes:
        """Return its PDF, ``LARGEST_FILE`` at the most; safe to repeat.

        Raises:
            Held: There is none, it is no PDF or too large, or it would have to be read from somewhere else.
            RetryLater: It cannot be read just now.
        """


@dataclass(frozen=True)
class Letter:
    """A mail to one person, with a file. Nothing of it is shown in messages: buyers are in it.

    Attributes:
        sender: The address it comes from; ``sender_name`` stands before it, empty for none.
        reply_to: Where answers go; empty where they go to ``sender``.
        text: The body, plain.
        file: What is attached, a PDF; ``file_name`` with its ending.
    """

    sender: str
    sender_name: str
    reply_to: str
    recipient: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    file_name: str
    file: bytes = field(repr=False)


class Mail(Protocol):
    """Carries letters; a letter that was handed over cannot be looked up, nor told from a second one."""

    def check(self, sender: str) -> None:
        """Ask whether letters may come from this address.

        Raises:
            NeedsAttention: They may not, with what to do.
            RetryLater: Nobody can tell just now.
        """

    def send(self, letter: Letter) -> None:
        """Hand a letter over, once: there is no repetition within.

        Raises:
            Held: It is refused: the sender is not verified, or the recipient cannot be written to.
            RetryLater: It was surely not taken.
            OutcomeUnknown: It may have been.
        """
