/* SPDX-License-Identifier: Apache-2.0 */
/* What stays on a host, and the patterns of one. */
#include "unit/unit.h"

#include <sys/stat.h>

#include "base/fs.h"
#include "base/glob.h"
#include "probe/pattern.h"
#include "probe/secret.h"

static const struct {
	const char *line, *told;
} lines[] = {
	{"a:$y$j9T$salt$hash:1:", "a:$y$redacted:1:"},
	{"a:$6$rounds=5$salt$hash:1", "a:$6$redacted:1"},
	{"a:!$1$salt$hash", "a:!$1$redacted"},
	{"a:!!:1", "a:!!:1"},
	{"a:*:1", "a:*:1"},
	{"a::1", "a::1"},
	{"a:x:0:0", "a:x:0:0"},
	{"a:abJnggxhB/yWI:1", "a:redacted-des:1"},
	{"a:_J9..CCCCXBrJUJV154M:1", "a:_redacted:1"},
	{"a:plaintext password:1", "a:redacted:1"},
	{"a:$", "a:$"},
	{"a:$averyveryverylongkindofhash:1", "a:$averyveryverylon$redacted:1"},
	{"no colon at all", "no colon at all"},
	{"", ""},
	{"a:$6$s$h:1\nb:*:2\n\nc:$5$s$h", "a:$6$redacted:1\nb:*:2\n\n"
					  "c:$5$redacted"},
};

static void hashes_become_their_kind(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct buf out;

		buf_init(&out, 1000);
		secret_redact_hashes(bytes_str(lines[i].line), &out);
		assert_string_equal(buf_str(&out), lines[i].told);
		buf_release(&out);
	}
}

static void places_are_known(void **state UNUSED)
{
	static const struct {
		const char *path;
		enum req_secrecy secrecy;
	} rows[] = {
		{"/etc/shadow", SECRECY_HASHES},
		{"/srv/chroot/etc/shadow-", SECRECY_HASHES},
		{"/etc/shadow.d/x", SECRECY_NONE},
		{"/home/a/.ssh/id_rsa", SECRECY_KEY},
		{"/home/a/.ssh/id_rsa.pub", SECRECY_NONE},
		{"/home/a/.ssh/known_hosts", SECRECY_NONE},
		{"/root/.aws/credentials", SECRECY_METADATA},
		{"/root/.netrc", SECRECY_METADATA},
		{"/root/x.netrc", SECRECY_NONE},
		{"/proc/1/environ", SECRECY_METADATA},
		{"/home/a/.config/google-chrome/Default/Login Data",
		 SECRECY_METADATA},
		{"/etc/hosts", SECRECY_NONE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(secret_of_path(bytes_str(rows[i].path)),
				 rows[i].secrecy);
	assert_true(secret_is_endless(bytes_str("/proc/kmsg")));
	assert_false(secret_is_endless(bytes_str("/proc/cmdline")));
}

static void keys_are_told_of(void **state UNUSED)
{
	static const char openssh[] =
		"-----BEGIN OPENSSH PRIVATE KEY-----\n"
		"b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAA"
		"AAtzc2gtZWQy\n"
		"NTUxOQAAACAAAQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHwAAAAA=\n"
		"-----END OPENSSH PRIVATE KEY-----\n";
	static const char pem[] = "-----BEGIN RSA PRIVATE KEY-----\n"
				  "Proc-Type: 4,ENCRYPTED\n\nAAAA\n"
				  "-----END RSA PRIVATE KEY-----\n";
	struct buf out;

	assert_true(secret_is_key(bytes_str(openssh)));
	assert_true(secret_is_key(bytes_str(pem)));
	assert_false(secret_is_key(bytes_str("-----BEGIN CERTIFICATE-----")));
	assert_false(secret_is_key(bytes_str("ssh-ed25519 AAAA x")));
	buf_init(&out, 4096);
	secret_describe_key(bytes_str(openssh), &out);
	assert_non_null(strstr(buf_str(&out), "passphrase: no\n"));
	assert_non_null(strstr(buf_str(&out),
			       "public: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5"));
	assert_non_null(strstr(buf_str(&out), "fingerprint: SHA256:"));
	buf_clear(&out);
	secret_describe_key(bytes_str(pem), &out);
	assert_string_equal(buf_str(&out),
			    "private key, not taken: RSA PRIVATE KEY\n"
			    "passphrase: yes\n");
	buf_release(&out);
}

/* ---- patterns of an image ---- */

static char dir[] = "/tmp/halligan-pattern.XXXXXX";
static struct top top;

static int make_image(void **state UNUSED)
{
	static const char *const folders[] = {
		"/run", "/var", "/usr", "/usr/lib", "/etc", "/srv", "/srv/bo",
	};
	struct err err;

	if (!mkdtemp(dir))
		return -1;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		char *path = xasprintf("%s%s", dir, folders[i]);

		if (mkdir(path, 0755) != 0)
			return -1;
		free(path);
	}
	if (chdir(dir) != 0 || symlink("/run", "var/run") != 0 ||
	    symlink("usr/lib", "lib") != 0 ||
	    symlink("../../../../srv", "etc/up") != 0 ||
	    symlink("loop", "etc/loop") != 0 || symlink("bo", "srv/al") != 0)
		return -1;
	return top_open_dir(&top, dir, &err) == ERR_OK ? 0 : -1;
}

static int drop_image(void **state UNUSED)
{
	struct err err;

	top_release(&top);
	return fs_remove_tree(dir, &err) == ERR_OK ? 0 : -1;
}

static void symlinks_stay_in_the_image(void **state UNUSED)
{
	static const struct {
		const char *path, *real;
	} rows[] = {
		{"/var/run/utmp", "/run/utmp"},
		{"/lib/x/y", "/usr/lib/x/y"},
		{"/etc/up/bo", "/srv/bo"},
		{"/etc/loop/x", "/etc/loop/x"},
		{"/etc/../../etc/./x", "/etc/x"},
		{"/no/such", "/no/such"},
		{"/", "/"},
	};
	struct mounts mounts = {0};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *real = patterns_resolve(&top, &mounts,
					      bytes_str(rows[i].path));

		assert_string_equal(real, rows[i].real);
		free(real);
	}
}

