"""The buyer as an order's client; pure. BOCP keeps no clients of ours: they travel on their orders."""

from shopbridge.connectors.cloudsales.orders.parties import delivery_place, invoice_place
from shopbridge.connectors.cloudsales.orders.wire import Client
from shopbridge.connectors.cloudsales.settings import CloudSalesSettings
from shopbridge.errors import Held
from shopbridge.mapping.countries import romanian_country
from shopbridge.model.order import Order


def client_of(order: Order, settings: CloudSalesSettings) -> Client:
    """The company that buys, represented by a person; or the person.

    Raises:
        Held: There is no name at all (code ``client_without_name``), or a country without one.
    """
    person, company, buyer = _person(order), _company(order), order.customer
    name = company or person
    if not name:
        raise Held(
            "The order names neither a person nor a company",
            code="client_without_name",
            where=f"order {order.number}",
            fix="Enter a name in the billing address in the shop, then resend the order.",
        )
    return Client(
        name=name,
        is_company=bool(company),
        representative=person,
        email=buyer.email if buyer else "",
        phone=order.billing_address.phone or order.shipping_address.phone,
        vat_id=buyer.vat_id if buyer and company else "",
        invoice_address=invoice_place(order.billing_address, settings.countries),
        delivery_address=delivery_place(order.shipping_address, settings.countries),
    )


def check_company(client: Client, settings: CloudSalesSettings, where: str) -> None:
    """Raise Held when a company lacks what its invoice needs (code ``company_incomplete``)."""
    missing = client.missing(romanian_country("RO", settings.countries, "CloudSales"))
    if missing:
        raise Held(
            f"The order is a company's, and its {', '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            code="company_incomplete",
            where=where,
            fix="Enter it in the shop, or let an own rule of the connection fill client.vat_id and client.invoice_"
            "address, or set client.is_company to false; then resend the order.",
        )


def _person(order: Order) -> str:
    address, buyer = order.billing_address, order.customer
    name = f"{address.first_name} {address.last_name}".strip()
    return name or (f"{buyer.first_name} {buyer.last_name}".strip() if buyer else "")


def _company(order: Order) -> str:
    return order.billing_address.company.strip() or (order.customer.company.strip() if order.customer else "")
