"""Make the model that comes with the program from the seeds: python -m intake.understanding.builtin"""

from __future__ import annotations

import sys
import tomllib
from importlib.resources import files
from pathlib import Path

from intake.understanding.training import Example, fit

_HERE = Path(__file__).parent
_BY_WORDS = 0.3  # the weight of a word that is no message


def examples() -> list[Example]:
    """Every seed message, and every word of the categories as a weak example of its own."""
    found = []
    for path in sorted(_HERE.joinpath("seeds").glob("*.toml")):
        for label, category in tomllib.loads(path.read_text("utf-8")).items():
            found += [Example(text, label, path.stem) for text in category["messages"]]
    words = tomllib.loads(files("intake.understanding").joinpath("categories.toml").read_text("utf-8"))
    for label, category in words.items():
        for language, entries in category.get("words", {}).items():
            found += [Example(entry.replace("*", ""), label, language, _BY_WORDS) for entry in entries]
    return found


def main() -> None:
    """Write the model beside this module and say how good it is."""
    fitted = fit(examples())
    content = fitted.model.to_bytes()
    _HERE.joinpath("builtin.npz").write_bytes(content)
    said = ", ".join(f"{name} {value:.3f}" for name, value in fitted.scores.items())
    sys.stdout.write(f"builtin.npz: {len(content)} bytes, {said}\n")


if __name__ == "__main__":
    main()
