"""What became of every effect: the ledger, its search, the directory of what is matched, and how a buyer is erased."""
