"""How a name is written, as pieces of patterns: words with a capital, initials, particles, titles before it."""

from __future__ import annotations

from intake.understanding.facts.people import words

UP = r"A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĢĪĮİĶĹĽŁŃŅŇŌŐŒŔŘŚŞŠŢŤŪŮŰŲŹŻŽА-ЯЁІЇЄ"
LOW = r"a-zß-öø-ÿāăąćčďđēėęěģīįıķĺľłńņňōőœŕřśşšţťūůűųźżžа-яёіїє'’"
WORD = (
    rf"(?:(?:[{UP}]\.){{1,2}}(?![{LOW}{UP}])|(?:Fco|Mª|M\.ª|Ma|Wm|Jos)\.|Mª(?![^\W_])|Mc[{UP}][{LOW}]{{1,20}}"
    rf"|[{UP}][{LOW}{UP}]{{0,24}}(?:[-‐][{UP}{LOW}][{LOW}]{{1,20}})?)"
)
TOGETHER = r"(?:[ \u00a0](?:and|und|y|e|и|&)[ \u00a0])"
PARTICLE = r"(?:van der|van den|von der|van|von|zu|de la|de los|de|del|dos|da|di|du|la|bin|al|el|y|i|ter|ten|le)"
NAME = rf"(?P<name>{WORD}(?:[ \u00a0](?:{PARTICLE}[ \u00a0]){{0,1}}{WORD}){{0,3}})"
ADDRESSED = rf"(?i:{words.TITLES})"
