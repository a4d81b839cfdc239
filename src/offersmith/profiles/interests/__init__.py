"""Interests from texts and behaviour: words, topics, product vectors, and each customer's readable list."""
