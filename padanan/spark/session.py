"""The Spark session of a run: its settings, and what models find there besides each other (seeds, earlier tables, files).

How their SQL is said is `dialect`, how dbt reaches the session `cursor`.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import yaml

from padanan.base import disk
from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.sql import literal
from padanan.spark.dialect import SIMILARITY

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

DATABASE = "padanan"
DEFAULT_MASTER = "local-cluster[2,1,1024]"
DBT_PROJECT = CHECKOUT / "dbt_project"


def tables_folder(home: Home) -> Path:
    """Where Spark keeps its tables, a folder of Parquet each."""
    return home.warehouse / "spark"


def database_folder(home: Home) -> Path:
    """The folder of the database that dbt writes to."""
    return tables_folder(home) / f"{DATABASE}.db"


def start(home: Home, master: str | None = None) -> SparkSession:
    """The session of this process, its database, the seeds and the tables of earlier calls in it.

    Args:
        master: Spark's address; default PADANAN_SPARK_MASTER, else a cluster of two workers of one core on this machine.

    Raises:
        PadananError: pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise PadananError("pyspark tidak terpasang", cure="pasang padanan[spark], atau pakai make spark") from None
    folder = tables_folder(home)
    disk.mkdir(folder, exist_ok=True)
    master = master or os.environ.get("PADANAN_SPARK_MASTER") or DEFAULT_MASTER
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    scratch = Path(os.environ.get("TMPDIR") or tempfile.gettempdir())
    settings = {
        "spark.sql.warehouse.dir": f"file://{folder}",
        "spark.sql.catalogImplementation": "in-memory",
        # What a model's row means must not depend on the machine's zone, and the models know no zones.
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.sources.partitionColumnTypeInference.enabled": "false",
        "spark.sql.shuffle.partitions": os.environ.get("PADANAN_SPARK_PARTITIONS", "8"),
        # The staging models' expressions exceed what the JVM compiles as one method: Spark would compile for a minute a model,
        # fail and interpret them after all; and it would look for common parts of them anew in every task.
        "spark.sql.codegen.wholeStage": "false",
        "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.subexpressionElimination.enabled": "false",
        # Each re-planning writes these plans out as text once more.
        "spark.sql.adaptive.enabled": os.environ.get("PADANAN_SPARK_ADAPTIVE", "false"),
        "spark.sql.ui.explainMode": "simple",
        # Models are wide and their expressions long: a plan as text costs more than the work, and would carry values into a log.
        "spark.sql.maxPlanStringLength": "0",
        "spark.sql.debug.maxToStringFields": "1",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.local.dir": str(scratch),
        "spark.driver.memory": os.environ.get("PADANAN_SPARK_DRIVER_MEMORY", "3g"),
        "spark.driver.extraJavaOptions": f"-Xss16m -Djava.io.tmpdir={scratch} -Dderby.system.home={scratch}",
        "spark.executor.extraJavaOptions": "-Xss16m",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.maxResultSize": "0",
    }
    if master.startswith("local-cluster"):
        settings["spark.executor.memory"] = master.rstrip("]").split(",")[-1] + "m"
    builder = SparkSession.builder.appName("padanan").master(master)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise PadananError(
            f"Spark tidak dapat dijalankan ({type(error).__name__})",
            cure="pasang Java 17 (openjdk-17-jre-headless) atau atur JAVA_HOME",
        ) from None
    spark.sparkContext.setLogLevel("ERROR")
    spark.sql(f"create database if not exists {DATABASE}")
    spark.catalog.setCurrentDatabase(DATABASE)
    _functions(spark)
    _seeds(spark, home)
    _known_tables(spark, home)
    return spark


def forget(spark: SparkSession, table: str) -> None:
    """Removes the files of a dropped table: one that an earlier process built is not Spark's own, and dropping it leaves them."""
    root = Path(str(spark.conf.get("spark.sql.warehouse.dir")).removeprefix("file://").removeprefix("file:"))
    disk.remove_tree(root / f"{DATABASE}.db" / table, ignore_errors=True)


def parquet_view(spark: SparkSession, paths: list[str]) -> str:
    """A temporary view of these files; its columns are those of the first one, as in DuckDB."""
    name = "berkas_" + hashlib.sha256("|".join(paths).encode()).hexdigest()[:16]
    if not spark.catalog.tableExists(name):
        # Hadoop takes a path as it is written: `%3D` would be another folder than `=`.
        files = [f"file://{Path(path).resolve()}" for path in paths]
        spark.read.schema(spark.read.parquet(files[0]).schema).parquet(*files).createOrReplaceTempView(name)
    return name


def _functions(spark: SparkSession) -> None:
    """What SQL of Spark can't say: Jaro-Winkler of characters by the library whose algorithm DuckDB has."""
    from pyspark.sql.functions import udf

    # A function of this function, so that it travels as itself: a worker need not know this package.
    def similarity(a: str | None, b: str | None) -> float | None:
        from rapidfuzz.distance import JaroWinkler

        return None if a is None or b is None else JaroWinkler.similarity(a, b)

    spark.udf.register(SIMILARITY, udf(similarity, "double", useArrow=True))


def _known_tables(spark: SparkSession, home: Home) -> None:
    """Tables that an earlier process built: Spark's catalog dies with its session, their files stay."""
    for mark in sorted(database_folder(home).glob("*/_SUCCESS")):
        folder = mark.parent
        if not spark.catalog.tableExists(f"{DATABASE}.{folder.name}"):
            spark.sql(f"create table {DATABASE}.{folder.name} using parquet location 'file://{folder}'")


def _seeds(spark: SparkSession, home: Home) -> None:
    """Seeds as tables, read as dbt reads them: the types are those of `dbt_project.yml`."""
    project = yaml.safe_load((DBT_PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    con = duckdb.connect()
    try:
        for name, config in project["seeds"]["padanan"].items():
            if name.startswith("+") or spark.catalog.tableExists(f"{DATABASE}.{name}"):
                continue
            disk.remove_tree(database_folder(home) / name, ignore_errors=True)
            types = ", ".join(f"{literal(column)}: {literal(kind)}" for column, kind in config["+column_types"].items())
            file = DBT_PROJECT / "seeds" / f"{name}.csv"
            rows = con.sql(f"from read_csv({literal(file)}, header=true, columns={{{types}}})").to_arrow_table()
            spark.createDataFrame(rows).write.mode("overwrite").saveAsTable(f"{DATABASE}.{name}")
    finally:
        con.close()
