"""Keeping the log: received from the cluster as it is written, and carried to the place."""

import json
import shutil
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from stack import processes
from stack.backups import clusters
from stack.backups.places import Place
from stack.backups.shipping import Shipper
from stack.errors import StackError
from stack.processes import Program
from stack.tail import Tail

SECONDS = 2.0
PAUSES = (1.0, 5.0, 15.0, 60.0)
BEAT_SECONDS = 30.0
BEAT = "received.json"


@dataclass
class Stream:
    """The log of the cluster at `url` on its way to `place`, by way of the folder `spool`.

    `whole_since`: what was written before that moment may be missing, so an older base backup ends there.
    """

    url: str
    place: Place
    spool: Path
    stopping: threading.Event
    failure: str = field(default="", init=False)
    whole_since: datetime | None = field(default=None, init=False)
    _beaten: float = field(default=0.0, init=False)

    def run(self) -> None:
        """Until told to stop; `failure` says what is in the way meanwhile, empty while all is well."""
        failures = 0
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                self._life()
            except (StackError, OSError) as error:
                self.failure = str(error)
            failures = 0 if time.monotonic() - began > PAUSES[-1] else failures
            self.stopping.wait(PAUSES[min(failures, len(PAUSES) - 1)])
            failures += 1

    def _life(self) -> None:
        """One run of the receiver, until it ends or we are told to stop."""
        if clusters.keep_log(self.url):
            self.whole_since = datetime.now(UTC)
            shutil.rmtree(self.spool, ignore_errors=True)
        self._settle(clusters.identify(self.url))
        shipper, said = Shipper(self.spool, self.place), Tail()
        program = self._program()
        process = processes.spawn(program)
        said.follow(process, lambda _: None, program)
        try:
            while process.poll() is None and not self.stopping.is_set():
                self.stopping.wait(self._carry(shipper))
        finally:
            processes.stop(program, process)
            said.finish()
            if process.stdout is not None:
                process.stdout.close()
        shipper.ship(everything=True)
        if not self.stopping.is_set():
            raise StackError(f"The log is not received: {said.last}")

    def _carry(self, shipper: Shipper) -> float:
        """Ship what there is; seconds until that is worth while again. Receiving goes on where it fails."""
        try:
            shipper.ship()
            self._beat(shipper.whole_until)
        except (StackError, OSError) as error:
            self.failure = str(error)
            return PAUSES[1]
        self.failure = ""
        return SECONDS

    def _settle(self, system: clusters.System) -> None:
        """Begin anew where the cluster was set back: what was received lies on a timeline it has left."""
        mark = self.spool / "timeline"
        told = f"{system.number} {system.timeline}"
        if mark.exists() and mark.read_text() != told:
            Shipper(self.spool, self.place).ship(everything=True)
            shutil.rmtree(self.spool)
        self.spool.mkdir(parents=True, exist_ok=True, mode=0o700)
        mark.write_text(told)

    def _program(self) -> Program:
        words, environment = clusters.connection_words(self.url)
        command = (clusters.program("pg_receivewal"), "-d", words, "-D", str(self.spool))
        options = ("--slot", clusters.SLOT, "--synchronous", "--no-loop", "--no-password")
        return Program(
            name="receiver",
            argv=(*command, *options),
            folder=self.spool,
            ready=lambda: True,
            environment={"PGPASSWORD": environment["PGPASSWORD"]},
        )

    def _beat(self, whole_until: datetime | None) -> None:
        """Leave word until when the log is whole in the place: a quiet cluster's last file may be old."""
        if whole_until is None or time.monotonic() - self._beaten < BEAT_SECONDS:
            return
        beat = self.spool / ".beat"
        beat.write_text(json.dumps({"at": whole_until.isoformat()}))
        self.place.put(BEAT, beat, replace=True)
        self._beaten = time.monotonic()
