"""A customer's standing as people see it: bar, thread, cells of a table, counts of the side bar."""

from app.ui.standing.bar import bar
from app.ui.standing.lists import cells
from app.ui.standing.nav import Counts, nav
from app.ui.standing.parts import BAND_STATE, Act, Band, Health, Standing

__all__ = ["BAND_STATE", "Act", "Band", "Counts", "Health", "Standing", "bar", "cells", "nav"]
