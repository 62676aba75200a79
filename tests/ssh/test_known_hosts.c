/* SPDX-License-Identifier: Apache-2.0 */
/* Targets, and known_hosts(5) held against ssh-keygen where that is there. */
#include "ssh/harness.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "remote/reach.h"

#define KEYGEN "/usr/bin/ssh-keygen"

static struct target target(const char *s)
{
	struct target t;
	struct err err;

	assert_ok(target_parse(s, &t, &err), err);
	return t;
}

static void targets_are_parsed(void **state UNUSED)
{
	static const struct {
		const char *in, *user, *host;
		uint16_t port;
	} good[] = {
		{"web01", "", "web01", 22},
		{"web01:2222", "", "web01", 2222},
		{"root@192.0.2.7", "root", "192.0.2.7", 22},
		{"a@corp@web01:22", "a@corp", "web01", 22},
		{"r@[2001:db8::7]:2022", "r", "2001:db8::7", 2022},
		{"[::1]", "", "::1", 22},
		{"2001:db8::7", "", "2001:db8::7", 22},
		{"u@fe80::1%eth0", "u", "fe80::1%eth0", 22},
		{"[web01]:23", "", "web01", 23},
	};
	static const char *const bad[] = {
		"",
		"@",
		"u@",
		"@host",
		"-oProxyCommand=x",
		"a@-b",
		"host:",
		"host:0",
		"host:65536",
		"host:22x",
		"ho st",
		"ho\x1bst",
		"[::1",
		"[::1]x",
		"[::1]:",
		"[:::1]",
		"a/b",
		"host:22:23",
		"x\xc3\xa9",
		"u:p@host",
		"[]",
	};
	struct target t;
	struct err err;

	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		t = target(good[i].in);
		assert_string_equal(t.user, good[i].user);
		assert_string_equal(t.host, good[i].host);
		assert_int_equal(t.port, good[i].port);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		if (target_parse(bad[i], &t, &err) != ERR_USAGE)
			fail_msg("%s was taken", shown_str(bad[i]).s);
}

static void target_names_have_a_length(void **state UNUSED)
{
	char s[400];
	struct target t;
	struct err err;

	memset(s, 'a', sizeof s);
	s[255] = '\0';
	assert_ok(target_parse(s, &t, &err), err);
	s[255] = 'a';
	s[256] = '\0';
	assert_code(target_parse(s, &t, &err), ERR_USAGE);
	(void)snprintf(s, sizeof s, "%065d@h", 1);
	assert_code(target_parse(s, &t, &err), ERR_USAGE);
}

/* What a key of that target is filed under. */
static void key_name(const char *s, char out[REACH_KEY_NAME_MAX])
{
	const struct reach_us us = {.home = "/", .user = "kim"};
	const struct reach_ask ask = {.target = s};
	struct reach r;
	struct err err;

	assert_ok(reach_make(&us, NULL, &ask, &r, &err), err);
	reach_key_name(&r, out);
	reach_release(&r);
}

/* "ssh-test" keys whose blob is just these bytes. */
static struct known_hosts known(const char *text)
{
	struct known_hosts kh;

	known_hosts_init(&kh);
	assert_true(buf_add_str(&kh.text, text));
	return kh;
}

static struct known_result check(const char *text, const char *host,
				 const char *type, const char *key)
{
	struct known_hosts kh = known(text);
	char name[REACH_KEY_NAME_MAX];
	struct known_result r;

	key_name(host, name);
	known_hosts_check(&kh, name, bytes_str(type), bytes_str(key), &r);
	known_hosts_release(&kh);
	return r;
}

