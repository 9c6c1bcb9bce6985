"""Refuses a predicate that cannot run while it is being written: each is bound to the row it speaks about, in DuckDB.

Rows and types come from dbt's YAML, predicates from contracts, rules, criteria and field rules; no data is read.
Which rule failed in a run on real rows is found in `padanan/contracts/rule_culprit.py`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import ContractError, safe_reason
from padanan.base.sql import ident, literal
from padanan.contracts.contract import Contract, expectations_dir, load_contracts
from padanan.contracts.criteria import load_criteria
from padanan.contracts.dbt_yaml import described_models, staging_model
from padanan.contracts.entitlements import load_entitlements
from padanan.contracts.field_parts import Evidence
from padanan.contracts.field_rules import load_field_rules
from padanan.contracts.params import filled
from padanan.contracts.rule_places import Places
from padanan.contracts.rule_plan import of_the_run, unasked_cast, unstable_functions
from padanan.contracts.rules import Rule, load_catalogue, program_values

RECORD, PERSON, UNSERVED = "padanan_record", "padanan_orang", "daftar_tanpa_program"
GAP, VISITED = "celah_terjawab", "prelist"
ENTITLED, SUSPECT = "hak_program", "bendera_periksa"
STAGING, PLACES = staging_model(), staging_model("wilayah")
ROW_OF_STAGE = {"cleansing": STAGING, "padanan": RECORD}
ROW_NAMES = {
    STAGING: "baris staging",
    PLACES: "baris data pendukung wilayah",
    RECORD: "baris padanan_record",
    PERSON: "baris padanan_orang",
    UNSERVED: "baris orang yang belum dilayani",
    GAP: "baris celah dan orangnya",
    VISITED: "baris orang yang mungkin didatangi",
    ENTITLED: "baris orang yang dinilai haknya",
    SUSPECT: "baris penerima dan orangnya",
}
# A value of each type that no person has: a text column that DuckDB would turn into a number without being asked fails on
# it here, and not on somebody's NIK.
PROBES = {"boolean": "true", "date": "'2000-01-01'", "varchar": "'x'"}
NO_ROW_PREDICATE = {
    "SUBQUERY": "memakai sub-kueri",
    "WINDOW": "memakai fungsi jendela (over)",
    "STAR": "memakai * atau columns(…)",
    "PARAMETER": "memakai parameter (? atau $)",
}
SAME_EACH_RUN = "masukan yang sama harus memberi hasil yang sama; pakai kolom diterima atau periode"
ROW_ONLY = "tulis syarat atas satu baris; hitungan antarbaris dibuat di model dbt sebagai kolom"


@dataclass(frozen=True)
class Predicate:
    """One text to bind: over which row, what it must yield, and how a fault of it is shown."""

    sql: str
    row: str
    result: str
    refuse: Callable[[str, str], ContractError] = field(compare=False)


def check_predicates(folder: Path | None = None, contracts: Mapping[str, Contract] | None = None) -> int:
    """Binds every predicate of an `expectations/` folder.

    Args:
        folder: by default `expectations_dir()`.
        contracts: the folder's contracts, if they are loaded already.

    Returns:
        How many predicates were bound.

    Raises:
        ContractError: naming file, line, rule and column or function of the first predicate that cannot run.
    """
    base = folder or expectations_dir()
    contracts = load_contracts(base) if contracts is None else contracts
    places = Places(base)
    predicates = [
        *_catalogue_predicates(places),
        *_contract_predicates(places, contracts),
        *_criteria_predicates(places),
        *_field_predicates(places),
        *_entitlement_predicates(places),
    ]
    with Binder() as binder:
        binder.check(predicates)
    return len(predicates)


def rows() -> dict[str, dict[str, str]]:
    """Column name to type of each row that predicates speak about, from dbt's YAML."""
    models = described_models()
    found = {
        name: {column["name"]: str(column["data_type"]) for column in models[name]["columns"]}
        for name in (STAGING, PLACES, RECORD, PERSON)
    }
    own = {name: dict(models[name]["config"]["meta"]["baris_dinilai"]) for name in (UNSERVED, GAP, VISITED, SUSPECT)}
    entitled = dict(models[UNSERVED]["config"]["meta"]["baris_hak"])
    return {**found, **own, SUSPECT: {**found[PERSON], **own[SUSPECT]}, ENTITLED: entitled}


def _catalogue_predicates(places: Places) -> Iterator[Predicate]:
    """The catalogue's own texts, also of rules that no contract takes up."""
    for rule in load_catalogue(places.folder).values():
        yield from _rule_predicates(rule, None, places)


