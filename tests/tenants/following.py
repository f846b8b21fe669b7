"""A process that remembers tenants, as every door does: prints state and name of a slug when asked."""

import os
import sys

from app import config
from tenants import catalogue, engines, news

if __name__ == "__main__":
    settings = config.load(os.environ)
    engines.configure(settings.database_url, settings.secret_keys)
    news.follow()
    for line in sys.stdin:
        found = catalogue.by_slug(line.strip())
        print(f"{found.state} {found.name}" if found else "nobody", flush=True)