/* base64 of "key1" is a2V5MQ==, of "key2" a2V5Mg== */
static void lines_match_by_name(void **state UNUSED)
{
	static const struct {
		const char *line, *host;
		enum known_verdict want;
	} cases[] = {
		{"web01 t a2V5MQ==", "web01", KNOWN_MATCH},
		{"web01 t a2V5MQ== comment", "WEB01", KNOWN_MATCH},
		{"WEB01 t a2V5MQ==", "web01", KNOWN_MATCH},
		{"web01\tt\ta2V5MQ==\r", "web01", KNOWN_MATCH},
		{"  web01 t a2V5MQ==", "web01", KNOWN_MATCH},
		{"web01 t a2V5MQ==", "web01:2222", KNOWN_UNKNOWN},
		{"[web01]:2222 t a2V5MQ==", "web01:2222", KNOWN_MATCH},
		{"[web01]:2222 t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"a,web01,b t a2V5MQ==", "web01", KNOWN_MATCH},
		{"*.corp t a2V5MQ==", "web01.corp", KNOWN_MATCH},
		{"*.corp t a2V5MQ==", "web01.corp.x", KNOWN_UNKNOWN},
		{"web?? t a2V5MQ==", "web01", KNOWN_MATCH},
		{"web? t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"*,!web01 t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"!web01,* t a2V5MQ==", "web02", KNOWN_MATCH},
		{"!web01 t a2V5MQ==", "web02", KNOWN_UNKNOWN},
		{"* t a2V5MQ==", "2001:db8::7", KNOWN_MATCH},
		{"# web01 t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"@cert-authority * t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"@revoked * t a2V5MQ==", "web01", KNOWN_REVOKED},
		{"@revoked * t a2V5Mg==", "web01", KNOWN_UNKNOWN},
		{"@something web01 t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"web01 t a2V5Mg==", "web01", KNOWN_CHANGED},
		{"web01 u a2V5MQ==", "web01", KNOWN_OTHER_TYPE},
		{"web01 t not*base64", "web01", KNOWN_UNKNOWN},
		{"web01 t", "web01", KNOWN_UNKNOWN},
		{"|1|junk web01 t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"|2|AAAA|AAAA t a2V5MQ==", "web01", KNOWN_UNKNOWN},
		{"", "web01", KNOWN_UNKNOWN},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct known_result r =
			check(cases[i].line, cases[i].host, "t", "key1");

		if (r.verdict != cases[i].want)
			fail_msg("%s for %s: verdict %d", cases[i].line,
				 cases[i].host, (int)r.verdict);
	}
}

static void the_right_line_wins(void **state UNUSED)
{
	struct known_result r;

	r = check("web01 t a2V5Mg==\nweb01 t a2V5MQ==\n", "web01", "t", "key1");
	assert_int_equal(r.verdict, KNOWN_MATCH);
	assert_int_equal(r.place.line, 2);
	assert_string_equal(r.fingerprint, "");
	r = check("web01 t a2V5MQ==\n@revoked web01 t a2V5MQ==\n", "web01", "t",
		  "key1");
	assert_int_equal(r.verdict, KNOWN_REVOKED);
	r = check("#\nweb01 u a2V5MQ==\nweb01 t a2V5Mg==\n", "web01", "t",
		  "key1");
	assert_int_equal(r.verdict, KNOWN_CHANGED);
	assert_int_equal(r.place.line, 3);
	assert_true(strncmp(r.fingerprint, "SHA256:", 7) == 0);
}

/* A server on a port of its own: what is on file under the name alone. */
static void a_name_without_port_vouches_for_its_key(void **state UNUSED)
{
	static const struct {
		const char *text;
		enum known_verdict want;
		bool without_port;
	} cases[] = {
		{"web01 t a2V5MQ==", KNOWN_MATCH, true},
		{"web* t a2V5MQ==", KNOWN_MATCH, true},
		{"web01 t a2V5Mg==", KNOWN_UNKNOWN, false},
		{"web01 u a2V5Mg==", KNOWN_UNKNOWN, false},
		{"web02 t a2V5MQ==", KNOWN_UNKNOWN, false},
		{"[web01]:2222 u a2V5Mg==\nweb01 t a2V5MQ==", KNOWN_MATCH,
		 true},
		{"[web01]:2222 t a2V5Mg==\nweb01 t a2V5MQ==", KNOWN_CHANGED,
		 false},
		{"web01 t a2V5Mg==\n[web01]:2222 t a2V5MQ==", KNOWN_MATCH,
		 false},
		{"@revoked web01 t a2V5MQ==", KNOWN_REVOKED, true},
		{"@revoked web01 t a2V5MQ==\n[web01]:2222 t a2V5MQ==",
		 KNOWN_REVOKED, true},
		{"@revoked web01 t a2V5Mg==", KNOWN_UNKNOWN, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct known_hosts kh = known(cases[i].text);
		struct known_result r;

		known_hosts_check_port(&kh, "[web01]:2222", "web01",
				       bytes_str("t"), bytes_str("key1"), &r);
		known_hosts_release(&kh);
		if (r.verdict != cases[i].want ||
		    r.without_port != cases[i].without_port)
			fail_msg("%s: verdict %d", cases[i].text,
				 (int)r.verdict);
		assert_int_equal(r.fingerprint[0] != '\0',
				 r.verdict == KNOWN_CHANGED);
	}
}

/* An authority vouches for nothing, and is told of with its place; a line is
 * told of with its file. */
static void lines_have_their_places(void **state UNUSED)
{
	struct known_hosts kh;
	struct known_result r;
	struct err err;

	put_file("first", "# none\n@cert-authority *.corp t a2V5MQ==\n", 0600);
	put_file("second", "x t a2V5MQ==\nweb01 t a2V5Mg==\n", 0600);
	known_hosts_init(&kh);
	assert_ok(known_hosts_add(&kh, in_fixture("first"), &err), err);
	assert_ok(known_hosts_add(&kh, in_fixture("absent"), &err), err);
	assert_ok(known_hosts_add(&kh, in_fixture("second"), &err), err);
	known_hosts_check(&kh, "web01", bytes_str("t"), bytes_str("key1"), &r);
	assert_int_equal(r.verdict, KNOWN_CHANGED);
	assert_int_equal(r.place.line, 2);
	assert_string_equal(r.place.path, in_fixture("second"));
	assert_null(r.authority.path);
	known_hosts_check(&kh, "db.corp", bytes_str("t"), bytes_str("key1"),
			  &r);
	assert_int_equal(r.verdict, KNOWN_UNKNOWN);
	assert_int_equal(r.authority.line, 2);
	assert_string_equal(r.authority.path, in_fixture("first"));
	known_hosts_release(&kh);
}

static void types_on_file_are_listed_once(void **state UNUSED)
{
	struct known_hosts kh =
		known("web01 ssh-rsa a2V5MQ==\nweb* ssh-ed25519 a2V5MQ==\n"
		      "@revoked web01 ssh-dss a2V5MQ==\n"
		      "other ecdsa a2V5MQ==\nweb01 ssh-rsa a2V5Mg==\n");
	struct buf types;

	buf_init(&types, 100);
	known_hosts_types(&kh, "web01", &types);
	assert_string_equal(buf_str(&types), "ssh-rsa,ssh-ed25519");
	buf_release(&types);
	buf_init(&types, 10);
	known_hosts_types(&kh, "web01", &types);
	assert_string_equal(buf_str(&types), "ssh-rsa");
	buf_release(&types);
	known_hosts_release(&kh);
}

/* Patterns made to be slow for a naive matcher. */
static void long_patterns_end(void **state UNUSED)
{
	char line[1200], name[256];
	struct known_result r;

	memset(name, 'a', 250);
	name[250] = '\0';
	for (size_t i = 0; i < 1000; i += 2)
		memcpy(line + i, "*a", 2);
	(void)snprintf(line + 1000, 100, "b t a2V5MQ==");
	r = check(line, name, "t", "key1");
	assert_int_equal(r.verdict, KNOWN_UNKNOWN);
}

/* A key file of the fixture, as its type and blob. */
static void read_public(const char *name, char type[64], struct buf *blob)
{
	struct bytes rest, word;
	struct buf b;
	struct err err;
	size_t n;

	buf_init(&b, 4096);
	assert_ok(fs_read(in_fixture(name), &b, &err), err);
	rest = buf_bytes(&b);
	assert_true(bytes_split(&rest, ' ', &word));
	(void)snprintf(type, 64, "%.*s", (int)word.n, (const char *)word.p);
	assert_true(bytes_split(&rest, ' ', &word));
	buf_init(blob, 4096);
	assert_true(base64_decode(word, buf_reserve(blob, 4096), 4096, &n));
	buf_commit(blob, n);
	buf_release(&b);
}

static void add_line(struct buf *out, const char *names, const char *key)
{
	struct err err;

	assert_true(buf_add_str(out, names) && buf_add_byte(out, ' '));
	assert_ok(fs_read(in_fixture(key), out, &err), err);
}

static void hashed_names_agree_with_ssh_keygen(void **state UNUSED)
{
	static const char *const hosts[] = {"web01", "web02:2222",
					    "2001:db8::7", "absent"};
	static const char *const filed[] = {"web01", "[web02]:2222",
					    "2001:db8::7"};
	const char *hash[] = {KEYGEN, "-H", "-f", in_fixture("known_hosts"),
			      NULL};
	struct known_hosts kh;
	struct buf text, blob;
	char type[64];
	struct err err;

	buf_init(&text, 1 << 16);
	for (size_t i = 0; i < ARRAY_SIZE(filed); i++)
		add_line(&text, filed[i], "ed25519.pub");
	put_file("known_hosts", buf_str(&text), 0600);
	buf_release(&text);
	assert_int_equal(run_program(hash, NULL), 0);
	known_hosts_init(&kh);
	assert_ok(known_hosts_add(&kh, in_fixture("known_hosts"), &err), err);
	assert_non_null(memmem(kh.text.p, kh.text.n, "|1|", 3));
	assert_null(memmem(kh.text.p, kh.text.n, "web01", 5));
	read_public("ed25519.pub", type, &blob);
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		char ours[REACH_KEY_NAME_MAX];
		const char *name = i < ARRAY_SIZE(filed) ? filed[i] : hosts[i];
		const char *find[] = {
			KEYGEN, "-F", name, "-f", in_fixture("known_hosts"),
			NULL};
		bool theirs = run_program(find, NULL) == 0;
		struct known_result r;

		key_name(hosts[i], ours);
		known_hosts_check(&kh, ours, bytes_str(type), buf_bytes(&blob),
				  &r);
		assert_int_equal(r.verdict,
				 theirs ? KNOWN_MATCH : KNOWN_UNKNOWN);
		assert_int_equal(theirs, i < ARRAY_SIZE(filed));
	}
	buf_release(&blob);
	known_hosts_release(&kh);
}

static void fingerprints_agree_with_ssh_keygen(void **state UNUSED)
{
	static const char *const names[] = {"ed25519.pub", "ecdsa.pub",
					    "rsa.pub"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		const char *list[] = {KEYGEN, "-l", "-f", in_fixture(names[i]),
				      NULL};
		char type[64], ours[FINGERPRINT_MAX];
		struct buf out, blob;

		buf_init(&out, 4096);
		assert_int_equal(run_program(list, &out), 0);
		read_public(names[i], type, &blob);
		assert_non_null(
			strstr(buf_str(&out),
			       key_fingerprint(buf_bytes(&blob), ours)));
		buf_release(&out);
		buf_release(&blob);
	}
}

static void missing_files_are_fine_others_not(void **state UNUSED)
{
	struct known_hosts kh;
	struct err err;

	known_hosts_init(&kh);
	assert_ok(known_hosts_add(&kh, "/nonexistent/known_hosts", &err), err);
	assert_int_equal(kh.n_files, 0);
	/* A folder in a file's place cannot be read, even by root. */
	assert_ok(fs_make_dirs(in_fixture("odd/known_hosts"), 0700, &err), err);
	assert_true(known_hosts_add(&kh, in_fixture("odd/known_hosts"), &err) !=
		    ERR_OK);
	/* Nor is a pipe waited for; no hosts at all is a habit. */
	assert_int_equal(mkfifo(in_fixture("odd/pipe"), 0600), 0);
	assert_code(known_hosts_add(&kh, in_fixture("odd/pipe"), &err),
		    ERR_FORMAT);
	assert_non_null(strstr(err.msg, "odd/pipe is no file"));
	assert_ok(known_hosts_add(&kh, "/dev/null", &err), err);
	known_hosts_release(&kh);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(targets_are_parsed),
		cmocka_unit_test(target_names_have_a_length),
		cmocka_unit_test(lines_match_by_name),
		cmocka_unit_test(the_right_line_wins),
		cmocka_unit_test(a_name_without_port_vouches_for_its_key),
		cmocka_unit_test(lines_have_their_places),
		cmocka_unit_test(types_on_file_are_listed_once),
		cmocka_unit_test(long_patterns_end),
		cmocka_unit_test(hashed_names_agree_with_ssh_keygen),
		cmocka_unit_test(fingerprints_agree_with_ssh_keygen),
		cmocka_unit_test(missing_files_are_fine_others_not),
	};

	if (!have_program(KEYGEN)) {
		print_message("no ssh-keygen here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("known_hosts", tests, fixture_make,
					   fixture_remove);
}
