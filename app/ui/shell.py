"""What a door tells the shell: who is here, which workspace, where one can go."""

from dataclasses import dataclass, field
from typing import Literal

Theme = Literal["system", "light", "dark"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """A place in the side bar; `count` is ready text such as "3 late", `tone` "broken" colours it."""

    label: str
    href: str
    icon: str
    current: bool = False
    count: str | None = None
    tone: Literal["", "broken"] = ""
    hotkey: str | None = None


@dataclass(frozen=True, slots=True)
class NavSection:
    """A group of places; the first group has no label."""

    label: str
    items: tuple[NavItem, ...]


@dataclass(frozen=True, slots=True)
class Toast:
    """A short message after an act; with `undo_url` it offers to take the act back by posting there.

    With `job_id` it tells how far the job is, and stays until that is done.
    """

    message: str
    undo_url: str | None = None
    state: Literal["", "broken"] = ""
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """All the shell needs, as template variable `shell`; an empty address leaves its entry out."""

    workspace: str
    member: str
    email: str
    nav: tuple[NavSection, ...]
    home: str = "/"
    find_url: str = "/find"
    preferences_url: str = ""
    profile_url: str = ""
    settings_url: str = ""
    sign_out_url: str = ""
    switch_url: str = ""
    theme: Theme = "system"
    density: Literal["default", "compact"] = "default"
    folded: bool = False
    live_url: str = ""
    toasts: tuple[Toast, ...] = ()
    bottom: tuple[NavItem, ...] = field(default=())

    @property
    def phone(self) -> tuple[NavItem, ...]:
        """The places of the phone's bottom bar: two of them, beside Find and More."""
        first = tuple(item for section in self.nav for item in section.items)
        return (self.bottom or first)[:2]
