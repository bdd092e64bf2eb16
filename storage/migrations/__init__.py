"""The schema's history. `STORAGE` is for Tortoise's own command line, which writes the next migration."""

from storage.database import config

STORAGE = config("sqlite:///nowhere.sqlite3")
