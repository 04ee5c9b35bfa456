# PORT=8001 make run, NAKAZ_VAR=/elsewhere make run, PYTHON=python3.12 make setup, make test ARGS="-k ballot"

PY = .venv/bin/python
LOCK = uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header -q pyproject.toml --extra demo
# The type checker reads the settings, which refuse to load without these; nothing connects anywhere.
READING = NAKAZ_SECRET_KEY=reading DATABASE_URL=postgres:///reading REDIS_URL=redis://reading

.PHONY: help setup run test tools lint bench trials words screenshots lock

help:
	@echo "make setup   install the pinned packages into .venv"
	@echo "make run     the whole site on http://127.0.0.1:8000 (PORT to change); Ctrl-C stops it"
	@echo "make test    every test; ARGS are pytest's"
	@echo "make lint    format, lint, types, import contracts, missing migrations"
	@echo "make bench   heavy work beside the least it can cost, and the budgets; ARGS are --only PATTERN, --quick, --times N"
	@echo "make trials  the long trials: many invented legislatures and spoilt protocols (EXAMPLES=150), large bundles, kills, letters"
	@echo "make words   bring the catalogue of Russian words in line with the code, and compile it"
	@echo "make screenshots  pictures of every page of a running site; ARGS are the address and --only PATTERN"
	@echo "make lock    resolve pyproject.toml into requirements/ (needs uv)"

setup:
	@sh .ci/install requirements/run.txt

tools: setup
	@sh .ci/install requirements/test.txt

run: setup
	@exec $(PY) -m coalition.run

test: tools
	@sh .ci/chromium
	@exec $(PY) -m pytest -n auto --dist loadgroup $(ARGS)

lint: tools
	$(PY) -m ruff format --check -q
	$(PY) -m ruff check -q
	$(READING) $(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) manage.py makemigrations --check

bench: tools
	@exec $(PY) -m tests.bench $(ARGS)

# The tests that draw their cases draw many more of them; the one of a large bundle takes every vote; processes are
# killed at every statement; then ten thousand letters twenty times, while whatever sends them is killed.
DESK = $(addprefix tests/deputies/votes/test_,mutated_protocols.py states.py kills.py)
trials: tools
	@NAKAZ_EXAMPLES=$(or $(EXAMPLES),150) $(PY) -m pytest -n auto --dist loadgroup tests/pledges/scorecards/test_legislatures.py tests/pledges/scorecards/bundles $(DESK) $(ARGS)
	@exec $(PY) -m tests.coalition.digests.trials

words: tools
	@$(READING) $(PY) -m tests.catalogue

screenshots: tools
	@exec $(PY) -m tests.screenshots $(ARGS)

lock:
	$(LOCK) -o requirements/run.txt
	$(LOCK) --group dev -o requirements/test.txt
