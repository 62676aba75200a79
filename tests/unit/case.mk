# tests of src/case
if HAVE_CMOCKA
case_tests = tests/unit/test_case tests/unit/test_case_records \
	tests/unit/test_case_rows tests/unit/test_case_verify \
	tests/unit/test_case_hunts tests/unit/test_case_stack \
	tests/unit/test_case_sightings tests/unit/test_case_reach \
	tests/unit/test_case_events tests/unit/test_fold \
	tests/unit/test_case_facts tests/unit/test_judge \
	tests/unit/test_judge_gaps \
	tests/unit/test_case_runs tests/unit/test_case_had tests/unit/test_case_legs
check_PROGRAMS += $(case_tests)
TESTS += $(case_tests)
case_test_common = tests/unit/case_util.h tests/unit/case_util.c
case_test_libs = $(CASE_LIB) $(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(SQLITE_LIBS) $(ZSTD_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS) \
	$(SECCOMP_LIBS)
case_test_cflags = $(UNIT_CFLAGS) $(SQLITE_CFLAGS)
tests_unit_test_case_SOURCES = tests/unit/test_case.c $(case_test_common)
tests_unit_test_case_CFLAGS = $(case_test_cflags)
tests_unit_test_case_LDADD = $(case_test_libs)
tests_unit_test_judge_SOURCES = tests/unit/test_judge.c $(case_test_common)
tests_unit_test_judge_CFLAGS = $(case_test_cflags)
tests_unit_test_judge_LDADD = $(case_test_libs)
tests_unit_test_judge_gaps_SOURCES = tests/unit/test_judge_gaps.c \
	$(case_test_common)
tests_unit_test_judge_gaps_CFLAGS = $(case_test_cflags)
tests_unit_test_judge_gaps_LDADD = $(case_test_libs)
tests_unit_test_case_records_SOURCES = tests/unit/test_case_records.c \
	$(case_test_common)
tests_unit_test_case_records_CFLAGS = $(case_test_cflags)
tests_unit_test_case_records_LDADD = $(case_test_libs)
tests_unit_test_case_legs_SOURCES = tests/unit/test_case_legs.c \
	$(case_test_common)
tests_unit_test_case_legs_CFLAGS = $(case_test_cflags)
tests_unit_test_case_legs_LDADD = $(case_test_libs)
tests_unit_test_case_had_SOURCES = tests/unit/test_case_had.c \
	$(case_test_common)
tests_unit_test_case_had_CFLAGS = $(case_test_cflags)
tests_unit_test_case_had_LDADD = $(case_test_libs)
tests_unit_test_case_reach_SOURCES = tests/unit/test_case_reach.c \
	$(case_test_common)
tests_unit_test_case_reach_CFLAGS = $(case_test_cflags)
tests_unit_test_case_reach_LDADD = $(case_test_libs)
tests_unit_test_case_facts_SOURCES = \
	tests/unit/test_case_facts.c $(case_test_common)
tests_unit_test_case_facts_CFLAGS = $(case_test_cflags)
tests_unit_test_case_facts_LDADD = $(case_test_libs)
tests_unit_test_fold_SOURCES = tests/unit/test_fold.c $(case_test_common)
tests_unit_test_fold_CFLAGS = $(case_test_cflags)
tests_unit_test_fold_LDADD = $(case_test_libs)
tests_unit_test_case_events_SOURCES = \
	tests/unit/test_case_events.c $(case_test_common)
tests_unit_test_case_events_CFLAGS = $(case_test_cflags)
tests_unit_test_case_events_LDADD = $(case_test_libs)
tests_unit_test_case_sightings_SOURCES = \
	tests/unit/test_case_sightings.c $(case_test_common)
tests_unit_test_case_sightings_CFLAGS = $(case_test_cflags)
tests_unit_test_case_sightings_LDADD = $(case_test_libs)
tests_unit_test_case_stack_SOURCES = tests/unit/test_case_stack.c \
	$(case_test_common)
tests_unit_test_case_stack_CFLAGS = $(case_test_cflags)
tests_unit_test_case_stack_LDADD = $(case_test_libs)
tests_unit_test_case_rows_SOURCES = tests/unit/test_case_rows.c \
	$(case_test_common)
tests_unit_test_case_rows_CFLAGS = $(case_test_cflags)
tests_unit_test_case_rows_LDADD = $(case_test_libs)
tests_unit_test_case_verify_SOURCES = tests/unit/test_case_verify.c \
	$(case_test_common)
tests_unit_test_case_verify_CFLAGS = $(case_test_cflags)
tests_unit_test_case_verify_LDADD = $(case_test_libs)
tests_unit_test_case_hunts_SOURCES = tests/unit/test_case_hunts.c \
	$(case_test_common)
tests_unit_test_case_hunts_CFLAGS = $(case_test_cflags)
tests_unit_test_case_hunts_LDADD = $(case_test_libs)
tests_unit_test_case_runs_SOURCES = tests/unit/test_case_runs.c \
	$(case_test_common)
tests_unit_test_case_runs_CFLAGS = $(case_test_cflags)
tests_unit_test_case_runs_LDADD = $(case_test_libs)
endif
