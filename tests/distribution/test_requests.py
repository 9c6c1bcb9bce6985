"""The way of a request: every order of steps and people, what voids an approval, what links with a refusal, what is late.

The form's and the API's own faults stand in `test_request_form` and `test_request_api`.
"""

import itertools
import stat
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.grants import GrantBook, give, log_of, revoke
from padanan.distribution.requests.flow import terms_of
from padanan.distribution.requests.register import (
    AGREED,
    CHANGE,
    DECIDE,
    FORUM,
    GRANTED,
    LAPSED,
    NAME,
    NAMED,
    REFUSED,
    SAME_BODY,
    SAME_LETTER,
    SUBMIT,
    SUBMITTED,
    WITHDRAW,
    late,
    letter_path,
    links,
    read_requests,
)
from padanan.distribution.terms import Paper
from padanan.records.refusal import Refusal
from tests.distribution.agencies_by_hand import terms
from tests.distribution.requests_by_hand import BODY, ask, day, decided, go
from tests.review.decided_by_hand import APPROVER, ASISTEN, PROPOSER, REPORTER, demo_home

PEOPLE = (PROPOSER, APPROVER, REPORTER, ASISTEN)
# Everybody may do everything: what keeps two steps apart is then not a role.
ALL_ROLES = """versi: 1.0.0
petugas:
""" + "".join(
    f"  - {{id: {one}, nama: Orang {n}, jabatan: Petugas, instansi: Bappeda, peran: [pengusul, penyetuju, pelapor], "
    "berlaku: {dari: 2023-01-01}}\n"
    for n, one in enumerate(PEOPLE, 1)
)
CLOCKS = load_catalogue().permohonan


@pytest.fixture
def home(tmp_path):
    return demo_home(tmp_path / "data")


def grant(home, number, *, proposer=REPORTER, approver=APPROVER, **changes):
    """A grant as a request says unless changed, typed by hand: whatever state the request is in, `give` alone refuses it."""
    one = read_requests(home).get(number)
    said = one.asked.model_dump(mode="json", exclude={"pemohon", "klien", "profil"}) if one else {}
    typed = {"lembaga": BODY, "instansi": "dinsos", "melalui": "dinsos", "hibah": "yayasan", "klien": "yayasan"}
    paper = {"keputusan": {"nomor": f"{DECIDE}/2026", "tanggal": day()}, "permohonan": number, "dasar_hukum": "Pergub contoh"}
    wanted = {**terms(), **typed, **said, **paper} | changes
    return give(home, wanted, load_catalogue(), proposer=proposer, approver=approver, reason="uji", now=datetime.now(JAKARTA))


def grants(home):
    return [one["hibah"] for one in log_of(home).read().records]


def number():
    return f"p-{datetime.now(JAKARTA).year}-0001"


@pytest.mark.feature("F22")
def test_the_whole_way_ends_in_a_grant_that_a_reader_can_follow_back(home, tmp_path, capsys):
    one = decided(home, tmp_path / "a")
    assert one.state == NAMED and one.agency == "dinsos"
    assert [step["langkah"] for step in one.steps] == [SUBMIT, FORUM, DECIDE, NAME]
    made = grant(home, one.number)
    assert made.terms.permohonan == one.number and made.terms.melalui == "dinsos" and made.terms.sampai == one.asked.sampai
    assert read_requests(home)[one.number].state == GRANTED
    path = letter_path(home, one.letter["sha256"])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and path.read_bytes().startswith(b"%PDF")
    assert main(["--home", str(home.root), "permohonan", "riwayat", one.number]) == 0
    told = capsys.readouterr().out
    assert all(word in told for word in (BODY, "forum layak", "putuskan setuju", "tunjuk dinsos", "hibah yayasan", "dihibahkan"))
    assert main(["--home", str(home.root), "records", "list"]) == 0 and "permohonan" in capsys.readouterr().out


@pytest.mark.feature("F22")
def test_of_all_orders_of_the_steps_one_yields_a_grant(tmp_path):
    acts = (SUBMIT, FORUM, DECIDE, NAME, "hibah")
    whole = []
    for turn, order in enumerate(itertools.permutations(acts)):
        home = demo_home(tmp_path / f"rumah-{turn}")
        for act in order:
            try:
                if act == SUBMIT:
                    ask(home, tmp_path / "surat")
                elif act == "hibah":
                    grant(home, number())
                else:
                    go(home, number(), act)
            except Refusal:
                continue
        if grants(home):
            whole.append(order)
    assert whole == [acts]


