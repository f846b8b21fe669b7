"""What may be chosen about a person."""

from app.core.text import N_
from app.records.types import Choice

CONSENT = (
    Choice("unknown", N_("Not asked"), "quiet", ("unbekannt", "unknown")),
    Choice("granted", N_("Yes"), "good", ("ja", "true", "1", "erteilt", "opt-in")),
    Choice("refused", N_("No"), "bad", ("nein", "false", "0", "abgelehnt", "opt-out")),
)
GENDERS = (
    Choice("female", N_("Female"), aliases=("f", "w", "weiblich", "frau")),
    Choice("male", N_("Male"), aliases=("m", "männlich", "herr", "mann")),
    Choice("diverse", N_("Diverse"), aliases=("d", "x", "divers", "other", "non-binary")),
)
MARITAL_STATUS = (
    Choice("single", N_("Single"), aliases=("s", "ledig")),
    Choice("married", N_("Married"), aliases=("m", "verheiratet")),
    Choice("partnership", N_("Partnership"), aliases=("p", "partnerschaft", "verpartnert")),
    Choice("divorced", N_("Divorced"), aliases=("d", "geschieden")),
    Choice("widowed", N_("Widowed"), aliases=("w", "verwitwet")),
)
