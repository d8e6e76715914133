"""Every word that a person or an official reads, one TOML file a language; and the words we understand as commands."""

from handlers.texts.loader import BadText, Texts, Voice, load
from handlers.texts.phrase import Bilingual, Dong, Lines, Phrase

__all__ = ["BadText", "Bilingual", "Dong", "Lines", "Phrase", "Texts", "Voice", "load"]
