"""A client never changes without its line in the audit, nor the other way round: one transaction, whoever dies in it."""

from datetime import date, datetime

import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.distribution import audit
from padanan.distribution.clients import AGGREGATE, add_client, find_client, renew_client, revoke_client
from padanan.distribution.spdci.partners import partner_of, register

NOW = datetime(2026, 3, 1, 9, tzinfo=JAKARTA)
UNTIL = date(2099, 1, 1)


def test_what_the_audit_can_not_tell_did_not_happen(served, monkeypatch):
    agency, writer, store = served.agency(), served.door.writer, served.door.store
    before, events = find_client(store, agency.id), served.events()

    def torn(*_):
        raise PadananError("putus", cure="ulangi")

    with monkeypatch.context() as patch:
        patch.setattr(audit, "append", torn)
        acts = (
            lambda: add_client(writer, client="baru", agency="dinsos", scopes=[AGGREGATE], by="Uji", now=NOW, secret_until=UNTIL),
            lambda: renew_client(writer, agency.id, by="Uji", now=NOW, secret_until=UNTIL),
            lambda: revoke_client(writer, agency.id, by="Uji", now=NOW),
            lambda: register(writer, client=agency.id, by="Uji", now=NOW, address="https://contoh.go.id", must_sign=False),
        )
        for act in acts:
            with pytest.raises(PadananError, match="putus"):
                act()
    assert find_client(store, "baru") is None and find_client(store, agency.id) == before
    assert partner_of(store, agency.id).address is None and served.events() == events
    revoke_client(writer, agency.id, by="Uji", now=NOW)
    assert find_client(store, agency.id).revoked and served.events()[-1]["tindakan"] == "dicabut"


def test_a_change_that_is_refused_leaves_no_event(served):
    agency = served.agency()
    events = served.events()
    with pytest.raises(PadananError, match="sudah dipakai"):
        add_client(
            served.door.writer, client=agency.id, agency="dinsos", scopes=[AGGREGATE], by="Uji", now=NOW, secret_until=UNTIL
        )
    with pytest.raises(PadananError, match="tidak ada"):
        revoke_client(served.door.writer, "siapa-saja", by="Uji", now=NOW)
    assert served.events() == events
