"""The page of a shop's segments: how many, worth what, what sets them apart, where they stand and how they move."""

from __future__ import annotations
