"""What an e-mail or a phone is for: purposes known in every language, and any other word."""

from collections.abc import Mapping

from app.core.text import N_

LONGEST = 50
KNOWN: Mapping[str, str] = {
    "work": N_("work"),
    "private": N_("private"),
    "invoice": N_("invoices"),
    "orders": N_("orders"),
    "support": N_("support"),
    "mobile": N_("mobile"),
    "emergency": N_("emergency"),
}
_WORDS: Mapping[str, str] = {
    **{name: name for name in KNOWN},
    **dict.fromkeys(("business", "office", "arbeit", "geschäftlich", "büro", "beruflich"), "work"),
    **dict.fromkeys(("home", "personal", "privat", "zuhause"), "private"),
    **dict.fromkeys(("invoices", "billing", "rechnung", "rechnungen", "buchhaltung"), "invoice"),
    **dict.fromkeys(("order", "bestellung", "bestellungen", "aufträge"), "orders"),
    **dict.fromkeys(("service", "hilfe", "kundendienst"), "support"),
    **dict.fromkeys(("cell", "mobil", "handy"), "mobile"),
    **dict.fromkeys(("notfall", "24h"), "emergency"),
}


def normal(written: str) -> str:
    """A known purpose by its name, whatever the language; another word as it is, cut at LONGEST."""
    bare = " ".join(written.split())[:LONGEST]
    return _WORDS.get(bare.casefold(), bare)
