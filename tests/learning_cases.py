"""A wish that the program knows nothing of, in words of a company of its own; and one more of the kind."""

from __future__ import annotations

ODD = (
    "The zorbel of my quendle is glimmed",
    "My quendle has no zorbel any more",
    "zorbel glimmed again, quendle too",
    "Quendle: the zorbel is glimmed since Monday",
    "Can you look at the glimmed zorbel of a quendle?",
)
NEXT = "Hello, my quendle came with a glimmed zorbel"
