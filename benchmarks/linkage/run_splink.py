"""Splink 5 on the shared inputs, run by its own interpreter: same keys, same caps, same levels, trained as it documents.

Imports nothing of ours, because its environment does not hold our packages.
"""

from __future__ import annotations

import argparse
import json
import logging
import resource
import time

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

_STEP = "0x1111111111111111::ubigint"


def _one_edit(column: str) -> str:
    x = f"xor({column}_l, {column}_r)"
    nibbles = f"(({x} | ({x} >> 1) | ({x} >> 2) | ({x} >> 3)) & 1229782938247303441::ubigint)"
    low = f"xor({nibbles}, {nibbles} & ({nibbles} - 1))"
    mask = f"({low} * 15::ubigint)"
    swapped = (
        f"bit_count({nibbles}) = 2 and {nibbles} = ({low} | ({low} << 4)) "
        f"and (({column}_l >> 4) & {mask}) = ({column}_r & {mask}) and (({column}_r >> 4) & {mask}) = ({column}_l & {mask})"
    )
    return f"(bit_count({nibbles}) = 1 or ({swapped}))"


def _custom(name: str, null: str, levels: list[tuple[str, str]]) -> cl.CustomComparison:
    made = [cll.CustomLevel(sql, label) for label, sql in levels]
    return cl.CustomComparison(
        output_column_name=name,
        comparison_levels=[cll.CustomLevel(null, "kosong").configure(is_null_level=True), *made, cll.ElseLevel()],
    )


def _null(*columns: str) -> str:
    return " or ".join(f"{c}_l is null or {c}_r is null" for c in columns)


def comparisons() -> list[cl.CustomComparison]:
    """The comparisons of `padanan.linkage.comparison`, in Splink's words."""
    ym = "dob_l // 10000 = dob_r // 10000"
    mm = "dob_l // 100 % 100 = dob_r // 100 % 100"
    dd = "dob_l % 100 = dob_r % 100"
    shared = " + ".join(f"(coalesce({t}_l in (t1_r, t2_r, t3_r), false))::int" for t in ("t1", "t2", "t3"))
    slots_l = " + ".join(f"({t}_l is not null)::int" for t in ("t1", "t2", "t3"))
    slots_r = slots_l.replace("_l", "_r")
    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.CustomLevel(_null("name"), "kosong").configure(is_null_level=True),
            cll.CustomLevel("name_key_l = name_key_r", "sama").configure(
                tf_adjustment_column="name_key", tf_adjustment_weight=1.0
            ),
            cll.CustomLevel("skeleton_l = skeleton_r", "bunyi"),
            cll.CustomLevel("jaro_winkler_similarity(name_l, name_r) >= 0.93", "mirip"),
            cll.CustomLevel(f"({shared}) >= least(2, {slots_l}, {slots_r})", "sebagian"),
            cll.CustomLevel("jaro_winkler_similarity(name_l, name_r) >= 0.85", "agak"),
            cll.CustomLevel("t1_l = t1_r", "depan"),
            cll.ElseLevel(),
        ],
    )
    return [
        _custom(
            "nik", _null("nik"), [("sama", "nik_l = nik_r"), ("satu", _one_edit("nik")), ("awal", "xor(nik_l, nik_r) < 65536")]
        ),
        _custom("kk", _null("kk"), [("sama", "kk_l = kk_r"), ("satu", _one_edit("kk"))]),
        name,
        _custom(
            "dob",
            _null("dob"),
            [
                ("sama", "dob_l = dob_r"),
                ("tertukar", f"{ym} and dob_l // 100 % 100 = dob_r % 100 and dob_l % 100 = dob_r // 100 % 100"),
                ("dua", f"({ym} and ({mm} or {dd})) or ({mm} and {dd})"),
                ("taksiran", f"{ym} and (dob_l % 10000 = 101 or dob_r % 10000 = 101)"),
                ("tahun", ym),
            ],
        ),
        _custom("jk", "jk_l = 0 or jk_r = 0 or jk_l is null or jk_r is null", [("sama", "jk_l = jk_r")]),
        _custom(
            "mother",
            _null("mother"),
            [
                ("sama", "mother_key_l = mother_key_r"),
                ("mirip", "mother_skeleton_l = mother_skeleton_r or jaro_winkler_similarity(mother_l, mother_r) >= 0.92"),
                ("agak", "jaro_winkler_similarity(mother_l, mother_r) >= 0.80"),
            ],
        ),
        _custom("address", _null("address"), [("sama", "address_l = address_r"), ("jalan", "street_l = street_r")]),
        _custom(
            "area",
            _null("kel"),
            [
                ("rt", "kel_l = kel_r and rw_l = rw_r and rt_l = rt_r"),
                ("rw", "kel_l = kel_r and rw_l = rw_r"),
                ("kel", "kel_l = kel_r"),
                ("kec", "kel_l // 10000 = kel_r // 10000"),
            ],
        ),
    ]


