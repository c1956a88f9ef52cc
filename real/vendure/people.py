"""What the merchant and buyers do in a real Vendure, over its own two APIs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import httpx

GROSS, GROSS_TOKEN = "gross", "gross-channel"
"""A second channel, whose prices include tax."""
PROMOTIONS: Final[Mapping[str, tuple[str, Sequence[Mapping[str, str]]]]] = {
    "TEN": ("order_percentage_discount", [{"name": "discount", "value": "10"}]),
    "FIVE": ("order_fixed_discount", [{"name": "discount", "value": "500"}]),
    "SHIP": ("free_shipping", []),
}
"""Coupon codes: what each does."""
SETTLED, AUTHORIZED = "dummy-settled", "dummy-authorized"
"""Ways to pay: at once, and promised."""
ADDRESS: Final = {
    "fullName": "Kim Klant",
    "company": "Test BV",
    "streetLine1": "Teststraat 1",
    "city": "Gorinchem",
    "postalCode": "4200 AA",
    "countryCode": "NL",
}
ERROR = "__typename ... on ErrorResult { errorCode message }"


def _change(call: str, given: str, told: str = "") -> str:
    """A document that changes something: what is called, with which variables, and what it shall tell."""
    return f"mutation({given}) {{ {call} {{ {ERROR} {told} }} }}"


class RefusedError(Exception):
    """The shop did not do what was asked."""


@dataclass
class _Caller:
    """Asks one of the APIs, in one session."""

    url: str
    headers: dict[str, str] = field(default_factory=dict)

    def __call__(self, query: str, **variables: Any) -> Any:
        body = {"query": query, "variables": variables}
        response = httpx.post(self.url, json=body, headers=self.headers, timeout=30)
        if token := response.headers.get("vendure-auth-token"):
            self.headers["authorization"] = f"Bearer {token}"
        answer = response.json()
        if answer.get("errors"):
            raise RefusedError(answer["errors"][0]["message"])
        for result in answer["data"].values():
            if isinstance(result, dict) and "errorCode" in result:
                raise RefusedError(result["message"])
        return answer["data"]


@dataclass(frozen=True)
class RealVendure:
    """A shop that runs.

    Attributes:
        api_key: Of a key with every right.
        webhook_secret: What our plugin signs with.
    """

    url: str
    api_key: str = field(repr=False)
    webhook_secret: str = field(repr=False)

    def admin(self, query: str, **variables: Any) -> Any:
        """Ask the Admin API with our key; the data of its answer. Raises RefusedError."""
        return _Caller(f"{self.url}/admin-api", {"vendure-api-key": self.api_key})(query, **variables)

    def place_order(
        self,
        units: Mapping[str, int],
        *,
        coupon: str = "",
        registered: bool = False,
        payment: str = SETTLED,
        mail: str = "kim@example.test",
        gross: bool = False,
    ) -> str:
        """A buyer orders; the order's id."""
        buyer = _Caller(f"{self.url}/shop-api", {"vendure-token": GROSS_TOKEN} if gross else {})
        for sku, count in units.items():
            added = _change("addItemToOrder(productVariantId: $id, quantity: $count)", "$id: ID!, $count: Int!")
            buyer(added, id=self.variant(sku)["id"], count=count)
        _introduce(buyer, mail, registered=registered)
        for which in ("Shipping", "Billing"):
            named = _change(f"setOrder{which}Address(input: $to)", "$to: CreateAddressInput!")
            buyer(named, to=ADDRESS)
        if coupon:
            buyer(_change("applyCouponCode(couponCode: $code)", "$code: String!"), code=coupon)
        way = buyer("{ eligibleShippingMethods { id } }")["eligibleShippingMethods"][0]["id"]
        buyer(_change("setOrderShippingMethod(shippingMethodId: $id)", "$id: [ID!]!"), id=[way])
        buyer(f'mutation {{ transitionOrderToState(state: "ArrangingPayment") {{ {ERROR} }} }}')
        paid = _change("addPaymentToOrder(input: $by)", "$by: PaymentInput!", "... on Order { id }")
        return str(buyer(paid, by={"method": payment, "metadata": {}})["addPaymentToOrder"]["id"])

    def order(self, order: str, fields: str) -> Mapping[str, Any]:
        """What the server says of an order."""
        told: Mapping[str, Any] = self.admin(f"query($id: ID!) {{ order(id: $id) {{ {fields} }} }}", id=order)["order"]
        return told

    def total_of(self, order: str) -> Decimal:
        """What the buyer pays."""
        return Decimal(self.order(order, "totalWithTax")["totalWithTax"]) / 100

    def variant(self, sku: str) -> Mapping[str, Any]:
        """The variant with an SKU."""
        levels = "stockLevels { stockOnHand stockAllocated }"
        options = {"filter": {"sku": {"eq": sku}}}
        listed = f"productVariants(options: $options) {{ items {{ id {levels} }} }}"
        query = f"query($options: ProductVariantListOptions) {{ {listed} }}"
        (found,) = self.admin(query, options=options)["productVariants"]["items"]
        return dict(found)

    def restock(self, sku: str, count: int) -> None:
        """Count what lies there anew."""
        counted = "mutation($input: [UpdateProductVariantInput!]!) { updateProductVariants(input: $input) { id } }"
        self.admin(counted, input=[{"id": self.variant(sku)["id"], "stockOnHand": count}])

    def stock_of(self, sku: str) -> tuple[int, int]:
        """What lies there, and what placed orders have a claim on."""
        (level,) = self.variant(sku)["stockLevels"]
        return level["stockOnHand"], level["stockAllocated"]


