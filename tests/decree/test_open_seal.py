"""A seal that others can prove: stock OpenSSH verifies it with the public key alone, and one changed byte does not pass."""

import json
import subprocess
from datetime import datetime

import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.base.sshsig import fingerprint, seal_key_file, verify
from padanan.decree.approve import approve
from padanan.decree.verify import prove
from padanan.records.seal_keys import SEAL_SPACE, allowed_signers, publics, rotate_sealing_key, sealing_key
from padanan.records.seals import seal_folder
from tests.review.decided_by_hand import SEALED_AT, annex, approval, to_draft
from tests.review.published_by_hand import PERIODE


@pytest.fixture
def sealed(published):
    to_draft(published)
    approve(published, approval(), now=SEALED_AT, annex=annex)
    return published


def stock(home, folder, tmp_path):
    """Exactly the command of docs/api.md."""
    (tmp_path / "allowed_signers").write_text(allowed_signers(home))
    signers, mark = str(tmp_path / "allowed_signers"), str(folder / "segel.json.sig")
    command = ["ssh-keygen", "-Y", "verify", "-f", signers, "-I", "padanan", "-n", "padanan-segel", "-s", mark]
    with (folder / "segel.json").open("rb") as content:
        return subprocess.run(command, stdin=content, capture_output=True, text=True, check=False)


@pytest.mark.feature("F18")
def test_openssh_verifies_a_seal_and_not_one_changed_byte(sealed, tmp_path):
    folder = seal_folder(sealed, PERIODE, 1)
    assert stock(sealed, folder, tmp_path).returncode == 0
    assert json.loads((folder / "segel.json").read_text())["kunci_segel"] == fingerprint(publics(sealed)[0])
    assert not prove(sealed, PERIODE, again=True, annex=annex).faults
    path = folder / "segel.json"
    content = path.read_bytes()
    path.chmod(0o600)
    for place in range(0, len(content), max(1, len(content) // 40)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :])
        assert stock(sealed, folder, tmp_path).returncode != 0
        assert not verify(path.read_bytes(), (folder / "segel.json.sig").read_text(), SEAL_SPACE, publics(sealed))
    path.write_bytes(content)
    assert stock(sealed, folder, tmp_path).returncode == 0


@pytest.mark.feature("F18")
def test_openssh_s_own_signature_is_the_same_as_ours(sealed, tmp_path):
    folder = seal_folder(sealed, PERIODE, 1)
    copy = tmp_path / "segel.json"
    copy.write_bytes((folder / "segel.json").read_bytes())
    command = ["ssh-keygen", "-Y", "sign", "-f", str(seal_key_file()), "-n", "padanan-segel", str(copy)]
    subprocess.run(command, check=True, capture_output=True)
    assert (tmp_path / "segel.json.sig").read_text() == (folder / "segel.json.sig").read_text()
    shown = subprocess.run(["ssh-keygen", "-l", "-f", str(seal_key_file())], check=True, capture_output=True, text=True).stdout
    assert fingerprint(publics(sealed)[0]) in shown


@pytest.mark.feature("F18")
def test_a_seal_without_its_signature_is_told(sealed):
    path = seal_folder(sealed, PERIODE, 1) / "segel.json.sig"
    path.chmod(0o600)
    text = path.read_text()
    path.write_text(text.replace(text[60:64], "AAAA"))
    assert any("Ed25519" in fault.cause for fault in prove(sealed, PERIODE).faults)
    path.unlink()
    assert any("Ed25519" in fault.cause for fault in prove(sealed, PERIODE).faults)


@pytest.mark.feature("F18")
def test_an_old_seal_is_proved_after_the_key_was_changed(sealed, tmp_path):
    now = datetime.now(JAKARTA)
    old = sealing_key(sealed)
    new = rotate_sealing_key(sealed, by="Uji", reason="pergantian tahunan", now=now)
    assert publics(sealed) == (old.public, new.public) and sealing_key(sealed).public == new.public
    assert stock(sealed, seal_folder(sealed, PERIODE, 1), tmp_path).returncode == 0
    assert not prove(sealed, PERIODE, again=True, annex=annex).faults


@pytest.mark.feature("F18")
def test_a_lost_or_swapped_key_is_refused_and_never_replaced(sealed, tmp_path):
    path = seal_key_file()
    content = path.read_text()
    path.unlink()
    with pytest.raises(PadananError, match="hilang"):
        sealing_key(sealed)
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path)], check=True)
    with pytest.raises(PadananError, match="bukan yang terdaftar"):
        sealing_key(sealed)
    path.write_text(content)
    path.chmod(0o644)
    with pytest.raises(PadananError, match="dibaca orang lain"):
        sealing_key(sealed)
    path.chmod(0o600)
    path.write_text("bukan kunci")
    with pytest.raises(PadananError, match="tidak terbaca"):
        sealing_key(sealed)
