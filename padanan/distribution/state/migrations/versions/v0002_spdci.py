"""SPDCI: agreements with clients, messages taken, transactions, subscriptions and callbacks that wait.

What a message says lies in `isi`, enciphered; the columns beside it are digests, times and our own numbers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "spdci_mitra",
        sa.Column("klien", sa.String(40), primary_key=True),
        sa.Column("kunci_id", sa.String(80)),
        sa.Column("publik", sa.String(64)),
        sa.Column("alamat", sa.String(500)),
        sa.Column("wajib_tanda", sa.Integer, nullable=False),
        sa.Column("dicatat", sa.String(32), nullable=False),
        sa.Column("dicatat_oleh", sa.String(80), nullable=False),
    )
    op.create_table(
        "spdci_pesan",
        sa.Column("klien", sa.String(40), primary_key=True),
        sa.Column("pesan", sa.String(64), primary_key=True),
        sa.Column("sampai", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "spdci_transaksi",
        sa.Column("korelasi", sa.String(36), primary_key=True),
        sa.Column("klien", sa.String(40), nullable=False),
        sa.Column("transaksi", sa.String(64), nullable=False, index=True),
        sa.Column("jenis", sa.String(12), nullable=False),
        sa.Column("waktu", sa.BigInteger, nullable=False),
        sa.Column("kunci", sa.String(16), nullable=False),
        sa.Column("isi", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "spdci_rujukan",
        sa.Column("korelasi", sa.String(36), primary_key=True),
        sa.Column("rujukan", sa.String(64), primary_key=True, index=True),
    )
    op.create_table(
        "spdci_langganan",
        sa.Column("kode", sa.String(36), primary_key=True),
        sa.Column("klien", sa.String(40), nullable=False, index=True),
        sa.Column("sidik", sa.String(64), nullable=False, unique=True),
        sa.Column("dibuat", sa.BigInteger, nullable=False),
        sa.Column("berhenti", sa.BigInteger),
        sa.Column("sudah", sa.String(20)),
        sa.Column("kunci", sa.String(16), nullable=False),
        sa.Column("isi", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "spdci_keluar",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("klien", sa.String(40), nullable=False, index=True),
        sa.Column("aksi", sa.String(20), nullable=False),
        sa.Column("dibuat", sa.BigInteger, nullable=False),
        sa.Column("coba", sa.Integer, nullable=False),
        sa.Column("berikut", sa.BigInteger, index=True),
        sa.Column("kunci", sa.String(16), nullable=False),
        sa.Column("isi", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    """None: what was promised to a subscriber is not taken back."""
    raise NotImplementedError("keadaan API tidak dikembalikan ke bentuk lama; pulihkan dari cadangan")
