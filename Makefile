# Two flag sets, no third: the programs are built with TAGS of .ci/lib.sh, tests
# run without tags and with -race. See docs/CONTRIBUTING.md.

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help build run run-test test check layers lab bench generate fmt clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-10s %s\n", $$1, $$2 }'

build: ## compile the programs into build/
	@.ci/install run
	@.ci/build

run: build ## install what is missing, build, open the window
	@.ci/open

run-test: build ## open the window on libvirt's own test driver: nothing is changed on this computer
	@build/kvm-manager --host test:///default

test: ## all tests, end to end included
	@.ci/install run show test
	@.ci/test

check: ## format, vet, lint, floors, generated files, links, scripts: no tests
	@.ci/install run check
	@.ci/check

layers: ## compare the imports with docs/ARCHITECTURE.md
	@. .ci/lib.sh && need_go && go run ./.ci/layers

lab: ## the tests that want a libvirt daemon of their own for minutes
	@.ci/install run show test lab
	@.ci/test -tags lab ./...

bench: ## measure: Go benchmarks and the comparisons with other programs
	@.ci/install run show test bench
	@.ci/bench

generate: ## make anew what is made of other files: assets/osinfo.json of osinfo-db
	@.ci/install generate
	@. .ci/lib.sh && need_go && go generate ./services/internal/osinfo

fmt: ## format the Go files
	@. .ci/lib.sh && need_go && git ls-files -co --exclude-standard '*.go' | xargs -r gofmt -w

clean: ## remove what was built
	rm -rf build
