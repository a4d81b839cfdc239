"""A policy judged on a log of another: what `offersmith evaluate policy` does."""
