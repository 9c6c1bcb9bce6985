"""How a fault of a message is told: refused as a whole before it is read, or one request of it rejected with its code.

The codes are the specification's; no value that was sent is ever in a text.
"""

from __future__ import annotations

ERRORS = {
    "err.request.bad": "Pesan tidak sesuai spesifikasi SPDCI Social Registry 1.0.0.",
    "err.request.unauthorized": "Token tidak ada, salah, atau sudah habis masanya.",
    "err.request.forbidden": "Token ini tidak memuat lingkup yang diperlukan.",
    "err.request.too_many_requests": "Batas permintaan per menit terlampaui; ulangi nanti.",
    "err.version.not_supported": "Hanya versi 1.0.0 yang didukung.",
    "err.sender_id.invalid": "sender_id bukan klien pada token.",
    "err.sender_uri.invalid": "sender_uri bukan alamat yang didaftarkan untuk klien ini.",
    "err.receiver_id.invalid": "receiver_id bukan registri ini.",
    "err.signature.missing": "Pesan dari klien ini harus bertanda tangan.",
    "err.signature.invalid": "Tanda tangan tidak sah, belum berlaku, atau sudah habis masanya.",
    "err.encryption.invalid": "Pesan tersandi tidak diterima; kirim pesan terbuka lewat TLS.",
    "err.service.unavailable": "Layanan belum siap; ulangi nanti.",
}
"""Every code of the communication layer that is answered, with its sentence."""


class Refused(Exception):
    """A message that is not taken (Error, HttpErrorResponse).

    Args:
        code: `err.*`.
        status: of HTTP, where the answer is an HTTP error.
        why: what exactly, for the caller's developer; names of fields alone.
        reason: the header's own code (`rjct.*`), where a synchronous answer has one.
    """

    def __init__(self, code: str, *, status: int = 400, why: str = "", reason: str | None = None) -> None:
        self.code, self.status, self.reason = code, status, reason
        self.message = f"{ERRORS[code]} {why}".strip()
        super().__init__(code)


class Rejected(Exception):
    """One request of a batch that is not answered (status `rjct`).

    Args:
        code: `rjct.*` of its kind of response.
        message: in Indonesian, at most 999 characters.
    """

    def __init__(self, code: str, message: str) -> None:
        self.code, self.message = code, message
        super().__init__(code)