def _contract_predicates(places: Places, contracts: Mapping[str, Contract]) -> Iterator[Predicate]:
    for contract in contracts.values():
        for rule in contract.rules:
            yield from _rule_predicates(rule, contract, places)


def _rule_predicates(rule: Rule, contract: Contract | None, places: Places) -> Iterator[Predicate]:
    parts = [("berlaku", rule.condition, "BOOLEAN"), ("gagal", rule.fails_when, "BOOLEAN")]
    if rule.rincian:
        parts.append(("rincian", rule.rincian, "VARCHAR"))
    for part, text, result in parts:
        sql = filled(text, program_values({}))

        def refuse(cause: str, cure: str, part: str = part) -> ContractError:
            own = contract is not None and places.written(contract, rule.id)[0].path == contract.path
            if contract is None or own:
                return places.error(contract, rule.id, part, f"aturan {rule.id}: {cause}", cure)
            # The catalogue's text was bound before: what is wrong came with the values of this contract.
            source, path = places.in_contract(contract, rule.id)
            return source.error(path, f"aturan {rule.id} dengan nilai 'program' kontrak ini: {cause}", f"{cure}; periksa program")

        yield Predicate(sql, row_of(rule, contract), result, refuse)


def row_of(rule: Rule, contract: Contract | None) -> str:
    """The row that a rule speaks about; in the catalogue its `satuan` tells the row of places from that of people."""
    units = {contract.unit} if contract else set(rule.units)
    return PLACES if rule.stage == "cleansing" and units == {"wilayah"} else ROW_OF_STAGE[rule.stage]


def _criteria_predicates(places: Places) -> Iterator[Predicate]:
    source = places.source(places.folder / "sasaran.yaml")
    criteria = load_criteria(places.folder)
    yield _entry_predicate(source.error, ("tandaKebutuhan",), "tandaKebutuhan", criteria.tanda_kebutuhan, PERSON)
    for index, item in enumerate(criteria.kriteria):
        yield _entry_predicate(source.error, ("kriteria", index, "lolos"), f"kriteria {item.id}", item.lolos, PERSON)


def _field_predicates(places: Places) -> Iterator[Predicate]:
    error = places.source(places.folder / "lapangan.yaml").error
    rules = load_field_rules(places.folder)
    yield _entry_predicate(error, ("penerima",), "penerima", rules.penerima, RECORD)
    for index, item in enumerate(rules.tanpa_program):
        if item.berlaku is not None:
            path = ("tanpaProgram", index, "berlaku")
            yield _entry_predicate(error, path, f"sebab {item.id}", item.berlaku, UNSERVED)
    for index, answer in enumerate(rules.terjawab):
        yield _entry_predicate(error, ("terjawab", index, "berlaku"), f"jawaban {answer.id}", answer.berlaku, GAP)
    for index, group in enumerate(rules.golongan):
        place = ("prelist", "golongan", index, "berlaku")
        yield _entry_predicate(error, place, f"golongan {group.id}", group.berlaku, VISITED)
    for index, proof in enumerate(rules.bukti):
        if isinstance(proof, Evidence) and proof.berlaku is not None:
            yield _entry_predicate(error, ("bukti", index, "berlaku"), f"bukti {proof.id}", proof.berlaku, SUSPECT)


def _entitlement_predicates(places: Places) -> Iterator[Predicate]:
    error = places.source(places.folder / "hak.yaml").error
    for name, item in load_entitlements(places.folder).program.items():
        if item.berhak is not None:
            yield _entry_predicate(error, ("program", name, "berhak"), f"hak {name}", item.berhak, ENTITLED)


def _entry_predicate(
    error: Callable[[Sequence[str | int], str, str], ContractError], path: Sequence[str | int], name: str, sql: str, row: str
) -> Predicate:
    return Predicate(sql, row, "BOOLEAN", lambda cause, cure: error(path, f"{name}: {cause}", cure))


