"""The tables of the API's state, the same on SQLite and PostgreSQL; Alembic makes them (`migrations/`).

Who writes which of them stands in `clients`, `oauth`, `audit` and `quota`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

metadata = MetaData()

client = Table(
    "klien",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("instansi", String(80), nullable=False),
    Column("lembaga", String(200)),
    Column("lingkup", String(200), nullable=False),
    # scrypt of a secret that we made, or the client's public keys; never both.
    Column("rahasia", String(200)),
    Column("rahasia_sampai", String(32)),
    Column("jwks", Text),
    Column("dibuat", String(32), nullable=False),
    Column("dibuat_oleh", String(80), nullable=False),
    Column("dicabut", String(32)),
    Column("dicabut_oleh", String(80)),
)

# Of a token only its hash: whoever reads the state can't use one.
token = Table(
    "token",
    metadata,
    Column("sidik", String(64), primary_key=True),
    Column("klien", String(40), nullable=False, index=True),
    Column("lingkup", String(200), nullable=False),
    Column("sampai", BigInteger, nullable=False),
)

# A signed assertion is used once.
assertion = Table(
    "pernyataan",
    metadata,
    Column("klien", String(40), primary_key=True),
    Column("jti", String(64), primary_key=True),
    Column("sampai", BigInteger, nullable=False),
)

quota = Table(
    "kuota",
    metadata,
    Column("hibah", String(40), primary_key=True),
    Column("hari", String(10), primary_key=True),
    Column("baris", BigInteger, nullable=False),
)

receipt = Table(
    "umpan_balik",
    metadata,
    Column("nomor", String(40), primary_key=True),
    Column("klien", String(40), nullable=False, index=True),
    Column("kontrak", String(80), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("ukuran", BigInteger, nullable=False),
    Column("waktu", String(32), nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("no", BigInteger, primary_key=True, autoincrement=False),
    # What is hashed: everything that the event says, in its only spelling, the hash of `orang` included.
    Column("isi", Text, nullable=False),
    # 16 bytes for each person served, pseudonyms made for the audit alone, end to end.
    Column("orang", LargeBinary),
    Column("hash", String(64), nullable=False),
)

head = Table(
    "audit_kepala",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("no", BigInteger, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("kunci", String(16), nullable=False),
    Column("tanda", String(64), nullable=False),
)
