"""The first form: clients, tokens, quotas, receipts, and an audit that can only be added to.

Triggers refuse UPDATE and DELETE on the audit; what they can't refuse (an administrator) the chain finds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the tables; the head of an empty chain is signed by the first event."""
    op.create_table(
        "klien",
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("instansi", sa.String(80), nullable=False),
        sa.Column("lembaga", sa.String(200)),
        sa.Column("lingkup", sa.String(200), nullable=False),
        sa.Column("rahasia", sa.String(200)),
        sa.Column("rahasia_sampai", sa.String(32)),
        sa.Column("jwks", sa.Text),
        sa.Column("dibuat", sa.String(32), nullable=False),
        sa.Column("dibuat_oleh", sa.String(80), nullable=False),
        sa.Column("dicabut", sa.String(32)),
        sa.Column("dicabut_oleh", sa.String(80)),
    )
    op.create_table(
        "token",
        sa.Column("sidik", sa.String(64), primary_key=True),
        sa.Column("klien", sa.String(40), nullable=False, index=True),
        sa.Column("lingkup", sa.String(200), nullable=False),
        sa.Column("sampai", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "pernyataan",
        sa.Column("klien", sa.String(40), primary_key=True),
        sa.Column("jti", sa.String(64), primary_key=True),
        sa.Column("sampai", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "kuota",
        sa.Column("hibah", sa.String(40), primary_key=True),
        sa.Column("hari", sa.String(10), primary_key=True),
        sa.Column("baris", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "umpan_balik",
        sa.Column("nomor", sa.String(40), primary_key=True),
        sa.Column("klien", sa.String(40), nullable=False, index=True),
        sa.Column("kontrak", sa.String(80), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("ukuran", sa.BigInteger, nullable=False),
        sa.Column("waktu", sa.String(32), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("no", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("isi", sa.Text, nullable=False),
        sa.Column("orang", sa.LargeBinary),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    head = op.create_table(
        "audit_kepala",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("no", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("kunci", sa.String(16), nullable=False),
        sa.Column("tanda", sa.String(64), nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "no": 0, "hash": "0" * 64, "kunci": "", "tanda": ""}])
    if op.get_bind().dialect.name == "sqlite":
        for act in ("update", "delete"):
            op.execute(
                f"create trigger audit_tanpa_{act} before {act} on audit begin select raise(abort, 'audit hanya ditambah'); end"
            )
    else:
        op.execute(
            "create function audit_hanya_ditambah() returns trigger language plpgsql as"
            " $$ begin raise exception 'audit hanya ditambah'; end $$"
        )
        op.execute(
            "create trigger audit_hanya_ditambah before update or delete or truncate on audit"
            " for each statement execute function audit_hanya_ditambah()"
        )


def downgrade() -> None:
    """None: an audit is not taken back."""
    raise NotImplementedError("keadaan API tidak dikembalikan ke bentuk lama; pulihkan dari cadangan")
