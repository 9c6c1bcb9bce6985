"""Signatures (MsgSignature) and replay: who may speak, for how long, over exactly which message."""

import base64
import json
import shutil
import subprocess

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_public_key

from padanan.base.errors import PadananError
from padanan.distribution.spdci import canonical, signing
from padanan.distribution.spdci.names import load_names
from padanan.distribution.spdci.partners import register
from padanan.records.seal_keys import publics
from tests.distribution.spdci.world import ADDRESS, NIK, NOW, by_id, criterion, search

pytestmark = pytest.mark.feature("F20")
SYNC, ASYNC = "/registry/sync/search", "/registry/search"


def message():
    return search(criterion(**by_id(NIK["a"])))


def codes(world, client, **wrong):
    """The codes of a wrongly signed message, asked both ways."""
    found = []
    for path in (SYNC, ASYNC):
        answer = world.post(path, world.signed(client, world.header(client, "search"), message(), **wrong), client)
        found.append((answer.status_code, code_of(answer)))
    return found


def code_of(answer):
    body = answer.json()
    if "errors" in body:
        return body["errors"][0]["code"]
    if "ack_status" in body["message"]:
        said = body["message"]
        return said["error"]["code"] if said["ack_status"] == "ERR" else said["ack_status"]
    return body["header"]["status"]


INVALID = [(401, "err.signature.invalid"), (400, "err.signature.invalid")]


def test_a_good_signature(world, wide):
    assert codes(world, wide)[0] == (200, "succ")


@pytest.mark.parametrize(
    "parts",
    [
        {"namespace": "other"},
        {"algorithm": "rsa"},
        {"headers": "digest"},
        {"kidId": "dinsos-uji|kunci-2|ed25519"},
        {"kidId": "sempit-uji|kunci-1|ed25519"},
        {"kidId": "dinsos-uji|kunci-1|rsa"},
        {"kidId": "dinsos-uji|kunci-1"},
        {"expires": "99999999999"},
        {"created": "1"},
        {"created": "x"},
        {"signature": "AAAA"},
        {"signature": "%%"},
        {"signature": None},
        {"namespace": None},
        {"more": "x"},
        {"namespace": "x" * 500},
    ],
)
def test_every_part_counts(world, wide, parts):
    assert codes(world, wide, parts=parts) == INVALID


def test_another_key(world, wide, narrow):
    assert codes(world, wide, key=narrow.key) == INVALID


def test_time(world, wide):
    now, rules = int(NOW.timestamp()), load_names().tanda_tangan
    past = {"created": now - 4000, "expires": now - rules.tolerance - 1}
    future = {"created": now + rules.tolerance + 1, "expires": now + 4000}
    long = {"created": now, "expires": now + rules.longest + 1}
    back = {"created": now, "expires": now}
    for wrong in (past, future, long, back):
        assert codes(world, wide, **wrong) == INVALID
    for right in (
        {"created": now - 4000, "expires": now - rules.tolerance},
        {"created": now + rules.tolerance, "expires": now + 4000},
        {"created": now, "expires": now + rules.longest},
    ):
        assert codes(world, wide, **right)[0] == (200, "succ")


def test_a_changed_byte_anywhere(world, wide):
    good = world.signed(wide, world.header(wide, "search"), message())
    for change in (
        lambda it: it["header"].update(receiver_id=None),
        lambda it: it["header"].update(meta={"a": 1}),
        lambda it: it["message"].update(transaction_id="t2"),
        lambda it: it["message"]["search_request"][0]["search_criteria"]["query"].update(value=NIK["b"]),
    ):
        one = json.loads(json.dumps(good))
        change(one)
        one["header"] = {name: value for name, value in one["header"].items() if value is not None}
        assert code_of(world.post(SYNC, one, wide)) == "err.signature.invalid"
    assert code_of(world.post(SYNC, good, wide)) == "succ"


def test_spelling_does_not_count(world, wide):
    good = world.signed(wide, world.header(wide, "search"), message())
    spelled = json.dumps(good, indent=3, ensure_ascii=True, sort_keys=True).encode()
    assert code_of(world.post(SYNC, spelled, wide)) == "succ"


