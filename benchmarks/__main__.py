"""Run a benchmark by name: `python -m benchmarks NAME [--json] [options]`."""

from __future__ import annotations

import importlib
import os
import pkgutil
import sys
from pathlib import Path

# Threads are pinned before numpy or LightGBM load: spinning threads would be counted as work.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")


def names() -> list[str]:
    """Return the benchmarks that have a file here and can be run."""
    found = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    return sorted(name for name in found if not name.startswith("_") and not name.endswith("_data"))


def main(argv: list[str]) -> int:
    """Call `run` of the benchmark named first in `argv`; print what there is when the name is unknown."""
    if not argv or argv[0] not in names():
        print(f"usage: python -m benchmarks NAME [--json]\nNAME is one of: {', '.join(names())}")
        return 2
    module = importlib.import_module(f"benchmarks.{argv[0]}")
    code: int = module.run(argv[1:])
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
