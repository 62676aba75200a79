# parse: collected bytes to events of a timeline
PARSE_LIB = src/parse/libparse.a $(JANSSON_LIBS) $(LZ4_LIBS) $(LZMA_LIBS) \
	$(ZSTD_LIBS) $(SQLITE_LIBS)
noinst_LIBRARIES += src/parse/libparse.a
src_parse_libparse_a_CPPFLAGS = $(AM_CPPFLAGS) $(JANSSON_CFLAGS) \
	$(LZ4_CFLAGS) $(LZMA_CFLAGS) $(ZSTD_CFLAGS) $(SQLITE_CFLAGS)
src_parse_libparse_a_SOURCES = \
	src/parse/parse.h \
	src/parse/inside.h \
	src/parse/parsers.c \
	src/parse/signs.h \
	src/parse/signs_inside.h \
	src/parse/signs.c \
	src/parse/signs_commands.c \
	src/parse/signs_startup.c \
	src/parse/signs_web.c \
	src/parse/shell_words.h \
	src/parse/shell_words.c \
	src/parse/conf.h \
	src/parse/conf.c \
	src/parse/conf_text.c \
	src/parse/conf_accounts.c \
	src/parse/conf_sudo.c \
	src/parse/conf_ssh.c \
	src/parse/conf_cron.c \
	src/parse/conf_scripts.c \
	src/parse/conf_systemd.c \
	src/parse/conf_system.c \
	src/parse/conf_hooks.c \
	src/parse/conf_tables.c \
	src/parse/conf_net.c \
	src/parse/conf_logging.c \
	src/parse/history_fact.c \
	src/parse/lines.c \
	src/parse/words.h \
	src/parse/words.c \
	src/parse/civil.c \
	src/parse/years.c \
	src/parse/audit.c \
	src/parse/auth.h \
	src/parse/auth.c \
	src/parse/syslog.c \
	src/parse/utmp.c \
	src/parse/utmpx.c \
	src/parse/hints.c \
	src/parse/history.c \
	src/parse/history_more.c \
	src/parse/viminfo.c \
	src/parse/packages.c \
	src/parse/packages_more.c \
	src/parse/web.c \
	src/parse/web_error.c \
	src/parse/containers.c \
	src/parse/container_config.c \
	src/parse/bodyfile.c \
	src/parse/journal.c \
	src/parse/blob.h \
	src/parse/blob.c \
	src/parse/numbers.h \
	src/parse/database.h \
	src/parse/database.c \
	src/parse/database_row.c \
	src/parse/database_moments.c \
	src/parse/accounts.c \
	src/parse/lastlog.c \
	src/parse/mlocate.c \
	src/parse/service_logs.c \
	src/parse/ids.c \
	src/parse/cloudtrail.c \
	src/parse/jobs.c \
	src/parse/desktop.c \
	src/parse/network.c \
	src/parse/usage.c \
	src/parse/timeline_file.c \
	src/parse/csv.h \
	src/parse/csv.c \
	src/parse/json.h \
	src/parse/json.c
