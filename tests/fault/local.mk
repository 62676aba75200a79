# tests/fault
if HAVE_CMOCKA
fault_tests = tests/fault/test_case_kill
check_PROGRAMS += $(fault_tests)
TESTS += $(fault_tests)
tests_fault_test_case_kill_SOURCES = tests/fault/test_case_kill.c \
	$(case_test_common)
tests_fault_test_case_kill_CFLAGS = $(case_test_cflags)
tests_fault_test_case_kill_LDADD = $(case_test_libs)
endif
