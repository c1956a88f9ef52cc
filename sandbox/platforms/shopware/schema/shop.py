"""The entities of the shop around its orders: customers, and what orders and customers refer to."""

from sandbox.platforms.shopware.schema.model import Entity, fields, listed, many, one, words

TIMES = "createdAt updatedAt"

CUSTOMER = Entity(
    "customer",
    fields(
        id="id groupId salesChannelId languageId lastPaymentMethodId defaultPaymentMethodId"
        " defaultBillingAddressId defaultShippingAddressId salutationId",
        integer="autoIncrement orderCount",
        text="customerNumber firstName lastName company email title affiliateCode campaignCode"
        " accountType remoteAddress",
        flag="active guest",
        time="firstLogin lastLogin lastOrderDate",
        number="orderTotalAmount",
        list="vatIds tagIds",
        json="customFields",
    ),
    {
        "group": one("customer_group", "groupId"),
        "salesChannel": one("sales_channel", "salesChannelId"),
        "language": one("language", "languageId"),
        "defaultBillingAddress": one("customer_address", "defaultBillingAddressId"),
        "defaultShippingAddress": one("customer_address", "defaultShippingAddressId"),
        "salutation": one("salutation", "salutationId"),
        "addresses": many("customer_address", "customerId"),
        "orderCustomers": many("order_customer", "customerId"),
        "tags": listed("tag", "tagIds"),
    },
    readonly=words("autoIncrement orderCount orderTotalAmount lastOrderDate tagIds " + TIMES),
    until={"defaultPaymentMethodId": "6.7"},
)

CUSTOMER_ADDRESS = Entity(
    "customer_address",
    fields(
        id="id customerId countryId countryStateId salutationId",
        text="firstName lastName zipcode city company street department title phoneNumber"
        " additionalAddressLine1 additionalAddressLine2",
        json="customFields",
    ),
    {
        "customer": one("customer", "customerId"),
        "country": one("country", "countryId"),
        "countryState": one("country_state", "countryStateId"),
        "salutation": one("salutation", "salutationId"),
    },
)

PAYMENT_METHOD = Entity(
    "payment_method",
    fields(
        id="id mediaId availabilityRuleId pluginId",
        text="name distinguishableName description technicalName handlerIdentifier shortName"
        " formattedHandlerIdentifier",
        integer="position",
        flag="active afterOrderEnabled",
        json="customFields",
    ),
    translated=("name", "distinguishableName", "description", "customFields"),
    since={"technicalName": "6.5.7"},
)

SHIPPING_METHOD = Entity(
    "shipping_method",
    fields(
        id="id mediaId availabilityRuleId deliveryTimeId taxId",
        text="name description technicalName trackingUrl taxType",
        integer="position",
        flag="active",
        json="customFields",
    ),
    {"tax": one("tax", "taxId")},
    translated=("name", "description", "trackingUrl", "customFields"),
    since={"technicalName": "6.5.7"},
)

SALES_CHANNEL = Entity(
    "sales_channel",
    fields(
        id="id typeId languageId customerGroupId currencyId paymentMethodId shippingMethodId countryId"
        " navigationCategoryId",
        text="name shortName accessKey taxCalculationType",
        flag="active maintenance homeEnabled",
        integer="navigationCategoryDepth",
        json="customFields configuration",
    ),
    {
        "language": one("language", "languageId"),
        "customerGroup": one("customer_group", "customerGroupId"),
        "currency": one("currency", "currencyId"),
        "paymentMethod": one("payment_method", "paymentMethodId"),
        "shippingMethod": one("shipping_method", "shippingMethodId"),
        "country": one("country", "countryId"),
    },
    translated=("name", "customFields"),
)

NUMBER_RANGE_TYPE = Entity(
    "number_range_type",
    fields(id="id", text="technicalName typeName", flag="global", json="customFields"),
    translated=("typeName", "customFields"),
)

NUMBER_RANGE = Entity(
    "number_range",
    fields(id="id typeId", text="name description pattern", integer="start", flag="global", json="customFields"),
    {
        "type": one("number_range_type", "typeId"),
        "numberRangeSalesChannels": many("number_range_sales_channel", "numberRangeId"),
    },
    translated=("name", "description", "customFields"),
)

NUMBER_RANGE_SALES_CHANNEL = Entity(
    "number_range_sales_channel",
    fields(id="id numberRangeId salesChannelId numberRangeTypeId"),
    {
        "numberRange": one("number_range", "numberRangeId"),
        "salesChannel": one("sales_channel", "salesChannelId"),
        "numberRangeType": one("number_range_type", "numberRangeTypeId"),
    },
)

COUNTRY = Entity(
    "country",
    fields(
        id="id",
        text="name iso iso3 vatIdPattern",
        integer="position",
        flag="active shippingAvailable isEu vatIdRequired postalCodeRequired",
        json="customFields customerTax companyTax",
        list="addressFormat",
    ),
    {"states": many("country_state", "countryId")},
    translated=("name", "customFields"),
)

COUNTRY_STATE = Entity(
    "country_state",
    fields(id="id countryId", text="shortCode name", integer="position", flag="active", json="customFields"),
    {"country": one("country", "countryId")},
    translated=("name", "customFields"),
)

CURRENCY = Entity(
    "currency",
    fields(
        id="id",
        text="isoCode shortName name symbol",
        number="factor taxFreeFrom",
        integer="position",
        flag="isSystemDefault",
        json="customFields itemRounding totalRounding",
    ),
    translated=("name", "shortName", "customFields"),
)

LANGUAGE = Entity(
    "language",
    fields(id="id parentId localeId translationCodeId", text="name", json="customFields"),
    {
        "locale": one("locale", "localeId"),
        "translationCode": one("locale", "translationCodeId"),
        "parent": one("language", "parentId"),
    },
)

LOCALE = Entity(
    "locale",
    fields(id="id", text="code name territory", json="customFields"),
    translated=("name", "territory"),
)

CUSTOMER_GROUP = Entity(
    "customer_group",
    fields(id="id", text="name", flag="displayGross registrationActive", json="customFields"),
    translated=("name", "customFields"),
)

SALUTATION = Entity(
    "salutation",
    fields(id="id", text="salutationKey displayName letterName", integer="position", json="customFields"),
    translated=("displayName", "letterName"),
)

TAG = Entity(
    "tag",
    fields(id="id", text="name"),
    required=words("name"),
    creatable=True,
)

ENTITIES = (
    CUSTOMER,
    CUSTOMER_ADDRESS,
    PAYMENT_METHOD,
    SHIPPING_METHOD,
    SALES_CHANNEL,
    NUMBER_RANGE_TYPE,
    NUMBER_RANGE,
    NUMBER_RANGE_SALES_CHANNEL,
    COUNTRY,
    COUNTRY_STATE,
    CURRENCY,
    LANGUAGE,
    LOCALE,
    CUSTOMER_GROUP,
    SALUTATION,
    TAG,
)
