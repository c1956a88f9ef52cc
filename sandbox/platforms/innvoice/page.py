"""A page for people who explore the sandbox: the documents as an accountant would see them."""

from sandbox.platforms.innvoice.records import Document
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.kit.pages import table_page

_HEADINGS = ("Technical id", "Number", "Kind", "Date", "Buyer", "Lines", "Total", "Paid", "Notes")


def documents_page(company: Company) -> str:
    """HTML with the newest documents first."""
    summary = (
        f"{len(company.documents)} documents, {len(company.products)} products, {len(company.warehouses)} warehouses, "
        f"{len(company.partners)} partners"
    )
    return table_page("Emulated InnVoice", summary, _HEADINGS, map(_row, reversed(company.documents.values())))


def _row(document: Document) -> tuple[object, ...]:
    return (
        document.techid,
        document.number,
        document.kind,
        document.header["SzamlaKelte"],
        document.header["VevoNev"],
        len(document.lines),
        f"{document.total:.2f} {document.header['Devizanem']}",
        "yes" if document.is_paid else "no",
        ", ".join(_notes(document)),
    )


def _notes(document: Document) -> list[str]:
    told = {
        "set aside": document.set_aside,
        f"became {document.turned_into and document.turned_into.techid}": document.turned_into,
        f"cancels {document.cancels and document.cancels.number}": document.cancels,
        f"cancelled by {document.cancelled_by and document.cancelled_by.number}": document.cancelled_by,
    }
    return [note for note, applies in told.items() if applies]
