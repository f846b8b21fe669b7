"""The members' door and the pages of the base host: one file for each feature, named in FEATURES."""

from types import ModuleType

from app.web import (
    accounts,
    activities,
    addresses,
    developers,
    entrance,
    files,
    imports,
    inbound,
    jobs,
    joining,
    live,
    members,
    notices,
    passwords,
    portal,
    probes,
    records,
    sessions,
    settings,
    today,
)

# Importing a feature hangs its routes on the doors; a new one is one import and one name here.
FEATURES: tuple[ModuleType, ...] = (
    accounts,
    activities,
    addresses,
    developers,
    entrance,
    files,
    imports,
    inbound,
    jobs,
    joining,
    live,
    members,
    notices,
    passwords,
    portal,
    probes,
    records,
    sessions,
    settings,
    today,
)
