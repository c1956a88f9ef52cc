"""Letters through Amazon SES, in a deployment that names whose address they may come from.

SES takes a letter and forgets it: nothing tells a second one from the first. So no call is repeated here, and an answer
that is lost leaves open whether the letter left. What SES says of a refusal quotes addresses; none of it is passed on.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 - botocore calls it so
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
)

from shopbridge.errors import BridgeError, Held, NeedsAttention, OutcomeUnknown, RetryLater
from shopbridge.ports import Letter
from shopbridge.store.aws import BUSY, SERVER_ERROR

ONCE = Config(connect_timeout=2, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1})
SES = "Amazon SES"
ANY = "*"
SLOWER, NEXT_HOUR = 60.0, 3600.0
_TOO_MANY = BUSY | {"TooManyRequestsException"}
_NEVER_SENT = (EndpointConnectionError, ConnectTimeoutError)
_NOT_ALLOWED = frozenset({"AccessDenied", "AccessDeniedException"})
_PAUSED = frozenset({"AccountSuspendedException", "SendingPausedException"})
_UNKNOWN = _NOT_ALLOWED | {"NotFoundException"}
"""Of an identity."""
_UNVERIFIED = ("not verified", "authority to send")
VERIFY = (
    "Verify it, or its domain, in SES in the deployment's region (docs/operations/deployment.md, Mailing documents)."
)
DEPLOY = (
    "Deploy with MailIdentity set to the verified domain or address (docs/operations/deployment.md, Mailing documents)."
)

PRODUCTION = "Ask AWS for production access of SES (docs/operations/deployment.md, Mailing documents)."


class SesMail:
    """Hands letters to SES; implements the port ``Mail``.

    Args:
        identity: The verified domain or address that the functions may send from; ``*`` for any of the account's,
            empty for none.
        region: Where SES knows it; empty for the functions' own.
    """

    def __init__(self, identity: str, region: str) -> None:
        self._identity, self._region = identity, region

    @cached_property
    def client(self) -> Any:
        """The client, which costs tens of milliseconds: made with the first letter."""
        return boto3.client("sesv2", region_name=self._region or None, config=ONCE)

    def check(self, sender: str) -> None:
        """Ask SES whether letters may come from this address: a call or two.

        Raises:
            NeedsAttention: They may not.
            RetryLater: SES does not tell.
        """
        if not self._may_come_from(sender):
            raise NeedsAttention(
                "This deployment may not send mail from the sender's address", where="MailIdentity", fix=DEPLOY
            )
        domain = sender.rpartition("@")[2]
        candidates = (domain, sender) if self._identity == ANY else (self._identity,)
        if not any(self._is_verified(identity) for identity in candidates):
            raise NeedsAttention("SES has not verified the sender's address", where=SES, fix=VERIFY)

    def send(self, letter: Letter) -> None:
        """Hand a letter over: one call.

        Raises:
            Held: SES refuses it, or this deployment may not send from that address.
            RetryLater: Surely not taken.
            OutcomeUnknown: Maybe taken.
        """
        if not self._may_come_from(letter.sender):
            raise _held("This deployment may not send mail from the sender's address", DEPLOY)
        try:
            self.client.send_email(
                FromEmailAddress=letter.sender,
                Destination={"ToAddresses": [letter.recipient]},
                Content={"Raw": {"Data": written(letter)}},
            )
        except ClientError as error:
            raise _refusal(error.response, letter.sender) from None  # it quotes the recipient
        except _NEVER_SENT as error:
            raise RetryLater("SES cannot be reached", after=SLOWER, where=SES) from error
        except (ConnectionError, HTTPClientError) as error:
            raise OutcomeUnknown("The answer of SES was lost", where=SES) from error

    def _may_come_from(self, sender: str) -> bool:
        """A domain stands for all below it, too."""
        named, address = self._identity.lower(), sender.lower()
        return bool(named) and (named in (ANY, address) or address.endswith((f"@{named}", f".{named}")))

    def _is_verified(self, identity: str) -> bool:
        try:
            return bool(self.client.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in _UNKNOWN:
                return False
            raise RetryLater(f"SES does not tell whether the sender is verified ({code})", after=SLOWER) from error
        except (ConnectionError, HTTPClientError) as error:
            raise RetryLater("SES cannot be reached", after=SLOWER, where=SES) from error


def written(letter: Letter) -> bytes:
    """Return the letter as it travels (RFC 5322): plain text and a PDF, in ASCII throughout."""
    from email.headerregistry import Address  # who mails nothing need not load them at a cold start
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"] = Address(letter.sender_name, addr_spec=letter.sender)
    message["To"] = letter.recipient
    message["Subject"] = letter.subject
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="base64")
    message.add_attachment(letter.file, maintype="application", subtype="pdf", filename=letter.file_name)
    return message.as_bytes()


def _refusal(answer: Mapping[str, Any], sender: str) -> BridgeError:
    code, said = answer["Error"]["Code"], str(answer["Error"].get("Message", "")).lower()
    if code in _TOO_MANY:
        daily = "daily" in said
        what = "SES has taken as many letters as it takes in a day" if daily else "SES asks us to slow down"
        return RetryLater(what, after=NEXT_HOUR if daily else SLOWER, where=SES)
    if int(answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)) >= SERVER_ERROR:
        return OutcomeUnknown(f"SES broke down ({code})", where=SES)
    if code in _NOT_ALLOWED:
        return _held("The right to send from the sender's address is missing", DEPLOY)
    if code in _PAUSED:
        return _held("SES has stopped sending for this account", "The SES console says why.")
    return _rejected(code, said, sender.lower())


def _rejected(code: str, said: str, sender: str) -> BridgeError:
    unverified = any(words in said for words in _UNVERIFIED) or code == "MailFromDomainNotVerifiedException"
    if unverified and "@" in said and sender not in said:
        return _held("SES is in its sandbox, where it writes to verified addresses only", PRODUCTION)
    if unverified:
        return _held("SES has not verified the sender's address", VERIFY)
    return _held(f"SES refuses the letter ({code})", "Send the document to the buyer from the back office.")


def _held(what: str, fix: str) -> Held:
    return Held(what, code="not_mailed", where=SES, fix=fix)
