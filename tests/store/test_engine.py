from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from offersmith.store.analytics import Analytics
from offersmith.store.engine import connect, interruptible, text
from offersmith.store.landing import Landing


@pytest.mark.parametrize("value", ["plain", "it's", "''", "a\\'b; DROP TABLE x --", "中文"])
def test_any_text_survives_being_quoted(value: str) -> None:
    engine = duckdb.connect(":memory:")
    assert engine.execute(f"SELECT {text(value)}").fetchall() == [(value,)]
    engine.close()


def test_no_engine_of_ours_draws_a_bar_on_standard_output(tmp_path: Path) -> None:
    question = "SELECT current_setting('enable_progress_bar') AS bar"
    with Analytics(threads=1) as analytics, Landing(tmp_path).stage("s", "k") as stage:
        assert analytics.execute(question)["bar"].to_pylist() == [False]
        assert stage.engine.execute(question).fetchall() == [(False,)]


def test_the_engine_is_opened_as_told(tmp_path: Path) -> None:
    engine = connect(threads=2, memory_mb=512, spill=tmp_path / "it's here")
    names = ("threads", "memory_limit", "temp_directory", "TimeZone")
    found = [engine.execute(f"SELECT current_setting('{name}')").fetchall()[0][0] for name in names]
    assert found == [2, "512.0 MiB", str(tmp_path / "it's here"), "UTC"]
    engine.close()


def test_only_an_interruption_becomes_ctrl_c() -> None:
    with pytest.raises(KeyboardInterrupt), interruptible():
        raise RuntimeError("Query interrupted")
    with pytest.raises(RuntimeError, match="other"), interruptible():
        raise RuntimeError("other")
