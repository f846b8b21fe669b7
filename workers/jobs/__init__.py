"""One thin file a feature; importing this package registers every job."""

from importlib import import_module
from pkgutil import iter_modules

REGISTERED = tuple(sorted(module.name for module in iter_modules(__path__)))

for _name in REGISTERED:
    import_module(f"{__name__}.{_name}")
