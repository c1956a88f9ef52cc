"""Criteria as Shopware reads them: what is found, in which order, and how it is shown."""
