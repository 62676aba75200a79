# tests/tui: the real program on a pseudo terminal
if HAVE_CMOCKA
if HAVE_VTERM
tui_tests = tests/tui/test_tui
check_PROGRAMS += $(tui_tests)
TESTS += $(tui_tests)
tests_tui_test_tui_SOURCES = tests/tui/test_tui.c tests/tui/tui.h \
	tests/tui/tui.c tests/tui/clean.c $(case_test_common)
tests_tui_test_tui_CFLAGS = $(case_test_cflags) $(VTERM_CFLAGS) \
	$(NCURSES_CFLAGS)
tests_tui_test_tui_LDADD = $(case_test_libs) $(VTERM_LIBS) $(NCURSES_LIBS) \
	-lutil
endif
endif
