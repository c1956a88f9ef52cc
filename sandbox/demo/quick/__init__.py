"""The demo's whole story in one process and seconds: for every pair of a shop and a back office."""
