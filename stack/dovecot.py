"""Dovecot: a real IMAP server for tests and measurements; the system's packages bring it."""

import grp
import os
import pwd
import shutil
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from stack import ports, processes
from stack.processes import Program

PACKAGE = "dovecot-imapd"
PLACES = ("/usr/sbin", "/usr/local/sbin", "/usr/lib/dovecot", "/opt/homebrew/sbin")
REMEDY = f"No Dovecot was found and none could be installed: install {PACKAGE} with your system's packages."

CONFIGURATION = """
base_dir = {run}
state_dir = {folder}/state
log_path = {folder}/dovecot.log
protocols = imap
listen = {host}
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
mail_max_userip_connections = 100
first_valid_uid = 1
maildir_very_dirty_syncs = no
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {folder}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox Archive {{
    auto = create
    special_use = \\Archive
  }}
}}
"""


@dataclass(frozen=True)
class Dovecot:
    """A running server: who may sign in, and where their mail lies as Maildir."""

    host: str
    port: int
    users: Mapping[str, str]
    mail: Path

    def own(self, place: Path) -> None:
        """Let the server have what was put below `place` from outside."""
        if os.geteuid() == 0:
            user, group = _identity()
            for each in (place, *place.rglob("*")):
                shutil.chown(each, user, group)


def find() -> str | None:
    """The server's program, or None where the system has none."""
    return shutil.which("dovecot", path=os.pathsep.join([os.environ.get("PATH", ""), *PLACES]))


@contextmanager
def running(users: Mapping[str, str]) -> Iterator[Dovecot]:
    """A server on a free port with `users` (name to password); their mail ends with it."""
    found = find()
    if found is None:
        raise FileNotFoundError(REMEDY)
    port = ports.free()[0]
    # A socket's path is short, and nobody's server comes through the private folders of tests.
    with TemporaryDirectory(prefix="kith-dovecot-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        _write(folder, folder / "run", port, users)
        program = Program(
            name="dovecot",
            argv=(found, "-F", "-c", str(folder / "dovecot.conf")),
            folder=folder,
            ready=lambda: ports.answers(port),
            stops=((signal.SIGTERM, 5.0),),
            start_seconds=20.0,
        )
        with processes.started(program, folder / "log"):
            yield Dovecot(ports.LOOPBACK, port, users, folder / "mail")


def _write(folder: Path, run: Path, port: int, users: Mapping[str, str]) -> None:
    user, group = _identity()
    (folder / "users").write_text("".join(f"{name}:{{PLAIN}}{word}\n" for name, word in users.items()))
    configuration = CONFIGURATION.format(
        folder=folder, run=run, host=ports.LOOPBACK, port=port, user=user, group=group
    )
    (folder / "dovecot.conf").write_text(configuration)
    for name in ("run", "state", "home", "mail"):
        place = folder / name
        place.mkdir(exist_ok=True)
        if os.geteuid() == 0 and name != "run":
            shutil.chown(place, user, group)


def _identity() -> tuple[str, str]:
    """Whose rights the server works with: nobody's where we are root, our own otherwise."""
    if os.geteuid() == 0:
        return "nobody", grp.getgrgid(pwd.getpwnam("nobody").pw_gid).gr_name
    return pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(os.getegid()).gr_name
