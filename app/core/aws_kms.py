"""Data keys wrapped by AWS KMS: the master key never leaves it."""

from functools import cached_property
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_CONFIG = Config(connect_timeout=3, read_timeout=10, retries={"max_attempts": 4, "mode": "standard"})
# Bound to what is wrapped: nothing else that this key has encrypted is ever taken for a data key.
_CONTEXT = {"purpose": "kith data key"}


class AwsKms:
    """The KMS key `name` (id, alias or ARN); credentials and region by boto3's own chain."""

    provider = "aws-kms"

    def __init__(self, name: str, endpoint: str | None = None) -> None:
        self.name = name
        self._endpoint = endpoint

    def wrap(self, key: bytes) -> bytes:
        """The data key under the KMS key; raises LookupError where KMS refuses or is out of reach."""
        try:
            answer = self._client.encrypt(KeyId=self.name, Plaintext=key, EncryptionContext=_CONTEXT)
        except (BotoCoreError, ClientError) as error:
            raise LookupError(f"AWS KMS does not wrap with {self.name}: {error}") from error
        return bytes(answer["CiphertextBlob"])

    def unwrap(self, master: str, wrapped: bytes) -> bytes:
        """The data key again; raises LookupError where KMS refuses or is out of reach."""
        try:
            answer = self._client.decrypt(KeyId=master, CiphertextBlob=wrapped, EncryptionContext=_CONTEXT)
        except (BotoCoreError, ClientError) as error:
            raise LookupError(f"AWS KMS does not open it: {error}") from error
        return bytes(answer["Plaintext"])

    @cached_property
    def _client(self) -> Any:
        return boto3.client("kms", endpoint_url=self._endpoint, config=_CONFIG)
