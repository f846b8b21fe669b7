"""Which right each route takes of the record that it names; a route without an entry fails the matrix."""

from typing import Literal

# `see`: who sees it is let in. `change` and `remove`: who sees it and may not is told so. `manage`: only who
# manages the workspace or its people is let in. `many`: it names an object and no record. `job`: long work is
# its starter's. `maker`: the one who announced a file says that it is there, whatever became of the record.
# `talk`: who sees what it is about, or looks after the conversation.
Right = Literal["see", "change", "remove", "manage", "many", "job", "maker", "talk"]

# What an address may name that belongs to a record, or is one.
THINGS = frozenset(
    "described record_id activity_id incident_id contact_id file_id thread_id message_id letter_id fact_id"
    " job_id import_id export_id".split()
)

WEB: dict[tuple[str, str], Right] = {
    ("list_records", "GET"): "many",
    ("offer_filters", "GET"): "many",
    ("new_record", "GET"): "many",
    ("create_record", "POST"): "many",
    ("list_duplicates", "GET"): "many",
    ("search_duplicates", "POST"): "many",
    ("keep_apart", "POST"): "many",
    ("show_likely", "POST"): "many",
    ("offer_bulk", "GET"): "many",
    ("preview_bulk", "GET"): "many",
    ("start_bulk", "POST"): "many",
    ("empty_trash", "POST"): "manage",
    ("fetch_archive", "GET"): "manage",
    ("reverse_role_change", "POST"): "manage",
    ("undo_model_change", "POST"): "manage",
    ("show_record", "GET"): "see",
    ("show_timeline", "GET"): "see",
    ("edit_record", "GET"): "change",
    ("field_control", "GET"): "change",
    ("update_record", "POST"): "change",
    ("change_field", "PATCH"): "change",
    ("trash_record", "POST"): "remove",
    ("restore_record", "POST"): "remove",
    ("purge_record", "POST"): "manage",
    ("compare_records", "GET"): "change",
    ("merge_records", "POST"): "change",
    ("unmerge_records", "POST"): "change",
    ("reverse_fact", "POST"): "remove",
    ("show_access", "GET"): "manage",
    ("complete_activity", "POST"): "change",
    ("reopen_activity", "POST"): "change",
    ("resolve_incident", "POST"): "change",
    ("reopen_incident", "POST"): "change",
    ("complete_file", "POST"): "maker",
    ("load_file", "GET"): "see",
    ("trash_file", "POST"): "change",
    ("restore_file", "POST"): "change",
    ("share_file", "POST"): "change",
    ("invite_customer", "POST"): "change",
    ("block_customer", "POST"): "change",
    ("unblock_customer", "POST"): "change",
    ("choose_sight", "POST"): "change",
    ("approve_letter", "POST"): "change",
    ("decline_letter", "POST"): "change",
    ("send_mail_again", "POST"): "change",
    ("show_messages", "GET"): "talk",
    ("show_message_html", "GET"): "talk",
    ("answer_message", "POST"): "talk",
    ("read_message", "POST"): "talk",
    ("close_messages", "POST"): "talk",
    ("reopen_messages", "POST"): "talk",
    ("hand_over_messages", "POST"): "talk",
    ("show_import", "GET"): "job",
    ("check_import", "GET"): "job",
    ("read_import_anew", "POST"): "job",
    ("replan_import", "POST"): "job",
    ("discard_import", "POST"): "job",
    ("import_errors", "GET"): "job",
    ("job", "GET"): "job",
    ("job_progress", "GET"): "job",
    ("job_toast", "GET"): "job",
    ("job_problems", "GET"): "job",
    ("cancel_job", "POST"): "job",
    ("retry_job", "POST"): "job",
    ("reverse_job", "POST"): "job",
}

API: dict[tuple[str, str], Right] = {
    ("list_records", "GET"): "many",
    ("create_record", "POST"): "many",
    ("upsert_record", "PUT"): "many",
    ("write_batch", "POST"): "many",
    ("start_bulk", "POST"): "many",
    ("show_object", "GET"): "many",
    ("show_record", "GET"): "see",
    ("patch_record", "PATCH"): "change",
    ("delete_record", "DELETE"): "remove",
    ("restore_record", "POST"): "remove",
    ("purge_record", "POST"): "manage",
    ("merge_record", "POST"): "change",
    ("unmerge_record", "DELETE"): "change",
    ("complete_file", "POST"): "maker",
    ("show_file", "GET"): "see",
    ("show_job", "GET"): "job",
    ("cancel_job", "DELETE"): "job",
    ("undo_job", "POST"): "job",
    ("show_job_problems", "GET"): "job",
    ("show_import", "GET"): "job",
    ("show_import_errors", "GET"): "job",
    ("undo_import", "DELETE"): "job",
    ("show_export", "GET"): "job",
}
