"""The emulated platforms as sides of the demo: one module each, and what the demo asks of them."""
