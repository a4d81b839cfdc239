"""Who gets what, within every limit: candidates, objective, constraints, dual prices, lots, plan and its cards."""
