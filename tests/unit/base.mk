# tests of src/base and src/model
if HAVE_CMOCKA
base_tests = tests/unit/test_base tests/unit/test_unicode \
	tests/unit/test_keystream tests/unit/test_glob \
	tests/unit/test_regex tests/unit/test_indicator tests/unit/test_age
check_PROGRAMS += $(base_tests)
TESTS += $(base_tests)
tests_unit_test_base_SOURCES = tests/unit/test_base.c
tests_unit_test_base_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_base_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_age_SOURCES = tests/unit/test_age.c
tests_unit_test_age_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_age_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_keystream_SOURCES = tests/unit/test_keystream.c
tests_unit_test_keystream_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_keystream_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS)
tests_unit_test_unicode_SOURCES = tests/unit/test_unicode.c
tests_unit_test_unicode_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_unicode_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)

tests_unit_test_glob_SOURCES = tests/unit/test_glob.c
tests_unit_test_glob_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_glob_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_regex_SOURCES = tests/unit/test_regex.c
tests_unit_test_regex_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_regex_LDADD = $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_indicator_SOURCES = tests/unit/test_indicator.c
tests_unit_test_indicator_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_indicator_LDADD = $(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(CRYPTO_LIBS) $(UTF8PROC_LIBS)
endif
