"""The alert sink against real servers on this machine: a file, an SMTP server and a webhook (F50)."""

import http.server
import json
import socketserver
import stat
import threading
from datetime import UTC, datetime

import pytest

from padanan.base.errors import PadananError
from padanan.upkeep.alert import Alert, AlertSettings, send

ALERT = Alert(title="Run padanan_periode gagal", body="GALAT: sebab. Perbaikan: cara", tags={"periode": "2025-S2"})
NOW = datetime(2025, 12, 1, 2, 0, tzinfo=UTC)


class SmtpHandler(socketserver.StreamRequestHandler):
    """Just enough of RFC 5321 to take one message."""

    def handle(self):
        self.wfile.write(b"220 uji\r\n")
        in_data = False
        while line := self.rfile.readline():
            text = line.decode().rstrip("\r\n")
            if in_data:
                if text == ".":
                    in_data = False
                    self.wfile.write(b"250 ok\r\n")
                else:
                    self.server.lines.append(text)
            elif text.upper() == "DATA":
                in_data = True
                self.wfile.write(b"354 go\r\n")
            elif text.upper() == "QUIT":
                self.wfile.write(b"221 bye\r\n")
                return
            else:
                self.server.commands.append(text)
                self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def smtp_server():
    with socketserver.TCPServer(("127.0.0.1", 0), SmtpHandler) as server:
        server.lines, server.commands = [], []
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server
        server.shutdown()


@pytest.fixture
def webhook_server():
    received = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.path, self.headers, self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(self.server.answer)
            self.end_headers()

        def log_message(self, *args):
            pass

    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.received, server.answer = received, 204
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.mark.feature("F50")
def test_file_sink_appends_one_json_line_per_alert_readable_by_owner_only(tmp_path):
    settings = AlertSettings(file=tmp_path / "logs" / "alarm.jsonl")
    send(ALERT, settings, now=NOW)
    send(ALERT, settings, now=NOW)
    lines = settings.file.read_text().splitlines()
    assert [json.loads(line)["title"] for line in lines] == [ALERT.title, ALERT.title]
    assert json.loads(lines[0])["waktu"] == "2025-12-01T09:00:00+07:00"
    assert stat.S_IMODE(settings.file.stat().st_mode) == 0o600


def test_email_sink_delivers_subject_body_and_recipients(smtp_server):
    settings = AlertSettings(
        email_to=("jaga@contoh.go.id", "kepala@contoh.go.id"), smtp_host="127.0.0.1", smtp_port=smtp_server.server_address[1]
    )
    result = send(ALERT, settings, now=NOW)
    assert result.failed == {} and result.sent == ("surel",)
    assert "Subject: [Padanan] Run padanan_periode gagal" in smtp_server.lines
    assert "GALAT: sebab. Perbaikan: cara" in smtp_server.lines
    assert sum(command.upper().startswith("RCPT TO") for command in smtp_server.commands) == 2


def test_webhook_sink_posts_json(webhook_server):
    url = f"http://127.0.0.1:{webhook_server.server_address[1]}/alarm"
    result = send(ALERT, AlertSettings(webhook=url), now=NOW)
    assert result.sent == ("webhook",)
    path, headers, body = webhook_server.received[0]
    assert path == "/alarm" and headers["Content-Type"].startswith("application/json")
    assert json.loads(body)["tags"] == {"periode": "2025-S2"}


def test_one_failing_sink_does_not_keep_the_others_from_being_tried(webhook_server, tmp_path):
    webhook_server.answer = 500
    settings = AlertSettings(
        file=tmp_path / "alarm.jsonl",
        email_to=("jaga@contoh.go.id",),
        smtp_host="127.0.0.1",
        smtp_port=1,
        webhook=f"http://127.0.0.1:{webhook_server.server_address[1]}/",
    )
    result = send(ALERT, settings, now=NOW)
    assert result.sent == ("berkas",)
    assert set(result.failed) == {"surel", "webhook"}
    assert all(reason for reason in result.failed.values())


@pytest.mark.parametrize(
    ("env", "part"),
    [
        ({"PADANAN_SMTP_PORT": "dua"}, "PADANAN_SMTP_PORT"),
        ({"PADANAN_ALERT_WEBHOOK": "http://contoh.go.id/x"}, "https"),
        ({"PADANAN_ALERT_WEBHOOK": "http://localhost.contoh.go.id/x"}, "https"),
        ({"PADANAN_ALERT_WEBHOOK": "http://127.0.0.1@contoh.go.id/x"}, "https"),
        ({"PADANAN_ALERT_WEBHOOK": "http://["}, "https"),
    ],
)
def test_wrong_settings_are_refused_with_cause_and_cure(env, part):
    with pytest.raises(PadananError, match=part) as caught:
        AlertSettings.from_env(env=env)
    assert "Perbaikan:" in str(caught.value)


def test_settings_come_from_the_environment(tmp_path):
    settings = AlertSettings.from_env(
        default_file=tmp_path / "a",
        env={"PADANAN_ALERT_EMAIL": "a@b.id, c@d.id,", "PADANAN_SMTP_PORT": "587", "PADANAN_SMTP_STARTTLS": "1"},
    )
    assert settings.file == tmp_path / "a" and settings.email_to == ("a@b.id", "c@d.id")
    assert settings.smtp_port == 587 and settings.smtp_starttls
