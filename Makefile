# A front for those who have make; every command is a script that works without it.
PREFIX ?= $(CURDIR)/out

.PHONY: demo test test-all bench sweep install format lint
demo:
	scripts/demo
test:
	scripts/test
test-all:
	scripts/test-all
bench:
	bench/run
sweep:
	bench/sweep/run
install:
	scripts/bootstrap
	scripts/build release poacl_product
	cmake --install build/release --prefix $(abspath $(PREFIX))
format:
	scripts/lint --format
lint:
	scripts/lint
