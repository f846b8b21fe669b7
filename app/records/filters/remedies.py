"""What could have been compared with, said where a value is none."""

from app.core.text import N_
from app.records.filters import moments
from app.records.filters.tree import ME
from app.records.types import Field
from app.records.values import Refused

NOT_A_DATE = N_("This is not a date. Write one such as 2026-11-21, or one of these words: %(words)s.")
NOT_A_MEMBER = N_(
    "This is not a member. Give the id of one, such as %(example)s, or %(me)s for whoever asks."
)
NOT_A_RECORD = N_("This is not the id of a record. Give one, such as %(example)s.")
NOT_YES_OR_NO = N_("This is neither yes nor no. Write true or false.")
EXAMPLE = "019a8f6e-2b7c-7c3e-9d41-5f0c1a2b3c4d"
# Any number of days does; these show how they are written.
_WORDS = ", ".join([*moments.LABELS, "last_7_days", "next_30_days"])


def told(field: Field, refused: Refused) -> Refused:
    """The same refusal with what filters take beside the values that a record may have."""
    match refused.code:
        case "not_a_date":
            return Refused(refused.code, NOT_A_DATE, words=_WORDS)
        case "not_an_id" if field.kind == "member":
            return Refused(refused.code, NOT_A_MEMBER, example=EXAMPLE, me=ME)
        case "not_an_id":
            return Refused(refused.code, NOT_A_RECORD, example=EXAMPLE)
        case "not_yes_or_no":
            return Refused(refused.code, NOT_YES_OR_NO)
    return refused
