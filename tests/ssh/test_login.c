/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which keys are shown to a server and in which order, RSA keys with each
 * version of libssh2, and the order of methods; real agents, real servers.
 */
#include "ssh/sim.h"

#include "base/fs.h"

#define DROPBEAR    "/usr/sbin/dropbear"
#define DROPBEARKEY "/usr/bin/dropbearkey"

static bool is_old(void)
{
	return strverscmp(remote_library(), "libssh2 1.11") < 0;
}

/* For longer than in_fixture keeps it. */
static const char *agent_socket(void)
{
	static char path[200];

	(void)snprintf(path, sizeof path, "%s", in_fixture("agent"));
	return path;
}

/* ---- the keyring ---- */

struct ring {
	struct chan chan;
	pid_t pid;
	char names[8][160]; /* the comment of an agent's key, else the file */
	size_t n;
	char note[300];
};

static void add_path(struct buf *files, const char *name)
{
	const char *path = in_fixture(name);

	assert_true(buf_add(files, path, strlen(path) + 1));
}

static void ring_hear(struct ring *r)
{
	struct msg_keyring_listed listed;
	struct frame f;
	struct err err;

	for (hear(&r->chan, &f); f.type == MSG_KEYRING_KEY;
	     hear(&r->chan, &f)) {
		struct msg_keyring_key k;
		bool agent;

		assert_ok(msg_read(&f, MSG_KEYRING_KEY, &k, &err), err);
		agent = bytes_eq(k.source, bytes_str("agent"));
		assert_true(r->n < ARRAY_SIZE(r->names));
		(void)snprintf(r->names[r->n++], sizeof r->names[0], "%s%s",
			       agent ? "agent " : "",
			       shown(agent ? k.comment : k.source).s);
	}
	assert_ok(msg_read(&f, MSG_KEYRING_LISTED, &listed, &err), err);
	(void)text_into(r->note, sizeof r->note, listed.note);
}

/* files: names in the fixture, ending with NULL. */
static void ring_open(struct ring *r, bool agent, const char *const *files,
		      const char *identity, bool only)
{
	struct msg_keyring_open open = {
		.agent = bytes_str(agent ? in_fixture("agent") : ""),
		.identity = bytes_str(identity),
		.only = only,
	};
	struct buf paths;

	buf_init(&paths, 4096);
	for (; *files; files++)
		add_path(&paths, *files);
	open.files = buf_bytes(&paths);
	*r = (struct ring){0};
	r->pid = child_start(keyring_main, -1, &r->chan);
	tell(&r->chan, MSG_KEYRING_OPEN, &open);
	buf_release(&paths);
	ring_hear(r);
}

static void ring_close(struct ring *r)
{
	chan_release(&r->chan);
	(void)child_wait(r->pid);
}

static void assert_keys(const struct ring *r, const char *const *want)
{
	size_t n = 0;

	for (; *want; want++, n++) {
		if (n >= r->n || strstr(r->names[n], *want) == NULL)
			fail_msg("key %zu of %zu: %s instead of %s", n, r->n,
				 n < r->n ? r->names[n] : "none", *want);
	}
	assert_int_equal(r->n, n);
}

static void the_order_is_that_of_ssh(void **state UNUSED)
{
	static const char *const in_agent[] = {"ecdsa", "ed25519", NULL};
	static const char *const files[] = {"rsa", "ed25519", "missing", NULL};
	static const char *const all[] = {"agent ed25519", "agent ecdsa",
					  "/rsa", NULL};
	static const char *const only[] = {"agent ed25519", "/rsa", NULL};
	static const char *const asked[] = {"/other", "agent ed25519",
					    "agent ecdsa", "/rsa", NULL};
	pid_t agent = agent_start(in_agent);
	struct ring r;

	ring_open(&r, true, files, "", false);
	assert_keys(&r, all);
	ring_close(&r);
	ring_open(&r, true, files, "", true);
	assert_keys(&r, only);
	ring_close(&r);
	ring_open(&r, true, files, in_fixture("other"), false);
	assert_keys(&r, asked);
	assert_string_equal(r.note, ""); /* a missing file is no news */
	ring_close(&r);
	agent_stop(agent);
}

