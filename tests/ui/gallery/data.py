"""Made-up data of Nordwind GmbH, whose customer Meyer Maschinenbau waits for its pumps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask_babel import gettext as _
from markupsafe import Markup

from app.ui import cells
from app.ui.formats import Formats
from app.ui.shapes import State
from app.ui.shell import NavItem, NavSection, Shell, Toast
from app.ui.standing import Act, Health, Standing
from app.ui.table import Column, Row, Table
from app.ui.thread import Drawing, Mark, layout
from app.ui.thread_svg import mini

FOUND = [
    ("Meyer Maschinenbau", "Kassel", "/customer", "building-2"),
    ("Carol Meyer", "Meyer Maschinenbau", "/customer", "user"),
    ("Order 10248", "2 days late", "/customer", "package"),
    ("Die Wandernde Kuh", "Stuttgart", "/customer", "building-2"),
]
PLACES = [
    ("Companies", "building-2", "/table", None, ""),
    ("Contacts", "users", "/contacts", None, ""),
    ("Deals", "circle-dollar-sign", "/deals", None, ""),
    ("Orders", "package", "/orders", None, ""),
    ("Deliveries", "truck", "/deliveries", "3 late", "broken"),
    ("Cases", "life-buoy", "/cases", "7", ""),
]
# days ago, state, word: negative days lie ahead
HISTORY: list[tuple[int, State, str | None]] = [
    (87, "event", None), (82, "kept", None), (78, "event", None), (74, "kept", None), (70, "kept", None),
    (65, "event", None), (61, "kept", None), (57, "event", None), (54, "kept", None), (49, "kept", None),
    (44, "event", None), (40, "kept", None), (35, "kept", None), (31, "event", None),
    (25, "broken", "wrong item, 10231"), (21, "event", None), (17, "kept", None), (15, "event", None),
    (12, "kept", None), (8, "event", None), (3, "broken", "late, 10248"), (1, "event", None),
    (-1, "risk", "tomorrow"), (-6, "planned", "Thu"),
]  # fmt: skip
Company = tuple[str, State, str, int, str, str, str, str, int]
COMPANIES: list[Company] = [
    ("Meyer Maschinenbau", "broken", "2 open", 46, "Carol Meyer", "Kassel", "Bob Lang", "412380.00", 1),
    ("Die Wandernde Kuh", "broken", "2 late", 38, "Rita Müller", "Stuttgart", "Ann Berg", "96200.00", 3),
    (
        "Königlich Essen",
        "risk",
        "silent 31 d",
        64,
        "Philip Cramer",
        "Brandenburg",
        "Ann Berg",
        "44908.90",
        31,
    ),
    ("QUICK-Stop", "risk", "quote due", 69, "Horst Kloss", "Cunewalde", "Bob Lang", "117483.40", 4),
    ("Chop-suey", "risk", "reply due", 71, "Yang Wang", "Bern", "Ann Berg", "18400.00", 2),
    ("Alfreds Futterkiste", "kept", "", 92, "Maria Anders", "Berlin", "Ann Berg", "24310.00", 1),
    ("Blauer See", "kept", "", 88, "Hanna Moos", "Mannheim", "Bob Lang", "9120.40", 8),
    ("Ernst Handel", "kept", "", 95, "Roland Mendel", "Graz", "Ann Berg", "231004.10", 5),
    ("Frankenversand", "kept", "", 84, "Peter Franken", "München", "Ann Berg", "61550.00", 7),
    ("Lehmanns", "kept", "", 90, "Renate Messner", "Frankfurt", "Bob Lang", "38110.00", 9),
    ("Morgenstern", "kept", "", 79, "Alexander Feuer", "Leipzig", "Ann Berg", "11020.00", 6),
    ("Ottilies Käseladen", "kept", "", 86, "Henriette Pfalzheim", "Köln", "Ann Berg", "27600.00", 2),
    ("Piccolo und mehr", "kept", "", 91, "Georg Pipps", "Salzburg", "Bob Lang", "52128.00", 12),
    ("Richter Supermarkt", "kept", "", 83, "Michael Holz", "Genf", "Ann Berg", "22760.00", 5),
    ("Toms Spezialitäten", "kept", "", 77, "Karin Josephs", "Münster", "Ann Berg", "4954.00", 12),
]


def shell(page: str, query: Mapping[str, str]) -> Shell:
    """The shell of Ann Berg at Nordwind."""
    current = {"today": "Today", "table": "Companies", "customer": "Companies"}.get(page)
    top = (
        NavItem("Today", "/today", "sun", current == "Today", "3", hotkey="g t"),
        NavItem("Imports", "/imports", "import"),
    )
    records = tuple(
        NavItem(label, href, icon, label == current, count, "broken" if tone else "")
        for label, icon, href, count, tone in PLACES
    )
    toast = Toast(_("Stage changed to %(stage)s", stage="Proposal"), "/undo") if query.get("toast") else None
    theme = query.get("theme")
    return Shell(
        workspace="Nordwind GmbH",
        member="Ann Berg",
        email="ann@nordwind.example",
        nav=(NavSection("", top), NavSection(_("Records"), records)),
        preferences_url="/preferences",
        settings_url="/settings",
        sign_out_url="/sign-out",
        profile_url="/profile",
        theme="dark" if theme == "dark" else "light" if theme == "light" else "system",
        density="compact" if query.get("density") == "compact" else "default",
        toasts=(toast,) if toast else (),
    )


@dataclass(frozen=True)
class Sample:
    """What the gallery's pages show, written for one reader."""

    formats: Formats

    @property
    def marks(self) -> list[Mark]:
        today = self.formats.today
        names = {"kept": "Delivered on time", "event": "Talked", "broken": "", "risk": "", "planned": ""}
        return [
            Mark(
                today - timedelta(days),
                state,
                f"{word or names[state]}, {self.formats.short_date(today - timedelta(days))}",
                f"/events/{days}" if state != "event" else None,
                word,
            )
            for days, state, word in HISTORY
        ]

    def ago(self, hours: int) -> datetime:
        """An instant some hours before the page's."""
        return self.formats.now - timedelta(hours=hours)

    @property
    def drawing(self) -> Drawing:
        return layout(self.marks, self.formats.today, months=self.formats.months(), now_word=_("now"))

    @property
    def standing(self) -> Standing:
        return Standing(
            "broken",
            "Order 10248 is 2 days late. Carol has waited 26 h for an answer.",
            "Also open: wrong item in order 10231, replacement arrives tomorrow",
            health=Health(
                46, "poor", "Poor, falling", "−21 in 30 days", ("late ×2", "wrong ×1", "slow reply")
            ),
            act=Act("Call Carol", "tel:+495614000120", "phone"),
            others=(Act("Write", "/write", "mail"), Act("Add", "/add", "plus")),
        )

    @property
    def calm(self) -> Standing:
        return Standing(
            "kept",
            "All promises kept for 64 days.",
            "Next: quote for line 4 on Thursday",
            health=Health(92, "good", "Good, steady", "+2 in 30 days", ("on time ×14", "replies in 2 h")),
        )

    @property
    def stale(self) -> Standing:
        return Standing(
            "risk",
            "No delivery data for 9 days.",
            more=3,
            more_href="/customer",
            health=Health(64, "fair", "Fair", "", ("silent 31 d",)),
            act=Act("Look at imports", "/imports"),
            stale="Delivery data usually comes daily; the last came on 12 Nov. This line may be too calm.",
        )

    @property
    def table(self) -> Table:
        columns = [
            Column("name", "Company", sort_href="?sort=name", sorted="ascending", pinned=True),
            Column("standing", "Standing", "choice"),
            Column("thread", "Last 90 days"),
            Column("health", "Health", "number", sort_href="?sort=health"),
            Column("main", "Main contact", "relation"),
            Column("city", "City", editable=True, sort_href="?sort=city"),
            Column("owner", "Owner", "member"),
            Column("bought", "Bought, 12 m (EUR)", "money", sort_href="?sort=-bought"),
            Column("talk", "Last talk", "datetime"),
        ]
        total = sum((Decimal(company[7]) for company in COMPANIES), Decimal())
        health = sum(company[3] for company in COMPANIES) / len(COMPANIES)
        footer: dict[str, Markup | str] = {
            "name": "15 companies",
            "standing": "2 broken, 3 at risk",
            "health": f"avg {self.formats.number(health, 1)}",
            "bought": f"sum {self.formats.money(total, None)}",
        }
        rows = [self._row(place, company) for place, company in enumerate(COMPANIES)]
        return Table("companies", "Companies", columns, rows, footer, total=1204)

    def _row(self, place: int, company: Company) -> Row:
        name, state, word, health, main, city, owner, bought, days = company
        href, f = f"/companies/{place}", self.formats
        content = [
            cells.record(name, href, square=True),
            cells.pill(word, state),
            mini(_few(f.today, place, state), f.today),
            cells.number(health, f),
            cells.relation(main, f"/contacts/{place}"),
            cells.text(city),
            cells.member(owner),
            cells.money(Decimal(bought), f),
            cells.when(f.now - timedelta(days, hours=2), f),
        ]
        return Row(str(place), name, href, content, {"city": city}, 3)


def _few(today: date, seed: int, state: State) -> list[Mark]:
    days = [85, 76, 68, 60, 52, 44, 35, 27, 19, 10, 2]
    marks = [
        Mark(today - timedelta(d), "kept", "on time")
        for i, d in enumerate(days)
        if (seed * 7 + i * 5) % 11 < 7
    ]
    if state in ("broken", "risk"):
        marks.append(Mark(today - timedelta(2), state, "open"))
    if state == "broken" or seed == 8:
        marks.append(Mark(today - timedelta(38), "broken", "late"))
    return marks
