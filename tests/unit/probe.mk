# tests of src/probe
if HAVE_CMOCKA
probe_tests = tests/unit/test_plan tests/unit/test_probe \
	tests/unit/test_feed tests/unit/test_walk tests/unit/test_hang tests/unit/test_engine tests/unit/test_serve \
	tests/unit/test_guest tests/unit/test_budget tests/unit/test_manners tests/unit/test_sight \
	tests/unit/test_memory tests/unit/test_same
probe_tests += tests/unit/test_archives tests/unit/test_need tests/unit/test_slim
probe_tests += tests/unit/test_filter tests/unit/test_traps
probe_tests += tests/unit/test_triage tests/unit/test_triage_live \
	tests/unit/test_triage_texts tests/unit/test_triage_files \
	tests/unit/test_triage_feed
check_PROGRAMS += $(probe_tests)
TESTS += $(probe_tests)
probe_kit = tests/unit/probe_kit.h tests/unit/probe_kit.c
probe_child = $(probe_kit) tests/unit/probe_child.h \
	tests/unit/probe_child.c
probe_test_libs = $(PROBE_LIB) $(RULE_LIB) $(WIRE_LIB) $(MODEL_LIB) $(BASE_LIB) \
	$(CMOCKA_LIBS) $(YARA_LIBS) $(ARCHIVE_LIBS) $(ZSTD_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
check_PROGRAMS += tests/unit/test_secret
TESTS += tests/unit/test_secret
tests_unit_test_secret_SOURCES = tests/unit/test_secret.c
tests_unit_test_secret_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_secret_LDADD = $(probe_test_libs)
tests_unit_test_plan_SOURCES = tests/unit/test_plan.c $(probe_kit)
tests_unit_test_plan_CFLAGS = $(UNIT_CFLAGS) $(YARA_CFLAGS)
tests_unit_test_plan_LDADD = $(probe_test_libs)
tests_unit_test_probe_SOURCES = tests/unit/test_probe.c $(probe_kit)
tests_unit_test_probe_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_probe_LDADD = $(probe_test_libs)
tests_unit_test_feed_SOURCES = tests/unit/test_feed.c
tests_unit_test_feed_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_feed_LDADD = $(probe_test_libs)
tests_unit_test_walk_SOURCES = tests/unit/test_walk.c $(probe_kit)
tests_unit_test_walk_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_walk_LDADD = $(probe_test_libs)
tests_unit_test_hang_SOURCES = tests/unit/test_hang.c $(probe_kit)
tests_unit_test_hang_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_hang_LDADD = $(probe_test_libs)
tests_unit_test_engine_SOURCES = tests/unit/test_engine.c $(probe_kit)
tests_unit_test_engine_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_engine_LDADD = $(probe_test_libs)
tests_unit_test_sight_SOURCES = tests/unit/test_sight.c $(probe_kit)
tests_unit_test_sight_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_sight_LDADD = $(probe_test_libs)
tests_unit_test_need_SOURCES = tests/unit/test_need.c $(probe_kit)
tests_unit_test_need_CFLAGS = $(UNIT_CFLAGS) $(YARA_CFLAGS)
tests_unit_test_need_LDADD = $(probe_test_libs)
tests_unit_test_slim_SOURCES = tests/unit/test_slim.c
tests_unit_test_slim_CFLAGS = $(UNIT_CFLAGS) $(YARA_CFLAGS)
tests_unit_test_slim_LDADD = $(probe_test_libs)
tests_unit_test_archives_SOURCES = tests/unit/test_archives.c $(probe_kit)
tests_unit_test_archives_CFLAGS = $(UNIT_CFLAGS) $(ARCHIVE_CFLAGS)
tests_unit_test_archives_LDADD = $(probe_test_libs)
tests_unit_test_filter_SOURCES = tests/unit/test_filter.c $(probe_kit)
tests_unit_test_filter_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_filter_LDADD = $(probe_test_libs)
tests_unit_test_traps_SOURCES = tests/unit/test_traps.c tests/unit/traps.h \
	tests/unit/traps.c $(probe_child)
tests_unit_test_traps_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_traps_LDADD = $(probe_test_libs)
triage_kit = $(probe_kit) tests/unit/triage_kit.h tests/unit/triage_kit.c
tests_unit_test_triage_SOURCES = tests/unit/test_triage.c $(triage_kit)
tests_unit_test_triage_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_triage_LDADD = $(probe_test_libs)
tests_unit_test_triage_texts_SOURCES = tests/unit/test_triage_texts.c \
	$(triage_kit)
tests_unit_test_triage_texts_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_triage_texts_LDADD = $(probe_test_libs)
tests_unit_test_triage_files_SOURCES = tests/unit/test_triage_files.c \
	$(triage_kit)
tests_unit_test_triage_files_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_triage_files_LDADD = $(probe_test_libs)
tests_unit_test_triage_feed_SOURCES = tests/unit/test_triage_feed.c \
	$(triage_kit)
tests_unit_test_triage_feed_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_triage_feed_LDADD = $(probe_test_libs)
# These run halligan-probe, which `make check` has made before.
tests_unit_test_serve_SOURCES = tests/unit/test_serve.c $(probe_child)
tests_unit_test_serve_CFLAGS = $(UNIT_CFLAGS) -DPROBE_ARCH='"$(PROBE_ARCH)"'
tests_unit_test_serve_LDADD = $(probe_test_libs)
tests_unit_test_triage_live_SOURCES = tests/unit/test_triage_live.c \
	tests/unit/triage_prey.h tests/unit/triage_prey.c \
	tests/unit/triage_kit.h tests/unit/triage_kit.c $(probe_child)
tests_unit_test_triage_live_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_triage_live_LDADD = $(probe_test_libs)
tests_unit_test_guest_SOURCES = tests/unit/test_guest.c $(probe_child)
tests_unit_test_guest_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_guest_LDADD = $(probe_test_libs)
tests_unit_test_manners_SOURCES = tests/unit/test_manners.c $(probe_child)
tests_unit_test_manners_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_manners_LDADD = $(probe_test_libs)
tests_unit_test_same_SOURCES = tests/unit/test_same.c $(probe_kit)
tests_unit_test_same_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_same_LDADD = $(probe_test_libs)
tests_unit_test_memory_SOURCES = tests/unit/test_memory.c $(probe_kit)
tests_unit_test_memory_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_memory_LDADD = $(probe_test_libs)
tests_unit_test_budget_SOURCES = tests/unit/test_budget.c $(probe_child)
tests_unit_test_budget_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_budget_LDADD = $(probe_test_libs)
check_PROGRAMS += tests/unit/test_arches
TESTS += tests/unit/test_arches
tests_unit_test_arches_SOURCES = tests/unit/test_arches.c $(probe_child)
tests_unit_test_arches_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_arches_LDADD = $(probe_test_libs)
endif
