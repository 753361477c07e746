# The two commands that matter are `make run` and `make test`; all the work is in ./dev, a POSIX shell script.
.PHONY: help run test test-nightly reliability sabotage check tidy bench messages lock setup clean
.DEFAULT_GOAL := help

help run test test-nightly reliability sabotage check tidy bench messages lock setup clean:
	@./dev $@ $(ARGS)
