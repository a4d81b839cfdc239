"""The page of what customers do: how they visit, where they drop off, when they come, and what they buy again."""

from __future__ import annotations
