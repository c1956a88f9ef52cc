"""What buyers get by e-mail in the demo, where the back office mails nothing itself: one letter for each document."""

import email
import email.policy
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.demo.judgement.verdict import Standing

DOMAIN = "minta.example"
"""The merchant's, which the embedded SES has verified."""
PDF = b"%PDF-"


@dataclass(frozen=True)
class Received:
    """A letter as it came in.

    Attributes:
        order: The shop's number, by the subject.
        is_whole: One PDF is attached.
    """

    order: str
    is_whole: bool


def sender_of(stack: str) -> str:
    """Whose letters a world's are: several may share one SES."""
    return f"{stack}@{DOMAIN}"


def settings(stack: str) -> Mapping[str, Any]:
    """``orders.document_mail`` of the demo's merchant."""
    return {
        "active": True,
        "sender": sender_of(stack),
        "sender_name": "Demo Bolt",
        "subject": "{order}: számla {number}",
        "text": "Kedves {last_name} {first_name}!\n\nMellékelve küldjük a számlát.\n",
    }


def received(raw: Iterable[str]) -> Iterator[Received]:
    """Read letters as SES took them."""
    for text in raw:
        letter = email.message_from_string(text, policy=email.policy.default)
        files = [each.get_content() for each in letter.iter_attachments()]
        whole = len(files) == 1 and isinstance(files[0], bytes) and files[0].startswith(PDF)
        yield Received(str(letter["Subject"]).partition(":")[0], whole)


def wrong(letters: Iterable[Received], ledger: Mapping[str, Standing]) -> Iterator[str]:
    """Say of which orders the buyer has not exactly one letter, and which letters have no file.

    An order that a person found in the back office and skipped is that person's to mail.
    """
    got = Counter(letter.order for letter in letters if letter.is_whole)
    due = {number for number, standing in ledger.items() if standing.state == "DONE"}
    for number in sorted(due | got.keys()):
        if got[number] != (number in due):
            yield f"Of order {number} {got[number]} documents were mailed, and {int(number in due)} should be."
    bare = sum(not letter.is_whole for letter in letters)
    if bare:
        yield f"{bare} letters came without their document."
