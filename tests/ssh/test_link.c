/* SPDX-License-Identifier: Apache-2.0 */
/* Handshake, host keys and logging in, against a real sshd. */
#include "ssh/sim.h"

#include <signal.h>

#include "base/fs.h"
#include "base/hash.h"

/* Runs until logged in (the link then wants to send the probe). */
static void log_in(struct sim *s, const char *config)
{
	pid_t sshd;

	sim_probe(s, "#!/bin/sh\nrm -f \"$0\"\n");
	s->stop_at = MSG_LINK_WANT;
	sim_start(s, sshd_start(config, &sshd));
	sim_run(s);
}

static void assert_in(const struct sim *s)
{
	if (s->fault.code != ERR_OK)
		fail_msg("%s: %s", err_name(s->fault.code), s->fault.msg);
	assert_int_equal(s->last_phase, LINK_PLACING);
}

static void every_kind_of_key_logs_in(void **state UNUSED)
{
	static const char *const keys[] = {"ed25519", "ecdsa", "rsa"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		struct sim s;

		sim_defaults(&s);
		s.identity = keys[i];
		log_in(&s, NULL);
		assert_in(&s);
		assert_int_equal(s.n_signs, 1);
		(void)sim_end(&s);
	}
	await_all_gone();
}

static void a_passphrase_is_asked_for(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	s.identity = "locked";
	s.passphrase = PASSPHRASE;
	log_in(&s, NULL);
	assert_in(&s);
	(void)sim_end(&s);
	sim_defaults(&s);
	s.identity = "locked";
	s.passphrase = "wrong";
	log_in(&s, NULL);
	assert_fault(&s, ERR_AUTH, "accepts publickey; tried 1 key");
	assert_int_equal(sim_end(&s), 1);
	await_all_gone();
}

static void a_refused_key_is_said(void **state UNUSED)
{
	char want[200];
	struct sim s;

	sim_defaults(&s);
	s.identity = "other";
	log_in(&s, NULL);
	(void)snprintf(want, sizeof want,
		       "%s was not let in: the server accepts publickey; "
		       "tried 1 key",
		       user_name());
	assert_int_equal(s.fault.code, ERR_AUTH);
	assert_string_equal(s.fault.msg, want);
	assert_int_equal(s.n_signs, 0); /* nothing was signed for nothing */
	(void)sim_end(&s);
	sim_defaults(&s);
	s.no_keyring = true;
	log_in(&s, NULL);
	assert_fault(&s, ERR_AUTH, "tried 0 keys");
	(void)sim_end(&s);
	await_all_gone();
}

static void too_many_tries_are_said(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	s.identity = "other";
	log_in(&s, "MaxAuthTries 1");
	assert_fault(&s, ERR_AUTH, "");
	(void)sim_end(&s);
	await_all_gone();
}

static void methods_and_host_key_are_shown(void **state UNUSED)
{
	struct buf pub;
	struct bytes rest, word;
	uint8_t blob[4096];
	struct sim s;
	struct err err;
	size_t n;

	sim_defaults(&s);
	log_in(&s, NULL);
	assert_in(&s);
	assert_string_equal(s.key_type, "ssh-ed25519");
	assert_true(strncmp(s.methods, "kex ", 4) == 0);
	assert_non_null(strstr(s.methods, " hostkey ssh-ed25519 cipher "));
	buf_init(&pub, 4096);
	assert_ok(fs_read(in_fixture("host_ed25519.pub"), &pub, &err), err);
	rest = buf_bytes(&pub);
	assert_true(bytes_split(&rest, ' ', &word));
	assert_true(bytes_split(&rest, ' ', &word));
	assert_true(base64_decode(word, blob, sizeof blob, &n));
	assert_true(bytes_eq(buf_bytes(&s.key), bytes_of(blob, n)));
	buf_release(&pub);
	(void)sim_end(&s);
	await_all_gone();
}

