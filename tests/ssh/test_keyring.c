/* SPDX-License-Identifier: Apache-2.0 */
/* Listing keys and signing, with real key files and real agents. */
#include "ssh/harness.h"

#include <dirent.h>
#include <openssl/evp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/fs.h"
#include "remote/agent.h"

#define KEYGEN "/usr/bin/ssh-keygen"
#define AGENT  "/usr/bin/ssh-agent"

struct listed {
	uint8_t blob[2048];
	size_t n;
	char source[160], comment[64];
	bool locked;
};

struct ring {
	struct chan chan;
	pid_t pid;
	struct listed keys[8];
	size_t n;
	struct err fault;
	char note[240]; /* on what could not be listed */
};

/* files: paths of key files, each with a NUL behind it. */
static void ring_open_only(struct ring *r, const char *agent,
			   struct bytes files, const char *identity, bool only)
{
	struct msg_keyring_open m = {.agent = bytes_str(agent),
				     .files = files,
				     .identity = bytes_str(identity),
				     .only = only};

	*r = (struct ring){0};
	r->pid = child_start(keyring_main, -1, &r->chan);
	tell(&r->chan, MSG_KEYRING_OPEN, &m);
	for (;;) {
		struct listed *l = &r->keys[r->n];
		struct msg_keyring_key k;
		struct frame f;

		hear(&r->chan, &f);
		if (f.type == MSG_KEYRING_LISTED) {
			struct msg_keyring_listed listed;

			assert_ok(msg_read(&f, MSG_KEYRING_LISTED, &listed,
					   &r->fault), r->fault);
			(void)text_into(r->note, sizeof r->note, listed.note);
			return;
		}
		if (msg_read(&f, MSG_KEYRING_KEY, &k, &r->fault) != ERR_OK)
			return;
		assert_true(r->n < ARRAY_SIZE(r->keys));
		assert_true(k.blob.n <= sizeof l->blob);
		memcpy(l->blob, k.blob.p, k.blob.n);
		l->n = k.blob.n;
		(void)snprintf(l->source, sizeof l->source, "%s",
			       shown(k.source).s);
		(void)snprintf(l->comment, sizeof l->comment, "%s",
			       shown(k.comment).s);
		l->locked = k.locked;
		r->n++;
	}
}

/* With the usual files of a folder. */
static void ring_open(struct ring *r, const char *agent, const char *ssh_dir,
		      const char *identity)
{
	static const char *const names[] = {"id_ed25519", "id_ecdsa", "id_rsa"};
	struct buf files;

	buf_init(&files, 4096);
	for (size_t i = 0; i < ARRAY_SIZE(names) && !*identity; i++) {
		(void)buf_addf(&files, "%s/%s", ssh_dir, names[i]);
		(void)buf_add_byte(&files, 0);
	}
	ring_open_only(r, agent, buf_bytes(&files), identity, false);
	buf_release(&files);
}

static void ring_close(struct ring *r)
{
	chan_release(&r->chan);
	assert_int_equal(child_wait(r->pid), r->fault.code ? 1 : 0);
}

/* Asks for a signature of `data`; *f keeps it alive. */
static struct msg_signed sign(struct ring *r, size_t key, const char *data,
			      uint64_t flags, struct frame *f)
{
	struct msg_sign ask = {
		.id = 7,
		.blob = bytes_of(r->keys[key].blob, r->keys[key].n),
		.data = bytes_str(data),
		.flags = flags,
	};
	struct msg_signed m;
	struct err err;

	tell(&r->chan, MSG_KEYRING_SIGN, &ask);
	hear(&r->chan, f);
	assert_ok(msg_read(f, MSG_KEYRING_SIGNED, &m, &err), err);
	assert_int_equal(m.id, 7);
	return m;
}

