# Each target is a line or two over a script or cargo; nothing is decided here.
export PATH := $(PATH):$(HOME)/.cargo/bin
# The gates share the target folder and the Docker engine, and read best one after another.
.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help setup verify check certs up prod down image matrix mutants selections differential bench fuzz docs fmt lint doc doctest deny example test

CLI = cargo run --quiet --locked --package mosquitto-fixtures-cli --
ALL = --workspace --all-features --locked
# Certificates for whoever has none. A folder of that name is not one: the engine made it where there was no file.
CERTIFICATES = [ -f certs/server.crt ] || $(CLI) certs

help: ## This list
	@sed -n 's/^\([a-z]*\):[^#]*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

setup: ## Install what is missing: silent, and at once, when nothing is
	@scripts/setup

verify: ## Judge this repository's deployment against its contract, on the real broker
	@scripts/setup verify
	@$(CLI) verify

check: setup fmt lint doc doctest deny example test ## Every gate, the suite last

certs: ## Make the authority, the server's certificate and the password file
	@scripts/setup verify
	@$(CLI) certs

up: ## Start the development stack, and make its certificates when there are none
	@scripts/setup verify
	@$(CERTIFICATES)
	@scripts/up

prod: ## The same for production: TLS on 8883 and nothing else
	@scripts/setup verify
	@$(CERTIFICATES)
	@scripts/up --file docker-compose.yml --file docker-compose.prod.yml

down: ## End either; retained messages stay for the next start
	@scripts/down

image: ## Build the local broker images out of Debian's packages
	mosquitto/image/build 2.0
	mosquitto/image/build 2.1

matrix: matrix-2.0 matrix-2.1 ## The suite once for each line of the broker
matrix-%:
	@env -u MOSQUITTO_IMAGE scripts/setup
	@image=$$(env -u MOSQUITTO_IMAGE mosquitto/image/name $*) && echo "suite: on $$image" && \
	MOSQUITTO_IMAGE=$$image scripts/suite $(ALL)

mutants: setup ## Every deployment that is broken on purpose, and every one that only looks otherwise
	scripts/suite $(ALL) --no-fail-fast mutants:: variations:: production:: installed:: exposure:: hardening:: file_clauses:: chain_clauses::

selections: setup ## Every mutant under twenty selections of clauses each, on brokers of their own (some minutes)
	VERIFIED_SELECTIONS=20 scripts/suite $(ALL) --no-fail-fast mutants::mutant_is_killed

differential: setup ## The models against the broker of both lines: 10,000 cases each, from a new seed
	@seed=$${DIFFERENTIAL_SEED:-$$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}; echo "differential: DIFFERENTIAL_SEED=$$seed"; \
	DIFFERENTIAL_SEED=$$seed DIFFERENTIAL_CASES=$${DIFFERENTIAL_CASES:-10000} \
	cargo nextest run --profile differential $(ALL) --test differential --no-fail-fast --success-output final

bench: setup ## The benchmarks: against the docker command, against a fleet of rumqttc, packets a second
	cargo bench --locked --package mosquitto-suite --package esp32-sim --bench config --bench start --bench fleet --bench packets

fuzz: ## Every reader of bytes of others, a minute each; `make fuzz SECONDS=600` for longer
	@scripts/fuzz $(SECONDS)

docs: ## The library's documentation, in target/doc
	cargo doc --no-deps $(ALL)

fmt: ## Gate: formatting
	cargo fmt --all --check

lint: ## Gate: clippy, where a warning is an error
	cargo clippy --all-targets $(ALL) -- -D warnings

doc: ## Gate: documentation, where a warning is an error
	RUSTDOCFLAGS='-D warnings' cargo doc --no-deps $(ALL)

doctest: ## Gate: the examples in the documentation
	cargo test --doc $(ALL)

deny: ## Gate: licences, sources and known vulnerabilities of what is linked
	cargo deny --locked --log-level error check bans licenses sources
	@if timeout 60 cargo deny fetch db >/dev/null 2>&1; then cargo deny --locked check advisories; \
	else echo 'deny: advisories were not checked: their database cannot be fetched here'; fi

example: ## Gate: another service's suite that imports the library
	CARGO_TARGET_DIR=target cargo nextest run --locked --manifest-path examples/backend-service/Cargo.toml

test: ## Gate: the suite
	scripts/suite $(ALL)
