"""The PDF of a document, so that it can be mailed: InnVoice mails nothing that the API makes ("Known quirks" 6).

The answer to its making names where it lies, for whoever has the address ("Known quirks" 7; client S1).
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from shopbridge.connectors.innvoice.api import document as by_techid
from shopbridge.connectors.innvoice.settings import InnVoiceSettings
from shopbridge.connectors.innvoice.wire import LONGEST_LINK, DocumentInput, elements, text_of
from shopbridge.connectors.kit.documents import read_pdf
from shopbridge.connectors.parts import Capability
from shopbridge.errors import NeedsAttention
from shopbridge.http.answer import Answer
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DocumentKind, OfficeDocument

_HOME = "innvoice.hu"
"""[inferred] Where printed documents lie, there or below: no client shows an address."""


class InnVoiceDocuments:
    """Hands out the files of one connection's documents."""

    def __init__(self, settings: InnVoiceSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def read(self, document: OfficeDocument) -> bytes:
        """Return the PDF: one call, and one more where the address is not known.

        Raises:
            Held: There is none, or it does not lie with InnVoice.
            RetryLater: It cannot be read just now.
        """
        fix = "Ask InnVoice's support whether that host is theirs; if so, add it to print_hosts and resend the order."
        return read_pdf(self._client, document.url or self._address(document), self._is_ours, fix)

    def _address(self, document: OfficeDocument) -> str:
        """[inferred] Reading a document tells it as well."""
        return print_url(self._client.send(by_techid(document.id)))

    def _is_ours(self, host: str) -> bool:
        own = urlsplit(self._settings.url).hostname
        return host in {own, _HOME, *self._settings.print_hosts} or host.endswith(f".{_HOME}")


def kind_of(sent: DocumentInput) -> DocumentKind:
    """Return what was asked for; what is set aside is nobody's yet, pro forma or not."""
    if sent.Felretett:
        return "draft"
    return "proforma" if sent.Proforma else "invoice"


def document_of(answer: Answer, techid: ExternalId, number: str, kind: DocumentKind) -> OfficeDocument:
    """Return a document as the answer to its making tells it (client S1)."""
    return OfficeDocument(id=techid, kind=kind, number=number, url=print_url(answer))


def print_url(answer: Answer) -> str:
    """Return where the document's PDF lies; empty where the answer does not say."""
    named = next(elements(answer.xml(), "PrintUrl"), {})
    return text_of(named, "PrintUrl", LONGEST_LINK)


def without_documents(settings: InnVoiceSettings) -> Mapping[Capability, NeedsAttention]:
    """Return why no document can be mailed; nothing where the settings let it."""
    if settings.document != "draft":
        return {}
    aside = NeedsAttention(
        "Documents are set aside, and what is set aside is not mailed",
        where="InnVoice, document",
        fix="Set document to invoice or proforma, or active of orders.document_mail to false.",
    )
    return {"document_source": aside}
