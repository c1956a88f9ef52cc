"""The entities of an order (names from the published Admin API schema)."""

from sandbox.platforms.shopware.schema.model import Entity, back, fields, listed, many, one, words

TIMES = "createdAt updatedAt"

ORDER = Entity(
    "order",
    fields(
        id="id versionId billingAddressId billingAddressVersionId primaryOrderDeliveryId"
        " primaryOrderDeliveryVersionId primaryOrderTransactionId primaryOrderTransactionVersionId"
        " currencyId languageId salesChannelId stateId createdById updatedById",
        integer="autoIncrement",
        text="orderNumber taxStatus deepLinkCode affiliateCode campaignCode customerComment"
        " internalComment source taxCalculationType",
        number="amountTotal amountNet positionPrice shippingTotal currencyFactor",
        time="orderDateTime orderDate",
        json="price shippingCosts customFields itemRounding totalRounding",
        list="ruleIds",
    ),
    {
        "stateMachineState": one("state_machine_state", "stateId"),
        "primaryOrderDelivery": one("order_delivery", "primaryOrderDeliveryId"),
        "primaryOrderTransaction": one("order_transaction", "primaryOrderTransactionId"),
        "orderCustomer": back("order_customer", "orderId"),
        "currency": one("currency", "currencyId"),
        "language": one("language", "languageId"),
        "salesChannel": one("sales_channel", "salesChannelId"),
        "addresses": many("order_address", "orderId"),
        "billingAddress": one("order_address", "billingAddressId"),
        "deliveries": many("order_delivery", "orderId"),
        "lineItems": many("order_line_item", "orderId"),
        "transactions": many("order_transaction", "orderId"),
        "documents": many("document", "orderId"),
        "tags": listed("tag", "tagIds"),
    },
    readonly=words(
        "autoIncrement orderDate amountTotal amountNet positionPrice taxStatus shippingTotal versionId"
        " billingAddressVersionId primaryOrderDeliveryVersionId primaryOrderTransactionVersionId"
        " createdById updatedById " + TIMES
    ),
    automatic=("orderCustomer", "stateMachineState"),
    nested=words("tags"),
    since={
        "source": "6.5",
        "taxCalculationType": "6.6.10",
        "internalComment": "6.7",
        "primaryOrderDelivery": "6.7.1",
        "primaryOrderDeliveryId": "6.7.1",
        "primaryOrderDeliveryVersionId": "6.7.1",
        "primaryOrderTransaction": "6.7.1",
        "primaryOrderTransactionId": "6.7.1",
        "primaryOrderTransactionVersionId": "6.7.1",
    },
)

ORDER_CUSTOMER = Entity(
    "order_customer",
    fields(
        id="id versionId orderId orderVersionId customerId salutationId",
        text="email firstName lastName company title customerNumber remoteAddress",
        list="vatIds",
        json="customFields",
    ),
    {
        "order": one("order", "orderId"),
        "customer": one("customer", "customerId"),
        "salutation": one("salutation", "salutationId"),
    },
    readonly=words("versionId orderVersionId " + TIMES),
)

ORDER_ADDRESS = Entity(
    "order_address",
    fields(
        id="id versionId orderId orderVersionId countryId countryStateId salutationId",
        text="firstName lastName street zipcode city company department title phoneNumber"
        " additionalAddressLine1 additionalAddressLine2 vatId hash",
        json="customFields",
    ),
    {
        "order": one("order", "orderId"),
        "country": one("country", "countryId"),
        "countryState": one("country_state", "countryStateId"),
        "salutation": one("salutation", "salutationId"),
        "orderDeliveries": many("order_delivery", "shippingOrderAddressId"),
    },
    readonly=words("versionId orderVersionId hash " + TIMES),
    since={"hash": "6.6.10"},
)

ORDER_LINE_ITEM = Entity(
    "order_line_item",
    fields(
        id="id versionId orderId orderVersionId productId productVersionId promotionId parentId"
        " parentVersionId coverId",
        text="identifier referencedId label description type",
        integer="quantity position",
        number="unitPrice totalPrice",
        flag="good removable stackable",
        json="payload price priceDefinition customFields",
        list="states",
    ),
    {
        "order": one("order", "orderId"),
        "product": one("product", "productId"),
        "parent": one("order_line_item", "parentId"),
        "children": many("order_line_item", "parentId"),
        "orderDeliveryPositions": many("order_delivery_position", "orderLineItemId"),
    },
    readonly=words("versionId orderVersionId productVersionId parentVersionId unitPrice totalPrice " + TIMES),
)

