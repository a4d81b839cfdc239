"""How deep an offer should be: what every depth earns, of everybody, of a segment and of a customer.

`families` finds the arms that differ in depth only, `curves` measures what each depth earns, `pooled` and `best` say
which depth is best and which cannot be told from it, and `customers` draws the curve of a single customer from a model.
"""
