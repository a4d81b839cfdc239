"""The sections of the report, one file each: typed facts in, a `Section` out, or None when there is nothing to say."""

from __future__ import annotations