ACT = st.tuples(
    st.sampled_from([SUBMIT, FORUM, FORUM, DECIDE, DECIDE, NAME, NAME, CHANGE, WITHDRAW]), st.sampled_from(PEOPLE), st.booleans()
)
# The right order by drawn people, with something drawn before, between or after it.
NEARLY = st.tuples(*(st.tuples(st.just(step), st.sampled_from(PEOPLE), st.just(True)) for step in (FORUM, DECIDE, NAME)))
RIGHT = st.just([(FORUM, REPORTER, True), (DECIDE, ASISTEN, True), (NAME, REPORTER, True)])
TRIED = st.one_of(
    st.lists(ACT, max_size=9),
    st.tuples(st.lists(ACT, max_size=1), st.one_of(NEARLY, RIGHT), st.lists(ACT, max_size=1)).map(
        lambda parts: [*parts[0], *parts[1], *parts[2]]
    ),
)
seen = []


@pytest.mark.feature("F22")
@settings(max_examples=120, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(acts=TRIED, recorder=st.sampled_from([PROPOSER, PROPOSER, REPORTER]), proposer=st.sampled_from([REPORTER, *PEOPLE]))
def test_only_the_full_order_by_different_people_yields_a_grant(tmp_path_factory, acts, recorder, proposer):
    """Whatever is tried in whatever order by whomever: a grant stands only on forum, decision and naming of the last contents."""
    root = tmp_path_factory.mktemp("acak")
    home, done = demo_home(root / "data"), [(SUBMIT, recorder, True)]
    people = home.decisions / "reviu" / "reviewers.yaml"
    people.parent.mkdir(parents=True, exist_ok=True)
    people.write_text(ALL_ROLES)
    ask(home, root / "surat", by=recorder)
    for turn, (act, who, yes) in enumerate(acts):
        try:
            if act == SUBMIT:
                ask(home, root / "surat", by=who)
                continue  # another request; the one that is looked at stays as it was
            if act == CHANGE:
                ask(home, root / "surat", by=who, number=number(), sampai=day(200 + turn))
            else:
                answers = {FORUM: ("layak", "tidak_layak"), DECIDE: ("setuju", "tolak")}
                go(home, number(), act, by=who, **({"result": answers[act][not yes]} if act in answers else {}))
        except Refusal:
            continue
        done.append((act, who, yes))
    try:
        grant(home, number(), proposer=proposer)
        stands = True
    except Refusal:
        stands = False
    last = max(place for place, one in enumerate(done) if one[0] in (SUBMIT, CHANGE))
    after, asking = done[last + 1 :], {who for act, who, _ in done if act in (SUBMIT, CHANGE)}
    full = [act for act, _, _ in after] == [FORUM, DECIDE, NAME] and all(yes for act, _, yes in after if act != NAME)
    if full:
        forum, decider, namer = (who for _, who, _ in after)
        assert forum != decider != namer and not asking & {forum, decider, namer}
    # The grant is proposed by one official and approved by another one; neither of them asked.
    fit = proposer != APPROVER and not asking & {proposer, APPROVER}
    assert stands == (full and fit) == bool(grants(home))
    seen.append((full, stands))


def test_the_draws_went_the_whole_way_and_stopped_before_it():
    if not seen:
        pytest.skip("hanya bersama uji acak")
    assert {(True, True), (True, False), (False, False)} <= set(seen)


VOIDING = {
    "surat": {"letter": "surat lain"},
    "kolom": {"kolom": ["nama", "kode_kelurahan", "nik"]},
    "wilayah": {"wilayah": ["31"]},
    "tujuan": {"tujuan": ["pemasaran"]},
    "sampai": {"sampai": day(400)},
    "program": {"program": "kpdj"},
    "baris": {"baris": "sasaran"},
    "layanan": {"layanan": ["sasaran", "cari"]},
}


@pytest.mark.feature("F22")
@pytest.mark.parametrize("what", VOIDING)
def test_a_value_changed_after_its_approval_voids_it(home, tmp_path, what):
    one = decided(home, tmp_path / "a")
    old = terms_of(home, one.number, grant="yayasan", client="yayasan", basis="Pergub contoh")
    changed = ask(home, tmp_path / "b", number=one.number, **VOIDING[what])
    assert changed.state == SUBMITTED and changed.agency is None and changed.digest != one.digest
    with pytest.raises(Refusal, match="menunggu forum"):
        give(home, old, load_catalogue(), proposer=REPORTER, approver=APPROVER, reason="uji", now=datetime.now(JAKARTA))
    with pytest.raises(Refusal, match="sidik"):
        go(home, one.number, FORUM, seen=one.digest)
    assert not grants(home)


@pytest.mark.feature("F22")
@pytest.mark.parametrize(
    "changes",
    [
        {"kolom": ["nama", "kode_kelurahan", "nik"]},
        {"wilayah": ["31.74", "31.71"]},
        {"tujuan": ["pemasaran"]},
        {"sampai": lambda: day(301)},
        {"mulai": lambda: day(-31)},
        {"program": "kpdj"},
        {"baris": "sasaran"},
        {"layanan": ["sasaran", "cari"]},
        {"lembaga": "yayasan contoh"},
        {"surat": lambda: {"nomor": "S-2/2026", "tanggal": day(-40)}},
        {"keputusan": lambda: {"nomor": "lain", "tanggal": day()}},
        {"instansi": "bappeda", "melalui": "bappeda"},
        {"permohonan": "p-2026-0009"},
        {"permohonan": None},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_grant_that_says_something_else_than_was_decided_is_refused(home, tmp_path, changes):
    one = decided(home, tmp_path / "a")
    # Days are counted now: those of the collection are yesterday's once midnight has passed.
    changes = {name: value() if callable(value) else value for name, value in changes.items()}
    with pytest.raises(Refusal, match="permohonan"):
        grant(home, one.number, **changes)
    assert not grants(home)
    assert grant(home, one.number, kolom=["kode_kelurahan", "nama"]).version == 1, "the order of a list says nothing"


@pytest.mark.feature("F22")
def test_a_letter_that_was_changed_on_disk_approves_nothing(home, tmp_path):
    one = decided(home, tmp_path / "a")
    letter_path(home, one.letter["sha256"]).write_bytes(b"%PDF-lain")
    with pytest.raises(Refusal, match="surat permohonan hilang atau berubah"):
        grant(home, one.number)
    assert not grants(home)


@pytest.mark.feature("F22")
def test_a_refused_request_is_not_revived_and_its_copy_is_shown_as_linked(home, tmp_path, capsys):
    first = ask(home, tmp_path / "a")
    go(home, first.number, FORUM)
    assert go(home, first.number, DECIDE, result="tolak").state == REFUSED
    for step in (FORUM, DECIDE, NAME, WITHDRAW):
        with pytest.raises(Refusal, match="ditolak"):
            go(home, first.number, step)
    with pytest.raises(Refusal, match="ditolak"):
        ask(home, tmp_path / "a", number=first.number, sampai=day(10))
    copy = ask(home, tmp_path / "a", lembaga="YAYASAN contoh", sampai=day(299))
    assert copy.asked.lembaga == "YAYASAN contoh", "shown, never put right"
    assert links(read_requests(home), copy, [REFUSED]) == {first.number: SAME_BODY}
    assert main(["--home", str(home.root), "permohonan", "daftar"]) == 0
    assert f"terkait {first.number} (lembaga yang sama, ditulis '{BODY}'): ditolak" in capsys.readouterr().out
    go(home, copy.number, FORUM)
    with pytest.raises(Refusal, match=first.number):
        go(home, copy.number, DECIDE)
    assert go(home, copy.number, DECIDE, knowing=(first.number,)).state == AGREED
    other = ask(home, tmp_path / "c", lembaga="Perkumpulan Lain", program="pkh", letter="c")
    assert not links(read_requests(home), other, [REFUSED])
    go(home, copy.number, WITHDRAW)
    other = ask(home, tmp_path / "c", lembaga="Perkumpulan Lain", program="kpdj", letter="surat")
    assert links(read_requests(home), other, [REFUSED]) == {first.number: SAME_LETTER}


@pytest.mark.feature("F22")
@pytest.mark.parametrize("name", ["YAYASAN CONTOH", "yayasan contoh", "Yayasan-Contoh", "Yayasan   Contoh.", "Ｙayasan Contoh"])
def test_another_spelling_of_the_name_makes_no_other_body(home, tmp_path, name):
    first = ask(home, tmp_path / "a")
    with pytest.raises(Refusal, match=first.number):
        ask(home, tmp_path / "b", letter="lain", lembaga=name)
    assert ask(home, tmp_path / "b", letter="lain", lembaga=name, program="pkh").state == SUBMITTED
    go(home, first.number, WITHDRAW)
    assert ask(home, tmp_path / "b", letter="lagi", lembaga=name).state == SUBMITTED


def test_who_asked_decides_nothing_under_another_name_either(home, tmp_path):
    one = ask(home, tmp_path / "a", pemohon="bima  CONTOH")
    go(home, one.number, FORUM)
    with pytest.raises(Refusal, match="mengajukan"):
        go(home, one.number, DECIDE, by=APPROVER)


def test_a_step_needs_its_papers_people_and_agencies(home, tmp_path):
    one, today = ask(home, tmp_path / "a"), datetime.now(JAKARTA).date()
    early, late_one = (Paper(nomor="1", tanggal=today + timedelta(days=days)) for days in (-50, 1))
    somebody = Paper(nomor="3171000000000001", tanggal=today)
    for changes in (
        {"paper": None},
        {"paper": early},
        {"paper": late_one},
        {"paper": somebody},
        {"present": ()},
        {"present": ("x",)},
        {"result": "setuju"},
        {"seen": one.digest[:8]},
        {"seen": "0" * 64},
        {"by": APPROVER},
        {"by": "siapa"},
    ):
        with pytest.raises(Refusal):
            go(home, one.number, FORUM, **changes)
    go(home, one.number, FORUM, result="tidak_layak", seen=f"{one.digest[:8]}-{one.digest[8:16]}")
    with pytest.raises(Refusal, match="tidak layak"):
        go(home, one.number, DECIDE)
    assert go(home, one.number, DECIDE, result="tolak").state == REFUSED
    second = ask(home, tmp_path / "b", letter="b", program="pkh")
    go(home, second.number, FORUM)
    go(home, second.number, DECIDE, knowing=(one.number,))
    with pytest.raises(Refusal, match="tidak hadir"):
        go(home, second.number, NAME, agency="dinkes")


@pytest.mark.feature("F22")
def test_steps_are_late_after_their_days_and_a_request_lapses(home, tmp_path, capsys):
    now = datetime.now(JAKARTA)
    one = ask(home, tmp_path / "a", now=now - timedelta(days=CLOCKS.forum + 3), surat={"nomor": "S", "tanggal": day(-60)})
    [behind] = late(read_requests(home), CLOCKS, now.date())
    assert (behind.request.number, behind.step, behind.days) == (one.number, FORUM, 3)
    assert not late(read_requests(home), CLOCKS, now.date() - timedelta(days=3))
    assert main(["--home", str(home.root), "permohonan", "daftar", "--late"]) == 0
    assert "forum terlambat 3 hari" in capsys.readouterr().out
    go(home, one.number, FORUM)
    assert not late(read_requests(home), CLOCKS, now.date())
    last = read_requests(home)[one.number]
    assert last.state_on(now.date() + timedelta(days=CLOCKS.lapse), CLOCKS) != LAPSED
    gone = now.date() + timedelta(days=CLOCKS.lapse + 1)
    assert last.state_on(gone, CLOCKS) == LAPSED and not late(read_requests(home), CLOCKS, gone)
    assert last.state_on(last.asked.sampai + timedelta(days=1), CLOCKS) == LAPSED


@pytest.mark.feature("F22")
def test_a_lapsed_request_goes_no_further(home, tmp_path):
    now = datetime.now(JAKARTA)
    one = ask(home, tmp_path / "a", now=now - timedelta(days=CLOCKS.lapse + 1))
    with pytest.raises(Refusal, match="kedaluwarsa"):
        go(home, one.number, FORUM)
    assert ask(home, tmp_path / "a").state == SUBMITTED, "and bars no new one"


@pytest.mark.feature("F22")
def test_a_request_is_used_once_and_a_revoked_grant_needs_a_new_one(home, tmp_path):
    one = decided(home, tmp_path / "a")
    grant(home, one.number)
    assert grant(home, one.number, simpan_hari=30).version == 2
    with pytest.raises(Refusal, match="dihibahkan"):
        grant(home, one.number, hibah="yayasan-dua")
    for act in (lambda: go(home, one.number, WITHDRAW), lambda: ask(home, tmp_path / "a", number=one.number, sampai=day(10))):
        with pytest.raises(Refusal, match="dihibahkan"):
            act()
    revoke(home, "yayasan", by=PROPOSER, reason="selesai", now=datetime.now(JAKARTA))
    with pytest.raises(Refusal, match="dicabut"):
        grant(home, one.number)


@pytest.mark.feature("F21", "F22")
def test_an_old_grant_of_a_body_without_a_request_opens_nothing(home):
    """Grants of before requests were recorded stand in the register; the gate lets nobody through on them."""
    old = terms(klien="yayasan", lembaga=BODY, melalui="dinsos")
    with log_of(home).writing() as transaction:
        who = {"id": PROPOSER}
        entry = {"tindakan": "beri", "hibah": old["hibah"], "alasan": "lama", "pengusul": who, "penyetuju": who, "versi": 1}
        transaction.commit(transaction.compose([{**entry, "isi": old}], datetime.now(JAKARTA)))
    today = datetime.now(JAKARTA).date()
    assert GrantBook(home).all()["klj-dinsos"].holds(today)
    assert GrantBook(home).of("yayasan", "dinsos", BODY, today) == ()
    with pytest.raises(Refusal, match="permohonan"):
        give(home, old, load_catalogue(), proposer=REPORTER, approver=APPROVER, reason="uji", now=datetime.now(JAKARTA))


def test_a_changed_register_of_requests_is_found(home, tmp_path, capsys):
    one = ask(home, tmp_path / "a")
    path = home.decisions / "permohonan" / "permohonan.jsonl"
    path.write_text(path.read_text().replace("31.74", "31.71"))
    assert main(["--home", str(home.root), "permohonan", "riwayat", one.number]) == 1
    assert "permohonan.jsonl" in capsys.readouterr().err
