"""The emulated platforms as sides of a pair: one module each, and what is asked of them."""
