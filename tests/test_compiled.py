"""Compiled loops on a machine where there is no folder to keep the machine code in."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import offersmith

LOOPS = """
import numpy as np
from offersmith.compiled import compiled

@compiled
def total(values):
    found = 0.0
    for value in values:
        found += value
    return found

print(total(np.array([1.0, 2.5])), hasattr(total, "py_func"))
"""


def run(arguments: list[str], folder: Path) -> str:
    """Run Python where neither the source's folder nor the user's cache can be written."""
    kept = {name: value for name, value in os.environ.items() if name not in {"NUMBA_CACHE_DIR", "XDG_CACHE_HOME"}}
    environment = {**kept, "HOME": os.devnull, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *arguments], env=environment, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def closed(folder: Path) -> None:
    """Put a file in the place of every folder of machine code: permissions alone would not stop root."""
    for inside in [folder, *(path for path in folder.rglob("*") if path.is_dir())]:
        (inside / "__pycache__").touch()


def test_a_loop_whose_code_cannot_be_kept_is_compiled_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "loops.py").write_text(LOOPS)
    closed(tmp_path)
    assert run(["loops.py"], tmp_path).split() == ["3.5", "True"]
    assert not list(tmp_path.rglob("*.nbi"))


def test_a_read_only_installation_without_a_home_works(tmp_path: Path) -> None:
    package = tmp_path / "offersmith"
    shutil.copytree(Path(offersmith.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    closed(package)
    code = "from offersmith.strategy import kernels; print(kernels.__file__)"
    assert run(["-c", code], tmp_path).strip() == str(package / "strategy" / "kernels.py")
    assert "offersmith.toml" in run(["-m", "offersmith", "init", "shop", "--example", "synthetic"], tmp_path)
