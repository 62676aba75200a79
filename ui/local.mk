# The console. Only ui/term.c knows curses.
UI_LIB = ui/libui.a
noinst_LIBRARIES += $(UI_LIB)
ui_libui_a_SOURCES = ui/ui.h ui/console.h ui/key.h ui/keymap.h ui/keymap.c \
	ui/grid.h ui/grid.c ui/scroll.h ui/scroll.c ui/words.h ui/words.c \
	ui/source.h ui/source.c ui/list.h ui/list_priv.h ui/list.c \
	ui/list_draw.c ui/doc.h ui/doc.c ui/blob.h ui/blob.c ui/pager.h \
	ui/pager.c ui/hex.h ui/hex.c ui/prompt.h ui/prompt.c ui/term.h \
	ui/term.c ui/rescue.h ui/rescue.c ui/loop.c ui/page.c ui/status.c \
	ui/message.c ui/run.c \
	ui/expand.c ui/ask.c ui/edit.c ui/jobs.c ui/detail.h ui/detail.c ui/detail_fact.c ui/detail_check.c \
	ui/detail_finding.c ui/specs.c \
	ui/page_list.c ui/page_doc.c ui/page_item.c ui/page_help.c \
	ui/page_case.c
ui_libui_a_CFLAGS = $(AM_CFLAGS) $(NCURSES_CFLAGS)
