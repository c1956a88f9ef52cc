"""SalesPOS: stock."""
