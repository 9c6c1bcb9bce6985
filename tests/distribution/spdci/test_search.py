"""The three kinds of query, sort and pages, and whose data is answered with: /registry/sync/search."""

import json

import pytest
from sqlalchemy import select

from padanan.distribution.spdci.names import load_names
from padanan.distribution.state import tables
from tests.distribution.spdci.world import (
    NIK,
    by_id,
    criterion,
    expression,
    item,
    names,
    predicate,
    search,
    stated,
)

pytestmark = pytest.mark.feature("F20")


def refused(response, code):
    """A rejected request has its code, a sentence, and no data."""
    assert (response["status"], response["status_reason_code"]) == ("rjct", code), response
    assert "data" not in response and 0 < len(response["status_reason_message"]) <= 999
    return response["status_reason_message"]


def everybody():
    """A query that everyone of a grant fits."""
    return {"query_type": "predicate", "query": []}


@pytest.mark.parametrize("kind", ["NIK", "UIN", "NID", "NationalID"])
def test_an_identifier_finds_its_person(world, wide, kind):
    found = world.one(wide, **by_id(NIK["a"], kind))
    assert names(found) == ["Sri"] and found["pagination"] == {"page_size": 100, "page_number": 1, "total_count": 1}


def test_an_integer_is_an_identifier_too(world, wide):
    assert names(world.one(wide, **by_id(int(NIK["a"])))) == ["Sri"]


def test_other_identifiers(world, wide):
    assert names(world.one(wide, **by_id("o-d", "PADANAN"))) == ["Dewi"]
    assert sorted(names(world.one(wide, **by_id("3174000000000002", "KK")))) == ["Dewi", "Eko"]


@pytest.mark.parametrize("value", [True, {"a": 1}, 1.5, "", "x" * 201, None, ["a"]])
def test_a_value_that_is_no_identifier(world, wide, value):
    refused(world.one(wide, query_type="idtype-value", query={"type": "NIK", "value": value}), "rjct.filter.invalid")


def test_a_number_of_two_people_is_answered_with_neither(world, wide, narrow):
    both = NIK["h"]
    for query in (by_id(both), predicate(stated("NIK", "eq", both)), predicate(stated("UIN", "in", [NIK["a"], both]))):
        assert "tidak dijawab" in refused(world.one(wide, **query), "rjct.search.too_many_records_found")
    # The narrow grant shows one of the two: that one is not given out either.
    refused(world.one(narrow, **by_id(both)), "rjct.search.too_many_records_found")
    # Who sees neither of them is not told that there are two.
    world.book.give("lain", "dinsos-uji", tujuan=["lain"], wilayah=["31.71"])
    try:
        code = {"authorize": {"purpose": {"code": "lain"}}}
        assert world.one(wide, **by_id(both), **code)["pagination"]["total_count"] == 0
    finally:
        del world.book.grants["lain"]


def test_predicates(world, wide):
    old = stated("age", "ge", 76)
    men = stated("gender", "eq", "M")
    assert names(world.one(wide, **predicate(old))) == ["Eko"]  # Dewi is 75 until the last day of the year
    assert sorted(names(world.one(wide, **predicate(stated("age", "ge", "75"))))) == ["Dewi", "Eko"]
    joined = {"seq_num": 1, "expression1": men, "condition": "and", "expression2": stated("poverty_score", "lt", 2)}
    assert sorted(names(world.one(wide, **predicate(joined)))) == ["Budi", "Hadi", "Indra"]
    either = {"expression1": stated("name", "eq", "Sri"), "condition": "or", "expression2": stated("name", "eq", "Eko")}
    assert sorted(names(world.one(wide, **predicate(either)))) == ["Eko", "Sri"]
    without = {"expression1": men, "condition": "not", "expression2": stated("poverty_score", "eq", 1)}
    assert sorted(names(world.one(wide, **predicate(without)))) == ["Eko", "O'Brien; drop table"]
    alone = {"expression1": stated("sex", "eq", "female"), "condition": "not"}
    assert "Sri" not in names(world.one(wide, **predicate(alone)))
    third = {**joined, "expression3": stated("name", "eq", "Hadi")}
    assert names(world.one(wide, **predicate(third))) == ["Hadi"]


