"""Makes the bucket on an S3 of one's own and tells it whose browsers may come; as often as one likes."""

import os
from urllib.parse import urlsplit

from app.config import load
from stack.s3 import Keys, ensure_bucket

settings = load(os.environ)
base = urlsplit(settings.base_url)
ensure_bucket(
    settings.s3_endpoint_url or "",
    Keys(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], internal=""),
    settings.s3_bucket,
    [settings.base_url, f"{base.scheme}://*.{base.netloc}"],
)
