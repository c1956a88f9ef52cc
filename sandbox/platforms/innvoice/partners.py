"""Partners: the proposed list and write of them, and the buyers of documents."""

from sandbox.platforms.innvoice.batches import Outcome, each
from sandbox.platforms.innvoice.inferred import same_partner
from sandbox.platforms.innvoice.records import Partner
from sandbox.platforms.innvoice.shapes import CUSTOMER
from sandbox.platforms.innvoice.state import Company
from sandbox.platforms.innvoice.wire import Record

_OF_A_BUYER = {
    "Nev": "VevoNev",
    "Orszag": "VevoOrszag",
    "Irsz": "VevoIrsz",
    "Telepules": "VevoTelep",
    "UtcaHsz": "VevoUtcaHsz",
    "Adoszam": "VevoAdoszam",
}


def listed(company: Company) -> Record:
    """All partners."""
    return {"customer": [{"techid": each.id, **each.fields} for each in company.partners.values()]}


def write(company: Company, body: bytes) -> Record:
    """Make partners or bring them up to date; a field that is not sent stays as it is.

    Raises:
        ApiError: The body as a whole is refused.
    """
    return each(company, body, ("customers", "customer"), lambda _: CUSTOMER, _put)


def file_partner(company: Company, told: dict[str, str]) -> Partner:
    """The partner that this is, made or brought up to date."""
    for partner in company.partners.values():
        if same_partner(told, partner.fields):
            partner.fields |= told
            return partner
    made = Partner(company.new_id("partner"), told)
    company.partners[made.id] = made
    return made


def file_buyer(company: Company, header: Record) -> Partner:
    """The partner that a document's buyer is."""
    return file_partner(company, {own: header[name] for own, name in _OF_A_BUYER.items() if name in header})


def _put(company: Company, sent: Record) -> Outcome:
    return {"techid": str(file_partner(company, sent).id)}
