"""What the tests need of the system is brought by its own packages, where we may."""

import os
import shutil
import subprocess

import click

PATIENCE_SECONDS = 600


def by_apt(what: str, package: str) -> bool:
    """Install `package` of Debian, which root may; whether that went well."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    quiet = ["apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
    return ran(what, "apt-get update", [*quiet, "update"]) and ran(
        what, "apt-get", [*quiet, "install", "-y", package]
    )


def ran(what: str, name: str, command: list[str]) -> bool:
    """Say what is being got by what, run the command, and tell whether that went well."""
    click.echo(f"Getting {what} by {name} ...", err=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
