"""Redirect addresses that may be registered (RFC 8252, RFC 9700), and codes that people type."""

import pytest

from app.domain.apps.rules import new_user_code, plain_user_code, redirect_problem


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "https://app.example/back",
            "https://app.example",
            "https://app.example:8443/a?b=c",
            "https://xn--bcher-kva.example/",
        ),
        *(
            "http://127.0.0.1/back",
            "http://127.0.0.1:3000/",
            "http://[::1]/back",
            "http://localhost:3000/back",
        ),
        *("com.example.app:/back", "com.example.app:/", "https://[2001:db8::1]/back"),
    ],
)
def test_good_addresses(uri: str) -> None:
    assert redirect_problem(uri) is None


@pytest.mark.parametrize(
    "uri",
    [
        *(
            "",
            "x",
            "/back",
            "//app.example/back",
            "app.example/back",
            "https:",
            "https://",
            "https:///x",
            "http://",
        ),
        *("http://app.example/back", "http://127.0.0.2/", "http://10.0.0.1/", "http://localhost.example/"),
        *(
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "javascript.x:alert(1)",
            "data:text/html,x",
            "vbscript:x",
        ),
        *("data.x:y", "file:///etc/passwd", "blob:https://x", "myapp:/back", "myapp://back", "about:blank"),
        *(
            "com.example.app://host/back",
            "https://u@app.example/",
            "https://u:p@app.example/",
            "https://a/#x",
        ),
        *("https://a/b#", "https://a/../b", "https://a/b\\c", "https://a b/", "https://a/\n", "\thttps://a/"),
        *(
            "https://*.example/",
            "https://ä.example/",
            "https://a;b/",
            "https://a,b/",
            "https://a'b/",
            "ftp://a/",
        ),
        *("https://a:99999999/", "https://a:x/", "https://" + "a" * 600, "https://[::1", "https://-a-/"),
    ],
)
def test_bad_addresses(uri: str) -> None:
    assert redirect_problem(uri) is not None


def test_codes_are_read_however_they_are_typed() -> None:
    code = new_user_code()
    assert len(code) == 9
    for typed in (code, code.lower(), code.replace("-", ""), f" {code[:4]} {code[5:]} "):
        assert plain_user_code(typed) == code
