"""Why a company is in its state, where Kith put it there by itself; an operator's reasons are sentences."""

TRIAL_ENDED = "trial_ended"
PLAN_ENDED = "plan_ended"
# Before the number of the invoice.
UNPAID = "unpaid:"

# What ends as soon as a plan is chosen.
ENDS_BY_CHOICE = (TRIAL_ENDED, PLAN_ENDED)