/* The answer's message; "" when it worked. */
static const char *unlock(struct ring *r, const char *path, const char *pass)
{
	static char message[512];
	struct msg_keyring_unlock ask = {.path = bytes_str(path),
					 .passphrase = bytes_str(pass)};
	struct msg_keyring_unlocked m;
	struct frame f;
	struct err err;

	tell(&r->chan, MSG_KEYRING_UNLOCK, &ask);
	hear(&r->chan, &f);
	assert_ok(msg_read(&f, MSG_KEYRING_UNLOCKED, &m, &err), err);
	(void)snprintf(message, sizeof message, "%.*s", (int)m.message.n,
		       (const char *)m.message.p);
	assert_int_equal(m.ok, m.message.n == 0);
	return message;
}

/* Verifies an Ed25519 signature with the blob's key. */
static bool verifies(const struct listed *l, const char *data,
		     struct bytes signature)
{
	struct reader r = reader_of(bytes_of(l->blob, l->n));
	struct bytes key;
	EVP_PKEY *pkey;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok;

	(void)rd_sshstr(&r);
	key = rd_sshstr(&r);
	pkey = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key.p,
					   key.n);
	assert_non_null(pkey);
	ok = EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, pkey) == 1 &&
	     EVP_DigestVerify(ctx, signature.p, signature.n,
			      (const uint8_t *)data, strlen(data)) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return ok;
}

static void a_key_file_signs(void **state UNUSED)
{
	struct ring r;
	struct msg_signed m;
	struct frame f;

	ring_open(&r, "", "/nonexistent", in_fixture("ed25519"));
	assert_int_equal(r.n, 1);
	assert_false(r.keys[0].locked);
	assert_string_equal(r.keys[0].source, in_fixture("ed25519"));
	assert_string_equal(r.keys[0].comment, "ed25519");
	m = sign(&r, 0, "hello", 0, &f);
	assert_true(m.ok);
	assert_true(verifies(&r.keys[0], "hello", m.signature));
	assert_false(verifies(&r.keys[0], "hallo", m.signature));
	ring_close(&r);
}

static void a_locked_key_wants_its_passphrase(void **state UNUSED)
{
	const char *path = in_fixture("locked");
	char wrong[200];
	struct ring r;
	struct msg_signed m;
	struct frame f;

	ring_open(&r, "", "/nonexistent", path);
	assert_int_equal(r.n, 1);
	assert_true(r.keys[0].locked);
	m = sign(&r, 0, "hello", 0, &f);
	assert_false(m.ok);
	assert_true(m.locked);
	assert_true(bytes_eq(m.path, bytes_str(path)));
	(void)snprintf(wrong, sizeof wrong, "wrong passphrase for %s", path);
	assert_string_equal(unlock(&r, path, "not it"), wrong);
	assert_true(sign(&r, 0, "hello", 0, &f).locked);
	assert_string_equal(unlock(&r, path, PASSPHRASE), "");
	m = sign(&r, 0, "hello", 0, &f);
	assert_true(m.ok);
	assert_true(verifies(&r.keys[0], "hello", m.signature));
	ring_close(&r);
}

static void only_listed_files_are_unlocked(void **state UNUSED)
{
	struct ring r;

	ring_open(&r, "", "/nonexistent", in_fixture("ed25519"));
	assert_non_null(strstr(unlock(&r, in_fixture("locked"), PASSPHRASE),
			       "is none of the key files"));
	ring_close(&r);
}

static void rsa_signs_as_asked(void **state UNUSED)
{
	struct ring r;
	struct msg_signed sha1, sha512;
	struct frame f;

	ring_open(&r, "", "/nonexistent", in_fixture("rsa"));
	sha512 = sign(&r, 0, "hello", AGENT_RSA_SHA512, &f);
	assert_true(sha512.ok);
	assert_int_equal(sha512.signature.n, 2048 / 8);
	sha1 = sign(&r, 0, "hello", AGENT_RSA_SHA256, &f);
	assert_true(sha1.ok);
	ring_close(&r);
}

