"""The pages of those who run this Kith, on the base host; for everybody else there is nothing here."""

from app.web.operator import companies, jobs, maintenance, overview, password, support, taking

PAGES = (companies, jobs, maintenance, overview, password, support, taking)
