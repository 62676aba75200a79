# tests/hosts: against hosts with real servers, in namespaces; one a line
hosts_tests = \
	tests/hosts/ansible.sh \
	tests/hosts/cut.sh \
	tests/hosts/cut_large.sh \
	tests/hosts/deadlines.sh \
	tests/hosts/hostile.sh \
	tests/hosts/implants.sh \
	tests/hosts/lies.sh \
	tests/hosts/unjudged.sh \
	tests/hosts/jump.sh \
	tests/hosts/kinds.sh \
	tests/hosts/login.sh \
	tests/hosts/odd.sh \
	tests/hosts/picture.sh \
	tests/hosts/privilege.sh \
	tests/hosts/secrets.sh \
	tests/hosts/shell_cut.sh \
	tests/hosts/shell.sh
hosts_tests += tests/conform/triage.sh tests/conform/stock.sh
dist_check_SCRIPTS += $(hosts_tests)
TESTS += $(hosts_tests)
EXTRA_DIST += tests/conform/lived_in.sh tests/conform/triage.tsv
EXTRA_DIST += tests/hosts/lib.sh tests/hosts/cuts.sh \
	tests/hosts/screen.sh
check_PROGRAMS += tests/hosts/memfind
tests_hosts_memfind_SOURCES = tests/hosts/memfind.c
tests_hosts_memfind_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/src
tests_hosts_memfind_LDADD = $(BASE_LIB)
check_PROGRAMS += tests/hosts/badserver
tests_hosts_badserver_SOURCES = tests/hosts/badserver.c tests/ssh/plays.h \
	tests/ssh/plays.c
tests_hosts_badserver_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tests
tests_hosts_badserver_LDADD = $(BASE_LIB)
check_PROGRAMS += tests/hosts/traps
tests_hosts_traps_SOURCES = tests/hosts/traps.c tests/unit/traps.h \
	tests/unit/traps.c
tests_hosts_traps_CFLAGS = $(AM_CFLAGS) -I$(top_srcdir)/tests
tests_hosts_traps_LDADD = $(BASE_LIB)