def test_entries_are_joined_in_the_order_of_their_numbers(world, wide):
    one = {"expression1": stated("name", "eq", "Sri"), "seq_num": 1, "condition": "or"}
    two = {"expression1": stated("name", "eq", "Eko"), "seq_num": 2}
    three = {"expression1": stated("poverty_score", "eq", 2), "seq_num": 3}
    assert sorted(names(world.one(wide, **predicate(two, one)))) == ["Eko", "Sri"]
    # (Sri or Eko) and desil 2
    assert names(world.one(wide, **predicate(three, two, one))) == ["Eko"]
    plain = [{"expression1": stated("poverty_score", "eq", 2)}, {"expression1": stated("sex", "eq", "f")}]
    assert names(world.one(wide, **predicate(*plain))) == ["Dewi"]


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"expression2": stated("age", "eq", 1)},
        {"expression1": stated("age", "eq", 1), "expression3": stated("age", "eq", 1), "condition": "and"},
        {"expression1": stated("age", "eq", 1), "expression2": stated("age", "eq", 1)},
        {"expression1": stated("age", "eq", 1), "condition": "or"},
        {"expression1": stated("age", "eq", 1), "condition": "xor"},
        {"expression1": stated("age", "eq", 1), "condition": ""},
        {"expression1": stated("age", "eq", 1), "expression2": ""},
        {"expression1": stated("age", "eq", 1), "seq_num": "1"},
        {"expression1": stated("age", "eq", 1), "seq_num": True},
        {"expression1": stated("age", "eq", 1), "more": 1},
        {"expression1": {"attribute_name": "age", "operator": "eq"}},
        {"expression1": {**stated("age", "eq", 1), "more": 1}},
        {"expression1": stated("age", "ne", 1)},
        {"expression1": stated("age", "eq", "ten")},
        {"expression1": stated("age", "eq", True)},
        {"expression1": stated("age", "eq", "nan")},
        {"expression1": stated("age", "eq", {"a": 1})},
        {"expression1": stated("name", "lt", "A")},
        {"expression1": stated("name", "eq", "")},
        {"expression1": stated("name", "eq", "x" * 201)},
        {"expression1": stated("sex", "eq", "other")},
        {"expression1": stated("birth_date", "eq", "1980-13-01")},
        {"expression1": stated("birth_date", "eq", "1980-05-20T23:00:00Z")},
        {"expression1": stated("age", "in", [])},
        {"expression1": stated("age", "in", list(range(201)))},
        {"expression1": stated(["age"], "eq", 1)},
        {"expression1": stated("age", ["eq"], 1)},
    ],
)
def test_a_predicate_that_is_not_understood_is_refused(world, wide, entry):
    refused(world.one(wide, query_type="predicate", query=[entry]), "rjct.filter.invalid")


def test_numbers_of_entries_do_not_repeat(world, wide):
    entry = {"expression1": stated("age", "eq", 1), "seq_num": 1}
    refused(world.one(wide, query_type="predicate", query=[entry, entry]), "rjct.filter.invalid")
    refused(world.one(wide, query_type="predicate", query=[entry, {**entry, "seq_num": None}]), "rjct.filter.invalid")


def test_too_many_conditions(world, wide):
    most = load_names().batas.conditions
    entry = {"expression1": stated("age", "ge", 0)}
    assert world.one(wide, query_type="predicate", query=[entry] * most)["status"] == "succ"
    refused(world.one(wide, query_type="predicate", query=[entry] * (most + 1)), "rjct.filter.invalid")


