"""A revision published by hand whose families and programs are known, for the simulation's tests that only read it."""

import pytest

from padanan.base.home import Home
from tests.review.published_by_hand import rewrite, write_published

# Both programs name the family card; some of their people stopped.
TAGGED = """select *, md5(keluarga) as id_keluarga,
  case when producer in ('pkh', 'sembako') then case when i % 7 = 0 then 'henti' else 'eksisting' end end as status_program
  from asal"""


@pytest.fixture(scope="session")
def simulated(tmp_path_factory):
    """The data home of one revision with every program."""
    home = Home(tmp_path_factory.mktemp("simulasi") / "data").ensure()
    rewrite(write_published(home, people=4000, all_contracts=True), TAGGED)
    return home
