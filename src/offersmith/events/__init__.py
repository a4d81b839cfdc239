"""Events: where they come from, how they are checked, what is wrong with them."""
