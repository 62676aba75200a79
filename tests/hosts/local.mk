# tests/hosts: against hosts with real servers, in namespaces; one a line
hosts_tests = \
	tests/hosts/ansible.sh \
	tests/hosts/cut.sh \
	tests/hosts/cut_large.sh \
	tests/hosts/jump.sh \
	tests/hosts/kinds.sh \
	tests/hosts/odd.sh \
	tests/hosts/privilege.sh \
	tests/hosts/shell.sh
dist_check_SCRIPTS += $(hosts_tests)
TESTS += $(hosts_tests)
EXTRA_DIST += tests/hosts/lib.sh tests/hosts/cuts.sh
