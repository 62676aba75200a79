# tests/e2e: the program as users type it, against real sshds
e2e_tests = tests/e2e/sweep.sh tests/e2e/yara.sh tests/e2e/trust.sh \
	tests/e2e/refused.sh tests/e2e/rules.sh \
	tests/e2e/kill.sh tests/e2e/conform.sh tests/e2e/hunts.sh
e2e_tests += tests/e2e/steer.sh tests/e2e/life.sh
e2e_tests += tests/e2e/filter.sh tests/e2e/walk.sh
e2e_tests += tests/e2e/proxy_command.sh
# The network of a host, for indicators of addresses.
e2e_tests += tests/e2e/indicators.sh
check_PROGRAMS += tests/e2e/peer
tests_e2e_peer_SOURCES = tests/e2e/peer.c
tests_e2e_peer_LDADD = $(BASE_LIB)
e2e_tests += tests/e2e/resume.sh tests/e2e/resume_fleet.sh tests/e2e/ssh_config.sh
e2e_tests += tests/e2e/archives.sh tests/e2e/memory.sh
e2e_tests += tests/e2e/fleet.sh tests/e2e/follow.sh tests/e2e/artifact.sh
check_PROGRAMS += tests/e2e/strange
tests_e2e_strange_SOURCES = tests/e2e/strange.c
tests_e2e_strange_LDADD = $(BASE_LIB)
dist_check_SCRIPTS += $(e2e_tests)
TESTS += $(e2e_tests)
EXTRA_DIST += tests/e2e/lib.sh tests/e2e/fleet_servers.sh
