"""What `shopbridge connect` asks of Shopware and SalesPOS, question by question, and what somebody types."""

from collections.abc import Iterable, Mapping

Script = Iterable[tuple[str, str]]
"""What is asked, or how it begins, and what is typed."""


def which(shop: str, office: str, name: str) -> Script:
    return (("Shop: ", shop), ("Back office: ", office), ("Name, for people", ""), ("Id [", name))


def sides_of_shopware(
    shop_url: str, key: Mapping[str, str], office_url: str, office: Mapping[str, str], mistyped: str = ""
) -> Script:
    """Both sides, the shop's secret wrong at first where one is ``mistyped``."""
    yield from (("Shop URL", shop_url), ("Time zone", ""), ("Log in by", "1"))
    yield "Access key id", key["client_id"]
    if mistyped:
        yield from (("Secret access key", mistyped), ("Access key id", ""))
    yield from (("Secret access key", key["client_secret"]), ("Sales channels", ""))
    yield from (("Address of the web shop", office_url), ("Country of sale", ""))
    yield from (("Public key", office["public_key"]), ("Secret key", office["secret_key"]))


ORDERS = (
    *(("Which (", ""), ("Which (", ""), ("Which (", ""), ("Orders placed since", "")),
    *(("in the shop", ""), ("in the back office", ""), ("Then [", "")),
)
MAPS_OF_SHOPWARE = (
    *(("Completed [", ""), ("In progress [", ""), ("Open: ", "New")),
    *(("Cash on delivery [", ""), ("Direct Debit: ", "-"), ("iDEAL [", ""), ("PayPal: ", "3")),
    *(("Invoice: ", "1"), ("Paid in advance: ", "2")),
    *(("Pickup [", ""), ("Express: ", "1"), ("Standard: ", "1"), ("shop sells at", "")),
)
FLOWS_OF_SHOPWARE = (
    *(("Which: ", "3"), ("Field for the document", ""), ("follow the statuses", "n"), ("tracking codes", "n")),
    *(("Carry stock?", "n"), ("Carry products", "n")),
)
