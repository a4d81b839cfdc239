"""The page of one customer: who this is, what they like, what they are worth, what happened; all as of a moment."""

from __future__ import annotations
