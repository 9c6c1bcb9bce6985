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

# SPDCI: what was agreed with a client when it joined, and where callbacks may go.
spdci_partner = Table(
    "spdci_mitra",
    metadata,
    Column("klien", String(40), primary_key=True),
    Column("kunci_id", String(80)),
    Column("publik", String(64)),
    Column("alamat", String(500)),
    Column("wajib_tanda", Integer, nullable=False),
    Column("dicatat", String(32), nullable=False),
    Column("dicatat_oleh", String(80), nullable=False),
)

# A message is taken once, by whichever process.
spdci_message = Table(
    "spdci_pesan",
    metadata,
    Column("klien", String(40), primary_key=True),
    Column("pesan", String(64), primary_key=True),
    Column("sampai", BigInteger, nullable=False),
)

# What a client named its transactions is kept as a digest; the statuses lie enciphered in `isi` (spdci.box).
spdci_transaction = Table(
    "spdci_transaksi",
    metadata,
    Column("korelasi", String(36), primary_key=True),
    Column("klien", String(40), nullable=False),
    Column("transaksi", String(64), nullable=False, index=True),
    Column("jenis", String(12), nullable=False),
    Column("waktu", BigInteger, nullable=False),
    Column("kunci", String(16), nullable=False),
    Column("isi", LargeBinary, nullable=False),
)

spdci_reference = Table(
    "spdci_rujukan",
    metadata,
    Column("korelasi", String(36), primary_key=True),
    Column("rujukan", String(64), primary_key=True, index=True),
)

spdci_subscription = Table(
    "spdci_langganan",
    metadata,
    Column("kode", String(36), primary_key=True),
    Column("klien", String(40), nullable=False, index=True),
    # Of what is asked: the same one is not taken twice while it stands; an ended one has its own code here.
    Column("sidik", String(64), nullable=False, unique=True),
    Column("dibuat", BigInteger, nullable=False),
    Column("berhenti", BigInteger),
    # The newest decree that was told of: `2025-S2/1`.
    Column("sudah", String(20)),
    Column("kunci", String(16), nullable=False),
    Column("isi", LargeBinary, nullable=False),
)

spdci_outgoing = Table(
    "spdci_keluar",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("klien", String(40), nullable=False, index=True),
    Column("aksi", String(20), nullable=False),
    Column("dibuat", BigInteger, nullable=False),
    Column("coba", Integer, nullable=False),
    # When it is tried next; None: given up, its content is gone.
    Column("berikut", BigInteger, index=True),
    Column("kunci", String(16), nullable=False),
    Column("isi", LargeBinary, nullable=False),
)
