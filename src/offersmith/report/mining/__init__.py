"""The page of what goes together: candidates for offers, the network, rules, sequences, substitutes."""
