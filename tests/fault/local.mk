# tests/fault
EXTRA_DIST += tests/data/README tests/data/version-1.case.gz \
	tests/data/version-2.case.gz tests/data/version-3.case.gz
if HAVE_CMOCKA
fault_tests = tests/fault/test_case_kill tests/fault/test_case_migrate
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)
tests_fault_test_case_kill_SOURCES = tests/fault/test_case_kill.c \
	$(case_test_common)
tests_fault_test_case_kill_CFLAGS = $(case_test_cflags)
tests_fault_test_case_kill_LDADD = $(case_test_libs)
tests_fault_test_case_migrate_SOURCES = tests/fault/test_case_migrate.c \
	$(case_test_common)
tests_fault_test_case_migrate_CFLAGS = $(case_test_cflags)
tests_fault_test_case_migrate_LDADD = $(case_test_libs)
endif
