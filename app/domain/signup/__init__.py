"""A company becomes a workspace: the one function behind the browser's form, the command and the demo."""
