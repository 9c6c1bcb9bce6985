"""`python -m tests.faults.sources FOLDER NUMBER`: a source that goes away, or changes, while a delivery is read from it.

A process of its own for each: PostgreSQL and threads don't outlive it. A word a trial is printed: `pulih` or `bernama`.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

from tests.conftest import write_key
from tests.faults.sweep import LINE
from tests.faults.town import home_of

ROWS = 400_000


def stopped_server(root: Path) -> None:
    """A server killed at five moments of a pull: nothing lands, one line says why; back again, every row lands once."""
    import psycopg
    import pyarrow.parquet as pq

    from padanan.base.errors import PadananError, SourceUnavailable
    from padanan.landing.postgres_reader import read_postgres
    from padanan.landing.raw import Spec
    from padanan.synthetic.embedded_postgres import EmbeddedPostgres

    names = {name: (name.upper(), name) for name in ("id", "nama")}
    spec = Spec(names, frozenset(names), frozenset({"id"}), {"jenis": "postgresql", "tabel": "orang", "skema": "public"})
    with EmbeddedPostgres(root / "pg") as server, psycopg.connect(server.libpq) as con:
        con.execute(f"create table orang as select i::text as id, repeat('n', 100) as nama from generate_series(1, {ROWS}) t(i)")
        con.commit()
        begun = time.monotonic()
        assert read_postgres(server.url, spec, _work(root, "utuh")).table.counted == ROWS
        whole = time.monotonic() - begun
    for number in range(1, 6):
        with EmbeddedPostgres(root / "pg") as server:
            stop = threading.Timer(whole * number / 6, os.kill, (server._process.pid, signal.SIGKILL))  # type: ignore[union-attr]
            stop.start()
            try:
                pull = read_postgres(server.url, spec, _work(root, f"putus-{number}"))
                assert pq.read_metadata(pull.table.path).num_rows == ROWS
                print("pulih")
            except (SourceUnavailable, PadananError) as error:
                assert LINE.fullmatch(str(error)) and "PostgreSQL" in str(error), error
                print("bernama")
            finally:
                stop.cancel()
        with EmbeddedPostgres(root / "pg") as server:
            assert read_postgres(server.url, spec, _work(root, f"lagi-{number}")).table.counted == ROWS


def _work(root: Path, name: str) -> Path:
    folder = root / name
    folder.mkdir(mode=0o700)
    return folder


def growing_file(root: Path) -> None:
    """A file that grows while it is taken in: what landed is one state of it, and the finished file lands as a whole."""
    import pyarrow.parquet as pq

    from padanan.landing.inbox import process_inbox
    from tests.faults.scenarios import contracts, plans
    from tests.landing.deliveries import dtks_row

    columns = contracts()["dtks"].columns
    head = "|".join(column.source for column in columns) + "\n"
    for number in range(1, 6):
        place = root / f"percobaan-{number}"
        place.mkdir(mode=0o700)
        write_key(place / "kunci" / "hmac.key")
        home = home_of(place).ensure()
        inbox = home.inbox("dtks")
        inbox.mkdir(mode=0o700)
        path = inbox / "dtks.csv"
        path.with_name("dtks.csv.pengantar.yaml").write_text("periode_data: 2025-10\nditerima: 2025-10-10T09:00:00+07:00\n")
        lines = ["|".join(f'"{dtks_row(one).get(column.name, "")}"' for column in columns) + "\n" for one in range(3000)]
        path.write_text(head + "".join(lines[:500]))

        def write(path: Path = path, lines: list[str] = lines, pause: float = 0.001 * number) -> None:
            with path.open("a") as handle:
                for start in range(500, 3000, 50):
                    handle.write("".join(lines[start : start + 50]))
                    handle.flush()
                    time.sleep(pause)

        writer = threading.Thread(target=write)
        writer.start()
        first = process_inbox(home, contracts(), "dtks", plans=plans())
        writer.join()
        for fault in first.faults:
            assert LINE.fullmatch(str(fault.error)), fault.error
        last = process_inbox(home, contracts(), "dtks", plans=plans())
        stands = [one for one in (*first.receipts, *last.receipts) if one.status == "diterima"]
        for one in stands:
            rows = sum(pq.read_metadata(one.folder / name).num_rows for name in ("part.parquet", "rejects.parquet"))
            assert rows == one.manifest["rows_in"], (rows, one.manifest["rows_in"])
        whole = [one for one in (*first.receipts, *last.receipts) if one.manifest["rows_in"] == 3000]
        assert whole, [(one.status, one.manifest["rows_in"]) for one in (*first.receipts, *last.receipts)]
        print("bernama" if first.faults else "pulih")


if __name__ == "__main__":
    (stopped_server, growing_file)[int(sys.argv[2])](Path(sys.argv[1]))
