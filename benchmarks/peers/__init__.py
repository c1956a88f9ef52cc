"""Who else carries orders in Python, with the same orders: they run in an environment of their own."""
