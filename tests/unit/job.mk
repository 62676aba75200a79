# tests of src/job, src/detect and of what src/cli asks
if HAVE_CMOCKA
job_tests = tests/unit/test_job tests/unit/test_password tests/unit/test_fleet \
	tests/unit/test_reach tests/unit/test_bundle tests/unit/test_detect \
	tests/unit/test_checkset tests/unit/test_culprit tests/unit/test_asks
check_PROGRAMS += $(job_tests)
TESTS += $(job_tests)
JOB_TEST_LIBS = $(JOB_LIB) $(DETECT_LIB) $(REMOTE_LIB) $(RULE_LIB) $(WIRE_LIB) \
	$(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) $(YARA_LIBS) $(SSH2_LIBS) \
	$(SECCOMP_LIBS) $(ZSTD_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
job_test_kit = tests/unit/unit.h tests/unit/job_fakes.h \
	tests/unit/job_fakes.c tests/unit/job_bed.h tests/unit/job_bed.c
tests_unit_test_job_SOURCES = tests/unit/test_job.c $(job_test_kit)
tests_unit_test_job_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_job_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_culprit_SOURCES = tests/unit/test_culprit.c $(job_test_kit)
tests_unit_test_culprit_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_culprit_LDADD = $(JOB_LIB) $(REMOTE_LIB) $(PARSE_LIB) \
	$(JOB_TEST_LIBS) $(ARCHIVE_LIBS)
tests_unit_test_culprit_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=pacman_run
tests_unit_test_fleet_SOURCES = tests/unit/test_fleet.c $(job_test_kit)
tests_unit_test_fleet_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_fleet_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_password_SOURCES = tests/unit/test_password.c $(job_test_kit)
tests_unit_test_password_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_password_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_asks_SOURCES = tests/unit/test_asks.c tests/unit/unit.h \
	src/cli/ask.c
tests_unit_test_asks_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_asks_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_reach_SOURCES = tests/unit/test_reach.c $(job_test_kit)
tests_unit_test_reach_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_reach_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_bundle_SOURCES = tests/unit/test_bundle.c \
	tests/unit/job_fakes.h tests/unit/job_fakes.c
tests_unit_test_bundle_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_bundle_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_detect_SOURCES = tests/unit/test_detect.c tests/unit/unit.h
tests_unit_test_detect_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_detect_LDADD = $(JOB_TEST_LIBS)
tests_unit_test_checkset_SOURCES = tests/unit/test_checkset.c tests/unit/unit.h
tests_unit_test_checkset_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_checkset_LDADD = $(JOB_TEST_LIBS)
endif
