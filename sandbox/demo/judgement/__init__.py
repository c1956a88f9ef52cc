"""What became of orders, stock, prices and products, and how it is told."""
