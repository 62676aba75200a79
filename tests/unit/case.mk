# tests of src/case
if HAVE_CMOCKA
case_tests = tests/unit/test_case
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
endif
