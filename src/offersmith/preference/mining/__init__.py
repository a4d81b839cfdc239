"""What goes together: pairs, sets and sequences of products, the network they make, and the bundles it suggests."""
