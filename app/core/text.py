"""Texts that people read, marked for translation far from where they are translated."""

from collections.abc import Mapping


def N_(message: str) -> str:  # the field's usual name for "mark, do not translate yet"
    """Return `message` unchanged; the extractor of translations finds it by this call."""
    return message


class OwnWords(str):
    """A text in several languages, as a tenant wrote it; as a plain text it is the English one, else any.

    Empty where nothing was written. In languages in which it was not written `usual` stands for it: a
    msgid, of what Kith brings itself. It comes from outside: pages show it, they do not trust it.
    """

    __slots__ = ("by_language", "usual")
    by_language: Mapping[str, str]
    usual: str

    def __new__(cls, by_language: Mapping[str, str] | None, usual: str = "") -> "OwnWords":
        told = {language: text for language, text in (by_language or {}).items() if text}
        words = super().__new__(
            cls, told.get("en") or (usual if told else "") or next(iter(told.values()), "")
        )
        words.by_language = told
        words.usual = usual
        return words

    def __deepcopy__(self, _: object) -> "OwnWords":
        return self  # it never changes

    def said(self, language: str) -> str:
        """The text in `language` (a tag like de), or in another where it was not written in that."""
        return self.by_language.get(language, str(self))
