# tests/cli: the finished program, run as anybody runs it
cli_tests = tests/cli/case.sh tests/cli/bad_input.sh tests/cli/output.sh \
	tests/cli/manual.sh tests/cli/interrupt.sh tests/cli/full_disk.sh \
	tests/cli/hosts.sh tests/cli/targets.sh tests/cli/select.sh \
	tests/cli/inventory.sh \
	tests/cli/indicators.sh tests/cli/import.sh tests/cli/sealed.sh
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
