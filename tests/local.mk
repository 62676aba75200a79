# Tests: one fragment per room. C tests are cmocka programs in check_PROGRAMS
# and TESTS; shell tests go into dist_check_SCRIPTS and TESTS. A test that
# cannot run here exits 77 and says why.
#
# Tests that look for what a probe left anywhere on this machine run while no
# other test does, which may just be placing one: they hold a lock alone that
# all others share, those of another build folder and user included.
AM_TESTS_ENVIRONMENT = \
	if command -v flock >/dev/null; then \
	exec 7</; \
	case $$f in \
	*tests/e2e/sweep.sh | *tests/e2e/kill.sh | *tests/e2e/life.sh) \
	flock -w 300 7 ;; \
	*) flock -s -w 300 7 ;; \
	esac; \
	fi; \
	HALLIGAN='$(abs_top_builddir)/halligan$(EXEEXT)'; export HALLIGAN; \
	HALLIGAN_PROBE='$(abs_top_builddir)/halligan-probe$(EXEEXT)'; \
	export HALLIGAN_PROBE; \
	HALLIGAN_SRCDIR='$(abs_top_srcdir)'; export HALLIGAN_SRCDIR; \
	HALLIGAN_BUILDDIR='$(abs_top_builddir)'; export HALLIGAN_BUILDDIR; \
	unset HALLIGAN_CASE SSH_AUTH_SOCK; TZ=UTC; export TZ; \
	LC_ALL=C.UTF-8; export LC_ALL;

UNIT_CFLAGS = $(AM_CFLAGS) $(CMOCKA_CFLAGS) -I$(top_srcdir)/tests

include tests/unit/base.mk
include tests/unit/wire.mk
include tests/unit/parse.mk
include tests/unit/probe.mk
include tests/unit/case.mk
include tests/unit/job.mk
include tests/unit/app.mk
include tests/unit/ui.mk
include tests/ssh/local.mk
include tests/tui/local.mk
include tests/cli/local.mk
include tests/fault/local.mk
include tests/fuzz/local.mk
include tests/lint/local.mk
include tests/engine/local.mk
include tests/bench/local.mk
include tests/range/local.mk
include tests/probe/local.mk
include tests/e2e/local.mk
include tests/hosts/local.mk

# Where threads meet, for a tree configured --enable-sanitizers=thread.
thread_tests = $(base_tests) $(case_tests) $(job_tests)
check-threads:
	$(MAKE) $(AM_MAKEFLAGS) check-TESTS TESTS='$(thread_tests)' \
		check_PROGRAMS='$(thread_tests)'
.PHONY: check-threads
