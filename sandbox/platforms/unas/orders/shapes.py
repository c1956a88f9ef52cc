"""The documented nodes of orders and customers, in the order of the file's examples (platform file, "Orders")."""

from sandbox.platforms.unas.fields import (
    BLANK,
    NUMBER,
    ONCE,
    READ,
    SENT,
    TEXT,
    TIME,
    YES_NO,
    Node,
    Shape,
    holding,
    is_number,
    many,
    one_of,
)

FEES = ("shipping-cost", "handel-cost")
DISCOUNTS = ("discount-percent", "discount-amount")
FIXED = (*FEES, *DISCOUNTS)
"""Ids of lines that are no goods; one of them is spelt so."""

_READ_PARAMS: Shape = {"Id": TEXT, "Name": TEXT, "Value": BLANK}
PARAMS = holding({"Param": many(_READ_PARAMS, same=("Id",))})
PLACE: Shape = {
    "Name": TEXT,
    "ZIP": TEXT,
    "City": TEXT,
    "Street": TEXT,
    "StreetName": TEXT,
    "StreetType": TEXT,
    "StreetNumber": TEXT,
    "County": TEXT,
    "Country": TEXT,
    "CountryCode": TEXT,
}
CUSTOMER_TYPE = one_of("private", "company", "other_customer_without_tax_number")
TAXED: Shape = {"TaxNumber": TEXT, "EUTaxNumber": TEXT, "CustomerType": CUSTOMER_TYPE}
POINT: Shape = {
    "DeliveryPointID": TEXT,
    "AltDeliveryPointID": READ,
    "DeliveryPointGroup": TEXT,
    "DeliveryPointSubGroup": TEXT,
    "RecipientName": TEXT,
}
CONTACT: Shape = {"Name": TEXT, "Phone": BLANK, "Mobile": BLANK, "Lang": TEXT}
BUYER: Shape = {
    "Id": TEXT,
    "Email": TEXT,
    "EmailWarning": READ,
    "Username": BLANK,
    "Contact": holding(CONTACT),
    "Addresses": holding({"Invoice": holding({**PLACE, **TAXED}), "Shipping": holding({**PLACE, **POINT})}),
    "Group": holding({"Id": TEXT, "Name": TEXT, "ForeignID": TEXT}),
    "Params": PARAMS,
    "Comment": TEXT,
}
TRANSACTION: Shape = {
    "Id": Node(kind="manual", accepts=lambda value: value == "manual"),
    "AuthCode": READ,
    "Status": READ,
    "Date": TIME,
    "Amount": NUMBER,
    "AmountRefund": READ,
}
"""Only a transaction that is entered by hand can be written."""
PAYMENT: Shape = {
    "Id": TEXT,
    "Name": TEXT,
    "Type": READ,
    "Status": READ,
    "Paid": READ,
    "Pending": READ,
    "Unpaid": READ,
    "ForeignID": READ,
    "Transactions": holding({"Transaction": many(TRANSACTION, same=("Id", "Date", "Amount"))}),
}
ITEM: Shape = {
    "Id": TEXT,
    "Sku": TEXT,
    "Name": TEXT,
    "Variants": holding({"Variant": many({"Id": TEXT, "Name": TEXT, "Value": TEXT})}),
    "ProductParams": holding({"ProductParam": many()}, write="no"),
    "Unit": TEXT,
    "Quantity": NUMBER,
    "Percent": READ,
    "PriceNet": NUMBER,
    "PriceGross": NUMBER,
    "Vat": READ,
    "Status": TEXT,
    "PlusStatuses": holding({"Status": many({"Id": TEXT, "Name": TEXT, "Value": TEXT, "Public": TEXT})}),
    "Control": holding({"Quantity": NUMBER, "User": TEXT}),
    "StockConsumptions": holding({"StockConsumption": many({"Id": READ, "Name": READ, "Quantity": READ})}, write="no"),
}
_LINKS = ("MergedFrom", "SeparatedTo", "SeparatedFrom", "CopiedFrom", "ReturnedFrom", "ReturnedTo")
COMMENT: Shape = {"Type": one_of("customer", "customer_shipping", "admin"), "Text": TEXT}
ORDER: Shape = {
    "Action": SENT,
    "Key": READ,
    "InternalKey": READ,
    "Id": READ,
    "Date": Node(write="add", kind=TIME.kind, accepts=TIME.accepts),
    "DateMod": READ,
    "Lang": ONCE,
    "Customer": holding(BUYER, required=True),
    "Currency": Node(write="add", required=True),
    "PriceRounding": READ,
    "ExchangeValue": Node(write="add", kind=NUMBER.kind, accepts=is_number),
    "VatCountryCode": ONCE,
    "Type": TEXT,
    "Status": Node(required=True),
    "StatusType": READ,
    "StatusID": READ,
    "StatusDetails": BLANK,
    "StatusDateMod": READ,
    "StatusEmail": Node(kind="yes or no", accepts=YES_NO.accepts, shown=False),
    "OrderEmail": Node(kind="yes or no", accepts=YES_NO.accepts, shown=False),
    "Authenticated": READ,
    "Payment": holding(PAYMENT),
    "Shipping": holding({"Id": TEXT, "Name": TEXT, "PackageNumber": BLANK, "TrackingUrl": TEXT, "ForeignID": BLANK}),
    "Invoice": holding({"Status": one_of("0", "1", "2"), "StatusText": READ, "Number": BLANK, "Url": BLANK}),
    "Storno": holding({"Number": TEXT, "Url": TEXT}),
    "Params": PARAMS,
    "Referer": TEXT,
    "Affiliate": holding({"Id": READ, "Name": READ}, write="no"),
    "UTM": holding(dict.fromkeys(("Source", "Medium", "Campaign", "Content"), READ), write="no"),
    "Coupon": Node(write="add", blank=True),
    "Weight": READ,
    "Info": holding({name: holding({"Key": many(write="no")}, write="no") for name in _LINKS}, write="no"),
    "Comments": holding({"Comment": many(COMMENT)}),
    "SumPriceGross": READ,
    "Items": holding({"Item": many(ITEM)}, required=True),
}
CUSTOMER: Shape = {
    "Action": SENT,
    "Id": READ,
    "Email": Node(write="add"),
    "Username": Node(write="add", blank=True),
    "Password": SENT,
    "PasswordCrypt": SENT,
    "PasswordCrypted": SENT,
    "Contact": holding(CONTACT),
    "Addresses": holding(
        {
            "Invoice": holding({**PLACE, **TAXED}),
            "Shipping": holding({**PLACE, **TAXED}),
            "Other": many({"Id": TEXT, **PLACE}, same=("Id",)),
        }
    ),
    "Params": PARAMS,
    "Dates": holding(dict.fromkeys(("Registration", "Modification", "Login"), READ), write="no"),
    "Group": holding({"Id": TEXT, "Name": TEXT}),
    "Authorize": holding({"Customer": YES_NO, "Admin": YES_NO}),
    "Discount": holding({"Total": READ, "Direct": NUMBER}),
    "PointsAccount": holding({"Balance": NUMBER}),
    "Newsletter": holding({"Subscribed": YES_NO, "Authorized": YES_NO}),
    "Comment": TEXT,
    "Others": holding(dict.fromkeys(("FacebookConnect", "Ip", "Referer"), READ), write="no"),
}
"""Restrictions, cards, abandoned carts and favourites are not kept."""
