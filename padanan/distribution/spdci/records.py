"""Rows as the specification's JSON-LD objects (SRPerson, Member, Group), made of the granted columns alone.

Which rows they are is `search`'s. A column that the grant lacks is absent; one that is granted and not known is null.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from padanan.base.sql import ident, literal

PERSON, MEMBER, GROUP = "SRPerson", "Member", "Group"
ENTITIES = {"SRPerson": PERSON, "Person": PERSON, "Member": MEMBER, "Group": GROUP}
"""Names of `reg_record_type` and `response_entity`, without their namespace."""
CONTEXT = "https://schema.spdci.org/extensions/social/v1/"
SCORE = "desil-kesejahteraan"
FAMILY = "PADANAN-KELUARGA"
"""The type of a family's pseudonym; that of a person is PADANAN."""
_SEX = "case {} when 'L' then 'male' when 'P' then 'female' end"
# The specification has no field of these: it leaves them to name/value pairs.
_MORE = {
    "kelompok_umur": "age_group",
    "tingkat": "poverty_level",
    "status_identitas": "identity_status",
    "program": "programme_identifier",
    "bendera": "flag",
}


def person_sql(columns: Mapping[str, str]) -> str:
    """A person as SRPerson; an SQL expression of JSON over the rows.

    Args:
        columns: granted columns, name -> expression.
    """
    return _object(
        _head(PERSON, "orang", columns.get("id_orang"), context=True) | _person(columns) | _score(columns) | _more(columns)
    )


def member_sql(columns: Mapping[str, str], *, context: bool = True) -> str:
    """A person as Member: what identifies apart from what describes."""
    fields = _head(MEMBER, "orang", columns.get("id_orang"), context=context)
    person = _person(columns)
    if "identifier" in person:
        fields["member_identifier"] = person["identifier"]
    disabled = {"is_disabled": person.pop("is_disabled")} if "is_disabled" in person else {}
    fields["demographic_info"] = _object({"@type": literal(PERSON)} | person)
    return _object(fields | disabled | _score(columns) | _more(columns))


def group_sql(columns: Mapping[str, str]) -> str:
    """A family as Group, an aggregate over the rows of one `id_keluarga`: every member that the grant shows, and no other."""
    fields = _head(GROUP, "keluarga", "any_value(id_keluarga)", context=True)
    cards = f"list(distinct {columns['no_kk']})" if "no_kk" in columns else "[]::varchar[]"
    own = _identifier(FAMILY, "any_value(id_keluarga)")
    fields["group_identifier"] = f"to_json(list_concat([{own}], list_transform({cards}, lambda x: {_identifier('KK', 'x')})))"
    fields["group_type"] = literal("family")
    if "desil" in columns:
        fields |= {"poverty_score": f"min({columns['desil']})", "poverty_score_type": literal(SCORE)}
    fields["group_size"] = "count(*)"
    fields["member_list"] = f"to_json(list({member_sql(columns, context=False)} order by id_orang))"
    return _object(fields)


def _head(kind: str, what: str, name: str | None, *, context: bool) -> dict[str, str]:
    fields = {"@context": literal(f"{CONTEXT}{kind}.jsonld")} if context else {}
    fields["@type"] = literal(kind)
    return fields | ({"@id": f"'urn:padanan:{what}:' || {name}"} if name else {})


def _person(columns: Mapping[str, str]) -> dict[str, str]:
    fields = dict[str, str]()
    fields |= _identifiers("identifier", columns, {"NIK": "nik", "PADANAN": "id_orang"})
    if "nama" in columns:
        # Names here have no family name; none is guessed from the last word.
        fields["name"] = _object({"@type": "'Name'", "given_name": columns["nama"]})
    if "jk" in columns:
        fields["sex"] = _SEX.format(columns["jk"])
    if "tgl_lahir" in columns:
        fields["birth_date"] = f"strftime({columns['tgl_lahir']}, '%Y-%m-%d')"
    if place := _address(columns):
        fields["address"] = f"json_array({_object({'@type': literal('Address')} | place | {'country_code': literal('ID')})})"
    if "disabilitas" in columns:
        fields["is_disabled"] = f"lower({columns['disabilitas']}::varchar) in ('true', 'ya', '1')"
    return fields | _identifiers("household_identifier", columns, {"KK": "no_kk", FAMILY: "id_keluarga"})


def _identifiers(name: str, columns: Mapping[str, str], kinds: Mapping[str, str]) -> dict[str, str]:
    found = [_identifier(kind, columns[column]) for kind, column in kinds.items() if column in columns]
    return {name: f"to_json(list_filter([{', '.join(found)}], lambda x: x is not null))"} if found else {}


def _address(columns: Mapping[str, str]) -> dict[str, str]:
    fields = {"address_line1": columns["alamat"]} if "alamat" in columns else {}
    smallest = [f"'{name.upper()} ' || {columns[name]}" for name in ("rt", "rw") if name in columns]
    if smallest:
        fields["address_line2"] = f"nullif(concat_ws(' ', {', '.join(smallest)}), '')"
    places = {"locality": "kode_kelurahan", "sub_region_code": "kode_kecamatan", "region_code": "kode_kota"}
    return fields | {name: columns[column] for name, column in places.items() if column in columns}


def _score(columns: Mapping[str, str]) -> dict[str, str]:
    return {"poverty_score": columns["desil"], "poverty_score_type": literal(SCORE)} if "desil" in columns else {}


def _more(columns: Mapping[str, str]) -> dict[str, str]:
    found = [_object({name: columns[column]}) for column, name in _MORE.items() if column in columns]
    return {"additional_attributes": f"json_array({', '.join(found)})"} if found else {}


def _identifier(kind: str, value: str) -> str:
    fields = {"@type": literal("Identifier"), "identifier_type": literal(kind), "identifier_value": value}
    return f"case when {value} is not null then {_object(fields)} end"


def _object(fields: Mapping[str, str]) -> str:
    return f"json_object({', '.join(_pairs(fields.items()))})"


def _pairs(fields: Iterable[tuple[str, str]]) -> Iterable[str]:
    return (f"{literal(name)}, {expression}" for name, expression in fields)


def served(columns: Mapping[str, str]) -> dict[str, str]:
    """Granted columns as expressions that may stand inside others."""
    return {name: f"({expression})" if expression != ident(name) else expression for name, expression in columns.items()}
