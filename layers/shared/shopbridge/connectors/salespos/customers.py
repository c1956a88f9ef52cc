"""The customers of an account."""

import secrets

from shopbridge.connectors.salespos import lookup, wire
from shopbridge.connectors.salespos.api import created, get, patch, post
from shopbridge.connectors.salespos.lookup import Sweep
from shopbridge.connectors.salespos.orders.payload import user_input
from shopbridge.connectors.salespos.orders.people import buyer_changes
from shopbridge.connectors.salespos.paging import SIZE
from shopbridge.connectors.salespos.settings import SalesPosSettings
from shopbridge.errors import AlreadyDone
from shopbridge.http.client import PlatformClient
from shopbridge.model.base import ExternalId
from shopbridge.model.office import DirectoryPage
from shopbridge.model.party import Address, Customer


class SalesPosCustomers:
    """Finds, creates and changes customers."""

    def __init__(self, settings: SalesPosSettings, client: PlatformClient) -> None:
        self._settings = settings
        self._client = client

    def changed(self, mark: str | None) -> DirectoryPage:
        """One page of customers by ascending id. A changed e-mail of a known customer does not show."""
        place = Sweep.parse(mark)
        page = self._client.read(get("/users/", orderby="id", start=str(place.start), size=SIZE), wire.USERS)
        after = lookup.sweep_step(place, [user.id for user in page.items], more=page.next is not None)
        new = [user for user in page.items if user.id > place.last] if after.start >= place.start else []
        return DirectoryPage(
            entries=lookup.customer_entries(new),
            mark=after.text(),
            complete=page.next is None and after.start >= place.start,
        )

    def check(self, customer: Customer, billing: Address, shipping: Address) -> wire.UserInput:
        """The user that would be created, with a password nobody knows. Raises Held when it cannot be."""
        return user_input(
            customer, billing, shipping, self._settings.customer_group, password=secrets.token_urlsafe(24)
        )

    def create(self, customer: Customer, billing: Address, shipping: Address) -> ExternalId:
        """Create a user with a password nobody knows.

        Raises:
            AlreadyDone: The e-mail is a user's name there already, or SalesPOS created it without naming its id.
            OutcomeUnknown: The answer was lost.
        """
        body = self.check(customer, billing, shipping)
        user = created(self._client.send(post("/users/", wire.body_of(body))), wire.CREATED)
        if user is None:
            raise AlreadyDone("SalesPOS created the customer without naming its id", where="SalesPOS users")
        return ExternalId(str(user.id))

    def update(self, customer_id: ExternalId, customer: Customer, billing: Address, shipping: Address) -> None:
        """Write what the shop knows; fields it leaves empty are not sent.

        [inferred] That a PATCH leaves the fields of ``userinfo`` alone that it does not name.
        """
        changes = {"userinfo": wire.body_of(buyer_changes(customer, billing, shipping))}
        try:
            self._client.send(patch(f"/users/{customer_id}/", changes))
        except AlreadyDone:
            return
