# Everything this project does, one target each. `make` alone lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
# Of `make bench`: how much, and beside which commit.
export BENCH AGAINST
# Of `make run`: where it listens, and what it keeps.
RUN = HOST PORT AWS_PORT STATE FRESH EPHEMERAL USER_POOL_TIER
export $(RUN)
BIN := .venv/bin
# What is made with Node is made where Node is.
NODE = $(if $(shell command -v npm),node_modules/.ready)
UV = $(shell command -v uv || echo $(BIN)/uv)
TEST = $(BIN)/python -m pytest -m "not fuzz and not container" -n 2 --dist loadgroup
# Packages of elsewhere have no place in the environment, nor have its own any elsewhere.
unexport PYTHONPATH PYTHONHOME PIP_USER PIP_TARGET PIP_PREFIX
# Nor is every module compiled again in each process: half the time of collecting the tests.
unexport PYTHONDONTWRITEBYTECODE
COMPILE = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-header --no-annotate

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# Asked for at each run, and quick to find that there is nothing to do.
.PHONY: environment
.venv/.local .venv/.ready: environment
	@$(PYTHON) -B -m tools.environment $(@F:.%=%)

.PHONY: run
run: .venv/.local ## Start the whole system on this machine (PORT=8000 HOST=127.0.0.1 FRESH=1 EPHEMERAL=1 STATE=.local)
	@exec $(BIN)/python -m local

.PHONY: forget
forget: ## Forget what `make run` has kept: users, expenses, keys
	@$(PYTHON) -B -m local.state '$(or $(STATE),.local)'

.PHONY: run-container
run-container: export AWS_PORT := $(or $(AWS_PORT),8001)
run-container: export LAMBDA_PORT := $(or $(LAMBDA_PORT),9000)
run-container: .venv/.local ## The same, with the image in Lambda's emulator (needs Docker; LAMBDA_PORT=9000 AWS_PORT=8001)
	docker compose up --build --detach
	@trap 'docker compose down' EXIT; $(BIN)/python -m local --lambda-url "http://127.0.0.1:$$LAMBDA_PORT"

.PHONY: test
test: .venv/.ready $(NODE) ## Run every test but the long ones and those of the image
	$(TEST)

.PHONY: fuzz
fuzz: .venv/.ready ## Run the long tests: 20,000 expenses of one user, 20,000 steps of the state machine, more generated cases
	$(BIN)/python -m pytest -m fuzz

.PHONY: bench
bench: .venv/.ready ## Measure the speed beside that of peers, and what the data costs (BENCH=quick: a first look; AGAINST=COMMIT)
	$(BIN)/python -m bench

.PHONY: tools
tools: .tools/aws-lambda-rie ## Fetch Lambda's emulator, which the tests run the function in

.tools/aws-lambda-rie: requirements/emulator.txt | .venv/.ready
	$(BIN)/python -m tools.emulator

.PHONY: check
check: .venv/.ready $(NODE) ## Everything that must hold before a commit: style, types, tests, coverage, the container
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	@$(if $(NODE),$(MAKE) --no-print-directory lint-contract,echo "openapi.yaml is not linted: there is no npm")
	$(TEST) --cov
	$(BIN)/python -m pytest -m container

node_modules/.ready: package-lock.json
	npm ci --silent --no-audit --no-fund
	@touch $@

.PHONY: lint-contract
lint-contract: node_modules/.ready ## Lint openapi.yaml; no warning is let pass (needs Node)
	REDOCLY_SUPPRESS_UPDATE_NOTICE=true node_modules/.bin/redocly lint openapi.yaml

.PHONY: breaking
breaking: ## Compare openapi.yaml with the last release; a breaking change fails (needs Go)
	@release=$$(git describe --tags --abbrev=0 2>/dev/null) || { echo "Nothing is released yet."; exit 0; }; \
	  mkdir -p .tools && git show "$$release:openapi.yaml" > .tools/released.yaml && \
	  go -C tools/compatibility tool oasdiff breaking --fail-on ERR "$(CURDIR)/.tools/released.yaml" "$(CURDIR)/openapi.yaml"

.PHONY: clients
clients: .venv/.ready node_modules/.ready ## Generate the TypeScript and the Python client into clients/ (needs Node)
	$(BIN)/python -m tools.clients

.PHONY: web
web: clients ## Serve the page of examples/web for the running system at http://127.0.0.1:5173 (PORT=8000)
	@curl -fsS http://127.0.0.1:$(or $(PORT),8000)/_local/env -o examples/web/.env.local || \
	  { echo "The page needs the system: start it with make run in another terminal, with the same PORT."; exit 1; }
	npm run dev --workspace examples/web

.PHONY: smoke
smoke: $(if $(USER_POOL),.venv/.ready) ## Walk through a deployed API: API=… TOKEN=…; tools/smoke.py has the other variables
	@$(if $(USER_POOL),$(BIN)/python -m tools.smoke_user,$(PYTHON) -m tools.smoke)

.PHONY: pin-images
pin-images: ## Pin the images in Dockerfile by their digests (needs Docker)
	$(PYTHON) -m tools.pin_images

.PHONY: generators
generators: .venv/.ready node_modules/.ready ## Show that client generators keep every digit of an amount (needs Node, Go, Java, Maven)
	$(BIN)/python -m tools.generators

.PHONY: format
format: .venv/.ready ## Format the code and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: models
models: .venv/.ready node_modules/.ready ## Generate api/models.py and api/expenses/currencies.py again (needs Node)
	$(BIN)/python -m tools.models
	$(BIN)/python -m tools.currencies

.PHONY: locks
locks: .venv/.ready ## Compile requirements/*.txt again from pyproject.toml
	$(COMPILE) pyproject.toml -o requirements/runtime.txt
	$(COMPILE) pyproject.toml --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(COMPILE) pyproject.toml --group local -c requirements/dev.txt -o requirements/local.txt
	$(COMPILE) --group ministack -o requirements/ministack.txt
	$(COMPILE) --group image -c requirements/dev.txt -o requirements/image.txt
	for peer in bench/peers/*/requirements.in; do $(COMPILE) $$peer -c requirements/runtime.txt -o $${peer%.in}.txt; done
	$(COMPILE) --group emulator --no-deps -o requirements/emulator.txt
	echo uv | $(COMPILE) - -o requirements/uv.txt

.PHONY: clean
clean: ## Remove what the other targets made
	rm -rf .venv .tools .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache *.egg-info clients node_modules \
	  examples/web/node_modules examples/web/dist
