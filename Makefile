# The two commands of README.md are `make demo` and `make test`. Everything runs on the pinned Node from the lock file.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
# Tests start the program some thousand times: what was compiled once is read back.
export NODE_COMPILE_CACHE := $(CURDIR)/node_modules/.cache/node
.DEFAULT_GOAL := help
.PHONY: help install test check demo bench bench-netbox bench-devices bench-kubernetes generate format test-contract test-crash test-e2e test-freeradius test-netbox test-voltha test-cluster test-chart

help: ## Lists the targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-18s %s\n", $$1, $$2}'

node_modules/.stamp: package-lock.json
	npm ci --no-audit --no-fund --loglevel=error
	@touch $@

install: node_modules/.stamp ## Installs exactly what the lock file names.

demo: install ## The main job on this machine, told in thirteen chapters; WATCH=1 stays and follows your edits.
	@node test/lab/demo.ts

check: install ## Lint, layer rules, dead code, types, generated files fresh.
	biome check .
	depcruise --config .dependency-cruiser.json controller reconcilers test
	knip
	tsc --noEmit

test: check ## Everything that takes minutes: checks, unit and store tests. Last line: N passed, N failed.
	vitest run --project unit --project store --maxWorkers 100%

test-contract: install ## The laws of every system, each against its stand-in, and what it does under load, in storms and after cuts.
	vitest run --project contract --maxWorkers 100%

test-e2e: install ## The whole program: acceptance, command line, integration on real RADIUS tables, every command of the documents.
	vitest run --project e2e --maxWorkers 3 # they wait more than they compute

test-crash: install ## Kills the controller before and after every call it makes, then judges what is left.
	vitest run --project crash --maxWorkers 3

bench: install ## Measures against the raw floor and writes docs/performance.md; FULL=1 also takes 100,000 subscribers.
	node test/bench/main.ts

format: install ## Formats and applies safe fixes.
	biome check --write .

bench-netbox: install ## A thousand addresses out of a real NetBox, beside the same bulk calls alone; also into docs/performance.md.
	node test/bench/main.ts netbox

bench-devices: install ## A thousand routers and ONUs at stand-ins of GenieACS and VOLTHA, beside the same requests alone; also into docs/performance.md.
	node test/bench/main.ts devices

bench-kubernetes: install ## Subscribers on a real API server: apply until Ready, crowds, requests, memory, restart; also into docs/performance.md.
	node test/bench/main.ts kubernetes

generate: install ## Types, JSON schemas and docs/reference.md from crds/.
	node controller/api/generate/main.ts

test-freeradius: install ## Logs in at a real FreeRADIUS; installs Debian's packages where they are missing.
	@command -v freeradius >/dev/null && command -v radclient >/dev/null && test -d /etc/freeradius/3.0/mods-config/sql/main/postgresql || \
	  (apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq freeradius freeradius-postgresql freeradius-utils)
	vitest run --config test/freeradius/vitest.config.ts

test-netbox: install ## The contract suite and the whole controller beside a real NetBox; the first run installs it (LASTMILE_NETBOX_DUMP spares its migrations).
	@command -v redis-server >/dev/null || (apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server)
	vitest run --config test/netbox/vitest.config.ts

test-voltha: install ## Compares our protocol definition with VOLTHA's own; the first run installs those.
	vitest run --config test/voltha/vitest.config.ts

test-cluster: install ## The controller on a real Kubernetes API server, and its verdicts beside ours; the first run builds it (about 10 CPU minutes).
	vitest run --config test/cluster/vitest.config.ts

test-chart: install ## The Helm chart on a real API server, its alert rules, dashboards and Argo CD scripts; installs promtool and Lua where they are missing.
	@command -v promtool >/dev/null && command -v lua5.1 >/dev/null || (apt-get update -qq && RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq prometheus lua5.1)
	vitest run --config test/chart/vitest.config.ts