def test_expressions(world, wide):
    assert sorted(
        names(world.one(wide, **expression({"$and": [{"poverty_score": {"$lt": 5}}, {"location": {"$eq": "31.75"}}]})))
    ) == [
        "Gita",
        "Indra",
    ]
    assert names(world.one(wide, **expression({"birth_date": {"$gte": "1990-10-10T00:00:00Z", "$lt": "1999-09-09"}}))) == [
        "Fitri"
    ]
    assert names(world.one(wide, **expression({"YOB": {"$in": [1990]}}))) == ["Fitri"]
    several = expression({"$or": [{"name": {"$eq": "Sri"}}, {"$not": {"poverty_score": {"$le": 4}}}]})
    assert sorted(names(world.one(wide, **several))) == ["Joko", "Sri"]
    assert names(world.one(wide, **expression({"programme_identifier": {"$eq": "kjp_plus"}}))) == ["Budi"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        [],
        "x",
        {"$and": []},
        {"$and": {}},
        {"$nor": [{"age": {"$eq": 1}}]},
        {"age": 5},
        {"age": {}},
        {"age": {"$ne": 5}},
        {"age": {"$where": "1"}},
        {"$not": []},
        {"unknown": {"$eq": 1}},
        {"age": {"$eq": [1]}},
    ],
)
def test_an_expression_that_is_not_understood_is_refused(world, wide, query):
    refused(world.one(wide, **expression(query)), "rjct.filter.invalid")


@pytest.mark.parametrize("collection", ["", "sasaran", "Household", 5])
def test_collections_are_those_of_the_specification(world, wide, collection):
    refused(world.one(wide, **expression({"age": {"$eq": 1}}, collection)), "rjct.filter.invalid")


@pytest.mark.parametrize(
    "query", [{}, {"type": "x"}, {"type": "x", "value": {}}, {"type": 1, "value": {"expression": {}}}, 5, None, "x"]
)
def test_an_expression_needs_all_its_parts(world, wide, query):
    refused(
        world.one(wide, query_type="expression", query=query),
        "rjct.search_criteria.invalid" if query is None else "rjct.filter.invalid",
    )


def test_query_type_decides_and_the_older_release_is_told_apart(world, wide):
    # January 2025 writes predicates under `expression`: a list is no expression.
    old = {"query_type": "expression", "query": [{"expression1": stated("UIN", "eq", NIK["f"])}]}
    assert names(world.one(wide, **old)) == ["Fitri"]
    refused(world.one(wide, query_type="predicate", query={"type": "NIK", "value": NIK["a"]}), "rjct.filter.invalid")
    refused(world.one(wide, query_type="idtype-value", query=[]), "rjct.filter.invalid")
    refused(world.one(wide, query_type="graphql", query={"type": "x", "value": {}}), "rjct.search_criteria.invalid")


def test_records_are_of_the_kind_that_was_asked_for(world, wide):
    query = by_id(NIK["a"])
    for asked, kind in (
        ({}, "SRPerson"),
        ({"reg_record_type": "SRPerson"}, "SRPerson"),
        ({"reg_record_type": "spdci-extensions-dci:Member"}, "Member"),
        ({"response_entity": "Member", "reg_record_type": "Group"}, "Member"),
        ({"response_entity": "Group"}, "Group"),
    ):
        data = world.one(wide, **query, **asked)["data"]
        assert data["reg_record_type"] == kind and [one["@type"] for one in data["reg_records"]] == [kind]
    refused(world.one(wide, **query, reg_record_type="Farmer"), "rjct.search_criteria.invalid")
    refused(world.one(wide, **query, response_entity="member"), "rjct.search_criteria.invalid")
    group = world.one(wide, **expression({"group_size": {"$gt": 3}}, "Group"))["data"]["reg_records"]
    assert [(one["group_size"], len(one["member_list"])) for one in group] == [(4, 4)]


def test_a_person_in_full(world, wide):
    person = world.one(wide, **by_id(NIK["a"]))["data"]["reg_records"][0]
    assert person == {
        "@context": "https://schema.spdci.org/extensions/social/v1/SRPerson.jsonld",
        "@type": "SRPerson",
        "@id": "urn:padanan:orang:o-a",
        "identifier": [
            {"@type": "Identifier", "identifier_type": "NIK", "identifier_value": NIK["a"]},
            {"@type": "Identifier", "identifier_type": "PADANAN", "identifier_value": "o-a"},
        ],
        "household_identifier": [
            {"@type": "Identifier", "identifier_type": "KK", "identifier_value": "3174000000000001"},
            {"@type": "Identifier", "identifier_type": "PADANAN-KELUARGA", "identifier_value": "k1"},
        ],
        "name": {"@type": "Name", "given_name": "Sri"},
        "sex": "female",
        "birth_date": "1980-05-20",
        "address": [
            {
                "@type": "Address",
                "address_line1": "Jl. Melati 1",
                "address_line2": "RT 001 RW 002",
                "locality": "31.74.06.1001",
                "sub_region_code": "31.74.06",
                "region_code": "31.74",
                "country_code": "ID",
            }
        ],
        "poverty_score": 1,
        "poverty_score_type": "desil-kesejahteraan",
        "additional_attributes": [
            {"age_group": "dewasa"},
            {"poverty_level": "miskin"},
            {"identity_status": "terdaftar"},
            {"programme_identifier": "pkh"},
            {"flag": ""},
        ],
    }


