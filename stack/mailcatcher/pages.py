"""The pages on which the caught mails are read."""

import html
import re
from collections.abc import Sequence

from stack.mailcatcher.store import Mail

LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}
<link rel="stylesheet" href="/style.css"></head>
<body><header><a href="/">Mail of this machine</a><span>Nothing sent by Kith leaves it.</span></header>
<main>{body}</main></body></html>"""

STYLE = """
:root { color-scheme: light dark; --line: #8884; --quiet: #888; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 0 1rem 3rem; }
header { display: flex; gap: 1rem; padding: 1rem 0; border-bottom: 1px solid var(--line); }
header a { font-weight: 600; } header span, time, dt { color: var(--quiet); }
a { color: inherit; } ol { list-style: none; padding: 0; margin: 0; }
li { border-bottom: 1px solid var(--line); } li a { display: grid; grid-template-columns: 1fr auto;
  padding: .6rem 0; text-decoration: none; } li strong, li span { overflow-wrap: anywhere; }
li a:hover { background: #8881; } dl { display: grid; grid-template-columns: 4rem 1fr; margin: 1rem 0; }
dd { margin: 0; overflow-wrap: anywhere; } h1 { font-size: 1.25rem; margin: 1.25rem 0 0; }
iframe { width: 100%; height: 32rem; border: 1px solid var(--line); border-radius: 6px; background: #fff; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; border: 1px solid var(--line);
  border-radius: 6px; padding: 1rem; }
form { display: grid; gap: .5rem; justify-items: start; } textarea { width: 100%; font: inherit; }
button { font: inherit; padding: .4rem 1rem; }
"""


def index(mails: Sequence[Mail]) -> str:
    """The list, newest first; it looks again by itself."""
    rows = "".join(
        f'<li><a href="/mail/{html.escape(mail.id)}"><strong>{_subject(mail)}</strong>'
        f"<time>{_time(mail)}</time><span>{_recipients(mail)}</span></a></li>"
        for mail in mails
    )
    body = f"<ol>{rows}</ol>" if rows else "<p>No mail yet. This page looks again every few seconds.</p>"
    return PAGE.format(title="Mail", refresh='<meta http-equiv="refresh" content="4">', body=body)


def one(mail: Mail) -> str:
    """One mail: the HTML in a frame that may run nothing, and the text with its links."""
    frame = (
        f'<iframe title="The mail" sandbox="allow-popups allow-popups-to-escape-sandbox" '
        f'src="/mail/{html.escape(mail.id)}/html"></iframe><h2>As text</h2>'
        if mail.html
        else ""
    )
    body = (
        f"<h1>{_subject(mail)}</h1>"
        f"<dl><dt>From</dt><dd>{html.escape(mail.from_)}</dd><dt>To</dt><dd>{_recipients(mail)}</dd>"
        f"<dt>At</dt><dd>{_time(mail)}</dd></dl>{frame}<pre>{linked(mail.text)}</pre>{_reply(mail)}"
    )
    return PAGE.format(title=_subject(mail), refresh="", body=body)


def framed(mail: Mail) -> str:
    """The HTML part; its links open outside of the frame."""
    return f'<base target="_blank">{mail.html}'


def linked(text: str) -> str:
    """Plain text as HTML with its addresses to click on."""
    parts, end = [], 0
    for found in LINK.finditer(text):
        address = html.escape(found[0])
        parts += [html.escape(text[end : found.start()]), f'<a href="{address}">{address}</a>']
        end = found.end()
    return "".join([*parts, html.escape(text[end:])])


def _reply(mail: Mail) -> str:
    """A box to answer in, for mail that takes answers."""
    if not mail.reply_to.startswith("reply+"):
        return ""
    return (
        f'<form method="post" action="/mail/{html.escape(mail.id)}/reply"><h2>Answer as the receiver</h2>'
        '<textarea name="text" rows="4" required aria-label="Answer"></textarea><button>Send</button></form>'
    )


def _subject(mail: Mail) -> str:
    return html.escape(mail.subject) or "(no subject)"


def _recipients(mail: Mail) -> str:
    return html.escape(", ".join(mail.to))


def _time(mail: Mail) -> str:
    return f"{mail.at[:10]} {mail.at[11:19]} UTC"
