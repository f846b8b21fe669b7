"""Two records that are one: found, compared, merged, and taken apart again."""
