"""Neutral scenarios, replayed: cart in, expected amounts out, whoever's engine they were taken from.

`docs/reference/scenarios.md` describes the format; our own scenarios stand in `scenarios/`.
"""

from __future__ import annotations

from offersmith.offers.replay.run import Replay, Replayed, own_scenarios, replay, replay_file

__all__ = ["Replay", "Replayed", "own_scenarios", "replay", "replay_file"]
