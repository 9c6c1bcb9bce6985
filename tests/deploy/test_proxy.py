"""The proxy of `deploy/nginx`, started on free ports with a certificate of its own: TLS, log-in, and what the inside gets to see.

The services behind it are played by one that echoes what it was asked; before the API it is tried in `test_api_proxy`.
"""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer

import pytest

from tests.deploy.proxied import PAGES, UI, Echo, Proxy, proxied


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx with our file before services that echo."""
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    try:
        with proxied(tmp_path_factory.mktemp("nginx"), echo.server_port) as found:
            yield found
    finally:
        echo.shutdown()


def test_without_tls_one_is_sent_to_it(proxy: Proxy) -> None:
    """No page, and no password, goes in the clear."""
    link = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=20)
    link.request("GET", "/runs", headers={"Host": UI})
    answer = link.getresponse()
    assert answer.status == 308 and answer.getheader("Location") == f"https://{UI}/runs"


@pytest.mark.parametrize("host", [UI, PAGES])
@pytest.mark.parametrize("who", ["", "ani:salah", "siapa:rahasia"])
def test_nobody_gets_in_without_the_right_password(proxy: Proxy, host: str, who: str) -> None:
    """The inside is not even asked."""
    status, headers, body = proxy.ask(host, who=who)
    assert status == 401 and "basic" in headers["www-authenticate"].lower() and b"headers" not in body


def test_each_list_opens_its_own_door(proxy: Proxy) -> None:
    """A reviewer reads pages and can't start a run; an engineer's list is not the reviewers'."""
    assert proxy.ask(UI, who="ani:rahasia")[0] == 200
    assert proxy.ask(PAGES, who="budi:rahasia")[0] == 200
    assert proxy.ask(UI, who="budi:rahasia")[0] == 401
    assert proxy.ask(PAGES, who="ani:rahasia")[0] == 401


def test_the_inside_gets_no_password_and_the_ui_its_websocket(proxy: Proxy) -> None:
    """The UI follows runs over a websocket; a password in its requests could end up in a log."""
    asked = json.loads(proxy.ask(UI, "/graphql?x=1", "ani:rahasia", more={"Connection": "Upgrade", "Upgrade": "websocket"})[2])
    assert asked["headers"]["upgrade"] == "websocket" and asked["headers"]["connection"] == "upgrade"
    assert asked["headers"]["host"] == UI and "authorization" not in asked["headers"]


def test_pages_are_only_read(proxy: Proxy) -> None:
    """Nothing is posted to the report."""
    assert proxy.ask(PAGES, who="budi:rahasia", method="POST")[0] == 403


def test_browsers_are_told_to_stay_with_tls_and_in_their_own_frame(proxy: Proxy) -> None:
    """Also where the answer is a refusal."""
    for who in ("", "ani:rahasia"):
        headers = proxy.ask(UI, who=who)[1]
        assert "max-age" in headers["strict-transport-security"] and headers["x-frame-options"] == "DENY"


def test_the_log_has_no_query(proxy: Proxy) -> None:
    """What was asked for stands in the query of the UI's links."""
    proxy.ask(UI, "/runs?q=rahasia-negara", "ani:rahasia")
    text = proxy.written()
    assert " /runs " in text and "rahasia-negara" not in text and "rahasia" not in text.replace("rahasia-negara", "")