class Binder:
    """An in-memory DuckDB with the rows' tables: no file, no network, no row of anybody."""

    def __init__(self) -> None:
        self.rows = rows()
        self.con = duckdb.connect(config={"autoinstall_known_extensions": False, "enable_external_access": False, "threads": 1})
        for name, columns in self.rows.items():
            types = ", ".join(f"{ident(column)} {kind}" for column, kind in columns.items())
            probe = ", ".join(PROBES.get(kind.lower(), "1") for kind in columns.values())
            self.con.execute(f"create table {ident(name)} ({types})")
            self.con.execute(f"insert into {ident(name)} values ({', '.join(['null'] * len(columns))}), ({probe})")
        functions = self.con.execute("select distinct function_name, function_type from duckdb_functions()").fetchall()
        self._functions = sorted({name for name, kind in functions if kind in ("scalar", "macro") and name.isidentifier()})
        self._aggregates = {name for name, kind in functions if kind == "aggregate"}
        self._unstable = unstable_functions(self.con)
        # The plan shows the text's own conversions only where nothing is folded or moved.
        self.con.execute("pragma disable_optimizer")

    def __enter__(self) -> Binder:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def check(self, predicates: Sequence[Predicate]) -> None:
        """Binds all of a row at once, and one by one only where that fails.

        Raises:
            ContractError: of the first one, in the given order, that cannot run.
        """
        unique = list({(item.sql, item.row, item.result): item for item in reversed(predicates)}.values())[::-1]
        trees = self._trees([item.sql for item in unique])
        suspect = {name for name in self.rows if not self._all_bind([item for item in unique if item.row == name])}
        for item in unique:
            tree = trees[item.sql]
            if fault := self._form_fault(item, tree):
                raise item.refuse(*fault)
            if item.row in suspect and (fault := self._binding_fault(item, tree)):
                raise item.refuse(*fault)
            if fault := self._cast_fault(item, tree):
                raise item.refuse(*fault)

    def _all_bind(self, items: Sequence[Predicate]) -> bool:
        if not items:
            return True
        columns = ", ".join(f"({item.sql})" for item in items)
        try:
            found = self.con.execute(f"select {columns} from {ident(items[0].row)}")
            kinds = [str(column[1]) for column in found.description or ()]
            found.fetchall()
        except duckdb.Error:
            return False
        return kinds == [item.result for item in items]

    def _trees(self, texts: Iterable[str]) -> dict[str, Any]:
        """Each text as DuckDB's parser reads it, standing alone: a bracket too many can't close the one around it."""
        wanted = list(dict.fromkeys(texts))
        values = ", ".join(f"({literal('select ' + text)})" for text in wanted)
        answers = self.con.execute(f"select json_serialize_sql(t) from (values {values}) as v (t)").fetchall() if wanted else []
        return {text: json.loads(answer) for text, (answer,) in zip(wanted, answers, strict=True)}

    def _form_fault(self, item: Predicate, tree: Any) -> tuple[str, str] | None:
        """What the text is that no condition over one row may be: cause and cure."""
        sql = item.sql
        if tree["error"]:
            if near := re.search(r'at or near "(.*)"', tree["error_message"]):
                # DuckDB stands at the last word of a text that breaks off.
                ends = int(tree.get("position") or 0) + len(near[1]) >= len("select " + sql.rstrip())
                cure = "periksa kurung, tanda kutip dan akhir predikat itu" if ends else "perbaiki tulisan predikat itu"
                return f"salah tulis SQL di dekat '{near[1]}'", cure
            return "salah tulis SQL", "periksa kurung, tanda kutip dan akhir predikat itu"
        node = tree["statements"][0]["node"]
        whole = len(tree["statements"]) == 1 and node.get("type") == "SELECT_NODE" and len(node["select_list"]) == 1
        if not whole or node["select_list"][0]["alias"] or node["from_table"]["type"] != "EMPTY" or node["where_clause"]:
            return "bukan satu syarat, melainkan kueri atau beberapa kolom", ROW_ONLY
        if re.search(r"--|/\*", re.sub(r"'(?:[^']|'')*'", "", sql)):
            return "memuat komentar SQL", "tulis keterangan sebagai komentar YAML (#)"
        for part in _parts(node["select_list"][0]):
            if part["class"] in NO_ROW_PREDICATE:
                return NO_ROW_PREDICATE[part["class"]], ROW_ONLY
            name = str(part.get("function_name") or "")
            if name in self._aggregates:
                return f"memakai fungsi agregat {name.replace('count_star', 'count')}", ROW_ONLY
            if name == "unnest":
                return "memakai unnest, yang menghasilkan beberapa baris", ROW_ONLY
            if word := of_the_run(part, self._unstable, self.rows[item.row]):
                return f"memakai {word}, yang hasilnya berbeda di setiap putaran", SAME_EACH_RUN
        return None

    def _cast_fault(self, item: Predicate, tree: Any) -> tuple[str, str] | None:
        condition = item.sql if item.result == "BOOLEAN" else f"({item.sql}) is not null"
        cast = unasked_cast(self.con, condition, item.row)
        if cast is None:
            return None
        if cast.target == "BOOLEAN" and not cast.constant:
            return f"{cast.kind} dipakai sebagai ya/tidak{self._used(item, tree)}", "tulis perbandingannya, misalnya … > 0"
        what = "nilai yang tertulis" if cast.constant else "teks"
        return (
            f"{what} akan diubah menjadi {cast.target} tanpa diminta dan dapat gagal{self._used(item, tree)}",
            "bandingkan dengan nilai yang setipe dengan kolomnya, atau pakai try_cast",
        )

    def _binding_fault(self, item: Predicate, tree: Any) -> tuple[str, str] | None:
        try:
            found = self.con.execute(f"select ({item.sql}) from {ident(item.row)}")
            kind = next(str(column[1]) for column in found.description or ())
            found.fetchall()
        except duckdb.Error as error:
            return self._told(error, item, tree)
        if kind == item.result:
            return None
        wanted = "ya/tidak (BOOLEAN)" if item.result == "BOOLEAN" else "teks (VARCHAR)"
        return f"hasilnya {kind}, bukan {wanted}{self._used(item, tree)}", f"tulis predikat yang hasilnya {wanted}"

    def _told(self, error: duckdb.Error, item: Predicate, tree: Any) -> tuple[str, str]:
        """DuckDB's message as cause and cure; no value can be in it but the predicate's own and the probe's."""
        text, columns, row = str(error), self.rows[item.row], ROW_NAMES[item.row]
        used = self._used(item, tree)
        if match := re.search(r'Referenced column "([^"]+)" not found', text):
            cure = _nearest(match[1], columns, f"pakai kolom {row} (docs/tables.md)")
            return f"kolom '{match[1]}' tidak ada pada {row}", cure
        if match := re.search(r'Referenced table "([^"]+)" not found', text):
            return f"awalan '{match[1]}.' tidak dikenal pada {row}", "tulis nama kolom tanpa awalan"
        if match := re.search(r"Function with name \"?([^\s\"]+)\"? does not exist", text):
            return f"fungsi '{match[1]}' tidak ada", _nearest(match[1], self._functions, "pakai fungsi DuckDB")
        if match := re.search(r"(?:argument types|function call) ['\"]([^'\"(]+)(\([^'\"]*\))", text):
            return f"fungsi '{match[1]}' tidak menerima tipe {match[2]}{used}", "pakai kolom yang bertipe lain, atau try_cast"
        if match := re.search(r"(?:compare|mix|combine) (?:values of )?types? (?:of )?(.+?) and (?:type )?(\S+)", text):
            return f"tipe {match[1]} dan {match[2]} tidak dapat dibandingkan{used}", "samakan tipenya, atau pakai try_cast"
        if "lambda arrow" in text:
            return "memakai panah (x -> …) sebagai fungsi", "tulis lambda x: …, misalnya list_filter([desil], lambda x: x > 1)"
        if isinstance(error, duckdb.ConversionException):
            cause = f"nilai diubah ke tipe lain tanpa diminta dan gagal{used}"
            return cause, "bandingkan dengan nilai yang setipe dengan kolomnya, atau pakai try_cast"
        if isinstance(error, duckdb.ParserException):
            return "salah tulis SQL", "perbaiki tulisan predikat itu"
        return f"tidak dapat dijalankan ({safe_reason(error)}){used}", "perbaiki predikat itu; pakai kolom " + row

    def _used(self, item: Predicate, tree: Any) -> str:
        """The known columns of the text with their types, for a reader who looks for the one that is wrong."""
        if tree is None or tree["error"]:
            return ""
        names = [part["column_names"][-1].lower() for part in _parts(tree) if part["class"] == "COLUMN_REF"]
        known = [f"{name} {self.rows[item.row][name].upper()}" for name in dict.fromkeys(names) if name in self.rows[item.row]]
        return f" (kolom: {', '.join(known[:6])})" if known else ""


def _parts(tree: Any) -> Iterator[dict[str, Any]]:
    """Every expression below a node of the parsed text."""
    if isinstance(tree, dict):
        if "class" in tree:
            yield tree
        for value in tree.values():
            yield from _parts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _parts(value)


def _nearest(name: str, known: Iterable[str], otherwise: str) -> str:
    near = get_close_matches(name.lower(), list(known), n=3, cutoff=0.6)
    return f"mungkin maksudnya {', '.join(near)}; {otherwise}" if near else otherwise