def _introduce(buyer: _Caller, mail: str, *, registered: bool) -> None:
    """Say who orders: somebody with an account, or a guest."""
    person = {"emailAddress": mail, "firstName": "Kim", "lastName": "Klant"}
    if not registered:
        buyer(_change("setCustomerForOrder(input: $who)", "$who: CreateCustomerInput!"), who=person)
        return
    signed = {**person, "password": "buyers-password"}
    buyer(_change("registerCustomerAccount(input: $who)", "$who: RegisterCustomerInput!"), who=signed)
    buyer(_change('login(username: $name, password: "buyers-password")', "$name: String!"), name=mail)


def furnished_shop(url: str, password: str, hook_secret: str) -> RealVendure:
    """Make our key, a channel with gross prices that sells all there is, and promotions; the shop with them."""
    admin = _Caller(f"{url}/admin-api")
    admin(_change('login(username: "superadmin", password: $word)', "$word: String!"), word=password)
    (role,) = (
        each["id"] for each in admin("{ roles { items { id code } } }")["roles"]["items"] if "super" in each["code"]
    )
    _open_gross_channel(admin)
    for code, (action, arguments) in PROMOTIONS.items():
        _promote(admin, code, {"code": action, "arguments": arguments})
    made = "mutation($key: CreateApiKeyInput!) { createApiKey(input: $key) { apiKey } }"
    named = {"roleIds": [role], "translations": [{"languageCode": "en", "name": "Shopbridge"}]}
    return RealVendure(url, admin(made, key=named)["createApiKey"]["apiKey"], hook_secret)


def _open_gross_channel(admin: _Caller) -> None:
    zone = admin("{ zones { items { id } } }")["zones"]["items"][0]["id"]
    channel = {
        "code": GROSS,
        "token": GROSS_TOKEN,
        "defaultLanguageCode": "en",
        "pricesIncludeTax": True,
        "defaultCurrencyCode": "EUR",
        "defaultTaxZoneId": zone,
        "defaultShippingZoneId": zone,
    }
    created = _change("createChannel(input: $new)", "$new: CreateChannelInput!", "... on Channel { id }")
    number = admin(created, new=channel)["createChannel"]["id"]
    for kind, things in (
        ("Product", "products"),
        ("ShippingMethod", "shippingMethods"),
        ("PaymentMethod", "paymentMethods"),
        ("StockLocation", "stockLocations"),
    ):
        ids = [each["id"] for each in admin(f"{{ {things} {{ items {{ id }} }} }}")[things]["items"]]
        _assign(admin, kind, number, ids)


def _assign(admin: _Caller, kind: str, channel: str, ids: Sequence[str]) -> None:
    name = f"{kind[0].lower()}{kind[1:]}Ids"
    query = f"mutation($in: Assign{kind}sToChannelInput!) {{ assign{kind}sToChannel(input: $in) {{ id }} }}"
    admin(query, **{"in": {"channelId": channel, name: ids}})


def _promote(admin: _Caller, code: str, action: Mapping[str, Any]) -> None:
    """A promotion for whoever has its code, in both channels."""
    told = [{"languageCode": "en", "name": code, "description": code}]
    new = {"enabled": True, "couponCode": code, "conditions": [], "actions": [action], "translations": told}
    query = _change("createPromotion(input: $new)", "$new: CreatePromotionInput!", "... on Promotion { id }")
    number = admin(query, new=new)["createPromotion"]["id"]
    channels = admin("{ channels { items { id code } } }")["channels"]["items"]
    _assign(admin, "Promotion", next(each["id"] for each in channels if each["code"] == GROSS), [number])
