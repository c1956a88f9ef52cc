"""What an order costs: CPU by part beside a plain loop, calls and units, and money."""
