"""Data keys wrapped by AWS KMS: what is asked of it, and what happens where it refuses."""

from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from app.core.aws_kms import AwsKms

CONTEXT = {"purpose": "kith data key"}


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> tuple[AwsKms, Stubber]:
    """KMS is outside: what it would answer is given."""
    client: Any = boto3.client(
        "kms", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    made = AwsKms("alias/kith")
    monkeypatch.setattr(AwsKms, "_client", client)
    return made, Stubber(client)


def test_data_key_goes_there_and_comes_back(kms: tuple[AwsKms, Stubber]) -> None:
    master, outside = kms
    bound = {"KeyId": "alias/kith", "EncryptionContext": CONTEXT}
    outside.add_response("encrypt", {"CiphertextBlob": b"wrapped"}, {**bound, "Plaintext": b"key"})
    outside.add_response("decrypt", {"Plaintext": b"key"}, {**bound, "CiphertextBlob": b"wrapped"})
    with outside:
        assert master.wrap(b"key") == b"wrapped"
        assert master.unwrap("alias/kith", b"wrapped") == b"key"
    outside.assert_no_pending_responses()


def test_refusal_keeps_the_key_closed(kms: tuple[AwsKms, Stubber]) -> None:
    master, outside = kms
    outside.add_client_error(
        "decrypt",
        "AccessDeniedException",
        expected_params={"KeyId": ANY, "CiphertextBlob": ANY, "EncryptionContext": ANY},
    )
    with outside, pytest.raises(LookupError, match="AccessDenied"):
        master.unwrap("alias/kith", b"wrapped")
