"""Who buys and where it goes."""

from shopbridge.model.base import CountryCode, Model


class Address(Model):
    """An address as the shop has it: the street line is not split yet.

    Attributes:
        street: The whole first line, usually street and house number.
        extra: Further lines, in order.
        country: ISO 3166-1 alpha-2.
    """

    first_name: str
    last_name: str
    company: str
    department: str
    street: str
    extra: tuple[str, ...]
    postcode: str
    city: str
    state: str
    country: CountryCode
    phone: str


class Customer(Model):
    """The buyer of an order.

    Attributes:
        id: The shop's own id; empty when the shop keeps no record.
        number: The shop's customer number; may be empty.
        email: As written by the buyer; match with ``match_key``.
        guest: Bought without an account.
    """

    id: str
    number: str
    email: str
    first_name: str
    last_name: str
    company: str
    vat_id: str
    guest: bool

    @property
    def match_key(self) -> str:
        """What customers are matched by: the e-mail without regard to case."""
        return self.email.strip().casefold()

    @property
    def is_company(self) -> bool:
        """A company name makes a company; everybody else is a person."""
        return bool(self.company.strip())
