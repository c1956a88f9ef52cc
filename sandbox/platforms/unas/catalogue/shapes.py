"""The documented nodes of products and categories, with the content level they are shown from."""

from dataclasses import replace

from sandbox.platforms.unas.fields import (
    FLAG,
    FULL,
    NORMAL,
    NUMBER,
    READ,
    SENT,
    SHORT,
    TEXT,
    TIME,
    YES_NO,
    Node,
    Shape,
    holding,
    many,
    one_of,
)

BASE, ALT = "base", "alt"
LANGUAGE_NODES = ("Name", "Unit", "Description", "SefUrl", "ManufacturerUrl")
"""They follow ``Lang``."""
_PRICE_NAMES = ("Type", "Group", "Area", "CurrencyFilter")
_STEP: Shape = {
    "Limit": holding({"Lower": NUMBER, "Upper": NUMBER}),
    "Price": NUMBER,
    "Discount": TEXT,
}
QTY_DISCOUNT = holding(
    {"DiscountType": one_of("amount_fix", "amount_discount", "percent"), "Step": many(_STEP)}, level=FULL
)
PRICE: Shape = {
    "Type": one_of("normal", "sale", "special"),
    "Start": TIME,
    "End": TIME,
    "Area": TEXT,
    "AreaName": TEXT,
    "Group": TEXT,
    "GroupName": TEXT,
    "CurrencyFilter": TEXT,
    "Currency": TEXT,
    "Net": NUMBER,
    "Gross": NUMBER,
    "Percent": TEXT,
    "SaleNet": NUMBER,
    "SaleGross": NUMBER,
    "SaleStart": TIME,
    "SaleEnd": TIME,
}
_ALT_LATER = {ALT: FULL}
IMAGE: Shape = {
    "Type": one_of(BASE, ALT),
    "Id": TEXT,
    "SefUrl": READ,
    "Filename": TEXT,
    "Alt": TEXT,
    "Import": holding({"Url": TEXT, "Encoded": TEXT}, shown=False),
}
STATUS: Shape = {"Type": one_of(BASE, "plus"), "Id": TEXT, "Name": TEXT, "Value": TEXT}
STOCK: Shape = {
    "WarehouseId": TEXT,
    "IsActive": READ,
    "Variants": holding({"Variant": many()}),
    "Qty": NUMBER,
    "Price": NUMBER,
    "Comment": SENT,
}


def _flags(*names: str) -> Shape:
    return dict.fromkeys(names, replace(FLAG, level=FULL))


def _at(level: int, *names: str) -> Shape:
    return dict.fromkeys(names, Node(level=level))


