# tests/hosts: against hosts with real servers, in namespaces
hosts_tests = tests/hosts/kinds.sh tests/hosts/ansible.sh \
	tests/hosts/shell.sh tests/hosts/privilege.sh tests/hosts/cut.sh
dist_check_SCRIPTS += $(hosts_tests)
TESTS += $(hosts_tests)
EXTRA_DIST += tests/hosts/lib.sh
