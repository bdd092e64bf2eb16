# Each target sets up the virtual environment by itself when it is missing or when the dependencies have changed.
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TOOLS := $(VENV)/.tools
FUZZER := $(VENV)/.fuzzer
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: model help install demo run test story bomb chaos faults check bench bench-more bench-telegram understanding crowd fuzz constraints migration clean
help:
	@echo "make install  set up .venv; the others do it by themselves"
	@echo "make demo   play a short story on this machine, without a token or an account"
	@echo "make run    start the service as .env says"
	@echo "make test   run all tests, on SQLite and on a PostgreSQL that they start themselves"
	@echo "make story  play many random stories against the real program; SEEDS=50 FIRST=1"
	@echo "make faults fail everything that the program stands on, one by one; a part of it is in make test"
	@echo "make chaos  mail servers, chats and agents around processes that are killed; SEED=7"
	@echo "make bomb   ten thousand forged senders at once"
	@echo "make check  lint, formatting, types"
	@echo "make bench  measure what a mail costs; make bench-telegram: an update of Telegram's"
	@echo "make understanding  measure how well messages are sorted, and what is read out of them"
	@echo "make crowd  measure what 3,000 idle and slow connections cost a good client"
	@echo "make bench-more  the same mails on several processes, and in a store that is full"
	@echo "make model  fit the built-in model anew, after its seeds or words changed"
	@echo "make fuzz   look for mails that break the reader, one minute; SECONDS=600 for ten"
	@echo "make migration NAME=what_changes   write a migration for changed models"
	@echo "make constraints   compile the pins anew"

$(READY): pyproject.toml constraints.txt
	@echo "Installing into $(VENV); this takes a minute."
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) -e .
	@touch $(READY)

# What only those need who change the program: test tools, linters, a PostgreSQL in a wheel.
$(TOOLS): $(READY)
	$(INSTALL) -e '.[dev]'
	@touch $(TOOLS)

install: $(READY)

demo: $(READY)
	$(BIN)/intake-bot demo

run: $(READY)
	$(BIN)/intake-bot run

# Side by side, one process a core; each has databases of its own.
test: $(TOOLS)
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist worksteal

SEEDS ?= 50
FIRST ?= 1
# A story that breaks a law is kept in build/story and named with its seed.
story: $(TOOLS)
	$(BIN)/python -m tests.telegram.story --seeds $(SEEDS) --first $(FIRST)

faults: $(TOOLS)
	$(BIN)/python -m pytest tests/faults --all-faults --durations=20

# Whole runs with kills, on SQLite and on PostgreSQL with one and with three processes; build/chaos has what happened.
chaos: $(TOOLS)
	$(BIN)/python -m tests.chaos $(if $(SEED),--seed $(SEED))

check: $(TOOLS)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(TOOLS)
	$(BIN)/python -m bench.intake

# One to four processes on PostgreSQL, and a store with up to a million records: a quarter of an hour.
bench-more: $(TOOLS)
	$(BIN)/python -m bench.intake processes -n 1000
	$(BIN)/python -m bench.intake filled -n 1000

bench-telegram: $(TOOLS)
	$(BIN)/python -m bench.updates

# Labelled messages that nothing was tuned on, what learning brings and costs, and the program's memory.
understanding: $(TOOLS)
	$(BIN)/python -m bench.understanding held --learning

# Idle and slow connections from many addresses, and a good client among them: CONNECTIONS=3000 LASTING=30 seconds.
CONNECTIONS ?= 3000
LASTING ?= 30
crowd: $(TOOLS)
	$(BIN)/python -m bench.crowd --connections $(CONNECTIONS) --seconds $(LASTING)
# Ten thousand forged senders, and what leaves because of them.
bomb: $(TOOLS)
	BOMB=10000 $(BIN)/python -m pytest -k bomb tests/test_floods.py

# The built-in categories' model, made anew from intake/understanding/seeds and categories.toml.
model: $(TOOLS)
	$(BIN)/python -m intake.understanding.model.builtin

SECONDS ?= 60
$(FUZZER): $(TOOLS)
	$(INSTALL) -e '.[fuzz]'
	@touch $(FUZZER)

# A find is written to build/fuzz and named; it becomes a letter in tests/corpus/mail.
fuzz: $(FUZZER)
	$(BIN)/python -m tests.fuzz.mail -max_total_time=$(SECONDS)

# The pins that everybody installs; no index and no address in it.
constraints: $(TOOLS)
	$(BIN)/uv pip compile --quiet --all-extras --universal --no-header --no-annotate --no-emit-index-url \
	  --no-emit-find-links --python-version 3.11 pyproject.toml -o constraints.txt

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist

# A migration for the models as they are now: make migration NAME=what_changes
migration: $(TOOLS)
	$(BIN)/tortoise -c storage.migrations.STORAGE makemigrations -n $(NAME)
