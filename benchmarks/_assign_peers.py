"""One linear programming library on one instance, in a process of its own: `python -m benchmarks._assign_peers`.

Loading highspy and then OR-tools in one process fails (both bring HiGHS), and a process of its own can be given a limit
of CPU seconds and has a peak memory of its own. The answer is the linear relaxation: fractional, and a bound on ours.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, vstack

from benchmarks._assign_task import OFFERS, limits, whole

SOLVERS = ("scipy HiGHS", "highspy IPM", "highspy PDLP", "OR-tools GLOP", "OR-tools PDLP")


def peers(customers: int, seed: int, seconds: int) -> list[dict[str, Any]]:
    """Run every library that is installed; one that does not come back in so many CPU seconds says so."""
    found = []
    for solver in SOLVERS:
        call = [sys.executable, "-m", "benchmarks._assign_peers", solver, str(customers), str(seed), str(seconds)]
        done = subprocess.run(call, capture_output=True, text=True, check=False)
        last = done.stdout.strip().splitlines()[-1:] or [""]
        said: dict[str, Any] = {"solver": solver, "customers": customers}
        if done.returncode == 0 and last[0].startswith("{"):
            said |= json.loads(last[0])
        elif "ModuleNotFoundError" in done.stderr:
            said["state"] = "not installed"
        else:
            said["state"] = f"not solved in {seconds} CPU seconds"
        found.append(said)
    return found


def peak_mb() -> float:
    """Return the peak resident memory of this process; where the system does not say, what it says of forks too."""
    path = Path("/proc/self/status")
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.startswith("VmHWM"):
            return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _problem(customers: int, seed: int) -> tuple[Any, ...]:
    value, cost, segment = whole(customers, seed)
    cells = np.arange(value.size)
    once = csr_array((np.ones(value.size), (cells % customers, cells)), shape=(customers, value.size))
    lines, most = [once], [np.ones(customers)]
    for limit in limits(customers):
        each = limit.weight[0][:, segment] + limit.weight[1][:, segment] * cost.astype(np.float64)
        sign = -1.0 if limit.at_least else 1.0
        lines.append(csr_array(sign * each.reshape(1, -1)))
        most.append(np.array([sign * limit.bound]))
    return value.astype(np.float64).ravel(), csr_array(vstack(lines)), np.concatenate(most)


def _solve(solver: str, worth: Any, rows: Any, most: Any) -> Any:
    """Return the solution, or None where the library says that it has none."""
    low = np.full(len(most), -np.inf)
    if solver == "scipy HiGHS":
        return linprog(-worth, A_ub=rows, b_ub=most, bounds=(0, 1), method="highs").x
    if solver.startswith("highspy"):
        import highspy

        model, columns = highspy.HighsLp(), rows.tocsc()
        model.num_col_, model.num_row_ = len(worth), len(most)
        model.col_cost_, model.col_lower_, model.col_upper_ = -worth, np.zeros(len(worth)), np.ones(len(worth))
        model.row_lower_, model.row_upper_ = low, most
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = columns.indptr, columns.indices
        model.a_matrix_.value_ = columns.data
        found = highspy.Highs()
        found.setOptionValue("output_flag", False)
        found.setOptionValue("threads", 1)
        found.setOptionValue("solver", solver.split()[1].lower())
        found.passModel(model)
        found.run()
        good = found.getModelStatus() == highspy.HighsModelStatus.kOptimal
        return np.array(found.getSolution().col_value) if good else None
    from ortools.linear_solver.python import model_builder_helper as helper

    problem = helper.ModelBuilderHelper()
    import scipy.sparse as sp

    problem.fill_model_from_sparse_data(
        np.zeros(len(worth)), np.ones(len(worth)), -worth, low, most, sp.csr_matrix(rows)
    )
    solving = helper.ModelSolverHelper(solver.split()[1])
    solving.solve(problem)
    good = solving.status() == helper.SolveStatus.OPTIMAL
    return np.array(solving.variable_values()) if good else None


def main(solver: str, customers: int, seed: int, seconds: int) -> None:
    """Solve and print what came out, measured from the point where the program is in memory."""
    worth, rows, most = _problem(customers, seed)
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, used + seconds + 5))
    start = time.process_time()
    x = _solve(solver, worth, rows, most)
    spent = time.process_time() - start
    said: dict[str, Any] = {"cpu_s": spent, "peak_mb": peak_mb()}
    if x is None:
        said["state"] = "gave up"
    else:
        over = (rows @ x - most)[customers:] / np.maximum(np.abs(most[customers:]), 1)
        split = np.abs(x - np.round(x)).reshape(OFFERS, customers).max(axis=0) > 1e-6
        said |= {"state": "solved", "value": float(worth @ x), "over": float(over.max()), "split": int(split.sum())}
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], *(int(each) for each in sys.argv[2:]))
