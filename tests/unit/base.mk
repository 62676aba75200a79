# tests of src/base
if HAVE_CMOCKA
base_tests = tests/unit/test_base tests/unit/test_glob
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_base_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_glob_SOURCES = tests/unit/test_glob.c
tests_unit_test_glob_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_glob_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
endif
