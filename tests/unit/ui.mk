# tests of ui, without a terminal
if HAVE_CMOCKA
ui_tests = tests/unit/test_ui_widgets tests/unit/test_ui_pages
check_PROGRAMS += $(ui_tests)
TESTS += $(ui_tests)
ui_fakes = tests/unit/fake_app.h tests/unit/fake_app.c
ui_test_libs = $(UI_LIB) $(APP_LIB) $(MODEL_LIB) $(BASE_LIB) $(CMOCKA_LIBS) \
	$(NCURSES_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
tests_unit_test_ui_widgets_SOURCES = tests/unit/test_ui_widgets.c $(ui_fakes)
tests_unit_test_ui_widgets_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ui_widgets_LDADD = $(ui_test_libs)
tests_unit_test_ui_pages_SOURCES = tests/unit/test_ui_pages.c $(ui_fakes)
tests_unit_test_ui_pages_CFLAGS = $(UNIT_CFLAGS)
tests_unit_test_ui_pages_LDADD = $(ui_test_libs)
endif
