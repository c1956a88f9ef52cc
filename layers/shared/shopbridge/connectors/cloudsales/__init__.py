"""CloudSales, an online ERP on BOCP (BOCP REST API v1 beta). Facts: the platform file of CloudSales."""
