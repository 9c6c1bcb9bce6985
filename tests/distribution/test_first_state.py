"""The API's state is made in one transaction: a process that dies while it makes the tables leaves none of them."""

import os
import signal

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from padanan.base.home import Home
from padanan.distribution.clients import all_clients
from padanan.distribution.state.store import open_store


@pytest.mark.parametrize("statement", [1, 3, 8])
def test_killed_between_two_tables_the_next_start_makes_them_all(tmp_path, statement):
    home = Home(tmp_path / "data").ensure()
    child = os.fork()
    if child == 0:
        made = []

        def die(_con, _cursor, sql, *_):
            made.extend([sql] if sql.lstrip().upper().startswith("CREATE TABLE") else [])
            if len(made) > statement:
                os.kill(os.getpid(), signal.SIGKILL)

        event.listen(Engine, "before_cursor_execute", die)
        open_store(home)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    store = open_store(home)
    assert all_clients(store) == []
    with store.reading() as con:
        assert con.execute(text("select count(*) from audit")).scalar_one() == 0
    store.close()
