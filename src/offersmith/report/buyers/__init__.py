"""The page of who will likely buy within so many days, and how well that could be foretold."""
