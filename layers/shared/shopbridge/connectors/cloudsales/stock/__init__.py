"""CloudSales: stock."""