static void default_files_are_found_in_order(void **state UNUSED)
{
	static const char *const pairs[][2] = {{"id_rsa", "rsa"},
					       {"id_ed25519", "ed25519"},
					       {"id_ecdsa", "ecdsa"}};
	struct ring r;
	struct err err;

	assert_ok(fs_make_dirs(in_fixture("dot-ssh"), 0700, &err), err);
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		char to[64];

		(void)snprintf(to, sizeof to, "dot-ssh/%s", pairs[i][0]);
		assert_int_equal(
			symlink(in_fixture(pairs[i][1]), in_fixture(to)), 0);
	}
	ring_open(&r, "", in_fixture("dot-ssh"), "");
	assert_int_equal(r.n, 3);
	assert_non_null(strstr(r.keys[0].source, "id_ed25519"));
	assert_non_null(strstr(r.keys[1].source, "id_ecdsa"));
	assert_non_null(strstr(r.keys[2].source, "id_rsa"));
	ring_close(&r);
}

static void no_keys_is_no_error(void **state UNUSED)
{
	struct ring r;

	ring_open(&r, "/nonexistent/agent", "/nonexistent", "");
	assert_int_equal(r.n, 0);
	assert_int_equal(r.fault.code, ERR_OK);
	ring_close(&r);
}

static void a_named_identity_must_be_there(void **state UNUSED)
{
	struct ring r;

	ring_open(&r, "", "/nonexistent", "/nonexistent/id");
	assert_int_equal(r.fault.code, ERR_NOTFOUND);
	assert_non_null(strstr(r.fault.msg, "/nonexistent/id"));
	ring_close(&r);
}

static void junk_is_no_key(void **state UNUSED)
{
	static const char *const junk[] = {
		"",
		"hello\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n!!!!\n"
		"-----END OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN OPENSSH PRIVATE KEY-----\n"
		"b3BlbnNzaC1rZXktdjEA/////w==\n"
		"-----END OPENSSH PRIVATE KEY-----\n",
		"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n"
		"-----END RSA PRIVATE KEY-----\n",
	};

	for (size_t i = 0; i < ARRAY_SIZE(junk); i++) {
		struct ring r;

		put_file("junk", junk[i], 0600);
		ring_open(&r, "", "/nonexistent", in_fixture("junk"));
		assert_int_equal(r.n, 0);
		assert_int_equal(r.fault.code, ERR_FORMAT);
		ring_close(&r);
	}
}

static void make_pem(const char *name, const char *pass)
{
	const char *argv[] = {KEYGEN, "-q",   "-t", "rsa",
			      "-b",   "2048", "-m", "PEM",
			      "-N",   pass,   "-f", in_fixture(name),
			      NULL};
	char pub[64];

	assert_int_equal(run_program(argv, NULL), 0);
	(void)snprintf(pub, sizeof pub, "%s.pub", name);
	assert_int_equal(unlink(in_fixture(pub)), 0);
}

static void old_pem_files_work_too(void **state UNUSED)
{
	struct ring r;
	struct frame f;

	make_pem("pem", "");
	make_pem("pem_locked", PASSPHRASE);
	ring_open(&r, "", "/nonexistent", in_fixture("pem"));
	assert_int_equal(r.n, 1);
	assert_true(sign(&r, 0, "hello", AGENT_RSA_SHA512, &f).ok);
	ring_close(&r);
	ring_open(&r, "", "/nonexistent", in_fixture("pem_locked"));
	assert_int_equal(r.fault.code, ERR_UNSUPPORTED);
	assert_non_null(strstr(r.fault.msg, "pem_locked.pub"));
	ring_close(&r);
}

