"""What an operator should know of the connector, for its docs page."""

NOTHING_IS_PAID = (
    "No order counts as paid: Gomag does not tell, and neither paid_statuses nor paid_methods name anything. Orders "
    "are only taken if orders.payment_statuses is empty or names `open`."
)
READ_TWICE = (
    "The key is the token of the CloudSales app: where BOCP's own Gomag connector is on, it fetches these orders, too, "
    "and they are there twice, with stock and fiscal documents. Switch that connector off, or leave orders to it."
)

NOTES = (
    "Permissions the key needs: orders and order statuses; products for stock and prices; categories for products.",
    "Rights to write cannot be tried when a connection is verified: a missing one is named at the first write.",
    "There are no webhooks. A poll reads what changed since the day before and hands over what has new content.",
    "All apps of a shop share 1 call a second; limit_factor is our share.",
    "We slow down further when Gomag says that less is left than the others' part.",
    "Deleted orders are not noticed.",
    "Order statuses are named by their ids: a renamed status stays what it was.",
    "An order is not moved out of a cancelled or final status; the settings say which these are.",
    "Whether an order is paid, Gomag does not tell: paid_statuses and paid_methods decide it.",
    "Whether a buyer has an account, Gomag does not tell: nobody counts as a guest.",
    "Whether line prices include VAT, each order's own total decides; an order that adds up in no way is held.",
    "The delivery has the VAT of most of the goods, unless delivery_vat names one; discounts go over all rates.",
    "Countries come written out: they are known in the languages of Europe's shops, other names go into countries.",
    "Stock is one whole figure for each SKU; a product with versions is not sold itself.",
    "Gomag passes over an SKU it does not know: what is written is looked for first, and one figure is read back.",
    "Price groups: `regular` is Gomag's price, `sale` a special price below it, `base` its base_price.",
    "A product's own currency and VAT flag: what Gomag's API calls them is not known; verifying names unknown fields.",
    "Where the base price is the one crossed out, choose the group `base` and the sale_group `regular`.",
    "A version tells nothing of what it differs in: it carries the attribute `Version` with its SKU as the value.",
    "Products with versions are therefore held until products.attributes names `Version`.",
    "What versions differ in, and attributes of products, cannot be written: each is told as a remark.",
    "A new product needs a name, an SKU and a price; without prices carried it is created switched off.",
    "Not carried: images, short texts, files, videos, labels.",
    "Whether a category is enabled is not told: all are read as enabled.",
    "Products are read in the order of their ids; a shop that lists them otherwise cannot be the source.",
    "Our document number can only be written as a note, and only once write_notes is switched on.",
    "Assumed: dates are those of Europe/Bucharest; stock falls when an order is placed (orders_lower_stock).",
    "Assumed: the delivery's price is in the order's delivery; discounts are deducted, whatever their sign.",
    "Assumed: writes of products, stock and categories work as one client documents them; nobody has verified them.",
)
