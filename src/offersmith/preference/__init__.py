"""What customers like: which products, and which products go together."""