PRODUCT: Shape = {
    "Action": SENT,
    "State": READ,
    "Id": READ,
    "Sku": READ,
    "SkuNew": SENT,
    "CreateTime": READ,
    "LastModTime": READ,
    "History": holding(
        {"Event": many(dict.fromkeys(("Action", "Time", "Sku", "SkuOld"), READ))}, write="no", level=SHORT
    ),
    "Statuses": holding({"Status": many(STATUS, same=("Type", "Id"))}),
    **_flags("NoList", "Inquire", "CustDiscountDisable", "OnlyGiftStatus", "Explicit"),
    "Export": holding({"Status": FLAG, "Forbidden": holding({"Format": many()})}, level=FULL),
    "PublicInterval": holding({"Start": TEXT, "End": TEXT}),
    "Name": Node(required=True),
    "Unit": Node(required=True),
    "MinimumQty": NUMBER,
    "MaximumQty": NUMBER,
    "AlertQty": replace(NUMBER, level=NORMAL),
    "UnitStep": replace(NUMBER, level=NORMAL),
    "AlterUnit": holding({"Qty": NUMBER, "Unit": TEXT}, level=NORMAL),
    "Weight": replace(NUMBER, level=NORMAL),
    "Point": replace(NUMBER, level=FULL),
    "BuyableWithPoint": replace(YES_NO, level=FULL),
    "Description": holding({"Short": TEXT, "Long": TEXT}, level=NORMAL),
    "Prices": holding(
        {
            "Appearance": one_of("sale", "rrp"),
            "Vat": READ,
            "Price": many(PRICE, same=_PRICE_NAMES, row_levels={"special": FULL}),
        },
        level=SHORT,
        required=True,
    ),
    "Categories": holding(
        {
            "Category": many(
                {"Type": one_of(BASE, ALT), "Id": TEXT, "Name": Node(level=SHORT)},
                same=("Type",),
                group=True,
                row_levels=_ALT_LATER,
            )
        },
        required=True,
    ),
    "Subscription": holding({"Type": TEXT, "Periods": holding({"Period": many()})}),
    "Url": Node(write="no", level=SHORT),
    "SefUrl": Node(level=SHORT),
    "ManufacturerUrl": TEXT,
    "Images": holding(
        {
            "DefaultFilename": TEXT,
            "DefaultAlt": TEXT,
            "OG": TEXT,
            "Connect": TEXT,
            "Version": SENT,
            "Image": many(IMAGE, same=("Type", "Id"), row_levels=_ALT_LATER),
        },
        level=SHORT,
    ),
    "Variants": holding(
        {
            "Variant": many(
                {"Name": TEXT, "Values": holding({"Value": many({"Name": TEXT, "ExtraPrice": NUMBER})})},
            )
        },
        level=NORMAL,
    ),
    **_at(FULL, "NotVisibleInLanguage", "AutomaticCoupon", "CustomerGroupOnly"),
    "Datas": holding({"Data": many(dict.fromkeys(("Id", "Name", "Value"), READ))}, write="no", level=FULL),
    "Params": holding(
        {
            "Param": many(
                {
                    "Id": TEXT,
                    "Type": READ,
                    "Name": TEXT,
                    "Group": TEXT,
                    "Value": TEXT,
                    "Before": READ,
                    "After": READ,
                },
                same=("Id",),
            )
        },
        level=FULL,
    ),
    "QtyDiscount": QTY_DISCOUNT,
    "Stocks": holding(
        {"Status": holding({"Active": FLAG, "Empty": FLAG, "Variant": FLAG}), "Stock": many(STOCK)}, level=NORMAL
    ),
    "CustomOrderValue": TEXT,
    "Types": holding(
        {
            "Type": one_of("parent", "child"),
            "Parent": TEXT,
            "Children": holding({"Child": many()}),
            "Display": FLAG,
            "Order": TEXT,
        },
        level=SHORT,
    ),
    "PackageProduct": Node(write="no", level=FULL),
    "PackageComponents": holding({"Component": many({"Sku": TEXT, "Qty": NUMBER})}, level=FULL),
    "Meta": holding(dict.fromkeys(("Keywords", "Description", "Title"), Node(blank=True)), level=FULL),
}
"""Additional, similar and cross-sold products, stickers, services and method rules are not kept."""

CATEGORY: Shape = {
    "Action": SENT,
    "State": READ,
    "Id": READ,
    "Name": Node(level=NORMAL, required=True),
    "Url": Node(write="no", level=NORMAL),
    "SefUrl": Node(level=NORMAL),
    "AltUrl": Node(level=NORMAL),
    "Display": holding({"Page": YES_NO, "Menu": YES_NO}, level=NORMAL),
    "DisableFilter": Node(level=NORMAL),
    "Parent": holding({"Id": TEXT, "Tree": READ}, level=NORMAL),
    "Order": replace(NUMBER, level=NORMAL),
    "Products": holding({"All": READ, "New": READ}, write="no", level=NORMAL),
    "Texts": holding(dict.fromkeys(("Top", "Bottom", "Menu"), Node(blank=True)), level=NORMAL),
    "Meta": holding(dict.fromkeys(("Keywords", "Description", "Title"), Node(blank=True)), level=FULL),
    "CreateTime": READ,
    "LastModTime": READ,
    "Image": holding({"Url": READ, "OG": TEXT, "Version": SENT, "Import": holding({"Url": TEXT}, shown=False)}),
    "Tags": holding({"Tag": many()}, level=FULL),
    "History": holding({"Event": many(dict.fromkeys(("Action", "Time", "Id"), READ))}, write="no", level=NORMAL),
}
