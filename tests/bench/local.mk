# tests/bench: never part of `make check`
EXTRA_PROGRAMS += tests/bench/measure tests/bench/delay tests/bench/transfer
EXTRA_DIST += tests/bench/hunt.sh tests/bench/fleet.sh \
	tests/bench/acquire.sh tests/bench/events.sh tests/bench/triage.sh \
	tests/bench/jump.sh tests/bench/lib.sh tests/bench/follow.sh
tests_bench_measure_SOURCES = tests/bench/measure.c
tests_bench_measure_LDADD = $(BASE_LIB)
tests_bench_delay_SOURCES = tests/bench/delay.c
tests_bench_delay_LDADD = $(BASE_LIB)
tests_bench_transfer_SOURCES = tests/bench/transfer.c
tests_bench_transfer_CFLAGS = $(AM_CFLAGS) $(SSH2_CFLAGS)
tests_bench_transfer_LDADD = $(REMOTE_LIB) $(WIRE_LIB) $(MODEL_LIB) \
	$(BASE_LIB) $(SSH2_LIBS) $(SECCOMP_LIBS) $(ZSTD_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
CLEANFILES += $(EXTRA_PROGRAMS)

bench-hunt: all tests/bench/measure$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/hunt.sh
bench-fleet: all tests/bench/measure$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/fleet.sh
bench-acquire: all tests/bench/measure$(EXEEXT) tests/bench/delay$(EXEEXT) \
	tests/bench/transfer$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/acquire.sh
bench-jump: all tests/bench/measure$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/jump.sh
bench-events: all tests/bench/measure$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/events.sh
bench-triage: all tests/bench/measure$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/triage.sh
bench-follow: all tests/bench/measure$(EXEEXT)
	$(AM_V_at)$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/bench/follow.sh
.PHONY: bench-follow bench-jump bench-triage bench-events bench-hunt bench-fleet bench-acquire