ORDER_DELIVERY = Entity(
    "order_delivery",
    fields(
        id="id versionId orderId orderVersionId shippingOrderAddressId shippingOrderAddressVersionId"
        " shippingMethodId stateId",
        time="shippingDateEarliest shippingDateLatest",
        list="trackingCodes",
        json="shippingCosts customFields",
    ),
    {
        "stateMachineState": one("state_machine_state", "stateId"),
        "order": one("order", "orderId"),
        "shippingOrderAddress": one("order_address", "shippingOrderAddressId"),
        "shippingMethod": one("shipping_method", "shippingMethodId"),
        "positions": many("order_delivery_position", "orderDeliveryId"),
    },
    readonly=words("versionId orderVersionId shippingOrderAddressVersionId " + TIMES),
    automatic=("stateMachineState", "shippingOrderAddress"),
)

ORDER_DELIVERY_POSITION = Entity(
    "order_delivery_position",
    fields(
        id="id versionId orderDeliveryId orderDeliveryVersionId orderLineItemId orderLineItemVersionId",
        integer="quantity",
        number="unitPrice totalPrice",
        json="price customFields",
    ),
    {
        "orderDelivery": one("order_delivery", "orderDeliveryId"),
        "orderLineItem": one("order_line_item", "orderLineItemId"),
    },
)

ORDER_TRANSACTION = Entity(
    "order_transaction",
    fields(
        id="id versionId orderId orderVersionId paymentMethodId stateId",
        json="amount validationData customFields",
    ),
    {
        "stateMachineState": one("state_machine_state", "stateId"),
        "order": one("order", "orderId"),
        "paymentMethod": one("payment_method", "paymentMethodId"),
    },
    readonly=words("versionId orderVersionId " + TIMES),
    automatic=("stateMachineState",),
    since={"validationData": "6.6.6"},
)

DOCUMENT = Entity(
    "document",
    fields(
        id="id documentTypeId orderId orderVersionId referencedDocumentId documentMediaFileId",
        flag="sent static",
        text="deepLinkCode documentNumber",
        json="config customFields",
    ),
    {"documentType": one("document_type", "documentTypeId"), "order": one("order", "orderId")},
)

DOCUMENT_TYPE = Entity(
    "document_type",
    fields(id="id", text="name technicalName", json="customFields"),
    translated=("name",),
)

STATE_MACHINE = Entity(
    "state_machine",
    fields(id="id initialStateId", text="technicalName name", json="customFields"),
    {"states": many("state_machine_state", "stateMachineId")},
    translated=("name",),
)

STATE_MACHINE_STATE = Entity(
    "state_machine_state",
    fields(id="id stateMachineId", text="technicalName name", json="customFields"),
    {"stateMachine": one("state_machine", "stateMachineId")},
    translated=("name",),
)

STATE_MACHINE_HISTORY = Entity(
    "state_machine_history",
    fields(
        id="id referencedId referencedVersionId stateMachineId fromStateId toStateId userId integrationId",
        text="entityName transitionActionName internalComment",
        json="entityId",
    ),
    {
        "stateMachine": one("state_machine", "stateMachineId"),
        "fromStateMachineState": one("state_machine_state", "fromStateId"),
        "toStateMachineState": one("state_machine_state", "toStateId"),
    },
    since={"integrationId": "6.7", "internalComment": "6.7.8"},
    until={"entityId": "6.6"},
)

ENTITIES = (
    ORDER,
    ORDER_CUSTOMER,
    ORDER_ADDRESS,
    ORDER_LINE_ITEM,
    ORDER_DELIVERY,
    ORDER_DELIVERY_POSITION,
    ORDER_TRANSACTION,
    DOCUMENT,
    DOCUMENT_TYPE,
    STATE_MACHINE,
    STATE_MACHINE_STATE,
    STATE_MACHINE_HISTORY,
)