def extra(name: str) -> cl.CustomComparison:
    """A text column of the data's own: equal, alike or different."""
    alike = f"jaro_winkler_similarity({name}_l, {name}_r) >= 0.85"
    return _custom(name, _null(name), [("sama", f"{name}_l = {name}_r"), ("mirip", alike)])


def main() -> None:
    """Trains, predicts, writes scored pairs; prints one JSON line with CPU seconds and RSS."""
    parser = argparse.ArgumentParser()
    parser.add_argument("left", help="daftar (Parquet)")
    parser.add_argument("right", help="acuan (Parquet)")
    parser.add_argument("labels", help="pasangan berlabel (Parquet)")
    parser.add_argument("out", help="pasangan berskor yang ditulis")
    parser.add_argument("--keys", type=int, required=True, help="jumlah kunci penyekat")
    parser.add_argument("--training", choices=["label", "em"], default="label", help="cara melatih")
    parser.add_argument("--em", default="name_key+dob,kk+jk,kel+dob", help="penyekat EM, kolom disambung +")
    parser.add_argument("--dedupe", action="store_true", help="satu tabel, dibandingkan dengan dirinya")
    parser.add_argument("--extra", default="", help="kolom lain yang dibandingkan, disambung koma")
    parser.add_argument("--threads", type=int, default=2, help="jumlah utas")
    parser.add_argument("--memory", default="8GB", help="batas memori")
    args = parser.parse_args()
    logging.disable(logging.INFO)
    con = duckdb.connect()
    con.execute(f"set threads={args.threads}; set memory_limit='{args.memory}'; set enable_progress_bar=false")
    begin = time.process_time()
    con.execute(f"create table kiri as select *, 'a_daftar' as source_dataset from read_parquet('{args.left}')")
    api = DuckDBAPI(connection=con)
    tables = [api.register("kiri", dataset_display_name="a_daftar")]
    if not args.dedupe:
        con.execute(f"create table kanan as select *, 'b_acuan' as source_dataset from read_parquet('{args.right}')")
        tables.append(api.register("kanan", dataset_display_name="b_acuan"))
    rules = [block_on(f"k{n}") for n in range(args.keys)]
    kind = "dedupe_only" if args.dedupe else "link_only"
    compared = [*comparisons(), *(extra(name) for name in args.extra.split(",") if name)]
    settings = SettingsCreator(link_type=kind, comparisons=compared, blocking_rules_to_generate_predictions=rules)
    linker = Linker(tables, settings, log_level=None)
    recall = 0.8
    linker.training.estimate_probability_two_random_records_match(["l.name_key = r.name_key and l.dob = r.dob"], recall=recall)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    blockings = [tuple(part.split("+")) for part in args.em.split(",")]
    if args.training == "label" and con.execute(f"select count(*) from read_parquet('{args.labels}')").fetchall()[0][0]:
        con.execute(f"create table label_benar as select * from read_parquet('{args.labels}')")
        labels = api.register("label_benar", dataset_display_name="label_benar")
        linker.training.estimate_m_from_pairwise_labels(labels)
        # The labels carry no NIK: its m comes from EM.
        linker.training.estimate_parameters_using_expectation_maximisation(block_on("name_key", "dob"))
    else:
        for columns in blockings:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    predicted = linker.inference.predict(threshold_match_weight=-10)
    # Splink puts the data set whose name sorts first on the left: hence a_ and b_.
    sides = [] if args.dedupe else con.execute(f"select distinct source_dataset_l from {predicted.physical_name}").fetchall()
    if not args.dedupe and sides != [("a_daftar",)]:
        raise SystemExit(f"the list is not the left side: {sides}")
    con.execute(
        f"""copy (select unique_id_l::bigint as left_row, unique_id_r::bigint as right_row, match_weight as weight
        from {predicted.physical_name}) to '{args.out}' (format parquet)"""
    )
    spent = time.process_time() - begin
    print(json.dumps({"cpu": spent, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()
