"""Who may call: API keys with the rights of their roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.platforms.vendure.errors import forbidden, no_channel

HEADER, CHANNEL = "vendure-api-key", "vendure-token"
ANYTHING = frozenset({"*"})
NEEDS: Mapping[str, frozenset[str]] = {
    "activeChannel": frozenset(),
    "globalSettings": frozenset(),
    "orders": frozenset({"ReadOrder"}),
    "order": frozenset({"ReadOrder"}),
    "products": frozenset({"ReadCatalog"}),
    "productVariants": frozenset({"ReadCatalog"}),
    "collections": frozenset({"ReadCatalog"}),
    "stockLocations": frozenset({"ReadCatalog", "ReadStockLocation"}),
    "taxRates": frozenset({"ReadCatalog", "ReadSettings", "ReadTaxRate"}),
    "paymentMethods": frozenset({"ReadSettings", "ReadPaymentMethod"}),
    "shippingMethods": frozenset({"ReadSettings", "ReadShippingMethod"}),
    "channels": frozenset({"ReadSettings", "ReadChannel"}),
    "updateProductVariants": frozenset({"UpdateCatalog"}),
    "updateProducts": frozenset({"UpdateCatalog"}),
    "addOptionGroupToProduct": frozenset({"UpdateCatalog"}),
    "createProduct": frozenset({"CreateCatalog"}),
    "createProductVariants": frozenset({"CreateCatalog"}),
    "createProductOptionGroup": frozenset({"CreateCatalog"}),
    "createProductOption": frozenset({"CreateCatalog"}),
}
"""Rights by field, any of which is enough; without one, any key. Changes of orders need ``UpdateOrder``."""


@dataclass
class Access:
    """The keys of a shop, each with its rights.

    Args:
        withheld: None of them counts.
    """

    keys: dict[str, frozenset[str]] = field(default_factory=dict)
    withheld: bool = False

    def check(self, headers: Mapping[str, str], asked: str, channels: Mapping[str, str]) -> None:
        """Nothing, when the caller may ask for a field.

        Args:
            channels: Codes by token.

        Raises:
            GraphQLError: The channel is not there, the key is wrong or has no right to it.
        """
        token = headers.get(CHANNEL, "")
        if token and token not in channels:
            raise no_channel(token)
        rights = None if self.withheld else self.keys.get(headers.get(HEADER, ""))
        needed = NEEDS.get(asked, frozenset({"UpdateOrder"}))
        if rights is None or (needed and not rights & (needed | ANYTHING)):
            raise forbidden()
