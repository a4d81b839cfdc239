"""Files are there whole or not at all."""

import resource
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest

from offersmith.errors import StorageError
from offersmith.store.files import parquet, replace


def test_what_is_written_is_there_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "page.html"
    replace(path, b"first")
    replace(path, b"second")
    assert path.read_bytes() == b"second"
    assert list(path.parent.iterdir()) == [path]


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    replace(path, b"first")
    code = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom offersmith.errors import StorageError\n"
        "from offersmith.store.files import replace\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, (1000, {resource.RLIM_INFINITY}))\n"
        f"try: replace(Path({str(path)!r}), b'x' * 5000)\nexcept StorageError as fault: print(fault)\n"
        "else: sys.exit(1)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "cannot be written" in done.stdout
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(StorageError, match=r"page\.html"):
        replace(tmp_path / "page.html", b"x")


def test_the_same_table_gives_the_same_bytes() -> None:
    table = pa.table({"a": range(1000), "b": [str(n % 7) for n in range(1000)]})
    assert parquet(table) == parquet(table.slice(0))


def test_a_folder_is_no_file_to_write(tmp_path: Path) -> None:
    for path in (tmp_path, Path()):
        with pytest.raises(StorageError, match="is a folder"):
            replace(path, b"x")
