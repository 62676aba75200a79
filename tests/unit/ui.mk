# tests of ui, without a terminal
if HAVE_CMOCKA
ui_tests = tests/unit/test_ui_widgets tests/unit/test_ui_input \
	tests/unit/test_ui_pages tests/unit/test_ui_jobs
check_PROGRAMS += $(ui_tests)
TESTS += $(ui_tests)
ui_fakes = tests/unit/fake_app.h tests/unit/fake_app.c \
	tests/unit/ui_shot.h tests/unit/ui_kit.h
ui_test_libs = $(UI_LIB) $(APP_LIB) $(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(NCURSES_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_ui_widgets_SOURCES = tests/unit/test_ui_widgets.c $(ui_fakes)
tests_unit_test_ui_widgets_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ui_widgets_LDADD = $(ui_test_libs)
tests_unit_test_ui_input_SOURCES = tests/unit/test_ui_input.c $(ui_fakes)
tests_unit_test_ui_input_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ui_input_LDADD = $(ui_test_libs)
tests_unit_test_ui_pages_SOURCES = tests/unit/test_ui_pages.c $(ui_fakes)
tests_unit_test_ui_pages_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ui_pages_LDADD = $(ui_test_libs)
tests_unit_test_ui_jobs_SOURCES = tests/unit/test_ui_jobs.c $(ui_fakes)
tests_unit_test_ui_jobs_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ui_jobs_LDADD = $(ui_test_libs)
endif
