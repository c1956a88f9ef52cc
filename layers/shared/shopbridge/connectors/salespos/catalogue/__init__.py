"""SalesPOS: products, prices and categories."""