static void an_open_key_file_is_refused(void **state UNUSED)
{
	struct ring r;
	struct frame f;
	struct msg_signed m;
	char want[200];

	assert_int_equal(chmod(in_fixture("other"), 0644), 0);
	ring_open(&r, "", "/nonexistent", in_fixture("other"));
	m = sign(&r, 0, "hello", 0, &f);
	assert_false(m.ok);
	assert_false(m.locked);
	(void)snprintf(want, sizeof want, "others may read %s",
		       in_fixture("other"));
	assert_true(bytes_starts(m.message, want));
	ring_close(&r);
	assert_int_equal(chmod(in_fixture("other"), 0600), 0);
}

static void agent_keys_come_first_and_once(void **state UNUSED)
{
	static const char *const names[] = {"ecdsa", "ed25519", NULL};
	pid_t agent = agent_start(names);
	struct ring r;
	struct frame f;
	struct msg_signed m;

	ring_open(&r, in_fixture("agent"), in_fixture("dot-ssh"), "");
	assert_int_equal(r.n, 3); /* dot-ssh has id_rsa besides */
	assert_string_equal(r.keys[0].source, "agent");
	assert_string_equal(r.keys[0].comment, "ecdsa");
	assert_string_equal(r.keys[1].source, "agent");
	assert_non_null(strstr(r.keys[2].source, "id_rsa"));
	m = sign(&r, 1, "hello", 0, &f);
	assert_true(m.ok);
	assert_true(verifies(&r.keys[1], "hello", m.signature));
	ring_close(&r);
	agent_stop(agent);
}

static void a_named_identity_goes_first(void **state UNUSED)
{
	static const char *const names[] = {"ecdsa", "ed25519", NULL};
	pid_t agent = agent_start(names);
	struct ring r;

	ring_open(&r, in_fixture("agent"), in_fixture("dot-ssh"),
		  in_fixture("locked"));
	assert_int_equal(r.n, 3);
	assert_string_equal(r.keys[0].source, in_fixture("locked"));
	ring_close(&r);
	/* The agent has it already: nothing needs to be unlocked or read. */
	ring_open(&r, in_fixture("agent"), in_fixture("dot-ssh"),
		  in_fixture("ed25519"));
	assert_int_equal(r.n, 2);
	assert_string_equal(r.keys[0].source, "agent");
	assert_string_equal(r.keys[0].comment, "ed25519");
	ring_close(&r);
	agent_stop(agent);
}

static void an_agent_that_goes_away_is_said(void **state UNUSED)
{
	static const char *const names[] = {"ed25519", NULL};
	pid_t agent = agent_start(names);
	struct ring r;
	struct frame f;
	struct msg_signed m;

	ring_open(&r, in_fixture("agent"), "/nonexistent", "");
	assert_int_equal(r.n, 1);
	agent_stop(agent);
	m = sign(&r, 0, "hello", 0, &f);
	assert_false(m.ok);
	assert_false(m.locked);
	assert_true(m.message.n > 0);
	ring_close(&r);
}

/* It lets in, as the kernel does for it, and that is all. */
static void an_agent_that_says_nothing_is_left(void **state UNUSED)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int64_t begun = time_mono_ns();
	struct ring r;

	(void)snprintf(sun.sun_path, sizeof sun.sun_path, "%s",
		       in_fixture("mute"));
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof sun), 0);
	assert_int_equal(listen(fd, 8), 0);
	ring_open(&r, in_fixture("mute"), in_fixture("dot-ssh"), "");
	assert_int_equal(r.n, 3); /* those of files can be used all the same */
	assert_non_null(strstr(r.note, "/mute was asked and gave no answer"));
	assert_true(time_mono_ns() - begun < 12 * NS_PER_S);
	ring_close(&r);
	close(fd);
}

/* Sockets of private agents; XDG_RUNTIME_DIR is ours alone. */
static unsigned count_sockets(void)
{
	DIR *d = opendir(fixture);
	struct dirent *e;
	unsigned n = 0;

	assert_non_null(d);
	while ((e = readdir(d)))
		n += strncmp(e->d_name, "halligan-agent.", 15) == 0;
	closedir(d);
	return n;
}