/* IdentityFile may name the public half of a key that the agent has. */
static void a_public_half_chooses_from_the_agent(void **state UNUSED)
{
	static const char *const in_agent[] = {"ecdsa", "ed25519", NULL};
	static const char *const files[] = {"half", NULL};
	static const char *const want[] = {"agent ed25519", NULL};
	static const char *const none[] = {NULL};
	const char *copy[] = {"/bin/cp", in_fixture("ed25519.pub"),
			      in_fixture("half.pub"), NULL};
	pid_t agent = agent_start(in_agent);
	struct ring r;

	assert_int_equal(run_program(copy, NULL), 0);
	ring_open(&r, true, files, "", true);
	assert_keys(&r, want);
	ring_close(&r);
	agent_stop(agent);
	ring_open(&r, false, files, "", true);
	assert_keys(&r, none);
	assert_non_null(strstr(r.note, "only the public half is here"));
	ring_close(&r);
}

static void a_certificate_is_named(void **state UNUSED)
{
	static const char *const in_agent[] = {"signed", NULL};
	static const char *const none[] = {NULL};
	const char *make[] = {"/usr/bin/ssh-keygen", "-q", "-t", "ed25519",
			      "-N", "", "-C", "kim's", "-f",
			      in_fixture("signed"), NULL};
	const char *sign[] = {"/usr/bin/ssh-keygen", "-q", "-s",
			      in_fixture("other"), "-I", "x", "-n", "root",
			      in_fixture("signed.pub"), NULL};
	struct ring r;
	pid_t agent;

	assert_int_equal(run_program(make, NULL), 0);
	assert_int_equal(run_program(sign, NULL), 0);
	agent = agent_start(in_agent); /* ssh-add takes the certificate, too */
	ring_open(&r, true, none, "", false);
	assert_int_equal(r.n, 1);
	if (!strstr(r.note, "the agent's key kim's (SHA256:") ||
	    !strstr(r.note, "ssh-ed25519-cert-v01@openssh.com") ||
	    !strstr(r.note, "cannot log in with libssh2 "))
		fail_msg("%s", r.note);
	ring_close(&r);
	agent_stop(agent);
}

/* One beside a file, and one in a file's place: ssh would log in with both. */
static void a_certificate_of_a_file_is_named(void **state UNUSED)
{
	static const char *const beside[] = {"signed", NULL};
	static const char *const itself[] = {"signed-cert.pub", NULL};
	static const char *const none[] = {NULL};
	static const char *const *const files[] = {beside, itself};
	struct ring r;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		ring_open(&r, false, files[i], "", false);
		assert_int_equal(r.n, i == 0);
		if (!strstr(r.note, "the certificate ") ||
		    !strstr(r.note, "/signed-cert.pub is of the kind "
				    "ssh-ed25519-cert-v01@openssh.com, which "
				    "cannot log in with libssh2 "))
			fail_msg("%s", r.note);
		ring_close(&r);
	}
	ring_open(&r, false, none, in_fixture("signed"), false);
	assert_non_null(strstr(r.note, "/signed-cert.pub is of the kind"));
	ring_close(&r);
}

/* It signs with this key only on the way to one host, and is not told which
 * way it is. */
static void a_refusing_agent_is_named(void **state UNUSED)
{
	static const char *const empty[] = {NULL};
	char *socket = xasprintf("SSH_AUTH_SOCK=%s", in_fixture("agent"));
	const char *add[] = {"/usr/bin/env", "-i", socket,
			     "/usr/bin/ssh-add", "-q", "-h", "elsewhere", "-H",
			     in_fixture("elsewhere"), in_fixture("ecdsa"),
			     NULL};
	pid_t agent = agent_start(empty), sshd;
	struct buf line;
	struct err err;
	struct sim s;

	buf_init(&line, 4096);
	assert_true(buf_add_str(&line, "elsewhere "));
	assert_ok(fs_read(in_fixture("host_ed25519.pub"), &line, &err), err);
	put_file("elsewhere", buf_str(&line), 0600);
	buf_release(&line);
	assert_int_equal(run_program(add, NULL), 0);
	free(socket);
	sim_defaults(&s);
	s.agent = agent_socket();
	s.identity = "ecdsa";
	sim_start(&s, sshd_start(NULL, &sshd));
	sim_run(&s);
	if (s.fault.code != ERR_AUTH)
		fail_msg("%s", s.fault.msg);
	assert_true(s.n_signs > 0);
	if (!strstr(s.sign_message, "the agent's key ecdsa (SHA256:") ||
	    !strstr(s.sign_message, "the agent will not sign"))
		fail_msg("%s", s.sign_message);
	(void)sim_end(&s);
	agent_stop(agent);
	await_all_gone();
}