static void the_type_on_file_is_asked_for(void **state UNUSED)
{
	static const char *const lists[] = {
		"ecdsa-sha2-nistp256",
		"sk-ssh-ed25519@openssh.com,junk,,ecdsa-sha2-nistp256",
	};

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct sim s;

		sim_defaults(&s);
		s.start.host_key_types = bytes_str(lists[i]);
		log_in(&s, NULL);
		assert_in(&s);
		assert_string_equal(s.key_type, "ecdsa-sha2-nistp256");
		(void)sim_end(&s);
	}
	await_all_gone();
}

/* The server has no key of the type on file any more: it must show another,
 * so that the engine can refuse it by name. */
static void another_type_is_shown_when_need_be(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	s.start.host_key_types = bytes_str("ssh-ed25519");
	log_in(&s, "HostKeyAlgorithms ecdsa-sha2-nistp256");
	assert_in(&s);
	assert_string_equal(s.key_type, "ecdsa-sha2-nistp256");
	(void)sim_end(&s);
	await_all_gone();
}

static void nothing_in_common_is_said(void **state UNUSED)
{
	static const struct {
		const char *config, *said;
	} cases[] = {
		{"Ciphers aes128-ctr\nMACs umac-128@openssh.com",
		 "no MAC in common with libssh2 "},
		{"MACs umac-128@openssh.com\nCiphers aes128-ctr",
		 ": the server has umac-128@openssh.com"},
		{"Ciphers chacha20-poly1305@openssh.com",
		 ": the server has chacha20-poly1305@openssh.com"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sim s;

		sim_defaults(&s);
		log_in(&s, cases[i].config);
		if (i < 2 || s.fault.code != ERR_OK) /* newer libssh2 can */
			assert_fault(&s, ERR_UNSUPPORTED, cases[i].said);
		(void)sim_end(&s);
	}
	await_all_gone();
}

static void no_means_no_login(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	s.refuse_host_key = true;
	log_in(&s, NULL);
	assert_fault(&s, ERR_HOSTKEY, "the host key was refused");
	assert_int_equal(s.n_signs, 0);
	assert_int_equal(s.last_phase, LINK_HANDSHAKE);
	assert_int_equal(sim_end(&s), 1);
	await_all_gone();
}

/* A wrong password is all that can be tried where sshd may not read shadow(5)
 * or the account has none; what is asked and how often shows all the same. */
static void passwords_are_asked_three_times(void **state UNUSED)
{
	static const char *const wrong[] = {"a", "b", "c", "d", NULL};
	struct sim s;

	sim_defaults(&s);
	s.identity = "other";
	s.start.may_ask_password = true;
	s.answers = wrong;
	log_in(&s, "PasswordAuthentication yes");
	assert_fault(&s, ERR_AUTH,
		     "accepts publickey,password; tried 1 key, 3 answers");
	assert_int_equal(s.n_prompts, 3);
	assert_non_null(strstr(s.prompt, user_name()));
	(void)sim_end(&s);
	await_all_gone();
}

static void check_password(const char *config, bool with_key)
{
	static const char *const answers[] = {"wrong", PASSWORD, NULL};
	struct sim s;

	if (!can_have_a_password()) {
		print_message("cannot have a password here\n");
		skip();
	}
	sshd_before = have_a_password;
	sim_defaults(&s);
	s.no_keyring = !with_key;
	s.start.may_ask_password = true;
	s.answers = answers;
	log_in(&s, config);
	sshd_before = NULL;
	assert_in(&s);
	assert_int_equal(s.n_prompts, 2);
	assert_int_equal(s.n_signs, with_key ? 1 : 0);
	(void)sim_end(&s);
	await_all_gone();
}

static void a_password_logs_in(void **state UNUSED)
{
	check_password("PasswordAuthentication yes", false);
}

static void a_dialogue_logs_in(void **state UNUSED)
{
	if (access("/etc/pam.d/sshd", R_OK) != 0) {
		print_message("no PAM here\n");
		skip();
	}
	check_password("UsePAM yes\nKbdInteractiveAuthentication yes", false);
}

static void a_key_and_a_password_log_in(void **state UNUSED)
{
	check_password("PasswordAuthentication yes\n"
		       "AuthenticationMethods publickey,password",
		       true);
}

static void a_key_and_a_dialogue_log_in(void **state UNUSED)
{
	if (access("/etc/pam.d/sshd", R_OK) != 0) {
		print_message("no PAM here\n");
		skip();
	}
	check_password("UsePAM yes\nKbdInteractiveAuthentication yes\n"
		       "AuthenticationMethods publickey,keyboard-interactive",
		       true);
}

/* Also where no password can be had. */
static void what_is_wanted_after_a_key_is_asked(void **state UNUSED)
{
	static const char *const wrong[] = {"a", "b", "c", "d", NULL};
	static const char config[] = "PasswordAuthentication yes\n"
				     "AuthenticationMethods publickey,password";
	struct sim s;

	sim_defaults(&s);
	s.start.may_ask_password = true;
	s.answers = wrong;
	log_in(&s, config);
	assert_fault(&s, ERR_AUTH,
		     "took a key and also wants password; tried 1 key, "
		     "3 answers");
	assert_int_equal(s.n_prompts, 3);
	(void)sim_end(&s);
	sim_defaults(&s);
	log_in(&s, config);
	assert_fault(&s, ERR_AUTH,
		     "took a key and also wants password; tried 1 key");
	assert_int_equal(s.n_prompts, 0);
	(void)sim_end(&s);
	await_all_gone();
}

static void no_answer_ends_the_asking(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	s.identity = "other";
	s.start.may_ask_password = true;
	log_in(&s, "PasswordAuthentication yes");
	assert_fault(&s, ERR_AUTH, "tried 1 key");
	assert_int_equal(s.n_prompts, 1);
	(void)sim_end(&s);
	await_all_gone();
}

static void passwords_are_not_asked_unless_allowed(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	s.identity = "other";
	log_in(&s, "PasswordAuthentication yes");
	assert_fault(&s, ERR_AUTH, "tried 1 key");
	assert_int_equal(s.n_prompts, 0);
	(void)sim_end(&s);
	await_all_gone();
}

static void the_jail_is_entered_and_named(void **state UNUSED)
{
	struct sim s;

	sim_defaults(&s);
	log_in(&s, NULL);
	assert_in(&s);
	assert_non_null(strstr(s.jail, "no_new_privs"));
	assert_non_null(strstr(s.jail, "seccomp"));
	assert_non_null(strstr(s.jail, "rlimits"));
	(void)sim_end(&s);
	await_all_gone();
}

static void it_ends_when_the_engine_goes(void **state UNUSED)
{
	static const enum msg_type at[] = {MSG_LINK_JAILED, MSG_LINK_PHASE,
					   MSG_LINK_WANT};

	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		struct sim s;
		pid_t sshd;

		sim_defaults(&s);
		sim_probe(&s, "#!/bin/sh\nrm -f \"$0\"\n");
		s.stop_at = at[i];
		sim_start(&s, sshd_start(NULL, &sshd));
		sim_run(&s);
		assert_int_equal(sim_end(&s), 1);
		await_all_gone(); /* sshd hears of it and ends too */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_key_logs_in),
		cmocka_unit_test(a_passphrase_is_asked_for),
		cmocka_unit_test(a_refused_key_is_said),
		cmocka_unit_test(too_many_tries_are_said),
		cmocka_unit_test(methods_and_host_key_are_shown),
		cmocka_unit_test(the_type_on_file_is_asked_for),
		cmocka_unit_test(another_type_is_shown_when_need_be),
		cmocka_unit_test(nothing_in_common_is_said),
		cmocka_unit_test(no_means_no_login),
		cmocka_unit_test(passwords_are_asked_three_times),
		cmocka_unit_test(a_password_logs_in),
		cmocka_unit_test(a_dialogue_logs_in),
		cmocka_unit_test(a_key_and_a_password_log_in),
		cmocka_unit_test(a_key_and_a_dialogue_log_in),
		cmocka_unit_test(what_is_wanted_after_a_key_is_asked),
		cmocka_unit_test(no_answer_ends_the_asking),
		cmocka_unit_test(passwords_are_not_asked_unless_allowed),
		cmocka_unit_test(the_jail_is_entered_and_named),
		cmocka_unit_test(it_ends_when_the_engine_goes),
	};

	if (!sshd_is_there()) {
		print_message("no sshd here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("link", tests, fixture_make,
					   fixture_remove);
}
