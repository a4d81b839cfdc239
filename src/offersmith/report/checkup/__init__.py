"""The page of what is odd about a shop's events, customers and products, and of what drifted between two moments."""

from __future__ import annotations
