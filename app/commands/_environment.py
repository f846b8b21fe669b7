"""Where a command finds its settings: the variables that are set, else the stack that runs."""

import os
from pathlib import Path

from app.config import ROOT, Settings, load
from app.core import kms
from stack import running


def data_dir() -> Path:
    """The data folder that the person named, else `var` beside the code."""
    return Path(os.environ.get("KITH_DATA_DIR") or ROOT / "var").expanduser().resolve()


def settings() -> Settings:
    """The settings for an operator's command; StackError or ConfigurationError says what is missing.

    Those of a running stack are put into the environment, where boto3 and child processes look for them.
    """
    if not os.environ.get("KITH_DATABASE_URL"):
        found = running.settings(data_dir())
        os.environ.update({name: value for name, value in found.items() if not os.environ.get(name)})
    loaded = load(os.environ)
    kms.settle(loaded)
    return loaded
