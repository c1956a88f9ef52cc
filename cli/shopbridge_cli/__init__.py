"""The operator's command line. It never ships to Lambda."""
