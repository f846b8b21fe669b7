"""Components, formats and the look."""
