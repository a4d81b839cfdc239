"""The same questions on Spark, for a shop that has outgrown one machine (optional extra `spark`).

An ibis expression is compiled to Spark's SQL and run as text, with naive timestamps and the session's clock in UTC, so
that both engines read the same moments. Results come back as Arrow, without pandas.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from offersmith.errors import MissingExtraError, StorageError
from offersmith.store.decided import DECIDED, STANDS_FOR
from offersmith.store.together import TOGETHER
from offersmith.vocabulary import EVENTS

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_OPTIONS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.timestampType": "TIMESTAMP_NTZ",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.parquet.inferTimestampNTZ.enabled": "true",
}
_EPOCH_US = (
    "CREATE OR REPLACE TEMPORARY FUNCTION epoch_us(moment TIMESTAMP_NTZ) RETURNS BIGINT "
    "RETURN unix_micros(CAST(moment AS TIMESTAMP_LTZ))"
)


class _Spelling(ibis.config.Config):  # type: ignore[misc]
    """What ibis asks its Spark back end while spelling SQL; the back end itself would import pandas, and warn of it."""

    treat_nan_as_null: bool = False


class SparkAnalytics:
    """An analytical engine with the verbs of `Analytics`, on a Spark session of the caller's.

    Args:
        session: where questions run; None starts a local one and stops it at the end.

    Raises:
        MissingExtraError: pyspark is not installed.
    """

    def __init__(self, session: SparkSession | None = None) -> None:
        self._owned = session is None
        self._session: Any = session if session is not None else _local_session()
        for name, value in _OPTIONS.items():
            self._session.conf.set(name, value)
        self._session.sql(_EPOCH_US)
        if ibis.options.pyspark is None:
            ibis.options.pyspark = _Spelling()
        self.use_events([])
        self.use_table("decided", DECIDED.empty_table())
        self.use_table("stands_for", STANDS_FOR.empty_table())
        self.use_table("together", TOGETHER.empty_table())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, tb: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Stop the session if it was started here."""
        if self._owned:
            self._session.stop()

    def use_events(self, files: Sequence[Path]) -> None:
        """Bind the table `events` to these Parquet files; none of them is an empty table.

        Raises:
            StorageError: a file is missing or is not of the schema `vocabulary.EVENTS`.
        """
        if not files:
            self.use_table("events", EVENTS.empty_table())
            return
        try:
            frame = self._session.read.parquet(*sorted(str(file) for file in files)).select(*EVENTS.names)
        except _spark_errors() as fault:
            raise StorageError(f"an events file cannot be read: {str(fault).splitlines()[0]}") from fault
        frame.createOrReplaceTempView("events")

    def use_table(self, name: str, table: pa.Table) -> None:
        """Make an Arrow table known to questions under `name`, replacing what had that name."""
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def run(self, expr: ir.Table) -> pa.Table:
        """Answer an unbound ibis expression; the columns have exactly the types the expression declares.

        Raises:
            StorageError: a file cannot be read, or Spark failed.
        """
        sql = ibis.to_sql(expr, dialect="pyspark")
        try:
            found = self._session.sql(sql).toArrow()
        except _spark_errors() as fault:
            raise StorageError(f"Spark failed: {str(fault).splitlines()[0]}") from fault
        return found.cast(expr.schema().to_pyarrow())


def _local_session() -> Any:
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415 - optional extra
    except ImportError as fault:
        raise MissingExtraError(
            "questions on Spark need the extra `spark`", hint="pip install 'offersmith[spark]'", extra="spark"
        ) from fault
    builder = SparkSession.builder.master("local[2]").appName("offersmith")
    options = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "4", "spark.driver.host": "localhost",
               "spark.ui.showConsoleProgress": "false", "spark.log.level": "ERROR"}  # fmt: skip
    for name, value in (options | _OPTIONS).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def _spark_errors() -> type[Exception]:
    from pyspark.errors import PySparkException  # noqa: PLC0415 - optional extra

    fault: type[Exception] = PySparkException
    return fault
