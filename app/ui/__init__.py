"""What doors share: words, formats, components, icons, the language of a page."""
