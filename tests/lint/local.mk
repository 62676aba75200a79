# Lint: what no compiler looks for. lib.sh says how the scripts work.
lint_tests = tests/lint/artifacts.sh tests/lint/layers.sh tests/lint/source.sh tests/lint/calls.sh \
	tests/lint/functions.sh tests/lint/listed.sh tests/lint/manpages.sh \
	tests/lint/self_test.sh
dist_check_SCRIPTS += $(lint_tests)
TESTS += $(lint_tests)
EXTRA_DIST += tests/lint/lib.sh tests/lint/strip.awk tests/lint/calls.awk \
	tests/lint/functions.awk tests/lint/waivers

# By hand only: what clang-format would change is advice, no fault.
format:
	cd $(top_srcdir) && find src ui tests -name '*.[ch]' -exec \
		clang-format -i {} +
.PHONY: format
