"""Invoices, months and what an unpaid one makes of a company."""
