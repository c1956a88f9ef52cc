"""Letters through SES: what leaves, once, and what each refusal means; no address is quoted."""

import email
import email.policy
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto.ses.models import ses_backends

from shopbridge.errors import Held, NeedsAttention, OutcomeUnknown, RetryLater
from shopbridge.ports import Letter
from shopbridge.store.environment import Environment
from shopbridge.store.mail import SesMail

DOMAIN, SENDER, BUYER = "minta.example", "bills@minta.example", "anna@buyers.example"
REGION = "eu-central-1"
LETTER = Letter(
    sender=SENDER,
    sender_name="Minta Bolt, Győr",
    reply_to="help@minta.example",
    recipient=BUYER,
    subject="Számla EX/1",
    text="Kedves Anna!\nMellékelve küldjük.\n",
    file_name="EX-1.pdf",
    file=b"%PDF-1.7 \x00\xff the file",
)


def verified(backend: Any, identity: str) -> None:
    """Its DNS records were found."""
    boto3.client("sesv2", region_name=REGION).create_email_identity(EmailIdentity=identity)
    backend.email_identities[identity].verified_for_sending_status = True


@pytest.fixture
def ses(environment: Environment) -> Iterator[Any]:
    """SES with a verified domain; its state is its own."""
    del environment
    backend = ses_backends["123456789012"][REGION]
    backend.reset()
    verified(backend, DOMAIN)
    yield backend
    backend.reset()


def test_a_letter_arrives_as_it_was_written(ses: Any) -> None:
    SesMail(DOMAIN, REGION).send(LETTER)
    (sent,) = ses.sent_messages
    assert (sent.source, set(sent.destinations)) == (SENDER, {BUYER})
    message = email.message_from_string(sent.raw_data, policy=email.policy.default)
    assert sent.raw_data.isascii()
    assert message["From"].addresses[0].display_name == "Minta Bolt, Győr"
    assert [str(message[name]) for name in ("To", "Reply-To", "Subject")] == [
        BUYER,
        "help@minta.example",
        "Számla EX/1",
    ]
    body, (file,) = message.get_body(), list(message.iter_attachments())
    assert body is not None
    assert body.get_content() == LETTER.text
    assert (file.get_content(), file.get_content_type(), file.get_filename()) == (
        LETTER.file,
        "application/pdf",
        "EX-1.pdf",
    )


@pytest.mark.parametrize("identity", [DOMAIN, SENDER, "*", "MINTA.example"])
def test_a_sender_that_is_verified_passes_the_check(ses: Any, identity: str) -> None:
    verified(ses, SENDER)
    SesMail(identity.lower(), REGION).check(SENDER)


@pytest.mark.parametrize(
    ("identity", "sender", "says"),
    [
        ("", SENDER, "This deployment may not send mail"),
        (DOMAIN, "bills@other.example", "This deployment may not send mail"),
        (DOMAIN, "bills@notminta.example", "This deployment may not send mail"),
        ("other.example", "bills@other.example", "has not verified the sender's address"),
        ("*", "bills@other.example", "has not verified the sender's address"),
    ],
)
def test_a_sender_that_may_not_send_is_told_with_what_to_do(ses: Any, identity: str, sender: str, says: str) -> None:
    with pytest.raises(NeedsAttention, match=says) as caught:
        SesMail(identity, REGION).check(sender)
    assert caught.value.fix
    letter = Letter(**{**vars(LETTER), "sender": sender})
    with pytest.raises(Held) as refused:
        SesMail(identity, REGION).send(letter)
    assert (refused.value.code, ses.sent_messages) == ("not_mailed", [])


def test_an_identity_whose_records_nobody_found_yet_is_not_verified(ses: Any) -> None:
    ses.email_identities[DOMAIN].verified_for_sending_status = False
    with pytest.raises(NeedsAttention, match="has not verified"):
        SesMail(DOMAIN, REGION).check(SENDER)


def test_no_client_is_made_before_a_letter_asks_for_it() -> None:
    mail = SesMail("", "")
    with pytest.raises(NeedsAttention):
        mail.check(SENDER)
    assert "client" not in vars(mail)


