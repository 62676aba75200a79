# tests of src/range and of the practice data
if HAVE_CMOCKA
range_tests = tests/range/test_range
check_PROGRAMS += $(range_tests)
TESTS += $(range_tests)
tests_range_test_range_SOURCES = tests/range/test_range.c
tests_range_test_range_CFLAGS = $(UNIT_CFLAGS)
tests_range_test_range_LDADD = $(RANGE_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(CRYPTO_LIBS) $(UTF8PROC_LIBS)
endif

range_scripts = tests/range/rules.sh tests/range/indicators.sh tests/range/first_watch.sh
dist_check_SCRIPTS += $(range_scripts)
TESTS += $(range_scripts)
