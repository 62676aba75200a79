# tests of src/app, src/export, src/inventory and src/artifact
if HAVE_CMOCKA
app_tests = tests/unit/test_command tests/unit/test_export \
	tests/unit/test_inventory tests/unit/test_artifact \
	tests/unit/test_expand tests/unit/test_control tests/unit/test_words
check_PROGRAMS += $(app_tests)
TESTS += $(app_tests)
tests_unit_test_command_SOURCES = tests/unit/test_command.c
tests_unit_test_command_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_command_LDADD = $(APP_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_words_SOURCES = tests/unit/test_words.c
tests_unit_test_words_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_words_LDADD = $(APP_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_control_SOURCES = tests/unit/test_control.c
tests_unit_test_control_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_control_LDADD = $(APP_LIB) $(MODEL_LIB) $(BASE_LIB) \
	$(CMOCKA_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_export_SOURCES = tests/unit/test_export.c
tests_unit_test_export_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_export_LDADD = $(EXPORT_LIB) $(MODEL_LIB) $(BASE_LIB) \
	$(CMOCKA_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_artifact_SOURCES = tests/unit/test_artifact.c
tests_unit_test_artifact_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_artifact_LDADD = $(ARTIFACT_LIB) $(WIRE_LIB) $(MODEL_LIB) \
	$(BASE_LIB) $(CMOCKA_LIBS) $(YAML_LIBS) $(ZSTD_LIBS) $(CRYPTO_LIBS) \
	$(UTF8PROC_LIBS)
tests_unit_test_expand_SOURCES = tests/unit/test_expand.c
tests_unit_test_expand_CFLAGS = $(UNIT_CFLAGS) $(ARCHIVE_CFLAGS) $(JANSSON_CFLAGS)
tests_unit_test_expand_LDADD = $(ARTIFACT_LIB) $(WIRE_LIB) $(MODEL_LIB) \
	$(BASE_LIB) $(CMOCKA_LIBS) $(YAML_LIBS) $(ARCHIVE_LIBS) \
	$(JANSSON_LIBS) $(ZSTD_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_inventory_SOURCES = tests/unit/test_inventory.c
tests_unit_test_inventory_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_inventory_LDADD = $(INVENTORY_LIB) $(REMOTE_LIB) $(BASE_LIB) \
	$(CMOCKA_LIBS) $(YAML_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
endif
