"""What the drawings show that an object can have beside its name."""

from collections.abc import Mapping

from app.core.text import N_

WORDS: Mapping[str, str] = {
    "box": N_("Box"),
    "package": N_("Package"),
    "boxes": N_("Boxes"),
    "wrench": N_("Wrench"),
    "truck": N_("Truck"),
    "factory": N_("Factory"),
    "construction": N_("Barrier"),
    "building-2": N_("Building"),
    "store": N_("Shop"),
    "house": N_("House"),
    "landmark": N_("Columns of a bank"),
    "map-pin": N_("Place on a map"),
    "calendar": N_("Calendar"),
    "calendar-check": N_("Calendar with a tick"),
    "clock": N_("Clock"),
    "file-text": N_("Sheet of paper"),
    "folder": N_("Folder"),
    "receipt": N_("Receipt"),
    "list": N_("List"),
    "list-checks": N_("List with ticks"),
    "shopping-cart": N_("Shopping cart"),
    "ticket": N_("Ticket"),
    "tag": N_("Label"),
    "flag": N_("Flag"),
    "star": N_("Star"),
    "heart": N_("Heart"),
    "handshake": N_("Handshake"),
    "user": N_("Person"),
    "users": N_("People"),
    "briefcase": N_("Briefcase"),
    "graduation-cap": N_("Graduation cap"),
    "cpu": N_("Processor"),
    "laptop": N_("Laptop"),
    "smartphone": N_("Smartphone"),
    "server": N_("Server"),
    "plug": N_("Plug"),
    "shield": N_("Shield"),
    "key": N_("Key"),
    "target": N_("Target"),
    "gift": N_("Gift"),
    "image": N_("Picture"),
    "video": N_("Camera"),
    "map": N_("Map"),
    "globe": N_("Globe"),
    "megaphone": N_("Megaphone"),
    "message-square": N_("Speech bubble"),
    "activity": N_("Pulse"),
    "triangle-alert": N_("Warning sign"),
    "life-buoy": N_("Life buoy"),
}


def icon_word(name: str) -> str:
    """What the icon shows, as a msgid."""
    return WORDS[name]