static void the_private_agent_ends_with_the_ring(void **state UNUSED)
{
	struct ring r;
	struct frame f;

	ring_open(&r, "", "/nonexistent", in_fixture("ed25519"));
	assert_true(sign(&r, 0, "hello", 0, &f).ok);
	assert_int_equal(count_sockets(), 1);
	ring_close(&r);
	await_all_gone();
	assert_int_equal(count_sockets(), 0);
}

static void the_private_agent_ends_with_a_killed_ring(void **state UNUSED)
{
	struct ring r;
	struct frame f;

	ring_open(&r, "", "/nonexistent", in_fixture("ed25519"));
	assert_true(sign(&r, 0, "hello", 0, &f).ok);
	(void)kill(r.pid, SIGKILL);
	await_all_gone(); /* we are the subreaper: its agent too */
	chan_release(&r.chan);
	assert_int_equal(count_sockets(), 0);
}

/* The secret must be nowhere but in the keyring's own pages. It is one that
 * no other test has, whose keys are being made as we look. */
static void passphrases_are_in_no_command_line(void **state UNUSED)
{
	char own[64];
	const char *make[] = {KEYGEN, "-q", "-t", "ed25519", "-N", own, "-C", "",
			      "-f", in_fixture("own"), NULL};
	struct ring r;
	struct buf b;
	DIR *d;
	struct dirent *e;

	(void)snprintf(own, sizeof own, PASSPHRASE " %d", (int)getpid());
	assert_int_equal(run_program(make, NULL), 0);
	ring_open(&r, "", "/nonexistent", in_fixture("own"));
	assert_string_equal(unlock(&r, in_fixture("own"), own), "");
	buf_init(&b, 64u << 20);
	d = opendir("/proc");
	assert_non_null(d);
	while ((e = readdir(d))) {
		char path[300];
		struct err err;

		(void)snprintf(path, sizeof path, "/proc/%s/cmdline",
			       e->d_name);
		if (fs_read(path, &b, &err) != ERR_OK)
			continue;
		(void)snprintf(path, sizeof path, "/proc/%s/environ",
			       e->d_name);
		if (fs_read(path, &b, &err) != ERR_OK)
			continue;
	}
	closedir(d);
	assert_true(b.n > 0);
	assert_null(memmem(b.p, b.n, own, strlen(own)));
	buf_release(&b);
	ring_close(&r);
}

static int setup(void **state)
{
	return fixture_make(state) ||
	       setenv("XDG_RUNTIME_DIR", fixture, 1) != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_key_file_signs),
		cmocka_unit_test(a_locked_key_wants_its_passphrase),
		cmocka_unit_test(only_listed_files_are_unlocked),
		cmocka_unit_test(rsa_signs_as_asked),
		cmocka_unit_test(default_files_are_found_in_order),
		cmocka_unit_test(no_keys_is_no_error),
		cmocka_unit_test(a_named_identity_must_be_there),
		cmocka_unit_test(junk_is_no_key),
		cmocka_unit_test(old_pem_files_work_too),
		cmocka_unit_test(an_open_key_file_is_refused),
		cmocka_unit_test(agent_keys_come_first_and_once),
		cmocka_unit_test(a_named_identity_goes_first),
		cmocka_unit_test(an_agent_that_says_nothing_is_left),
		cmocka_unit_test(an_agent_that_goes_away_is_said),
		cmocka_unit_test(the_private_agent_ends_with_the_ring),
		cmocka_unit_test(the_private_agent_ends_with_a_killed_ring),
		cmocka_unit_test(passphrases_are_in_no_command_line),
	};

	if (!have_program(KEYGEN) || !have_program(AGENT)) {
		print_message("no ssh-keygen or ssh-agent here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("keyring", tests, setup,
					   fixture_remove);
}