class Saying:
    """In the client's place: counts the calls and raises."""

    def __init__(self, error: Exception) -> None:
        self.error, self.calls = error, 0

    def send_email(self, **_: Any) -> None:
        self.calls += 1
        raise self.error

    def get_email_identity(self, **_: Any) -> None:
        raise self.error


def said(code: str, message: str = "", status: int = 400) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "SendEmail")


def answered(error: Exception, ask: Callable[[SesMail], None]) -> Exception:
    mail = SesMail(DOMAIN, REGION)
    vars(mail)["client"] = Saying(error)
    with pytest.raises((Held, RetryLater, OutcomeUnknown, ClientError)) as caught:
        ask(mail)
    return caught.value


UNVERIFIED = "Email address is not verified. The following identities failed the check in region EU-CENTRAL-1: "
LETTER_REFUSALS = [
    (said("MessageRejected", UNVERIFIED + SENDER), "has not verified the sender"),
    (said("MessageRejected", f"{UNVERIFIED}{SENDER}, {BUYER}"), "has not verified the sender"),
    (said("MailFromDomainNotVerifiedException"), "has not verified the sender"),
    (said("MessageRejected", UNVERIFIED + BUYER), "in its sandbox"),
    (said("MessageRejected", f"Address blacklisted: {BUYER}"), "refuses the letter \\(MessageRejected\\)"),
    (said("BadRequestException", f"Illegal address {BUYER}"), "refuses the letter"),
    (said("SendingPausedException"), "has stopped sending"),
    (said("AccountSuspendedException"), "has stopped sending"),
    (said("AccessDeniedException", f"not authorized on {BUYER}", 403), "right to send"),
]


@pytest.mark.parametrize(("error", "says"), LETTER_REFUSALS)
def test_a_refusal_is_told_with_what_to_do_and_without_an_address(error: ClientError, says: str) -> None:
    refused = answered(error, lambda mail: mail.send(LETTER))
    assert isinstance(refused, Held)
    assert refused.fix
    with pytest.raises(Held, match=says):
        raise refused
    assert not {BUYER, SENDER} & set(str(refused).replace(",", " ").split())
    assert refused.__cause__ is None


@pytest.mark.parametrize(
    ("error", "after"),
    [
        (said("TooManyRequestsException", "Maximum sending rate exceeded.", 429), 60),
        (said("TooManyRequestsException", "Daily message quota exceeded.", 429), 3600),
        (said("LimitExceededException"), 60),
        (said("ThrottlingException"), 60),
        (EndpointConnectionError(endpoint_url="https://email.example"), 60),
        (ConnectTimeoutError(endpoint_url="https://email.example"), 60),
    ],
)
def test_what_was_surely_not_taken_is_for_later(error: Exception, after: float) -> None:
    refused = answered(error, lambda mail: mail.send(LETTER))
    assert isinstance(refused, RetryLater)
    assert refused.after == after


@pytest.mark.parametrize(
    "error",
    [
        said("InternalServiceErrorException", status=500),
        said("ServiceUnavailable", status=503),
        ReadTimeoutError(endpoint_url="https://email.example"),
        ConnectionClosedError(endpoint_url="https://email.example"),
    ],
)
def test_what_may_have_been_taken_is_called_so(error: Exception) -> None:
    assert isinstance(answered(error, lambda mail: mail.send(LETTER)), OutcomeUnknown)
    assert isinstance(answered(error, lambda mail: mail.check(SENDER)), RetryLater)


def test_the_sdk_repeats_no_letter(ses: Any) -> None:
    del ses
    mail, tries = SesMail(DOMAIN, REGION), []

    def lose(**_: Any) -> None:
        tries.append(1)
        raise ReadTimeoutError(endpoint_url="https://email.example")

    mail.client.meta.events.register("before-send", lose)
    with pytest.raises(OutcomeUnknown):
        mail.send(LETTER)
    assert len(tries) == 1
