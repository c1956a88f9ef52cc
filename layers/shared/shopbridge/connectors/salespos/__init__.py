"""CCV SalesPOS, a till with a web API (the CCV Shop REST API). Facts: the platform file of CCV SalesPOS."""
