"""Products and what describes them: properties, categories, taxes, and where they are visible.

Names from the published Admin API schema; what is required, inherited, unique and deleted along from the
platform file, chapters "Products and variants" and "Properties and categories".
"""

from sandbox.platforms.shopware.schema.model import Entity, fields, listed, many, one, words

TIMES = "createdAt updatedAt"
TEXTS = "name description packUnit packUnitPlural keywords metaTitle metaDescription descriptionTeaser"

PRODUCT = Entity(
    "product",
    fields(
        id="id versionId parentId parentVersionId manufacturerId taxId unitId coverId deliveryTimeId",
        integer="autoIncrement stock availableStock minPurchase maxPurchase purchaseSteps childCount restockTime sales",
        text=f"productNumber ean manufacturerNumber type {TEXTS}",
        flag="active available isCloseout shippingFree markAsTopseller",
        number="weight width height length purchaseUnit referenceUnit ratingAverage",
        time="releaseDate",
        json="customFields variantListingConfig",
        list="optionIds propertyIds categoryIds categoryTree tagIds streamIds states customSearchKeywords",
        prices="price purchasePrices",
    ),
    {
        "parent": one("product", "parentId"),
        "children": many("product", "parentId"),
        "tax": one("tax", "taxId"),
        "manufacturer": one("product_manufacturer", "manufacturerId"),
        "unit": one("unit", "unitId"),
        "visibilities": many("product_visibility", "productId"),
        "configuratorSettings": many("product_configurator_setting", "productId"),
        "media": many("product_media", "productId"),
        "options": listed("property_group_option", "optionIds"),
        "properties": listed("property_group_option", "propertyIds"),
        "categories": listed("category", "categoryIds"),
        "tags": listed("tag", "tagIds"),
    },
    readonly=words(
        "versionId parentVersionId autoIncrement available childCount sales ratingAverage"
        " optionIds propertyIds categoryIds categoryTree tagIds streamIds states " + TIMES
    ),
    readonly_since={"availableStock": "6.6"},
    required=words("productNumber name taxId price stock"),
    translated=(*TEXTS.split(), "customFields", "customSearchKeywords"),
    inherited=words(
        "manufacturerId taxId unitId coverId deliveryTimeId minPurchase maxPurchase purchaseSteps restockTime"
        f" ean manufacturerNumber {TEXTS} active isCloseout shippingFree markAsTopseller weight width height length"
        " purchaseUnit referenceUnit releaseDate customFields customSearchKeywords price purchasePrices"
        " categoryIds propertyIds tagIds tax manufacturer unit visibilities properties categories tags media"
    ),
    automatic=("tax",),
    since={"type": "6.7.7", "descriptionTeaser": "6.7.12"},
    initial={"childCount": 0, "sales": 0, "available": False, "states": ["is-physical"], "type": "physical"},
    defaults={
        "active": True,
        "isCloseout": False,
        "minPurchase": 1,
        "purchaseSteps": 1,
        "shippingFree": False,
        "markAsTopseller": False,
    },
    unique=(("productNumber",),),
    nested=words("children tax manufacturer unit visibilities configuratorSettings options properties categories tags"),
    owned=("children", "visibilities", "configuratorSettings", "media"),
    beyond=words(
        "prices cover crossSellings mainCategories translations downloads seoUrls productReviews streams"
        " categoriesRo deliveryTime"
    ),
    creatable=True,
)

PRODUCT_VISIBILITY = Entity(
    "product_visibility",
    fields(id="id productId productVersionId salesChannelId", integer="visibility"),
    {"product": one("product", "productId"), "salesChannel": one("sales_channel", "salesChannelId")},
    readonly=words("productVersionId " + TIMES),
    required=words("productId salesChannelId visibility"),
    unique=(("productId", "salesChannelId"),),
    creatable=True,
)

PRODUCT_CONFIGURATOR_SETTING = Entity(
    "product_configurator_setting",
    fields(
        id="id versionId productId productVersionId optionId mediaId",
        integer="position",
        json="price customFields",
    ),
    {"product": one("product", "productId"), "option": one("property_group_option", "optionId")},
    readonly=words("versionId productVersionId " + TIMES),
    required=words("productId optionId"),
    initial={"position": 0},
    unique=(("productId", "optionId"),),
    nested=words("option"),
    beyond=words("media"),
    creatable=True,
)

