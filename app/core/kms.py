"""Which key management wraps the data keys of this process."""

from importlib import import_module

from app.config import Settings
from tenants import masters


def settle(settings: Settings) -> None:
    """Let this process wrap data keys by the KMS key of the settings, where they name one.

    AWS's library is loaded only then: it weighs 20 MB, in every process.
    """
    remote = import_module("app.core.aws_kms").AwsKms(settings.kms_key) if settings.kms_key else None
    masters.use_remote(remote)
