"""The settings of this process, told once at its start to the parts that reach outside."""

from app.config import Settings

_settings: Settings | None = None


class NotConfigured(RuntimeError):
    """The process has not been told its settings."""


def configure(settings: Settings) -> None:
    """Remember `settings` for the life of the process; called by the factory, again only in tests."""
    global _settings
    _settings = settings


def settings() -> Settings:
    """What `configure` was told; raises NotConfigured before."""
    if _settings is None:
        raise NotConfigured("call app.core.process.configure(settings) first")
    return _settings