PRODUCT_MEDIA = Entity(
    "product_media",
    fields(id="id versionId productId productVersionId mediaId", integer="position", json="customFields"),
    {"product": one("product", "productId")},
    readonly=words("versionId productVersionId " + TIMES),
    required=words("productId mediaId"),
    beyond=words("media coverProducts"),
)
"""Which images a product has; the images themselves are not simulated, so clients only read these."""

PRODUCT_MANUFACTURER = Entity(
    "product_manufacturer",
    fields(id="id versionId mediaId", text="name link description", json="customFields"),
    readonly=words("versionId " + TIMES),
    required=words("name"),
    translated=("name", "description", "customFields"),
    beyond=words("media translations"),
    creatable=True,
)

UNIT = Entity(
    "unit",
    fields(id="id", text="shortCode name", json="customFields"),
    readonly=words(TIMES),
    required=words("shortCode name"),
    translated=("shortCode", "name", "customFields"),
    beyond=words("translations"),
    creatable=True,
)

PROPERTY_GROUP = Entity(
    "property_group",
    fields(
        id="id",
        text="name description displayType sortingType",
        flag="filterable visibleOnProductDetailPage",
        integer="position",
        json="customFields",
    ),
    {"options": many("property_group_option", "groupId")},
    readonly=words(TIMES),
    required=words("name"),
    translated=("name", "description", "position", "customFields"),
    initial={
        "displayType": "text",
        "sortingType": "alphanumeric",
        "filterable": True,
        "visibleOnProductDetailPage": True,
        "position": 1,
    },
    nested=words("options"),
    owned=("options",),
    beyond=words("translations"),
    creatable=True,
)

PROPERTY_GROUP_OPTION = Entity(
    "property_group_option",
    fields(id="id groupId mediaId", text="name colorHexCode", integer="position", json="customFields"),
    {
        "group": one("property_group", "groupId"),
        "productConfiguratorSettings": many("product_configurator_setting", "optionId"),
    },
    readonly=words(TIMES),
    required=words("groupId name"),
    translated=("name", "position", "customFields"),
    initial={"position": 1},
    nested=words("group"),
    beyond=words("media translations"),
    creatable=True,
)

CATEGORY = Entity(
    "category",
    fields(
        id="id versionId parentId parentVersionId afterCategoryId afterCategoryVersionId cmsPageId",
        integer="autoIncrement level childCount",
        text="name description path type productAssignmentType metaTitle metaDescription keywords",
        flag="active visible displayNestedProducts",
        json="customFields",
        list="breadcrumb",
    ),
    {"parent": one("category", "parentId"), "children": many("category", "parentId")},
    readonly=words(
        "versionId parentVersionId afterCategoryVersionId autoIncrement level childCount path breadcrumb " + TIMES
    ),
    required=words("name"),
    translated=("name", "breadcrumb", "description", "metaTitle", "metaDescription", "keywords", "customFields"),
    initial={
        "level": 1,
        "childCount": 0,
        "type": "page",
        "productAssignmentType": "product",
        "displayNestedProducts": True,
        "active": True,
        "visible": True,
    },
    nested=words("children"),
    owned=("children",),
    beyond=words("media products tags cmsPage translations seoUrls"),
    creatable=True,
)

TAX = Entity(
    "tax",
    fields(id="id", number="taxRate", text="name", integer="position", json="customFields"),
    readonly=words(TIMES),
    required=words("taxRate name"),
    initial={"position": 0},
    beyond=words("products rules shippingMethods"),
    creatable=True,
)

ENTITIES = (
    PRODUCT,
    PRODUCT_VISIBILITY,
    PRODUCT_CONFIGURATOR_SETTING,
    PRODUCT_MEDIA,
    PRODUCT_MANUFACTURER,
    UNIT,
    PROPERTY_GROUP,
    PROPERTY_GROUP_OPTION,
    CATEGORY,
    TAX,
)
