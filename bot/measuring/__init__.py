"""What `classify`, `lang` and `extract` measure: the program's own judgement on labelled lines, as one JSON object."""
