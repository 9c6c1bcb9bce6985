"""Two censuses of pseudopeople's sample town and one year of its W-2 forms with their noise, run by its own interpreter.

Imports nothing of ours, because its environment (pandas 3) does not hold our packages; `foreign` gives the shape of staging.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import pseudopeople

NAMES = ["simulant_id", "first_name", "middle_initial", "last_name"]
COLUMNS = [*NAMES, "date_of_birth", "street_number", "street_name", "sex"]
# A W-2 knows neither birth date nor sex; its security number stays away, as FEBRL's does.
W2 = [*NAMES, "mailing_address_street_number", "mailing_address_street_name"]


def main() -> None:
    """Writes `sensus-<year>.parquet` of two years and `w2.parquet` of the later; the sample lies inside the package."""
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path, help="folder yang ditulis")
    parser.add_argument("--years", type=int, nargs=2, default=(2020, 2030), help="dua tahun sensus")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    for year in args.years:
        census = pseudopeople.generate_decennial_census(year=year, seed=year)
        census[COLUMNS].astype("string").to_parquet(args.out / f"sensus-{year}.parquet", index=False)
    year = max(args.years)
    forms = pseudopeople.generate_taxes_w2_and_1099(year=year, seed=year)
    forms[W2].astype("string").to_parquet(args.out / "w2.parquet", index=False)


if __name__ == "__main__":
    main()