static void homes_are_those_of_the_host(void **state UNUSED)
{
	static const char passwd[] = "root:x:0:0::/root:/bin/sh\n"
				     "al:x:1:1::/srv/al:/bin/sh\n"
				     "two:x:2:1::/srv/bo:/bin/sh\n"
				     "rel:x:3:1::srv/rel:/bin/sh\n"
				     "none:x:4:1::/nonexistent:/bin/sh\n"
				     "d:x:5:1::/:/bin/sh\n"
				     "short:x\n\n";
	static const struct {
		const char *path;
		uint64_t use;
	} rows[] = {
		{"/root/.x", PATTERN_CONTENT},
		{"/srv/bo/.x", PATTERN_CONTENT},
		{"/srv/al/.x", 0}, /* it is the former */
		{"/home/anybody/.x", PATTERN_CONTENT},
		{"/.x", PATTERN_CONTENT},
		{"/nonexistent/.x", 0},
		{"/srv/rel/.x", 0},
		{"/srv/bo/deep/y", PATTERN_METADATA},
		{"/deep/y", 0}, /* no stars from a home where all lies */
		{"/run/utmp", PATTERN_CONTENT},
		{"/var/run/utmp", 0},
		{"/root/.x.gz", 0}, /* excluded */
	};
	struct plan_pattern patterns[] = {
		{.pattern = xstrdup("~/.x*"), .use = PATTERN_CONTENT},
		{.pattern = xstrdup("~/**2/y"), .use = PATTERN_METADATA},
		{.pattern = xstrdup("/var/run/utmp"), .use = PATTERN_CONTENT},
	};
	const struct plan plan = {.patterns = patterns, .n_patterns = 3};
	struct mounts mounts = {0};
	struct glob *gz = NULL;
	struct patterns p;
	struct err err;

	assert_ok(glob_compile(bytes_str("*.gz"), &gz, &err), err);
	patterns[0].excludes = &gz;
	patterns[0].n_excludes = 1;
	assert_true(patterns_load(&p, &plan, &top, &mounts,
				  bytes_str(passwd)));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct want want = patterns_find(&p, bytes_str(rows[i].path),
						 S_IFREG);

		if (want.use != rows[i].use)
			fail_msg("%s: %d", rows[i].path, (int)want.use);
	}
	patterns_release(&p);
	glob_free(gz);
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		free(patterns[i].pattern);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_become_their_kind),
		cmocka_unit_test(places_are_known),
		cmocka_unit_test(keys_are_told_of),
		cmocka_unit_test(symlinks_stay_in_the_image),
		cmocka_unit_test(homes_are_those_of_the_host),
	};

	return cmocka_run_group_tests(tests, make_image, drop_image);
}