/* ---- a server ---- */

static void log_in(struct sim *s, const char *config)
{
	pid_t sshd;

	sim_probe(s, "#!/bin/sh\nrm -f \"$0\"\n");
	s->stop_at = MSG_LINK_WANT;
	sim_start(s, sshd_start(config, &sshd));
	sim_run(s);
}

static void assert_in(const struct sim *s, const char *config)
{
	if (s->fault.code != ERR_OK)
		fail_msg("%s: %s: %s", config, err_name(s->fault.code),
			 s->fault.msg);
	assert_int_equal(s->last_phase, LINK_PLACING);
}

/* Under each name that a server may insist on. */
static void rsa_logs_in(void **state UNUSED)
{
	static const char *const configs[] = {
		"PubkeyAcceptedAlgorithms rsa-sha2-512",
		"PubkeyAcceptedAlgorithms rsa-sha2-256",
		"PubkeyAcceptedAlgorithms ssh-rsa",
	};
	static const char *const in_agent[] = {"rsa", NULL};
	pid_t agent = agent_start(in_agent);

	/* A newer libssh2 has no use for SHA-1 any more. */
	size_t n = is_old() ? ARRAY_SIZE(configs) : ARRAY_SIZE(configs) - 1;

	for (size_t i = 0; i < 2 * n; i++) {
		const char *config = configs[i / 2];
		struct sim s;

		sim_defaults(&s);
		s.identity = "rsa";
		s.agent = i % 2 ? agent_socket() : NULL;
		log_in(&s, config);
		assert_in(&s, config);
		assert_int_equal(s.n_signs, 1);
		(void)sim_end(&s);
	}
	agent_stop(agent);
	await_all_gone();
}

static void an_rsa_host_key_is_taken_or_told_of(void **state UNUSED)
{
	static const char config[] = "HostKeyAlgorithms rsa-sha2-512,"
				     "rsa-sha2-256";
	static const char *const said[] = {
		"no host key type in common with libssh2 1.",
		"the server has rsa-sha2-512,rsa-sha2-256",
		"ssh-keygen -A", "libssh2 1.11"};
	struct sim s;

	sim_defaults(&s);
	log_in(&s, config);
	if (is_old()) {
		assert_int_equal(s.fault.code, ERR_UNSUPPORTED);
		for (size_t i = 0; i < ARRAY_SIZE(said); i++)
			if (!strstr(s.fault.msg, said[i]))
				fail_msg("not '%s': %s", said[i], s.fault.msg);
	} else {
		assert_in(&s, config);
		assert_string_equal(s.key_type, "ssh-rsa");
	}
	(void)sim_end(&s);
	await_all_gone();
}

/* Dropbear does not take an RSA key under another name than its own. */
static void an_rsa_key_that_cannot_be_used_is_named(void **state UNUSED)
{
	const char *make[] = {DROPBEARKEY, "-t", "ed25519", "-f",
			      in_fixture("dropbear"), NULL};
	const char *serve[] = {DROPBEAR, "-i", "-s", "-F", "-r",
			       in_fixture("dropbear"), NULL};
	struct sim s;
	pid_t pid;

	if (!is_old() || !have_program(DROPBEAR) || !have_program(DROPBEARKEY)) {
		print_message("no dropbear, or a libssh2 that can\n");
		skip();
	}
	assert_int_equal(run_program(make, NULL), 0);
	sim_defaults(&s);
	s.identity = "rsa";
	s.stop_at = MSG_LINK_WANT;
	sim_start(&s, server_start(serve, &pid));
	sim_run(&s);
	assert_int_equal(s.fault.code, ERR_AUTH);
	if (!strstr(s.fault.msg, in_fixture("rsa")) ||
	    !strstr(s.fault.msg, "SHA256:") ||
	    !strstr(s.fault.msg, remote_library()) ||
	    !strstr(s.fault.msg, "Ed25519 or ECDSA"))
		fail_msg("%s", s.fault.msg);
	(void)sim_end(&s);
	await_all_gone();
}

