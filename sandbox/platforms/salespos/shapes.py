"""The documented input fields, resource by resource (platform file; generated client S4, SDK S1).

The spellings of the closed sets below are [inferred] where the platform file leaves them open.
"""

from sandbox.platforms.kit.fields import CURRENCY, PERCENT, Shape, listed, nested, nullable, one_of, optional, required
from sandbox.platforms.salespos.fields import AMOUNT, COUNT, COUNTRY, FLAG, INTEGER, MOMENT, NUMBER, TEXT, text

TAX_TARIFFS = ("normal", "low a", "low b", "extra low", "zero")
STOCK_TYPES = ("Product", "Attribute")
"""[inferred] As seen in a client of 2017 (S11)."""
ORDERING_WITHOUT_STOCK = ("global_setting", "allow", "forbid")
"""[inferred] Only the first is known."""
ATTRIBUTE_TYPES = (
    "option_menu",
    "option_menu_required",
    "text",
    "text_required",
    "additional_menu",
    "additional_menu_required",
)
"""[inferred] All but ``option_menu_required``."""
PRODUCT, CONTAINER_DEPOSIT, SAFETY_DEPOSIT = "product", "container_deposit", "safety_deposit"
"""[inferred] Spellings of an order row's ``product_type``."""
DELIVER_METHODS = ("shipping", "delivery", "pickup")
STATUSES = range(1, 15)

_ADDRESS: Shape = {
    **dict.fromkeys(("gender", "initials", "full_name", "company", "address_line_1", "address_line_2"), TEXT),
    **dict.fromkeys(("street", "housenumber_suffix", "zipcode", "city", "province", "country"), TEXT),
    **dict.fromkeys(("telephone", "mobile", "comment"), TEXT),
    "housenumber": INTEGER,
    "country_code": COUNTRY,
}
BILLING_ADDRESS: Shape = {**_ADDRESS, "first_name": TEXT, "last_name": TEXT, "fax": TEXT}
DELIVERY_ADDRESS: Shape = _ADDRESS
"""Knows a full name only (generated client S4)."""

_PERSON_TEXTS = [
    "email",
    "bankaccount",
    "bankname",
    "bank",
    "tenname",
    "iban",
    "bic",
    "reference",
    "reservationnumber",
    "income",
    "branche",
    "branch",
    "website",
    "clubcity",
    "clubcomment",
    "clubname",
    "beurs",
    "stand",
    "fair",
    "booth",
    "carbrand",
    "cartype",
    "carweight",
    "birthdate",
    "birthtime",
    "birthplace",
    "cardnumber",
    "btw",
    "kvk",
    "costcentre",
    "findus",
    "ssnnumber",
    "zzppass",
]

PERSONAL_INFO: Shape = {
    **dict.fromkeys(_PERSON_TEXTS, TEXT),
    "customertype": one_of(("b2c", "b2b")),
    "billingaddress": nested(BILLING_ADDRESS),
    "deliveryaddress": nested(DELIVERY_ADDRESS),
}

ROW: Shape = {
    "count": required(COUNT),
    "product_id": INTEGER,
    "attribute_combination_id": INTEGER,
    "package_id": INTEGER,
    "product_type": one_of((PRODUCT, CONTAINER_DEPOSIT, SAFETY_DEPOSIT)),
    "auto_create_deposit_rows": FLAG,
    "price": NUMBER,
    "product_purchase_price": NUMBER,
    "discount": NUMBER,
    "tax": PERCENT,
    "weight": AMOUNT,
    **dict.fromkeys(("product_name", "product_number", "unit", "memo"), TEXT),
}
ROW_PATCH: Shape = {"count": COUNT, "price": NUMBER, "discount": NUMBER}

_ORDER_FLAGS = [
    "paid",
    "safety_deposit_returned",
    "taxes_included",
    "order_row_taxes_included",
    "shipping_taxes_included",
    "is_intra_community_order",
    "is_platform_sale",
]
_ORDER_TEXTS = [
    "extra_costs_description",
    "orderedinlng",
    "track_and_trace_code",
    "track_and_trace_carrier",
    "reservationnumber",
]
_ORDER: Shape = {
    **dict.fromkeys(_ORDER_FLAGS, FLAG),
    **dict.fromkeys(_ORDER_TEXTS, TEXT),
    "invoicenumber": INTEGER,
    "status": one_of(STATUSES),
    "currency": CURRENCY,
    "total_shipping": AMOUNT,
    "paymethod_costs": NUMBER,
    "extra_costs": NUMBER,
    "deliver_method": one_of(DELIVER_METHODS),
    "deliver_date": MOMENT,
    "takeoutslot": INTEGER,
    "customer": nested(PERSONAL_INFO),
    "orderrows": listed(ROW),
}
ORDER_POST: Shape = {
    **_ORDER,
    "customer": required(_ORDER["customer"]),
    "orderrows": required(_ORDER["orderrows"]),
    "is_completed": FLAG,
    "user_id": nullable(INTEGER),
}
"""``customer`` is required, as in the generated client S4; an empty object will do beside ``user_id``."""
ORDER_PATCH: Shape = {**_ORDER, "note": TEXT, "mail": FLAG}
ROWS_PUT: Shape = {"orderrows": required(_ORDER["orderrows"])}
NOTE_POST: Shape = {"note": required(TEXT)}

_USER: Shape = {
    "username": TEXT,
    "password": TEXT,
    "encryption": TEXT,
    "group_id": INTEGER,
    "status": FLAG,
    "product_in_category_discount": one_of(("highest", "lowest")),
    "userinfo": nested(PERSONAL_INFO),
}
USER_POST: Shape = {**_USER, "username": required(TEXT), "password": required(TEXT), "gender": TEXT}
USER_PATCH: Shape = {**_USER, "approval_status": one_of(("pending", "accepted", "rejected"))}
USERGROUP: Shape = {
    "groupname": TEXT,
    "discount": PERCENT,
    "default": FLAG,
    "product_in_category_discount": one_of(("highest", "lowest")),
}

