"""Response models on a test of five offers with known truth, beside causalml, econml and a logit.

    python -m benchmarks response [--rows 100000] [--seeds 5] [--forms base,basket,threshold] [--peers NAME,...|none]
                                  [--ours NAME,...|none] [--keep DIR] [--json]

Every form is run by lot and as a log with recorded chances. A model is fitted on `--rows` customers, and gives each of
100,000 fresh ones (seed + 10,000) the arm with its highest expected gain, or nothing. Shown are

- the share of the oracle: the true gain of its plan over that of a planner who knows every effect;
- claimed / true: what the model itself expects of its plan over what the plan truly gains;
- CPU seconds of fitting and predicting on one thread, without imports and drawing, and the peak memory meanwhile;
- ours less the best peer, paired by dataset, with its standard error and in how many datasets it is ahead;
- how many of our 95 % intervals, estimated on held-out rows, cover what the plan truly gains.

Each peer has the best of 8 configurations by its own cross-validation (`_response_choice` says how). Every run is a
process of its own. With `--keep` each result is kept as a file, with a digest of what it was made of: an interrupted
run goes on where it was, peers are run once, and ours again whenever `response/` or `experiments/` have changed.
The exit status is 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import _response_ours as ours
from benchmarks._response_runs import Runs, jobs, known_forms
from benchmarks._response_table import show, summarise
from offersmith.errors import MissingExtraError

CHOOSE_ROWS = 60_000


def run(argv: list[str]) -> int:
    """Run the benchmark; 0 if no target is missed, 2 if what is asked for is not there."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks response", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000, help="customers to learn from")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--forms", default="base,basket,threshold", help=f"some of {','.join(known_forms())}")
    parser.add_argument("--peers", default="all", help="names, all, or none")
    parser.add_argument("--ours", default="first", help="names, first (the one held to the targets), all, or none")
    parser.add_argument("--keep", type=Path, help="folder in which results are kept and looked for")
    parser.add_argument("--intervals", action="store_true", help="also judge our plans on held-out rows: more fits")
    parser.add_argument("--choose-rows", type=int, default=CHOOSE_ROWS, help="rows to choose configurations on")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args(argv)
    forms = _some("--forms", asked.forms, known_forms(), parser)
    mine = tuple(ours.OWN + name for name in _some("--ours", asked.ours, ours.names(), parser))
    peers = _some("--peers", asked.peers, _known_peers(asked.peers, parser), parser)
    if not mine and not peers:
        parser.error("there is no model to run")
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        results = Runs(folder, peers, asked.choose_rows)
        held = mine if asked.intervals else ()
        wanted = list(jobs((*mine, *peers), forms, asked.seeds, asked.rows, held=held))
        try:
            runs = [results.result(job) for job in wanted]
        except MissingExtraError as error:
            parser.error(str(error))
    figures = summarise(runs, peers, mine)
    if asked.json:
        report = {**figures, "rows": asked.rows, "seeds": asked.seeds, "runs": runs}
        sys.stdout.write(json.dumps(report, indent=2) + "\n")
    else:
        show(figures)
    return 0 if all(target["met"] for target in figures["targets"]) else 1


def _some(option: str, asked: str, known: Sequence[str], parser: argparse.ArgumentParser) -> tuple[str, ...]:
    """Return the names asked for; stop with exit status 2 at one that is not known."""
    words = {"none": (), "all": tuple(known), "first": tuple(known[:1])}
    if asked in words:
        return words[asked]
    names = tuple(name.strip() for name in asked.split(","))
    for name in names:
        if name not in known:
            parser.error(f"{option}: {name!r} is none of {', '.join(known)}")
    return names


def _known_peers(asked: str, parser: argparse.ArgumentParser) -> tuple[str, ...]:
    if asked == "none":
        return ()
    for library in ("causalml", "econml"):
        if importlib.util.find_spec(library) is None:
            parser.error(f"--peers: {library} is not installed; it is in the extra `bench`, or ask for --peers none")
    from benchmarks._response_peers import PEERS

    return tuple(PEERS)
