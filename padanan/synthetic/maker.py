"""Makes one contract's delivery after another: rows, faults, texts, files, and the truth of each row.

Which contracts and which period is `generate`; what a fault or a text is stands in its own module.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, months_before
from padanan.contracts.contract import Contract
from padanan.contracts.due import deadline
from padanan.contracts.plan import load_plans
from padanan.landing.arrival import set_arrival
from padanan.synthetic import carik_db, columns_place, columns_program  # noqa: F401 (they register their columns)
from padanan.synthetic.base import CANARY, FAR, HEAD, Bools, days
from padanan.synthetic.columns import Context, build, name_texts
from padanan.synthetic.faults import draw_faults, duplicate_rows, faulty_birth, faulty_kk, faulty_nik, is_fault, wrong_owner
from padanan.synthetic.profile import rates_of
from padanan.synthetic.rows import Draws, Rows, group_of, make_rows, select
from padanan.synthetic.truth import (
    Delivered,
    Reference,
    apply_masks,
    blocked,
    cleansing_flags,
    families,
    matched_resident,
    name_level,
    one_slip,
)
from padanan.synthetic.world import World
from padanan.synthetic.writers import WRITERS, Sheet, kind_of, write_letter

STATUS = ("padan_nik", "nik_padan_identitas_beda", "nik_tidak_ditemukan", "tanpa_nik")


@dataclass
class Made:
    """What is kept of a contract until programs can be compared."""

    contract: Contract
    records: pa.Table
    settled: dict[str, Bools]
    matched: npt.NDArray[np.int32]
    keep: Bools
    counts: dict[str, Any]


class Maker:
    """Makes one contract after another over the same world."""

    def __init__(
        self,
        home: Home,
        world: World,
        settings: Mapping[str, Any],
        periode: Periode,
        today: date,
        seed: int,
        database_url: str | None,
        wanted: set[str],
    ) -> None:
        self.home, self.world, self.settings, self.periode = home, world, settings, periode
        self.today, self.seed, self.database_url, self.wanted = today, seed, database_url, wanted
        self.plans = load_plans()
        self.reference: Reference | None = None
        self.excluded: dict[str, Bools] = {}

    def config(self, contract_id: str) -> Mapping[str, Any]:
        """The coverage of a contract; P3KE's two files share one, an unknown program takes `program_lain`."""
        cover = self.settings["cakupan"]
        config = dict(cover.get(group_of(contract_id)) or cover["program_lain"])
        if not cover.get("basi", True):
            config |= {"tertinggal": {}, "anggota_hilang": 0.0}
        return config

    def habits(self, contract_id: str) -> dict[str, Any]:
        forms = self.settings.get("bentuk", {})
        return {**(forms.get("semua") or {}), **(forms.get(contract_id) or {})}

    def draws(self, name: str) -> Draws:
        return Draws(self.seed, name, len(self.world))

    def exclude_conflicts(self, contracts: list[Contract]) -> None:
        """Persons that a program must leave out because an excluding program has them already, but for a few."""
        taken: dict[str, Bools] = {}
        canary = np.flatnonzero(self.world.kind == CANARY)
        pairs = {c.id: set(c.program.get("tidakBersama") or ()) for c in contracts if c.kind == "program"}
        clashing = sorted(set(pairs) & ({a for a, others in pairs.items() if others} | set[str]().union(*pairs.values())))
        for contract in contracts:
            if contract.id not in clashing:
                continue
            others = pairs[contract.id] | {other for other, names in pairs.items() if contract.id in names}
            out = np.zeros(len(self.world), dtype=bool)
            for other in others & set(taken):
                out |= taken[other]
            leak = float(rates_of(self.settings, contract.id).get("langgar_bersama", 0.0))
            out &= self.draws(contract.id).uniform("langgar_bersama") >= leak
            # Each canary stands in one of the programs that exclude others.
            out[canary] = np.arange(len(canary)) % len(clashing) != clashing.index(contract.id)
            self.excluded[contract.id] = out
            who = self.people(contract)
            mine = np.zeros(len(self.world), dtype=bool)
            mine[who] = True
            taken[contract.id] = mine

    def people(self, contract: Contract) -> npt.NDArray[np.int32]:
        """Persons of a contract, excluded ones left out."""
        config = self.config(contract.id)
        who = select(self.world, contract, config, self.draws(group_of(contract.id)), days(self.today))
        out = self.excluded.get(contract.id)
        return who if out is None else who[~out[who]]

    def p3ke(self, contract_id: str, rows: Rows) -> tuple[Rows, npt.NDArray[np.int64]]:
        """P3KE's family or person file, and per row the number of rows of its family in the other file."""
        rates = rates_of(self.settings, "p3ke_keluarga")
        u = self.draws("p3ke").uniform("berkas_beda")[self.world.family[rows.person]]
        no_members = u < float(rates.get("keluarga_tanpa_anggota", 0.0))
        no_family = (u > 1 - float(rates.get("anggota_tanpa_keluarga", 0.0))) & ~no_members
        canary = self.world.kind[rows.person] == CANARY
        in_persons = ~no_members | canary
        in_families = (rows.shdk == HEAD) & (~no_family | canary)
        mine, theirs = (in_families, in_persons) if contract_id == "p3ke_keluarga" else (in_persons, in_families)
        cards, count = np.unique(rows.card[theirs], return_counts=True)
        own = rows.take(np.flatnonzero(mine))
        at = np.minimum(np.searchsorted(cards, own.card), max(len(cards) - 1, 0))
        found = cards[at] == own.card if len(cards) else np.zeros(len(own), dtype=bool)
        return own, np.where(found, count[at] if len(cards) else 0, 0)

    def make(self, contract: Contract) -> Made:
        """Rows, faults, texts, files and flags of one contract."""
        world, habits = self.world, self.habits(contract.id)
        config, draws = self.config(contract.id), self.draws(contract.id)
        received = self.received(contract)
        rates = rates_of(self.settings, contract.id)
        kind = kind_of(contract, habits)
        rows = make_rows(world, self.people(contract), config, self.draws(group_of(contract.id)), days(self.today))
        pairs = None
        if contract.id.startswith("p3ke_"):
            rows, pairs = self.p3ke(contract.id, rows)
        per_family = tuple(habits.get("per_keluarga", ()))
        draw_faults(
            rows, contract, rates, draws, self.periode.key, spreadsheet=kind == "xlsx", per_family=per_family, world=world
        )
        one_slip(rows, self.reference)
        doubled = duplicate_rows(
            rows,
            float(rates.get("ganda_sama", 0.0)),
            draws,
            world,
            heads=not contract.family_complete,
            own_address="alamat" not in per_family,
        )
        if pairs is not None and len(doubled) != len(rows):
            position = np.searchsorted(np.flatnonzero(doubled.copy == 0), np.arange(len(doubled)), side="right") - 1
            pairs = pairs[position]
        rows = doubled
        partner = wrong_owner(rows, world.names, draws)
        nik, owner, told = faulty_nik(rows, partner)
        kk, unsound = faulty_kk(rows)
        birth, there = faulty_birth(rows, days(received))
        context = Context(
            world=world,
            rows=rows,
            contract=contract,
            form=habits,
            names=world.names,
            nik_value=nik,
            kk_value=kk,
            birth=birth,
            birth_there=there,
            today=days(self.today),
            month=f"{received:%Y-%m}",
            status=self.civil_status(rows),
        )
        context.written, clean = name_texts(world, rows, world.names, context.dice("nama"))
        part = np.zeros(len(rows), dtype=np.int16)
        if contract.form.get("bagian") == "kota":
            part = np.unique(world.wilayah.kota_digits[rows.kel], return_inverse=True)[1].astype(np.int16)
        delivered = Delivered(
            world=world,
            rows=rows,
            nik=nik,
            owner=owner,
            told=told,
            kk=kk,
            kk_unsound=unsound,
            birth=birth,
            birth_there=there & (contract.column("tgl_lahir") is not None),
            clean_name=clean,
            file=part,
            family=families(contract, rows, kk, (kk < 0) | is_fault(rows, "kk_angka")),
            pairs=pairs,
        )
        everything = np.ones(len(rows), dtype=bool)
        cleansing_flags(contract, delivered, everything)
        if contract.id == "adminduk":
            settled = apply_masks(contract, delivered.flags)
            self.refer(contract, delivered, blocked(contract, settled, len(rows)))
        settled, matched, status = self.judge(contract, delivered)
        texts = {column.name: build(context, column) for column in contract.columns}
        numbers, dates = self.cell_kinds(contract, context, habits, texts) if kind == "xlsx" else ({}, {})
        sheet = Sheet(texts, numbers, dates, np.zeros(0, dtype=np.int64))
        return self.deliver(contract, kind, sheet, delivered, settled, matched, status, received, rates, habits)

    def judge(
        self, contract: Contract, delivered: Delivered
    ) -> tuple[dict[str, Bools], npt.NDArray[np.int32], npt.NDArray[np.int8]]:
        """Settled flags with the rules after the padanan, the matched resident and the expected status per row."""
        rows, flags = delivered.rows, delivered.flags
        settled = apply_masks(contract, flags)
        block = blocked(contract, settled, len(rows))
        assert self.reference is not None
        matched, status = matched_resident(contract, delivered, block, self.reference)
        state = np.where(matched >= 0, self.reference.state[np.maximum(matched, 0)], -1)
        if contract.id != "adminduk":
            flags["meninggal_di_adminduk"] = state == 1
            flags["pindah_di_adminduk"] = state == 2
        if contract.kind == "program":
            person, count = np.unique(matched[matched >= 0], return_counts=True)
            flags["ganda_dalam_program"] = np.isin(matched, person[count > 1])
        return apply_masks(contract, flags), matched, status

    def civil_status(self, rows: Rows) -> npt.NDArray[np.int8]:
        """0 alive, 1 dead, 2 moved, by the day of the row."""
        dead = self.world.death[rows.person] <= rows.day
        gone = (self.world.leave[rows.person] <= rows.day) & (self.world.leave[rows.person] < FAR)
        return np.where(dead, 1, np.where(gone, 2, 0)).astype(np.int8)

    def refer(self, contract: Contract, d: Delivered, block: Bools) -> None:
        """Keeps Adminduk's rows as reference residents: the first usable row of each NIK."""
        n = len(self.world)
        usable = np.zeros(n, dtype=bool)
        state = np.zeros(n, dtype=np.int8)
        birth, there = self.world.birth.copy(), np.ones(n, dtype=bool)
        good = ~block & (d.owner == d.rows.person) & (d.rows.copy == 0)
        who = d.rows.person[good]
        usable[who] = True
        state[who] = self.civil_status(d.rows)[good]
        birth[who] = d.birth[good]
        there[who] = d.birth_there[good]
        level = np.full(n, 3, dtype=np.int8)
        level[who] = name_level(d.rows)[good]
        self.reference = Reference(usable, state, birth, there, level)

    def received(self, contract: Contract) -> date:
        """The day the delivery came (before its deadline, or late where the profile says so)."""
        due = deadline(contract, self.periode, self.plans) or months_before(self.periode.end, 1)
        late = int((self.settings.get("bentuk", {}).get("terlambat") or {}).get(contract.id, 0))
        day = due + timedelta(days=late) if late else max(due - timedelta(days=3 + len(contract.id) % 5), self.today)
        return day

    def cell_kinds(
        self, contract: Contract, c: Context, habits: Mapping[str, Any], texts: dict[str, pa.StringArray]
    ) -> tuple[dict[str, Bools], dict[str, Bools]]:
        """Which cells of a workbook are numbers or dates."""
        rows = c.rows
        number = {
            "nik": is_fault(rows, "nik_angka") | is_fault(rows, "nik_nol_depan"),
            "no_kk": is_fault(rows, "kk_angka"),
        }
        for column in contract.columns:
            if column.type in ("number", "integer") and not column.id_like:
                sound = np.ones(len(rows), dtype=bool)
                if column.name == "desil":
                    sound = ~is_fault(rows, "desil_tak_sah")
                number[column.name] = sound
        date_cells: dict[str, Bools] = {}
        share = float(habits.get("sel_tanggal", 0.0))
        if share and "tgl_lahir" in texts:
            from padanan.synthetic.arrow import date_text, put, where

            plain = (rows.fault["tgl"] == 0) & (c.dice("sel_tanggal") % 1000 < share * 1000)
            texts["tgl_lahir"] = put(texts["tgl_lahir"], plain, where(date_text(c.birth, "serial"), plain))
            date_cells["tgl_lahir"] = plain
        return {k: v for k, v in number.items() if k in texts}, date_cells

    def deliver(
        self,
        contract: Contract,
        kind: str,
        sheet: Sheet,
        d: Delivered,
        settled: dict[str, Bools],
        matched: npt.NDArray[np.int32],
        status: npt.NDArray[np.int8],
        received: date,
        rates: Mapping[str, float],
        habits: Mapping[str, Any],
    ) -> Made:
        """Writes the files (one per bagian), with exact duplicates and unreadable lines, and the truth of each row."""
        rows, month = d.rows, f"{received:%Y-%m}"
        inbox = self.home.inbox(contract.id)
        write = contract.id in self.wanted
        if write:
            inbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        pieces, files, total, readable, twins_total = [], [], 0, 0, 0
        u_twin = self.draws(contract.id).uniform(f"kembar/{self.periode.key}")
        u_cut = self.draws(contract.id).uniform(f"rusak/{self.periode.key}")
        parts = np.unique(d.file)
        for part in parts:
            index = np.flatnonzero(d.file == part)
            label = None
            if contract.form.get("bagian") == "kota":
                label = f"{self.world.wilayah.kota_digits[rows.kel[index[0]]]:04d}"
            plain = index[rows.copy[index] == 0]
            twins = (
                plain[u_twin[rows.person[plain]] < float(rates.get("baris_kembar", 0.0))] if kind != "postgresql" else plain[:0]
            )
            order = np.concatenate([index, twins])
            aside = np.concatenate([np.zeros(len(index), dtype=bool), np.ones(len(twins), dtype=bool)])
            piece = sheet.take(order)
            piece.broken = np.zeros(0, dtype=np.int64)
            if kind == "csv":
                piece.broken = np.flatnonzero(
                    (u_cut[rows.person[index]] < float(rates.get("baris_rusak", 0.0))) & (rows.copy[index] == 0)
                )
            count = len(order) + len(piece.broken)
            name = self.file_name(contract, kind, label, month)
            if kind == "postgresql":
                numbers = (
                    self.to_postgres(contract, piece, inbox / name, month, received)
                    if write
                    else np.zeros(len(order), dtype=np.int64)
                )
            elif write:
                numbers = WRITERS[kind](inbox / name, contract, piece, habits)
                self.letter(contract, inbox / name, month, label, received, count, habits)
            else:
                numbers = np.zeros(len(order), dtype=np.int64)
            files.append(name)
            total, readable, twins_total = total + count, readable + len(order), twins_total + len(twins)
            pieces.append((order, aside, numbers, name, label))
        order = np.concatenate([piece[0] for piece in pieces])
        aside = np.concatenate([piece[1] for piece in pieces])
        who = rows.person[order]
        known = self.reference.usable if self.reference is not None else np.zeros(len(self.world), dtype=bool)
        names = np.repeat(np.arange(len(pieces)), [len(piece[0]) for piece in pieces])
        file_names = pa.array([piece[3] for piece in pieces], pa.string()).take(pa.array(names))
        labels = pa.array([piece[4] for piece in pieces], pa.string()).take(pa.array(names))
        ids = {
            column: sheet.texts[column].take(pa.array(order)) if column in sheet.texts else pa.nulls(len(order), pa.string())
            for column in ("id_sumber", "id_keluarga_sumber")
        }
        records = pa.table(
            {
                "producer": pa.array([contract.id], pa.string()).take(pa.array(np.zeros(len(order), dtype=np.int64))),
                "bagian": labels,
                "file": file_names,
                "baris": np.concatenate([piece[2] for piece in pieces]).astype(np.int64),
                "id_truth_person": who.astype(np.int64),
                "in_adminduk": (self.world.kind[who] != 1) & (self.world.arrive[who] <= days(self.today)),
                "nik_terpakai": (d.owner[order] >= 0) & known[np.maximum(d.owner[order], 0)],
                "canary": self.world.kind[who] == CANARY,
                "disisihkan": pa.array(["", "baris_kembar"], pa.string()).take(pa.array(aside.astype(np.int64))),
                "status_diharapkan": pa.array(STATUS, pa.string()).take(pa.array(status[order].astype(np.int64))),
                "id_residen_diharapkan": pa.array(matched[order].astype(np.int64), mask=matched[order] < 0),
                **ids,
            }
        )
        return Made(
            contract,
            records,
            {rule: flag[order] for rule, flag in settled.items()},
            matched[order],
            ~aside,
            {"rows_in": total, "rows_readable": readable, "duplicates": twins_total, "files": files},
        )

    def file_name(self, contract: Contract, kind: str, label: str | None, month: str) -> str:
        """A name that fits the contract's `pola_nama`."""
        stem = f"{contract.id}_{label}_{month}" if label else f"{contract.id}_{month}"
        return f"{stem}.{'tarik.yaml' if kind == 'postgresql' else kind}"

    def letter(
        self,
        contract: Contract,
        path: Any,
        month: str,
        label: str | None,
        received: date,
        count: int,
        habits: Mapping[str, Any],
    ) -> None:
        hour = time(8 + len(contract.id) % 8, 15, tzinfo=JAKARTA)
        fields: dict[str, Any] = {
            "periode_data": month,
            "diterima": datetime.combine(received, hour).isoformat(),
            "nomor_surat": f"{contract.id.upper()}/{month}/{label or '00'}",
        }
        if habits.get("jumlah_baris", True):
            fields["jumlah_baris"] = count
        if label:
            fields["bagian"] = label
        write_letter(path, fields)
        self.arrives(contract, path, datetime.combine(received, hour))

    def arrives(self, contract: Contract, path: Path, moment: datetime) -> None:
        """Made-up deliveries come on made-up days: their arrival is set, and their receipts say so."""
        set_arrival(self.home, contract.id, path, moment)

    def to_postgres(self, contract: Contract, sheet: Sheet, order: Any, month: str, received: date) -> npt.NDArray[np.int64]:
        """Carik's tables and the pull order beside them; returns the position of each row in the query's order."""
        carik_db.load(sheet.texts, url=self.database_url, folder=self.home.root / "postgres" / "carik")
        hour = time(8 + len(contract.id) % 8, 15, tzinfo=JAKARTA)
        carik_db.write_order(order, month, datetime.combine(received, hour))
        self.arrives(contract, order, datetime.combine(received, hour))
        ids = np.asarray(sheet.texts["id_sumber"].to_pandas())
        out = np.empty(len(sheet), dtype=np.int64)
        out[np.argsort(ids, kind="stable")] = np.arange(1, len(sheet) + 1)
        return out
