"""Whether it was worth it: ranking, calibration, doubly robust effects with a placebo, and the metrics of experiments.

Only numbers come in and small results go out: nothing here knows where the data lie.
"""

from __future__ import annotations

from collections.abc import Mapping

from offersmith.experiments.metrics import Metric, conversion, mean_difference

METRICS: Mapping[str, Metric] = {
    "mean": mean_difference,
    "conversion": conversion,
}
"""Metric name -> how two groups are compared. A new metric is one function and one line here."""

__all__ = ["METRICS"]