/* What comes first is tried first, and what is not named is not tried. */
static void methods_go_in_their_order(void **state UNUSED)
{
	static const char *const wrong[] = {"a", "b", "c", "d", NULL};
	static const struct {
		const char *methods;
		unsigned prompts, signs;
		bool in;
	} cases[] = {
		{"publickey,password", 0, 1, true},
		{"password,publickey", 3, 1, true},
		{"gssapi-with-mic,publickey", 0, 1, true},
		{"password", 3, 0, false},
		{"hostbased", 0, 0, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct sim s;

		sim_defaults(&s);
		s.start.methods = bytes_str(cases[i].methods);
		s.start.may_ask_password = true;
		s.answers = wrong;
		log_in(&s, "PasswordAuthentication yes");
		if (cases[i].in)
			assert_in(&s, cases[i].methods);
		else
			assert_int_equal(s.fault.code, ERR_AUTH);
		assert_int_equal(s.n_prompts, cases[i].prompts);
		assert_int_equal(s.n_signs, cases[i].signs);
		(void)sim_end(&s);
	}
	await_all_gone();
}

/* ---- what people type, in more steps than one ---- */

static bool can_have_codes(void)
{
	char *module = realpath("tests/ssh/pam_code.so", NULL);
	char *pam;

	if (!module || !can_have_a_password()) {
		print_message("no module of PAM, or no password, here\n");
		free(module);
		return false;
	}
	pam = xasprintf("auth required pam_unix.so\n"
			"auth required %s\n"
			"account required pam_permit.so\n"
			"session required pam_permit.so\n",
			module);
	put_file("pam", pam, 0644);
	free(pam);
	free(module);
	return true;
}

struct dialogue {
	const char *config, *methods;
	bool with_key;
	const char *answers[8]; /* NULL: no more */
	const char *prompts[8]; /* that were put, in part */
	const char *refused; /* NULL: it is in */
};

static void hold(const struct dialogue *d)
{
	/* sshd heeds the first of a kind. */
	char *config = xasprintf("%s\nUsePAM yes\n"
				 "KbdInteractiveAuthentication yes\n"
				 "PasswordAuthentication yes",
				 d->config);
	struct sim s;

	sim_defaults(&s);
	s.no_keyring = !d->with_key;
	s.start.may_ask_password = true;
	s.start.methods = bytes_str(d->methods ? d->methods : "");
	s.answers = d->answers;
	sshd_before = have_a_password;
	log_in(&s, config);
	sshd_before = NULL;
	if (!d->refused)
		assert_in(&s, config);
	else if (!strstr(s.fault.msg, d->refused))
		fail_msg("not '%s': %s", d->refused, s.fault.msg);
	for (size_t i = 0; i < ARRAY_SIZE(d->prompts) && d->prompts[i]; i++)
		if (!strstr(s.prompts[i].text, d->prompts[i]))
			fail_msg("%s: prompt %zu: not '%s': %s", config, i,
				 d->prompts[i], s.prompts[i].text);
	(void)sim_end(&s);
	free(config);
	await_all_gone();
}

static void a_password_and_a_code_log_in(void **state UNUSED)
{
	static const struct dialogue dialogues[] = {
		{.config = "",
		 .methods = "keyboard-interactive",
		 .answers = {PASSWORD, "000000", PASSWORD, "123456"},
		 .prompts = {"Password:",
			     "Sent to the phone *17 Verification code:",
			     "Password:", "Verification code:"}},
		{.config = "",
		 .methods = "keyboard-interactive",
		 .answers = {PASSWORD},
		 .refused = "the server accepts publickey,password,"
			    "keyboard-interactive"},
		{.config = "AuthenticationMethods "
			   "publickey,keyboard-interactive",
		 .with_key = true,
		 .answers = {PASSWORD, "123456"},
		 .prompts = {"it took a key, and also wants: Password:",
			     "Verification code:"}},
		/* Each step may be tried as often as the first. */
		{.config = "AuthenticationMethods "
			   "password,keyboard-interactive",
		 .answers = {"wrong", PASSWORD, "wrong", "123456", PASSWORD,
			     "123456"},
		 .prompts = {"password of ", "password of ",
			     "it took the password, and also wants: Password:",
			     "Verification code:", "Password:"}},
		{.config = "AuthenticationMethods "
			   "password,keyboard-interactive",
		 .answers = {PASSWORD},
		 .refused = "the server took the password and also wants "
			    "keyboard-interactive; tried 0 keys, 1 answer"},
		{.config = "AuthenticationMethods "
			   "publickey,password,keyboard-interactive",
		 .with_key = true,
		 .answers = {PASSWORD, PASSWORD, "123456"},
		 .prompts = {"it took a key, and also wants: password of ",
			     "it took the password, and also wants: "}},
	};

	if (!can_have_codes())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(dialogues); i++)
		hold(&dialogues[i]);
}

