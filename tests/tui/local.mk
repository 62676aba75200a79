# tests/tui: the real program on a pseudo terminal
if HAVE_CMOCKA
if HAVE_VTERM
tui_tests = tests/tui/test_tui tests/tui/test_term
check_PROGRAMS += $(tui_tests)
TESTS += $(tui_tests)
tui_common = tests/tui/tui.h tests/tui/tui.c tests/tui/clean.c \
	tests/tui/kit.h tests/tui/kit.c $(case_test_common)
tui_cflags = $(case_test_cflags) $(VTERM_CFLAGS) $(NCURSES_CFLAGS)
tui_libs = $(case_test_libs) $(VTERM_LIBS) $(NCURSES_LIBS) -lutil
tests_tui_test_tui_SOURCES = tests/tui/test_tui.c $(tui_common)
tests_tui_test_tui_CFLAGS = $(tui_cflags)
tests_tui_test_tui_LDADD = $(tui_libs)
tests_tui_test_term_SOURCES = tests/tui/test_term.c $(tui_common)
tests_tui_test_term_CFLAGS = $(tui_cflags)
tests_tui_test_term_LDADD = $(tui_libs)
endif
endif
