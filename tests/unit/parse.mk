# tests of src/parse
if HAVE_CMOCKA
conf_tests = tests/unit/test_parse_signs tests/unit/test_parse_conf \
	tests/unit/test_parse_stock tests/unit/test_parse_conf_system
parse_tests = $(conf_tests) tests/unit/test_parse tests/unit/test_corpus \
	tests/unit/test_parse_histories tests/unit/test_parse_packages \
	tests/unit/test_parse_web tests/unit/test_parse_logs \
	tests/unit/test_parse_containers tests/unit/test_parse_files \
	tests/unit/test_parse_journal tests/unit/test_parse_databases \
	tests/unit/test_parse_database_log \
	tests/unit/test_parse_services tests/unit/test_parse_state \
	tests/unit/test_zone
check_PROGRAMS += $(parse_tests)
TESTS += $(parse_tests)
parse_test_kit = tests/unit/parse_kit.h tests/unit/parse_kit.c
parse_test_libs = $(PARSE_LIB) $(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_parse_signs_SOURCES = tests/unit/test_parse_signs.c
tests_unit_test_parse_signs_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_signs_LDADD = $(parse_test_libs)
tests_unit_test_parse_conf_SOURCES = \
	tests/unit/test_parse_conf.c $(parse_test_kit)
tests_unit_test_parse_conf_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_conf_LDADD = $(parse_test_libs)
tests_unit_test_parse_conf_system_SOURCES = \
	tests/unit/test_parse_conf_system.c $(parse_test_kit)
tests_unit_test_parse_conf_system_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_conf_system_LDADD = $(parse_test_libs)
tests_unit_test_parse_stock_SOURCES = \
	tests/unit/test_parse_stock.c $(parse_test_kit)
tests_unit_test_parse_stock_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_stock_LDADD = $(parse_test_libs)
tests_unit_test_parse_SOURCES = tests/unit/test_parse.c $(parse_test_kit)
tests_unit_test_parse_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_LDADD = $(parse_test_libs)
tests_unit_test_zone_SOURCES = tests/unit/test_zone.c $(parse_test_kit)
tests_unit_test_zone_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_zone_LDADD = $(parse_test_libs)
tests_unit_test_parse_logs_SOURCES = tests/unit/test_parse_logs.c $(parse_test_kit)
tests_unit_test_parse_logs_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_logs_LDADD = $(parse_test_libs)
tests_unit_test_corpus_SOURCES = tests/unit/test_corpus.c $(parse_test_kit)
tests_unit_test_corpus_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_corpus_LDADD = $(parse_test_libs)
tests_unit_test_parse_histories_SOURCES = \
	tests/unit/test_parse_histories.c $(parse_test_kit)
tests_unit_test_parse_histories_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_histories_LDADD = $(parse_test_libs)
tests_unit_test_parse_packages_SOURCES = \
	tests/unit/test_parse_packages.c $(parse_test_kit)
tests_unit_test_parse_packages_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_packages_LDADD = $(parse_test_libs)
tests_unit_test_parse_containers_SOURCES = \
	tests/unit/test_parse_containers.c $(parse_test_kit)
tests_unit_test_parse_containers_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_containers_LDADD = $(parse_test_libs)
tests_unit_test_parse_files_SOURCES = \
	tests/unit/test_parse_files.c $(parse_test_kit)
tests_unit_test_parse_files_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_files_LDADD = $(parse_test_libs)
tests_unit_test_parse_web_SOURCES = \
	tests/unit/test_parse_web.c $(parse_test_kit)
tests_unit_test_parse_web_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_web_LDADD = $(parse_test_libs)
tests_unit_test_parse_journal_SOURCES = \
	tests/unit/test_parse_journal.c $(parse_test_kit)
tests_unit_test_parse_journal_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_journal_LDADD = $(parse_test_libs)
tests_unit_test_parse_database_log_SOURCES = \
	tests/unit/test_parse_database_log.c $(parse_test_kit)
tests_unit_test_parse_database_log_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_database_log_LDADD = $(parse_test_libs)
tests_unit_test_parse_databases_SOURCES = \
	tests/unit/test_parse_databases.c $(parse_test_kit)
tests_unit_test_parse_databases_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_databases_LDADD = $(parse_test_libs)
tests_unit_test_parse_services_SOURCES = \
	tests/unit/test_parse_services.c $(parse_test_kit)
tests_unit_test_parse_services_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_services_LDADD = $(parse_test_libs)
tests_unit_test_parse_state_SOURCES = \
	tests/unit/test_parse_state.c $(parse_test_kit)
tests_unit_test_parse_state_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_parse_state_LDADD = $(parse_test_libs)
endif
