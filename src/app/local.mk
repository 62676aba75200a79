# app: one source a line, so that two people can add one each
APP_LIB = src/app/libapp.a
noinst_LIBRARIES += $(APP_LIB)
src_app_libapp_a_SOURCES = \
	src/app/app.h \
	src/app/app.c \
	src/app/inside.h \
	src/app/probe.c \
	src/app/earlier.c \
	src/app/had.c \
	src/app/reaching.h \
	src/app/reaching.c src/app/jumps.c \
	src/app/start.c \
	src/app/import.c src/app/parse.c src/app/zone.c src/app/spool.c src/app/follow.c \
	src/app/members.c \
	src/app/command.h \
	src/app/command_options.h \
	src/app/command.c \
	src/app/command_docs.c \
	src/app/command_help.c \
	src/app/command_split.c \
	src/app/command_run.c \
	src/app/command_lists.h src/app/command_lists.c \
	src/app/command_table.c \
	src/app/cmd.h \
	src/app/artifacts.h \
	src/app/artifacts.c \
	src/app/cmd_artifact.c \
	src/app/cmd_case.c \
	src/app/checks.h \
	src/app/check.c \
	src/app/judging.h src/app/judging.c src/app/judge_child.c \
	src/app/check_lacks.h src/app/check_lacks.c \
	src/app/check_rows.c \
	src/app/check_files.c \
	src/app/check_docs.c \
	src/app/mdoc.h \
	src/app/check_test.c \
	src/app/cmd_check.c \
	src/app/cmd_exclusion.c \
	src/app/cmd_control.c \
	src/app/cmd_explain.c \
	src/app/cmd_export.c \
	src/app/cmd_host.c \
	src/app/cmd_hunt.c \
	src/app/cmd_indicator.c \
	src/app/indicators.h \
	src/app/indicators.c \
	src/app/cmd_import.c \
	src/app/cmd_job.c \
	src/app/cmd_key.c \
	src/app/cmd_label.c \
	src/app/cmd_note.c \
	src/app/cmd_problem.c \
	src/app/cmd_rows.c \
	src/app/cmd_tool.c \
	src/app/cmd_words.c \
	src/app/hosts.h \
	src/app/hosts.c \
	src/app/host_add.c \
	src/app/select.c \
	src/app/select_words.c
