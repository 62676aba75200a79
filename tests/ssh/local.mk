# tests of src/remote, most of them against a real sshd
if HAVE_CMOCKA
ssh_tests = tests/ssh/test_jail tests/ssh/test_known_hosts \
	tests/ssh/test_connect tests/ssh/test_keyring \
	tests/ssh/test_link tests/ssh/test_login tests/ssh/test_place \
	tests/ssh/test_relay tests/ssh/test_hostile \
	tests/ssh/test_dialogue tests/ssh/test_hop tests/ssh/test_hosts
check_PROGRAMS += $(ssh_tests)
TESTS += $(ssh_tests)
SSH_TEST_LIBS = $(REMOTE_LIB) $(WIRE_LIB) $(MODEL_LIB) $(BASE_LIB) \
	$(CMOCKA_LIBS) $(SSH2_LIBS) $(SECCOMP_LIBS) $(ZSTD_LIBS) \
	$(CRYPTO_LIBS) $(UTF8PROC_LIBS)
ssh_harness = tests/ssh/harness.h tests/ssh/harness.c
ssh_sim = $(ssh_harness) tests/ssh/sim.h tests/ssh/sim.c

# For sshd, not for us: none of our flags.
if HAVE_PAM
check_PROGRAMS += tests/ssh/pam_code.so
tests_ssh_pam_code_so_SOURCES = tests/ssh/pam_code.c
tests_ssh_pam_code_so_CFLAGS = -Wall -Wextra -fPIC
tests_ssh_pam_code_so_LDFLAGS = -shared
tests_ssh_pam_code_so_LDADD =
else
EXTRA_DIST += tests/ssh/pam_code.c
endif

# A server of another make, for dialogues that sshd does not have.
if HAVE_LIBSSH
check_PROGRAMS += tests/ssh/prompts
tests_ssh_prompts_SOURCES = tests/ssh/prompts.c
tests_ssh_prompts_CFLAGS = -Wall -Wextra $(LIBSSH_CFLAGS)
tests_ssh_prompts_LDADD = $(LIBSSH_LIBS)
else
EXTRA_DIST += tests/ssh/prompts.c
endif

tests_ssh_test_jail_SOURCES = tests/ssh/test_jail.c
tests_ssh_test_jail_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_jail_LDADD = $(PROBE_LIB) $(SSH_TEST_LIBS)

tests_ssh_test_known_hosts_SOURCES = $(ssh_harness) \
	tests/ssh/test_known_hosts.c
tests_ssh_test_known_hosts_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_known_hosts_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_connect_SOURCES = $(ssh_harness) tests/ssh/test_connect.c
tests_ssh_test_connect_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_connect_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_keyring_SOURCES = $(ssh_harness) tests/ssh/test_keyring.c
tests_ssh_test_keyring_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_keyring_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_link_SOURCES = $(ssh_sim) tests/ssh/test_link.c
tests_ssh_test_link_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_link_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_login_SOURCES = $(ssh_sim) tests/ssh/test_login.c
tests_ssh_test_login_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_login_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_dialogue_SOURCES = $(ssh_sim) tests/ssh/test_dialogue.c
tests_ssh_test_dialogue_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_dialogue_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_hop_SOURCES = $(ssh_sim) tests/ssh/test_hop.c
tests_ssh_test_hop_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_hop_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_place_SOURCES = $(ssh_sim) tests/ssh/test_place.c
tests_ssh_test_place_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_place_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_relay_SOURCES = $(ssh_sim) tests/ssh/test_relay.c
tests_ssh_test_relay_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_relay_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_hostile_SOURCES = $(ssh_sim) tests/ssh/test_hostile.c \
	tests/ssh/plays.h tests/ssh/plays.c
tests_ssh_test_hostile_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_hostile_LDADD = $(SSH_TEST_LIBS)

tests_ssh_test_hosts_SOURCES = $(ssh_sim) tests/ssh/test_hosts.c
tests_ssh_test_hosts_CFLAGS = $(UNIT_CFLAGS)
tests_ssh_test_hosts_LDADD = $(SSH_TEST_LIBS)
endif