_PRODUCT_TEXTS = [
    "description",
    "unit",
    "brand",
    "condition",
    "maincategory",
    "subcategory",
    "meta_description",
    "meta_keywords",
    "page_title",
    "alias",
    "specs",
    "stock_delivery_type",
    "stock_delivery_standard",
    "show_order_button",
    "photo_size",
    "hide_without_category",
    "memo",
    "marktplaats_status",
    "marktplaats_price_type",
    "google_shopping_category",
]
_PRODUCT_NUMBERS = [
    "vatrate",
    "price",
    "discount",
    "purchaseprice",
    "container_deposit_price",
    "safety_deposit_price",
    "stock",
    "weight",
    "amount_sold",
    "minimal_order_amount",
    "marktplaats_cpc",
    "marktplaats_daily_budget",
    "marktplaats_total_budget",
]
_PRODUCT_INTEGERS = [
    "credit_points_custom",
    "brand_id",
    "condition_id",
    "package_id",
    "decimal_amount",
    "stock_delivery_number",
    "product_layout",
    "supplier_id",
    "marktplaats_category_id",
]
_PRODUCT_FLAGS = [
    "active",
    "stockenabled",
    "no_index",
    "no_follow",
    "show_in_template",
    "show_on_beginpage",
    "show_on_facebook",
    "fixed_staggered_prices",
    "marktplaats_active",
    "is_included_for_export_feed",
]
PRODUCT_PATCH: Shape = {
    **dict.fromkeys(_PRODUCT_TEXTS, TEXT),
    **dict.fromkeys(_PRODUCT_NUMBERS, NUMBER),
    **dict.fromkeys(_PRODUCT_INTEGERS, INTEGER),
    **dict.fromkeys(_PRODUCT_FLAGS, FLAG),
    **dict.fromkeys(("productnumber", "eannumber", "mpnnumber"), text(50)),
    **dict.fromkeys(("shortdescription", "stocklocation"), text(255)),
    "name": text(200),
    "description": text(65_536),
    "taxtariff": one_of(TAX_TARIFFS),
    "stocktype": one_of(STOCK_TYPES),
    "ordering_without_stock": one_of(ORDERING_WITHOUT_STOCK),
    "color_id": nullable(INTEGER),
}
PRODUCT_POST: Shape = {
    **PRODUCT_PATCH,
    **{name: required(PRODUCT_PATCH[name]) for name in ("name", "price", "discount", "package_id")},
}

COMBINATION_PATCH: Shape = {
    **dict.fromkeys(("note", "product_number", "ean_number", "sku_number", "delivery_time_type"), TEXT),
    "delivery_default_text": TEXT,
    "delivery_time": INTEGER,
    "stock": NUMBER,
    "active": FLAG,
}
ATTRIBUTE: Shape = {"name": required(TEXT), "type": required(one_of(ATTRIBUTE_TYPES))}
ATTRIBUTE_VALUE_POST: Shape = {"name": required(TEXT), "default_price": required(NUMBER)}
ATTRIBUTE_VALUE_PATCH: Shape = optional(ATTRIBUTE_VALUE_POST)
PRODUCT_VALUE_POST: Shape = {
    "optionvalue": required(INTEGER),
    "price": required(NUMBER),
    "position": INTEGER,
    "stock": NUMBER,
    "enable": FLAG,
}
PRODUCT_VALUE_PATCH: Shape = {
    "optionposition": INTEGER,
    "position": INTEGER,
    "price": NUMBER,
    "enable": FLAG,
}

WEBHOOK_POST: Shape = {"event": required(TEXT), "address": required(TEXT), "is_active": FLAG}
WEBHOOK_PATCH: Shape = {"address": TEXT, "is_active": FLAG}
NAME: Shape = {"name": required(TEXT)}

CATEGORY_POST: Shape = {
    **dict.fromkeys(("description", "description_bottom", "searchwords", "orderby", "alias"), TEXT),
    **dict.fromkeys(("meta_description", "meta_keywords", "page_title"), TEXT),
    **dict.fromkeys(("position", "parentcategory_id", "items_per_page"), INTEGER),
    **dict.fromkeys(("show_on_website", "show_orderbutton", "no_index", "no_follow"), FLAG),
    "name": required(TEXT),
}
PRODUCT_TO_CATEGORY_POST: Shape = {
    "product_id": required(INTEGER),
    "category_id": required(INTEGER),
    "position": INTEGER,
}
PROPERTY_TYPES = ("Text", "Option", "OptionCheckbox", "Checkbox", "Group", "CollapsedGroup", "TextArea", "Price")
"""As the SDK names them (S1)."""
PROPERTY_POST: Shape = {
    "name": required(TEXT),
    "parent": INTEGER,
    "description": TEXT,
    "position": INTEGER,
    "icon": TEXT,
    "type": one_of(PROPERTY_TYPES),
}
PROPERTY_OPTION_POST: Shape = {"name": required(TEXT), "position": INTEGER}
PRODUCT_TO_GROUP_POST: Shape = {
    "product_id": required(INTEGER),
    "product_property_group_id": required(INTEGER),
}
PROPERTY_VALUE_POST: Shape = {
    "product_id": required(INTEGER),
    "product_property_id": required(INTEGER),
    "value": required(TEXT),
}
PROPERTY_VALUE_PATCH: Shape = {"value": required(TEXT)}
