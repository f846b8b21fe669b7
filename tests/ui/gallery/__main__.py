"""Shows the gallery in a browser: python -m tests.ui.gallery [port]."""

import sys
from pathlib import Path

from app.ui import assets
from tests.ui.gallery.site import make

if __name__ == "__main__":
    assets.build(Path(__file__).resolve().parents[3])
    make().run(port=int(sys.argv[1]) if len(sys.argv) > 1 else 20000, debug=False)
