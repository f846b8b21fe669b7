"""What happens to files is told on the timelines of what they hang on."""

from app.core.actor import Actor
from app.domain.files.holders import Held
from app.domain.files.models import File
from app.records import facts, watching

watching.tell_customers("file_shown", "file_hidden")


def tell(actor: Actor, verb: str, file: File, held: Held | None) -> None:
    """Write the fact, where the file hangs on something that has a timeline."""
    if held is not None and held.about:
        data = {"file_id": str(file.id), "file": file.name}
        facts.record(actor, verb, file.object, file.record_id, held.title, about=held.about, data=data)
