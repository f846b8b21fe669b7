"""Where an app is answered: exactly where it registered, and nowhere else (RFC 9700 section 2.1)."""

import pytest
from flask import Flask

from tests.api.oauth.flows import BACK, VERIFIER, Registered, register, told
from tests.cast import Workspace
from tests.visitor import Visitor

LOOPBACK = ("http://127.0.0.1/back", "http://[::1]:9000/back", "http://localhost:3000/back")

# Every way we know to write an address that some parser somewhere takes for the registered one.
HOSTS = (
    *("evil.example", "app.example.evil.example", "evil-app.example", "app.example@evil.example"),
    *("evil.example%2fapp.example", "evil.example%23app.example", "evil.example%00app.example"),
    *("app.example:443@evil.example", "app.example.", "APP.EXAMPLE", "app.example:443", "app.example:8443"),
    *("www.app.example", "app%2eexample", "app。example", "аpp.example", "xn--pp-6kc.example"),
    *("app.example\\@evil.example", "app.example;evil.example", "evil.example\\.app.example", "[::1]"),
    *("2130706433", "0x7f000001", "127.1", "evil.example\tapp.example", "app.example%252eevil.example"),
)
PATHS = (
    *("/back/", "/Back", "/BACK", "/back/..", "/back/../evil", "/back/%2e%2e/evil", "/x/../back", "//back"),
    *("/back//", "/back%2f", "/%62ack", "/back;x=1", "/back?x=1", "/back?", "/back#x", "/back#", "/back%23"),
    *(
        "/back%3f",
        "/back/.",
        "/./back",
        "/back%00",
        "/back%0d%0aLocation:https://evil.example",
        "/back\\",
        "",
    ),
    *("/", "/back.evil", "/back@evil.example", "/back:80", "/back\n", " /back", "/back "),
)
WHOLE = (
    *("javascript:alert(1)", "JaVaScRiPt:alert(1)//app.example/back", "data:text/html,x", "vbscript:x", ""),
    *(
        "//app.example/back",
        "///app.example/back",
        "/back",
        "back",
        "http://app.example/back",
        "https:app.example/back",
    ),
    *(
        "https:/app.example/back",
        "https:///app.example/back",
        "https:\\\\app.example\\back",
        "https://",
        "//evil.example",
    ),
    *(
        "HTTPS://app.example/back",
        " https://app.example/back",
        "https://app.example/back ",
        "\thttps://app.example/back",
    ),
    *(
        "https://app.example\\.evil.example/back",
        "https://app.example/back,https://evil.example",
        "ftp://app.example/back",
    ),
    *(
        "https://app.example/back https://evil.example",
        "ws://app.example/back",
        "com.example.evil:/back",
        "\\\\evil.example",
    ),
)
PAYLOADS = [
    *WHOLE,
    *(f"https://{host}/back" for host in HOSTS),
    *(f"https://app.example{path}" for path in PATHS),
    *(f"https://{host}{path}" for host in HOSTS[:8] for path in PATHS[:12]),
]


def test_only_the_registered_address_is_followed(web: Registered, ann: Visitor) -> None:
    assert ann.get(web.asking()).status_code == 200
    for payload in PAYLOADS:
        answer = ann.get(web.asking(redirect_uri=payload))
        assert (payload, answer.status_code) == (payload, 400)
        assert "Location" not in answer.headers


def test_refused_address_gets_nothing_by_post_either(web: Registered, ann: Visitor) -> None:
    for payload in PAYLOADS[:20]:
        answer = ann.post(
            "/oauth/authorize",
            {
                "response_type": "code",
                "client_id": web.client_id,
                "redirect_uri": payload,
                "decision": "allow",
            },
        )
        assert answer.status_code == 400
        assert "Location" not in answer.headers


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1/back",
        "http://127.0.0.1:51004/back",
        "http://[::1]:1/back",
        "http://localhost:3000/back",
    ],
)
def test_port_of_a_loopback_address_is_free(app: Flask, nordwind: Workspace, ann: Visitor, uri: str) -> None:
    native = register(app, nordwind, "native", redirect_uris=LOOPBACK)
    answer = native.allowed(ann, redirect_uri=uri)
    assert answer.headers["Location"].startswith(f"{uri}?code=")


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "http://localhost:3001/back",
            "http://localhost/back",
            "https://127.0.0.1/back",
            "http://127.0.0.2/back",
        ),
        *("http://127.0.0.1:99999/back", "http://127.0.0.1:/back", "http://127.0.0.1:80@evil.example/back"),
        *(
            "http://127.0.0.1:80/other",
            "http://127.0.0.1:80/back?x=1",
            "http://[::2]:1/back",
            "http://127.1:80/back",
        ),
        *("http://x@127.0.0.1:80/back", "http://127.0.0.1.evil.example/back", "http://127.0.0.1:8 0/back"),
    ],
)
def test_nothing_else_of_a_loopback_address_is_free(
    app: Flask, nordwind: Workspace, ann: Visitor, uri: str
) -> None:
    native = register(app, nordwind, "native", redirect_uris=LOOPBACK)
    answer = ann.get(native.asking(redirect_uri=uri))
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize("client_id", ["", "nobody", "kith_000000000000000000000000", "a\x00b", "ä" * 100])
def test_unknown_app_is_sent_nowhere(web: Registered, ann: Visitor, client_id: str) -> None:
    answer = ann.get(web.asking(client_id=client_id))
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_one_registered_address_need_not_be_named(web: Registered, ann: Visitor) -> None:
    code = web.code(ann, redirect_uri=None)
    answer = web.token(grant_type="authorization_code", code=code, code_verifier=VERIFIER)
    assert answer.status_code == 200, answer.text


def test_of_several_addresses_one_is_named(app: Flask, nordwind: Workspace, ann: Visitor) -> None:
    web = register(app, nordwind, "web", redirect_uris=(BACK, "https://app.example/other"))
    assert ann.get(web.asking(redirect_uri=None)).status_code == 400
    assert ann.get(web.asking()).status_code == 200


def test_repeated_address_is_sent_nowhere(web: Registered, ann: Visitor) -> None:
    answer = ann.get(web.asking() + f"&redirect_uri={BACK}")
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_repeated_parameter_is_told_to_the_app(web: Registered, ann: Visitor) -> None:
    answer = told(ann.get(web.asking() + "&scope=contacts:write"))
    assert (answer["error"], answer["iss"]) == ("invalid_request", "http://localhost:8000")