def test_what_is_not_known_is_null_and_what_is_not_granted_is_absent(world, wide, narrow):
    person = world.one(wide, **predicate(stated("name", "eq", "Joko")))["data"]["reg_records"][0]
    assert person["sex"] is None and person["birth_date"] is None and len(person["identifier"]) == 1
    few = world.one(narrow, **by_id("o-g", "PADANAN"))["data"]["reg_records"][0]
    assert set(few) == {"@context", "@type", "@id", "identifier", "name", "sex"}
    assert [one["identifier_type"] for one in few["identifier"]] == ["PADANAN"]
    member = world.one(narrow, **by_id("o-g", "PADANAN"), response_entity="Member")["data"]["reg_records"][0]
    assert set(member) == {"@context", "@type", "@id", "member_identifier", "demographic_info"}


def test_a_grant_shows_its_rows_alone(world, wide, narrow, nobody):
    assert "Kartika" not in names(world.one(wide, **everybody()))
    assert sorted(names(world.one(narrow, **everybody()))) == ["Gita", "Indra"]
    unseen = world.one(narrow, **by_id(NIK["a"]))
    unknown = world.one(narrow, **by_id("3174999999999999"))
    without = world.one(nobody, **by_id(NIK["a"]))
    for one in (unseen, unknown, without):
        assert one["status"] == "succ" and one["data"]["reg_records"] == [] and one["pagination"]["total_count"] == 0
    assert unseen == unknown == without


def test_members_that_a_grant_does_not_show_are_in_no_group(world, wide):
    world.book.give("anak", "dinsos-uji", tujuan=["anak"], program="kjp_plus")
    try:
        said = world.one(wide, response_entity="Group", authorize={"purpose": {"code": "anak"}}, **everybody())
        assert [(one["group_size"], len(one["member_list"])) for one in said["data"]["reg_records"]] == [(1, 1)]
    finally:
        del world.book.grants["anak"]


@pytest.mark.parametrize(
    "name", ["NIK", "KK", "age", "poverty_score", "location", "is_disabled", "programme_identifier", "group_size"]
)
def test_an_attribute_that_is_not_granted_is_told_like_an_unknown_one(world, narrow, name):
    value = True if name == "is_disabled" else "1"
    hidden = refused(world.one(narrow, **predicate(stated(name, "eq", value))), "rjct.filter.invalid")
    unknown = refused(world.one(narrow, **predicate(stated("colour", "eq", value))), "rjct.filter.invalid")
    assert hidden == unknown
    by = refused(world.one(narrow, sort=[{"attribute_name": name}], **everybody()), "rjct.sort.invalid")
    assert by == refused(world.one(narrow, sort=[{"attribute_name": "colour"}], **everybody()), "rjct.sort.invalid")


def test_a_group_needs_the_number_of_the_family(world, narrow):
    refused(world.one(narrow, response_entity="Group", **everybody()), "rjct.search_criteria.invalid")
    refused(world.one(narrow, **by_id("3174000000000001", "KK")), "rjct.filter.invalid")


def test_disability_and_its_programs_are_hidden_from_others(world, wide):
    assert world.one(wide, **predicate(stated("programme_identifier", "eq", "kpdj")))["pagination"]["total_count"] == 0
    world.book.give("dif", "dinsos-uji", program="kpdj", tujuan=["dif"], kolom=["nama", "program", "disabilitas"])
    try:
        code = {"authorize": {"purpose": {"code": "dif"}}}
        found = world.one(wide, **predicate(stated("is_disabled", "eq", True)), **code)
        assert found["data"]["reg_records"][0]["is_disabled"] is True
    finally:
        del world.book.grants["dif"]


