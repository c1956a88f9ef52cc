"""CloudSales: orders."""
