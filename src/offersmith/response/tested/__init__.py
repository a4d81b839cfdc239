"""A test judged from a file: what `offersmith evaluate uplift` does."""
