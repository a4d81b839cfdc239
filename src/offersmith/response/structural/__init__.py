"""The structural model: who redeems, who buys, and for how much, learned together and held to what was measured."""
