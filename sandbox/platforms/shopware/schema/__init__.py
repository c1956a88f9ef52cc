"""The entities of the emulated Shopware, their fields and what leads from one to another."""
