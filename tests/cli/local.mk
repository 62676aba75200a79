# tests/cli: the finished program, run as anybody runs it
cli_tests = tests/cli/case.sh tests/cli/bad_input.sh tests/cli/output.sh \
	tests/cli/manual.sh tests/cli/interrupt.sh tests/cli/full_disk.sh \
	tests/cli/hosts.sh tests/cli/targets.sh tests/cli/select.sh \
	tests/cli/inventory.sh tests/cli/artifact.sh tests/cli/secrets.sh \
	tests/cli/indicators.sh tests/cli/import.sh tests/cli/whose.sh tests/cli/lies.sh \
	tests/cli/stopped.sh tests/cli/import_file.sh \
	tests/cli/import_archive.sh tests/cli/configuration.sh \
	tests/cli/parse.sh tests/cli/zone.sh tests/cli/rotated.sh tests/cli/database_log.sh tests/cli/unit_links.sh tests/cli/checks.sh tests/cli/sealed.sh \
	tests/cli/ssh_config.sh
dist_check_SCRIPTS += $(cli_tests)
TESTS += $(cli_tests)
EXTRA_DIST += tests/cli/lib.sh \
	tests/data/inventory/site.ini tests/data/inventory/tree.yml \
	tests/data/inventory/ranges \
	tests/data/inventory/beside/hosts.ini \
	tests/data/inventory/beside/group_vars/all.yml \
	tests/data/inventory/beside/group_vars/web.yaml \
	tests/data/inventory/beside/group_vars/prod/main.yml \
	tests/data/inventory/beside/group_vars/prod/second.yml \
	tests/data/inventory/beside/host_vars/web2
# ssh_config.sh reads each of them
EXTRA_DIST += \
	tests/data/ssh_config/01-plain \
	tests/data/ssh_config/02-first-wins \
	tests/data/ssh_config/03-equals-and-quotes \
	tests/data/ssh_config/04-comments \
	tests/data/ssh_config/05-negated \
	tests/data/ssh_config/06-patterns \
	tests/data/ssh_config/07-match-host \
	tests/data/ssh_config/08-match-user \
	tests/data/ssh_config/09-match-all \
	tests/data/ssh_config/10-match-final \
	tests/data/ssh_config/11-match-not-final \
	tests/data/ssh_config/12-match-exec-false \
	tests/data/ssh_config/13-include \
	tests/data/ssh_config/14-include-in-host \
	tests/data/ssh_config/15-include-relative \
	tests/data/ssh_config/16-identities \
	tests/data/ssh_config/17-no-identities \
	tests/data/ssh_config/18-known-hosts \
	tests/data/ssh_config/19-strict \
	tests/data/ssh_config/20-proxy \
	tests/data/ssh_config/21-times \
	tests/data/ssh_config/22-addresses \
	tests/data/ssh_config/23-not-honoured \
	tests/data/ssh_config/24-odd-whitespace \
	tests/data/ssh_config/25-crlf \
	tests/data/ssh_config/26-no-newline \
	tests/data/ssh_config/27-methods \
	tests/data/ssh_config/28-service-port \
	tests/data/ssh_config/29-what-ssh-does \
	tests/data/ssh_config/30-bad-port \
	tests/data/ssh_config/31-bad-quote \
	tests/data/ssh_config/32-bad-flag \
	tests/data/ssh_config/33-bad-time \
	tests/data/ssh_config/34-bad-match \
	tests/data/ssh_config/35-bad-match-all \
	tests/data/ssh_config/36-bad-extra \
	tests/data/ssh_config/37-bad-none \
	tests/data/ssh_config/38-bad-empty \
	tests/data/ssh_config/39-bad-family \
	tests/data/ssh_config/40-bad-match-missing \
	tests/data/ssh_config/41-bad-include-loop \
	tests/data/ssh_config/42-bad-token \
	tests/data/ssh_config/43-bad-jump \
	tests/data/ssh_config/44-bad-match-empty \
	tests/data/ssh_config/45-backslash \
	tests/data/ssh_config/46-bad-hash \
	tests/data/ssh_config/47-bad-ignored-quote \
	tests/data/ssh_config/48-bad-match-all-third \
	tests/data/ssh_config/49-jump-comment \
	tests/data/ssh_config/50-bad-jump-blank \
	tests/data/ssh_config/51-bad-jump-nothing \
	tests/data/ssh_config/52-numbers \
	tests/data/ssh_config/53-odd-user \
	tests/data/ssh_config/54-connection \
	tests/data/ssh_config/include/deep \
	tests/data/ssh_config/include/one \
	tests/data/ssh_config/include/two
check_PROGRAMS += tests/cli/bad_bundle
tests_cli_bad_bundle_SOURCES = tests/cli/bad_bundle.c
tests_cli_bad_bundle_LDADD = $(WIRE_LIB) $(MODEL_LIB) $(BASE_LIB) \
	$(ZSTD_LIBS) $(CRYPTO_LIBS) $(UTF8PROC_LIBS)
check_PROGRAMS += tests/cli/json_lines tests/cli/silent tests/cli/dialog
tests_cli_json_lines_SOURCES = tests/cli/json_lines.c
tests_cli_json_lines_LDADD = $(BASE_LIB)
tests_cli_silent_SOURCES = tests/cli/silent.c
tests_cli_silent_LDADD = $(BASE_LIB)
tests_cli_dialog_SOURCES = tests/cli/dialog.c
tests_cli_dialog_LDADD = $(BASE_LIB)
