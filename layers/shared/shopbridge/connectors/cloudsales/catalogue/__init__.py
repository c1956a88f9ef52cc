"""CloudSales: products, prices and categories."""
