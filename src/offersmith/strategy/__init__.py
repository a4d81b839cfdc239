"""Who gets what, within every limit: candidates, objective, constraints, dual prices, exploration, plan and its cards."""
