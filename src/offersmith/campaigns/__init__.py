"""What runs when, under which limits, with which codes: campaigns as rules, their state kept by the ledger."""