def test_sorting_and_pages(world, wide):
    by_age = [{"attribute_name": "age", "sort_order": "desc"}, {"attribute_name": "name", "sort_order": "asc"}]
    pages = [
        world.one(wide, sort=by_age, pagination={"page_size": 5, "page_number": number}, **everybody()) for number in (1, 2, 3, 4)
    ]
    assert [len(one["data"]["reg_records"]) for one in pages] == [5, 5, 2, 0]
    assert {one["pagination"]["total_count"] for one in pages} == {12}
    together = [name for one in pages for name in names(one)]
    assert together[:3] == ["Eko", "Dewi", "O'Brien; drop table"] and together[-1] == "Joko" and len(set(together)) == 12
    one_way = names(world.one(wide, sort=[{"attribute_name": "name"}], **everybody()))
    assert one_way == sorted(one_way)
    back = names(world.one(wide, sort=[{"attribute_name": "name", "sort_order": "desc"}], **everybody()))
    assert back == one_way[::-1]


def test_groups_in_order_and_pages(world, wide):
    said = world.one(
        wide,
        response_entity="Group",
        sort=[{"attribute_name": "group_size", "sort_order": "desc"}],
        pagination={"page_size": 2, "page_number": 1},
        **everybody(),
    )
    assert [one["group_size"] for one in said["data"]["reg_records"]] == [4, 2]
    assert said["pagination"]["total_count"] == 7


@pytest.mark.parametrize(
    "sort",
    [
        "name",
        [{"attribute_name": "name", "sort_order": "up"}],
        [{}],
        [{"attribute_name": 1}],
        [{"attribute_name": "is_disabled"}],
        [{"attribute_name": "name"}, {"attribute_name": "name"}],
        ["name"],
    ],
)
def test_a_sort_that_is_not_as_specified(world, wide, sort):
    refused(world.one(wide, sort=sort, **everybody()), "rjct.sort.invalid")


@pytest.mark.parametrize(
    "pagination",
    [
        {},
        {"page_number": 1},
        {"page_size": 0},
        {"page_size": -1},
        {"page_size": 1001},
        {"page_size": "10"},
        {"page_size": 1.5},
        {"page_size": 10, "page_number": 0},
        {"page_size": 10, "page_number": 1.5},
        {"page_size": 1000, "page_number": 2**40},
        [],
        5,
    ],
)
def test_pages_that_are_not_as_specified(world, wide, pagination):
    refused(world.one(wide, pagination=pagination, **everybody()), "rjct.pagination.invalid")


def test_more_than_can_be_paged_through(world, wide, monkeypatch):
    names_ = load_names()
    limits = names_.batas.model_copy(update={"records": 11})
    monkeypatch.setattr("padanan.distribution.spdci.routes.load_names", lambda: names_.model_copy(update={"batas": limits}))
    refused(world.one(wide, **everybody()), "rjct.search.too_many_records_found")
    assert world.one(wide, **predicate(stated("poverty_score", "eq", 1)))["status"] == "succ"


def test_purposes(world, wide):
    query = by_id(NIK["a"])

    def code(name):
        return {"purpose": {"code": name, "text": "x", "ref_uri": "https://contoh.id"}}

    assert names(world.one(wide, authorize=code("verifikasi"), **query)) == ["Sri"]
    assert names(world.one(wide, consent=code("verifikasi"), authorize=code("verifikasi"), **query)) == ["Sri"]
    refused(world.one(wide, authorize=code("pemasaran"), **query), "rjct.search_criteria.invalid")
    refused(world.one(wide, consent=code("pemasaran"), authorize=code("verifikasi"), **query), "rjct.search_criteria.invalid")
    world.book.give("luas", "dinsos-uji", tujuan=["verifikasi", "penyaluran"])
    try:
        # Two purposes: which of them it is has to be said.
        refused(world.one(wide, **query), "rjct.search_criteria.invalid")
    finally:
        world.book.give("luas", "dinsos-uji")


def test_a_service_that_the_grant_lacks_finds_nothing(world, wide):
    world.book.give("luas", "dinsos-uji", layanan=["cari"])
    try:
        assert world.one(wide, **everybody())["pagination"]["total_count"] == 0
        assert names(world.one(wide, **by_id(NIK["a"]))) == ["Sri"]
    finally:
        world.book.give("luas", "dinsos-uji")


