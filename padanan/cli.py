"""The `padanan` command: finds the sub-command and turns errors into one line and an exit code.

What a sub-command does stands in the package it belongs to.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from padanan import __version__
from padanan.base.arguments import Parser
from padanan.base.errors import PadananError, known, safe_reason

# Commands that may add to the review's log: what tells of its decisions is then made again.
DECIDING = frozenset({"review", "decree"})


def build_parser() -> argparse.ArgumentParser:
    """The parser with every sub-command; help in Indonesian."""
    from padanan.base.examples import add_examples
    from padanan.contracts.plan_cli import add_parsers as add_plan
    from padanan.decree.cli import add_parsers as add_decree
    from padanan.distribution.cli import add_parsers as add_distribution
    from padanan.distribution.spdci.cli import add_parsers as add_spdci
    from padanan.evidence.cli import add_parsers as add_evidence
    from padanan.feedback.aid_cli import add_parsers as add_aid
    from padanan.feedback.cli import add_parsers as add_feedback
    from padanan.feedback.complaints_cli import add_parsers as add_complaints
    from padanan.feedback.cycle_cli import add_parsers as add_cycle
    from padanan.feedback.lp3ke.cli import add_parsers as add_lp3ke
    from padanan.feedback.objections_cli import add_parsers as add_objections
    from padanan.feedback.outreach_cli import add_parsers as add_outreach
    from padanan.feedback.person_cli import add_parsers as add_person
    from padanan.feedback.prelist_cli import add_parsers as add_prelist
    from padanan.feedback.ranking_cli import add_parsers as add_ranking
    from padanan.feedback.urgent_cli import add_parsers as add_urgent
    from padanan.feedback.warning.cli import add_parsers as add_warning
    from padanan.generated.cli import add_parsers as add_contracts
    from padanan.landing.cli import add_parsers as add_delivery
    from padanan.records.cli import add_parsers as add_records
    from padanan.review.decision.cli import add_parsers as add_review
    from padanan.review.kit.cli import add_parsers as add_kit
    from padanan.review.worklist.cli import add_parsers as add_worklist
    from padanan.run.report_cli import add_parsers as add_report
    from padanan.run.sheets_cli import add_actions as add_sheets
    from padanan.run.sheets_cli import add_worklist_action as add_new_lines
    from padanan.simulation.cli import add_parsers as add_simulation
    from padanan.upkeep.backup_cli import add_parsers as add_backup
    from padanan.upkeep.calendar.cli import add_parsers as add_calendar
    from padanan.upkeep.calendar.rakor_cli import add_parsers as add_rakor
    from padanan.upkeep.key.cli import add_parsers as add_key
    from padanan.upkeep.retention.cli import add_parsers as add_retention

    parser = Parser(
        prog="padanan",
        description="Padanan: dari kiriman produsen data sampai rancangan data sasaran yang dibekukan.",
        epilog="Data home diatur dengan PADANAN_HOME, kunci pseudonim dengan PADANAN_KEY_FILE.",
    )
    parser.add_argument("--version", action="version", version=f"padanan {__version__}", help="cetak versi program")
    parser.add_argument("--home", type=Path, help="data home (bawaan: PADANAN_HOME, atau folder data/ di checkout)")
    commands = parser.add_subparsers(dest="perintah", metavar="PERINTAH", required=True)
    add_delivery(commands)
    add_contracts(commands)
    add_plan(commands)
    add_calendar(commands)
    add_rakor(commands)
    add_report(commands)
    add_simulation(commands)
    add_review(commands)
    add_decree(commands)
    add_distribution(commands)
    add_spdci(commands)
    add_evidence(commands)
    add_sheets(add_feedback(commands))
    add_person(commands)
    add_complaints(commands)
    add_objections(commands)
    add_prelist(commands)
    add_urgent(commands)
    add_cycle(commands)
    add_outreach(commands)
    add_warning(commands)
    add_aid(commands)
    add_ranking(commands)
    add_records(commands)
    add_new_lines(add_worklist(commands))
    add_kit(commands)
    add_lp3ke(commands)
    add_retention(commands)
    add_backup(commands)
    add_key(commands)
    add_examples(parser)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command.

    Returns:
        0 when done; 1 with one line of cause and cure on stderr; 130 when interrupted; 141 when the reader of
        the output went away.
    """
    os.umask(0o077)
    args = build_parser().parse_args(argv)
    if args.home is not None:
        os.environ["PADANAN_HOME"] = str(args.home)
    try:
        if args.perintah not in DECIDING:
            return int(args.run(args) or 0)
        from padanan.run.follow import followed

        with followed(say=lambda line: print(line, file=sys.stderr, flush=True)):
            return int(args.run(args) or 0)
    except PadananError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # The reader (head, less) closed the pipe: what it wanted was printed. Nothing more may be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        print("Dihentikan; tidak ada yang diterbitkan setengah jadi.", file=sys.stderr)
        return 130
    except Exception as error:
        if (fault := known(error)) is not None and os.environ.get("PADANAN_DEBUG") != "1":
            print(fault, file=sys.stderr)
            return 1
        if os.environ.get("PADANAN_DEBUG") == "1":
            raise
        print(
            f"GALAT tak terduga: {safe_reason(error)}. Perbaikan: jalankan lagi dengan PADANAN_DEBUG=1 dan laporkan jejaknya "
            "tanpa isi data",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main())