/* A password may serve other hosts, a code may not. */
static void a_code_is_told_from_a_password(void **state UNUSED)
{
	static const char *const answers[] = {PASSWORD, "123456", NULL};
	struct sim s;

	if (!can_have_codes())
		skip();
	sim_defaults(&s);
	s.no_keyring = true;
	s.start.may_ask_password = true;
	s.answers = answers;
	sshd_before = have_a_password;
	log_in(&s, "UsePAM yes\nKbdInteractiveAuthentication yes");
	sshd_before = NULL;
	assert_in(&s, "a code");
	assert_int_equal(s.n_prompts, 2);
	assert_int_equal(s.prompts[0].secret, SECRET_LOGIN);
	assert_int_equal(s.prompts[1].secret, SECRET_OTHER);
	(void)sim_end(&s);
	await_all_gone();
}

static void the_order_is_that_of_preferred_authentications(void **state UNUSED)
{
	static const struct dialogue dialogues[] = {
		{.config = "",
		 .methods = "keyboard-interactive,password",
		 .answers = {PASSWORD, "123456"},
		 .prompts = {"Password:", "Verification code:"}},
		{.config = "",
		 .methods = "password,keyboard-interactive",
		 .answers = {PASSWORD},
		 .prompts = {"password of "}},
		/* ssh's own. */
		{.config = "",
		 .answers = {PASSWORD, "123456"},
		 .prompts = {"Password:", "Verification code:"}},
		/* It offers to ask, and has no question. */
		{.config = "UsePAM no",
		 .answers = {PASSWORD},
		 .prompts = {"password of "}},
	};

	if (!can_have_codes())
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(dialogues); i++)
		hold(&dialogues[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_order_is_that_of_ssh),
		cmocka_unit_test(a_public_half_chooses_from_the_agent),
		cmocka_unit_test(a_certificate_is_named),
		cmocka_unit_test(a_certificate_of_a_file_is_named),
		cmocka_unit_test(a_refusing_agent_is_named),
		cmocka_unit_test(rsa_logs_in),
		cmocka_unit_test(an_rsa_host_key_is_taken_or_told_of),
		cmocka_unit_test(an_rsa_key_that_cannot_be_used_is_named),
		cmocka_unit_test(methods_go_in_their_order),
		cmocka_unit_test(a_password_and_a_code_log_in),
		cmocka_unit_test(a_code_is_told_from_a_password),
		cmocka_unit_test(
			the_order_is_that_of_preferred_authentications),
	};

	if (!sshd_is_there() || !have_program(SSH_AGENT)) {
		print_message("no sshd or ssh-agent here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("login", tests, fixture_make,
					   fixture_remove);
}