@pytest.mark.parametrize("signature", [None, ""])
def test_a_missing_signature(world, wide, signature):
    body = {"signature": signature, "header": world.header(wide, "search"), "message": message()}
    for path, status in ((SYNC, 401), (ASYNC, 400)):
        answer = world.post(path, body, wide)
        assert (answer.status_code, code_of(answer)) == (status, "err.signature.missing")


@pytest.mark.parametrize("signature", [5, [], {}, "x", "Signature:", ',,="', 'a="b"'])
def test_what_is_no_signature(world, wide, signature):
    answer = world.post(SYNC, {"signature": signature, "header": world.header(wide, "search"), "message": message()}, wide)
    assert code_of(answer) == "err.signature.invalid"


def test_a_client_that_agreed_on_nothing_must_sign_and_can_not(world):
    from padanan.distribution.spdci.partners import Partner, partner_of

    assert partner_of(world.door.store, "siapa-saja") == Partner("siapa-saja", None, None, None, True)


def test_unsigned_messages_where_that_was_agreed(world):
    trial = world.client("uji-coba", must_sign=False, key_name=None, public=None)
    body = {"header": world.header(trial, "search"), "message": message()}
    assert code_of(world.post(SYNC, body, trial)) == "succ"
    assert world.post(SYNC, body, trial).json()["header"]["status_reason_code"] == "rjct.message_id.duplicate"
    # Months later it is still known: without a signature there is no time after which it could be forgotten.
    world.later(days=300)
    assert world.post(SYNC, body, trial).json()["header"]["status_reason_code"] == "rjct.message_id.duplicate"
    stub = {"signature": 'Signature: namespace="dci", kidId="{sender_id}"', **body, "header": world.header(trial, "search")}
    assert code_of(world.post(SYNC, stub, trial)) == "succ"


def test_who_may_stay_unsigned_but_gave_a_key_signs_rightly(world, wide):
    trial = world.client("uji-kunci", must_sign=False)
    assert codes(world, trial)[0] == (200, "succ")
    assert codes(world, trial, key=wide.key) == INVALID


def test_a_message_is_taken_once_by_any_process(world, wide):
    body = world.signed(wide, world.header(wide, "search"), message())
    assert code_of(world.post(SYNC, body, wide)) == "succ"
    again = world.post(SYNC, body, wide)
    assert (again.status_code, again.json()["header"]["status_reason_code"]) == (200, "rjct.message_id.duplicate")
    assert code_of(world.post(ASYNC, body, wide)) == "err.request.bad"
    # The same id of another client is another message.
    other = world.clients["sempit-uji"]
    header = world.header(other, "search", message_id=body["header"]["message_id"])
    assert code_of(world.post(SYNC, world.signed(other, header, message()), other)) == "succ"
    # Signed again under the same id within the signature's life, it is the same message.
    world.later(seconds=600)
    assert "duplicate" in str(world.post(SYNC, world.signed(wide, body["header"], message()), wide).json())


def test_a_refused_message_may_come_again(world, wide):
    header = world.header(wide, "search", total=2)
    assert "total_count" in str(world.post(SYNC, world.signed(wide, header, message()), wide).json())
    header["total_count"] = 1
    assert code_of(world.post(SYNC, world.signed(wide, header, message()), wide)) == "succ"


def test_ours_are_verified_with_openssl(world, wide, tmp_path):
    openssl = shutil.which("openssl")
    assert openssl, "openssl is part of every Debian"
    answer = world.post(SYNC, world.signed(wide, world.header(wide, "search"), message()), wide).json()
    found = signing.parse(answer["signature"])
    assert found.sender == "padanan" and found.expires - found.created == load_names().tanda_tangan.ours
    public = load_ssh_public_key(publics(world.door.home)[-1].encode())
    (tmp_path / "publik.pem").write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    (tmp_path / "tanda").write_bytes(found.mark)
    for change, wanted in ((False, 0), (True, 1)):
        if change:
            answer["message"]["transaction_id"] += "x"
        # As docs/spdci.md describes it, with nothing of ours: keys in order, no spaces (the answer holds no fractions).
        said = json.dumps(
            {"header": answer["header"], "message": answer["message"]}, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        (tmp_path / "isi.json").write_text(said)
        digest = subprocess.run(
            [openssl, "dgst", "-sha256", "-binary", "isi.json"], cwd=tmp_path, capture_output=True, check=True
        )
        lines = (
            f"(created): {found.created}\n(expires): {found.expires}\ndigest: SHA-256={base64.b64encode(digest.stdout).decode()}"
        )
        (tmp_path / "baris").write_text(lines)
        verify = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "publik.pem", "-rawin", "-in", "baris", "-sigfile", "tanda"]
        assert subprocess.run(verify, cwd=tmp_path, capture_output=True, check=False).returncode == wanted


