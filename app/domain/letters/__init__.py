"""Mails to customers: templates in the company's name, and the links in them that open one thing."""
