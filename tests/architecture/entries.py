"""Who may use which page of a workspace: one entry a route; a route without one fails the matrix."""

from dataclasses import dataclass
from typing import Literal

Rank = Literal["public", "reader", "member", "admin"]
RANKS: tuple[Rank, ...] = ("public", "reader", "member", "admin")


@dataclass(frozen=True)
class Entry:
    """The lowest rank that is let in.

    `leaves` marks acts after which the browser is out, `ends` those that say the same whether there was
    something to end or not.
    """

    rank: Rank
    leaves: bool = False
    ends: bool = False


# By endpoint and method; GET pages of records are readable by all roles, changes need a member.
ENTRIES: dict[tuple[str, str], Entry] = {
    ("list_records", "GET"): Entry("reader"),
    ("offer_filters", "GET"): Entry("reader"),
    ("show_record", "GET"): Entry("reader"),
    ("show_timeline", "GET"): Entry("reader"),
    ("new_record", "GET"): Entry("member"),
    ("edit_record", "GET"): Entry("member"),
    ("field_control", "GET"): Entry("member"),
    ("create_record", "POST"): Entry("member"),
    ("update_record", "POST"): Entry("member"),
    ("change_field", "PATCH"): Entry("member"),
    ("trash_record", "POST"): Entry("member"),
    ("restore_record", "POST"): Entry("member"),
    ("reverse_fact", "POST"): Entry("member"),
    ("find", "GET"): Entry("reader"),
    ("choices", "GET"): Entry("reader"),
    ("show_today", "GET"): Entry("reader"),
    ("complete_activity", "POST"): Entry("member"),
    ("reopen_activity", "POST"): Entry("member"),
    ("list_imports", "GET"): Entry("member"),
    ("new_import", "GET"): Entry("member"),
    ("upload_import", "POST"): Entry("member"),
    ("show_import", "GET"): Entry("member"),
    ("check_import", "GET"): Entry("member"),
    ("import_errors", "GET"): Entry("member"),
    ("import_sample", "GET"): Entry("reader"),
    ("replan_import", "POST"): Entry("member"),
    ("read_import_anew", "POST"): Entry("member"),
    ("discard_import", "POST"): Entry("member"),
    ("fill_samples", "POST"): Entry("admin"),
    ("clear_samples", "POST"): Entry("admin"),
    ("request_file", "POST"): Entry("member"),
    ("complete_file", "POST"): Entry("member"),
    ("load_file", "GET"): Entry("reader"),
    ("trash_file", "POST"): Entry("member"),
    ("restore_file", "POST"): Entry("member"),
    ("share_file", "POST"): Entry("member"),
    ("invite_customer", "POST"): Entry("member"),
    ("block_customer", "POST"): Entry("member"),
    ("unblock_customer", "POST"): Entry("member"),
    ("choose_sight", "POST"): Entry("member"),
    ("jobs", "GET"): Entry("reader"),
    ("job", "GET"): Entry("reader"),
    ("job_progress", "GET"): Entry("reader"),
    ("retry_job", "POST"): Entry("member"),
    ("cancel_job", "POST"): Entry("member"),
    ("live_ticket", "GET"): Entry("reader"),
    ("live_changes", "GET"): Entry("reader"),
    ("live_places", "GET"): Entry("reader"),
    ("list_members", "GET"): Entry("reader"),
    ("invite_members", "POST"): Entry("admin"),
    ("resend_invitation", "POST"): Entry("admin"),
    ("revoke_invitation", "POST"): Entry("admin"),
    ("change_role", "POST"): Entry("admin"),
    ("remove_member", "POST"): Entry("admin"),
    ("notices", "GET"): Entry("reader"),
    ("read_notices", "POST"): Entry("reader"),
    ("confirmation", "GET"): Entry("reader"),
    ("send_confirmation", "POST"): Entry("reader"),
    ("correct_address", "POST"): Entry("reader"),
    ("store_preference", "POST"): Entry("reader"),
    ("show_profile", "GET"): Entry("reader"),
    ("store_profile", "POST"): Entry("reader"),
    ("ask_for_another_email", "POST"): Entry("reader"),
    ("store_own_password", "POST"): Entry("reader"),
    ("list_sessions", "GET"): Entry("reader"),
    ("end_one_session", "POST"): Entry("reader", ends=True),
    ("end_other_sessions", "POST"): Entry("reader", leaves=True),
    ("list_messages", "GET"): Entry("reader"),
    ("show_messages", "GET"): Entry("reader"),
    ("show_message_html", "GET"): Entry("reader"),
    ("write_message", "POST"): Entry("member"),
    ("answer_message", "POST"): Entry("member"),
    ("read_message", "POST"): Entry("reader"),
    ("close_messages", "POST"): Entry("member"),
    ("reopen_messages", "POST"): Entry("member"),
    ("hand_over_messages", "POST"): Entry("member"),
    ("approve_letter", "POST"): Entry("member"),
    ("decline_letter", "POST"): Entry("member"),
    ("show_settings", "GET"): Entry("reader"),
    ("store_settings", "POST"): Entry("admin"),
    ("list_apps", "GET"): Entry("admin"),
    ("new_app", "GET"): Entry("admin"),
    ("register_app", "POST"): Entry("admin"),
    ("show_app", "GET"): Entry("admin"),
    ("edit_app", "GET"): Entry("admin"),
    ("change_app", "POST"): Entry("admin"),
    ("rotate_secret", "POST"): Entry("admin"),
    ("forget_previous_secret", "POST"): Entry("admin"),
    ("show_token", "POST"): Entry("admin"),
    ("pause_app", "POST"): Entry("admin"),
    ("remove_app", "POST"): Entry("admin"),
    ("list_connections", "GET"): Entry("reader"),
    ("end_connection", "POST"): Entry("admin"),
    ("leave_workspace", "POST"): Entry("reader", leaves=True),
    ("signed_out", "GET"): Entry("public"),
    ("welcome", "GET"): Entry("public"),
    ("switch_member", "POST"): Entry("public"),
}