def test_a_revoked_grant_finds_nothing_at_once(world, wide):
    assert names(world.one(wide, **by_id(NIK["a"]))) == ["Sri"]
    world.book.revoke("luas")
    try:
        assert world.one(wide, **by_id(NIK["a"]))["data"]["reg_records"] == []
    finally:
        world.book.give("luas", "dinsos-uji")


def test_the_rows_of_a_day(world, wide):
    world.book.give("kecil", "dinsos-uji", tujuan=["kecil"], baris_per_hari=1)
    code = {"authorize": {"purpose": {"code": "kecil"}}}
    try:
        assert names(world.one(wide, **by_id(NIK["a"]), **code)) == ["Sri"]
        refused(world.one(wide, **by_id(NIK["a"]), **code), "rjct.search.too_many_records_found")
    finally:
        del world.book.grants["kecil"]


def test_the_audit_holds_whom_and_what_for_and_no_value(world, wide):
    world.one(wide, **predicate(stated("NIK", "eq", NIK["a"]), stated("name", "eq", "Sri")))
    with world.door.store.reading() as con:
        rows = con.execute(select(tables.audit).order_by(tables.audit.c.no.desc()).limit(2)).all()
    done, start = (json.loads(one.isi) for one in rows)
    assert (start["jenis"], done["jenis"], done["baris"], len(rows[0].orang)) == ("mulai", "selesai", 1, 16)
    assert done["tujuan"] == "verifikasi" and done["saring"]["spdci"] == ["NIK eq", "name eq"]
    assert NIK["a"] not in rows[0].isi + rows[1].isi and "Sri" not in rows[0].isi + rows[1].isi


def test_a_batch_is_judged_one_by_one(world, wide):
    good = criterion(**by_id(NIK["a"]))
    message = search(good, good)
    message["search_request"] += [
        item(good, "r1"),
        item(good, ""),
        item(good, 5),
        item(good, "r" * 300),
        item(good, "r6", timestamp="2026-03-02T09:00:00"),
        item(good, "r7", timestamp="kemarin"),
        item(good, "r8", locale="id"),
        item(None, "r9"),
        item(criterion(**by_id(NIK["b"]), version="2.0.0"), "r10"),
        item({"query_type": "idtype-value"}, "r11"),
        "nothing",
        item(good, "r13"),
    ]
    answer = world.ask("/registry/sync/search", wide, "search", message, 14).json()
    assert (answer["header"]["status"], answer["header"]["total_count"], answer["header"]["completed_count"]) == ("succ", 14, 14)
    said = answer["message"]["search_response"]
    codes = [one.get("status_reason_code", one["status"]) for one in said]
    assert codes == [
        "succ",
        "succ",
        "rjct.reference_id.duplicate",
        "rjct.reference_id.invalid",
        "rjct.reference_id.invalid",
        "succ",
        "rjct.timestamp.invalid",
        "rjct.timestamp.invalid",
        "rjct.search_criteria.invalid",
        "rjct.search_criteria.invalid",
        "rjct.search_criteria.invalid",
        "rjct.search_criteria.invalid",
        "rjct.reference_id.invalid",
        "succ",
    ]
    assert [one["reference_id"] for one in said][-1] == "r13"


def test_too_many_faults_reject_the_message(world, wide):
    most = load_names().batas.errors
    wrong = [criterion("predicate", [{}])] * most
    assert world.find(wide, *wrong)["header"]["status"] == "succ"
    with world.door.store.reading() as con:
        before = con.execute(select(tables.head.c.no)).scalar_one()
    header = world.find(wide, *wrong, wrong[0], criterion(**by_id(NIK["a"])))["header"]
    assert (header["status"], header["status_reason_code"]) == ("rjct", "rjct.errors.too_many")
    # Nobody was read for an answer that is not given.
    with world.door.store.reading() as con:
        assert con.execute(select(tables.head.c.no)).scalar_one() == before


def test_the_decree_is_named_so_that_pages_are_not_mixed(world, wide):
    assert world.find(wide, criterion(**by_id(NIK["a"])))["header"]["meta"] == {"penetapan": ["2025-S2/1"]}
