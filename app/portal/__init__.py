"""The customers' door: one file for each feature, named in FEATURES."""

from types import ModuleType

from app.portal import (
    doors,
    entering,
    files,
    home,
    incidents,
    letters,
    live,
    messages,
    orders,
    profile,
    shell,
)

# Importing a feature hangs its routes on the door; a new one is one import and one name here.
FEATURES: tuple[ModuleType, ...] = (
    entering,
    files,
    home,
    incidents,
    letters,
    live,
    messages,
    orders,
    profile,
)

__all__ = [
    "FEATURES",
    "doors",
    "entering",
    "files",
    "home",
    "incidents",
    "letters",
    "live",
    "messages",
    "orders",
    "profile",
    "shell",
]
