"""Pages as values: one vocabulary of charts and tables, rendered to one self-contained file in two languages."""

from __future__ import annotations
