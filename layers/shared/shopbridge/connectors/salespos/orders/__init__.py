"""SalesPOS: orders."""