def test_a_client_signs_with_openssl(world, wide, tmp_path):
    """The commands of docs/spdci.md, jq's part by json: keys in order, no spaces."""
    openssl = shutil.which("openssl")

    def run(*command):
        return subprocess.run([openssl, *command], cwd=tmp_path, capture_output=True, check=True).stdout

    run("genpkey", "-algorithm", "ed25519", "-out", "kunci.pem")
    public = base64.b64encode(run("pkey", "-in", "kunci.pem", "-pubout", "-outform", "DER")[-32:]).decode()
    client = world.client("openssl-uji", public=public)
    envelope = {"header": world.header(client, "search"), "message": message()}
    (tmp_path / "isi.json").write_text(json.dumps(envelope, sort_keys=True, separators=(",", ":"), ensure_ascii=False))
    digest = base64.b64encode(run("dgst", "-sha256", "-binary", "isi.json")).decode()
    created = int(NOW.timestamp())
    (tmp_path / "baris").write_text(f"(created): {created}\n(expires): {created + 600}\ndigest: SHA-256={digest}")
    mark = base64.b64encode(run("pkeyutl", "-sign", "-inkey", "kunci.pem", "-rawin", "-in", "baris")).decode()
    text = (
        f'Signature: namespace="spdci", kidId="openssl-uji|kunci-1|ed25519", algorithm="ed25519", created="{created}",'
        f' expires="{created + 600}", headers="(created) (expires) digest", signature="{mark}"'
    )
    assert code_of(world.post(SYNC, {"signature": text, **envelope}, client)) == "succ"


def test_rfc_8785(world):
    # Appendix B and section 3.2.3 of RFC 8785.
    for value, text in (
        (0.0, "0"),
        (-0.0, "0"),
        (5e-324, "5e-324"),
        (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"),
        (1e23, "1e+23"),
        (1.0000000000000001e23, "1.0000000000000001e+23"),
        (999999999999999700000.0, "999999999999999700000"),
        (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"),
        (0.000001, "0.000001"),
        (333333333.3333332, "333333333.3333332"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"),
        (1424953923781206.2, "1424953923781206.2"),
        (4.5, "4.5"),
        (0.002, "0.002"),
        (1e-27, "1e-27"),
    ):
        assert canonical.number(value) == text
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert [json.loads(f"[{one}]")[0] for one in canonical.canonical(keys)[1:-1].replace(":", ",").split(",")[::2]] == [
        "\r",
        "1",
        "\u0080",
        "\u00f6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]
    assert canonical.canonical({"b": [True, None, '\u000f\n"\\/'], "a": 1}) == '{"a":1,"b":[true,null,"\\u000f\\n\\"\\\\/"]}'


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": "tidak-ada"},
        {"key_name": None},
        {"public": None},
        {"public": "AAAA"},
        {"public": "%"},
        {"key_name": "a|b"},
        {"address": "http://siks.contoh.id/dci"},
        {"address": "ftp://siks.contoh.id"},
        {"address": "https://siks.contoh.id/dci/"},
        {"address": "https://siapa@siks.contoh.id/dci"},
        {"address": "https://siks.contoh.id/dci?x=1"},
        {"address": "https://siks.contoh.id/dci#x"},
        {"address": "https://"},
        {"address": "siks.contoh.id"},
        {"address": "http://127.0.0.1:1/x", "loopback": False},
        {"must_sign": True, "public": None, "key_name": None},
    ],
)
def test_what_can_not_be_agreed(world, wide, wrong):
    public = base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()
    said = {"client": "nobody-uji", "key_name": "k", "public": public, "address": ADDRESS, "loopback": True}
    with pytest.raises(PadananError):
        register(world.door.writer, by="uji", now=NOW, **{**said, "client": "sempit-uji", **wrong})
