"""Who gets what, within every limit: candidates, objective, limits, dual prices, lots, plan and its cards."""
