/* SPDX-License-Identifier: Apache-2.0 */
/* A folder that stands for a host, with what an intruder leaves on one: each
 * is told, and what belongs there is not. */
#include "unit/unit.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "base/hash.h"
#include "base/time.h"
#include "unit/triage_kit.h"

#define LIT(s)	bytes_of(s, sizeof(s) - 1)
#define ELF	"\177ELF\2\1\1"
#define LARGE	((size_t)2 << 20)
#define HELLO_MD5 "5d41402abc4b2a76b9719d911017c592" /* of "hello" */

struct image {
	struct folder f;
	bool has_caps, is_fixed;
};

/* With the folders above it. */
static void put(struct image *i, const char *path, struct bytes content,
		mode_t mode)
{
	char *at = xasprintf("%s/%s", i->f.path, path);

	for (char *p = at + strlen(i->f.path) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		(void)mkdir(at, 0755); /* it may be there */
		*p = '/';
	}
	free(at);
	folder_write(&i->f, path, content);
	assert_int_equal(chmod(folder_at(&i->f, path), mode), 0);
}

static void put_str(struct image *i, const char *path, const char *content)
{
	put(i, path, bytes_str(content), 0644);
}

static void link_to(struct image *i, const char *path, const char *to)
{
	put_str(i, path, "");
	assert_int_equal(unlink(folder_at(&i->f, path)), 0);
	assert_int_equal(symlink(to, folder_at(&i->f, path)), 0);
}

static void make_packages(struct image *i)
{
	put_str(i, "var/lib/dpkg/status",
		"Package: tool\nStatus: install ok installed\nVersion: 1\n"
		"Architecture: all\nConffiles:\n"
		" /etc/tool.conf " HELLO_MD5 "\n"
		" /etc/same.conf " HELLO_MD5 "\n");
	put_str(i, "var/lib/dpkg/info/tool.list",
		"/usr\n/usr/bin\n/usr/bin/ps\n/usr/bin/ls\n/usr/bin/fine\n"
		"/usr/sbin/sshd\n/usr/bin/su\n/etc/tool.conf\n"
		"/usr/share/doc/tool\n");
	put_str(i, "var/lib/dpkg/info/tool.md5sums",
		HELLO_MD5 "  usr/bin/fine\n" HELLO_MD5 "  usr/bin/ps\n"
		HELLO_MD5 "  usr/bin/ls\n" HELLO_MD5 "  usr/sbin/sshd\n"
		HELLO_MD5 "  usr/bin/su\n"
		HELLO_MD5 "  usr/share/doc/tool\n");
	put_str(i, "var/lib/dpkg/diversions",
		"/usr/bin/ls\n/usr/bin/ls.distrib\nother\n");
	put_str(i, "usr/bin/fine", "hello");
	put_str(i, "usr/bin/ps", "not hello");
	put_str(i, "usr/bin/ls", "of another package");
	put_str(i, "usr/bin/ls.distrib", "hello");
	put(i, "usr/bin/su", LIT("hello"), 04755);
	put_str(i, "etc/tool.conf", "changed");
	put_str(i, "etc/same.conf", "hello");
	put_str(i, "usr/share/doc/tool", "changed, and no matter");
	put(i, "usr/bin/evil", LIT(ELF " of nobody"), 0755);
	put(i, "usr/lib/x86_64-linux-gnu/security/pam_evil.so",
	    LIT(ELF " of nobody"), 0644);
}

static void make_places(struct image *i)
{
	uint8_t *archive = xcalloc(1, LARGE);

	memcpy(archive, "\x1f\x8b\x08", 3);
	put(i, "tmp/run.sh", LIT("#!/bin/sh\n"), 0755);
	put(i, "tmp/payload", LIT(ELF), 0644);
	put(i, "tmp/notes.txt", LIT("text"), 0644);
	put(i, "tmp/.X11-unix/.keep", LIT(""), 0644);
	put(i, "var/tmp/.cache/.. /x", LIT("x"), 0644);
	put(i, "dev/.udev.conf", LIT("x"), 0644);
	put(i, "dev/shm/out.dat", bytes_of(archive, LARGE), 0644);
	put(i, "srv/out.dat", bytes_of(archive, LARGE), 0644);
	put(i, "usr/lib/.hide/x", LIT("x"), 0644);
	put(i, "opt/app/bin", LIT(ELF), 0755);
	put(i, "etc/cron.d/job", LIT("x"), 0666);
	put(i, "home/u/shell", LIT(ELF), 04755);
	put(i, "usr/local/sbin/x", LIT("x"), 0644);
	assert_int_equal(chmod(folder_at(&i->f, "usr/local/sbin"), 0777), 0);
	free(archive);
}

static void make_web(struct image *i)
{
	put_str(i, "var/www/html/shell.php", "<?php eval($_POST['x']);");
	put_str(i, "var/www/html/index.php", "<?php echo 'hello';");
	put_str(i, "var/www/html/uploads/pic.php", "<?php echo 1;");
	put_str(i, "home/u/other.php", "<?php eval($_POST['x']);");
}

static void make_homes(struct image *i)
{
	put_str(i, "etc/passwd",
		"root:x:0:0:root:/root:/bin/bash\nu:x:1000:1000::/home/u:/bin/s"
		"h\nv:x:1001:1001::/home/u:/bin/sh\nbad line\n");
	link_to(i, "root/.bash_history", "/dev/null");
	put_str(i, "home/u/.bash_history", "ls\nid\n");
	put_str(i, "home/u/.zsh_history", "");
	link_to(i, "var/log/auth.log", "/dev/null");
	put_str(i, "var/log/syslog", "a line\n");
	put_str(i, "var/lib/docker/containers/abc/config.v2.json",
		"{\"State\":{\"Running\":false},\"Config\":{\"Image\":\"i\"}}");
}

/* What only root may make, where the file system has it. */
static void make_fixed(struct image *i)
{
	static const uint8_t caps[20] = {[0] = 1, [3] = 2, [4] = 0x80};
	int flags = FS_IMMUTABLE_FL, fd;

	put(i, "opt/app/caps", LIT(ELF), 0755);
	i->has_caps = setxattr(folder_at(&i->f, "opt/app/caps"),
			       "security.capability", caps, sizeof caps,
			       0) == 0;
	put_str(i, "etc/cron.d/fixed", "x");
	fd = open(folder_at(&i->f, "etc/cron.d/fixed"), O_RDONLY | O_CLOEXEC);
	i->is_fixed = ioctl(fd, FS_IOC_SETFLAGS, &flags) == 0;
	close_fd(fd);
	if (!i->has_caps || !i->is_fixed)
		print_message("capabilities and flags cannot be set here\n");
}

static void image_make(struct image *i)
{
	*i = (struct image){0};
	folder_make(&i->f);
	make_packages(i);
	make_places(i);
	make_web(i);
	make_homes(i);
	make_fixed(i);
}

static void image_end(struct image *i)
{
	int flags = 0;
	int fd = open(folder_at(&i->f, "etc/cron.d/fixed"),
		      O_RDONLY | O_CLOEXEC);

	if (i->is_fixed)
		assert_int_equal(ioctl(fd, FS_IOC_SETFLAGS, &flags), 0);
	close_fd(fd);
	folder_remove(&i->f);
}

static void look_at(struct image *i, struct took *t)
{
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct run_limits limits = {0};
	struct plan plan = {0};
	struct top top;
	struct err err;

	assert_ok(top_open_dir(&top, i->f.path, &err), err);
	limits.top = &top;
	plan_go(&plan, (struct req_start){.triage = true});
	kit_run_within(&plan, never, &limits, t);
	top_release(&top);
	hold_contract(t);
}

/* Whether an odd_file of that reason and path was told. */
static const struct rec_fact *odd(const struct took *t, const char *why,
				  const char *path)
{
	char *word = xasprintf("\"why\":\"%s\"", why);
	const struct rec_fact *found = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct rec_fact *f = &t->recs[i].u.fact;

		if (t->recs[i].type == REC_FACT &&
		    bytes_eq(f->kind, bytes_str("odd_file")) &&
		    bytes_eq(f->name, bytes_str(path)) &&
		    has_piece(f->detail, word))
			found = f;
	}
	free(word);
	return found;
}

static void hold_odd(const struct took *t, const char *why, const char *path,
		     const char *piece)
{
	const struct rec_fact *f = odd(t, why, path);

	if (!f) {
		fail_msg("%s is not %s", path, why);
		return;
	}
	if (!has_piece(f->detail, piece))
		fail_msg("%s: no %s in %.*s", path, piece, (int)f->detail.n,
			 (const char *)f->detail.p);
}

static void changed_packages_are_told(void **state UNUSED)
{
	struct image i;
	struct took t;

	image_make(&i);
	look_at(&i, &t);
	hold_told(&t, "package", "tool",
		  PIECES("\"version\":\"1\"", "\"manager\":\"dpkg\"",
			 "\"status\":\"installed\"", "\"installed_at\":"));
	hold_told(&t, "changed_file", "/usr/bin/ps",
		  PIECES("\"package\":\"tool\"", "\"config\":false",
			 "\"missing\":false", "\"critical\":true",
			 "\"expected\":\"" HELLO_MD5 "\"", "\"actual\":\""));
	hold_told(&t, "changed_file", "/usr/sbin/sshd",
		  PIECES("\"missing\":true", "\"critical\":true"));
	hold_told(&t, "changed_file", "/etc/tool.conf",
		  PIECES("\"config\":true", "\"missing\":false"));
	assert_null(took_fact(&t, "changed_file", "/usr/bin/fine"));
	assert_null(took_fact(&t, "changed_file", "/usr/bin/ls"));
	assert_null(took_fact(&t, "changed_file", "/etc/same.conf"));
	assert_null(took_fact(&t, "changed_file", "/usr/share/doc/tool"));
	hold_told(&t, "unpackaged_file", "/usr/bin/evil",
		  PIECES("\"kind\":\"elf\"", "\"sha256\":\""));
	hold_told(&t, "unpackaged_file",
		  "/usr/lib/x86_64-linux-gnu/security/pam_evil.so",
		  PIECES("\"kind\":\"elf\""));
	assert_null(took_fact(&t, "unpackaged_file", "/usr/bin/ps"));
	took_release(&t);
	image_end(&i);
}

static void odd_files_are_told(void **state UNUSED)
{
	struct image i;
	struct took t;

	image_make(&i);
	look_at(&i, &t);
	hold_odd(&t, "suid", "/home/u/shell", "\"packaged\":false");
	hold_odd(&t, "suid", "/home/u/shell", "\"sha256\":\"");
	hold_odd(&t, "suid", "/usr/bin/su", "\"packaged\":true");
	hold_odd(&t, "scratch-executable", "/tmp/run.sh",
		 "\"kind\":\"script\"");
	hold_odd(&t, "scratch-executable", "/tmp/payload", "\"kind\":\"elf\"");
	assert_null(odd(&t, "scratch-executable", "/tmp/notes.txt"));
	hold_odd(&t, "hidden", "/var/tmp/.cache", "\"mode\":");
	hold_odd(&t, "hidden", "/var/tmp/.cache/.. ", "\"mode\":");
	hold_odd(&t, "hidden", "/usr/lib/.hide", "\"mode\":");
	assert_null(odd(&t, "hidden", "/tmp/.X11-unix"));
	hold_odd(&t, "device-folder", "/dev/.udev.conf", "\"sha256\":\"");
	hold_odd(&t, "archive", "/dev/shm/out.dat", "\"kind\":\"gzip\"");
	assert_null(odd(&t, "archive", "/srv/out.dat"));
	hold_odd(&t, "recent-executable", "/opt/app/bin", "\"kind\":\"elf\"");
	hold_odd(&t, "world-writable", "/etc/cron.d/job", "\"ctime\":");
	hold_odd(&t, "path-writable", "/usr/local/sbin", "\"mode\":");
	if (i.has_caps)
		hold_odd(&t, "caps", "/opt/app/caps",
			 "\"caps\":\"cap_setuid+ep\"");
	if (i.is_fixed)
		hold_odd(&t, "immutable", "/etc/cron.d/fixed",
			 "\"attributes\":16");
	took_release(&t);
	image_end(&i);
}

static void webs_and_homes_are_told(void **state UNUSED)
{
	struct image i;
	struct took t;

	image_make(&i);
	look_at(&i, &t);
	hold_odd(&t, "web-script", "/var/www/html/shell.php",
		 "\"signs\":[\"request-eval\"]");
	hold_odd(&t, "web-script", "/var/www/html/uploads/pic.php",
		 "\"sha256\":\"");
	assert_null(odd(&t, "web-script", "/var/www/html/index.php"));
	assert_null(odd(&t, "web-script", "/home/u/other.php"));
	hold_told(&t, "history", "/root/.bash_history",
		  PIECES("\"account\":\"root\"", "\"target\":\"/dev/null\""));
	hold_told(&t, "history", "/home/u/.bash_history",
		  PIECES("\"account\":\"u\"", "\"lines\":2", "\"size\":6"));
	hold_odd(&t, "history", "/root/.bash_history",
		 "\"target\":\"/dev/null\"");
	hold_odd(&t, "history", "/home/u/.zsh_history", "\"size\":0");
	assert_null(odd(&t, "history", "/home/u/.bash_history"));
	hold_odd(&t, "log", "/var/log/auth.log", "\"target\":\"/dev/null\"");
	assert_null(odd(&t, "log", "/var/log/syslog"));
	hold_told(&t, "container", "abc",
		  PIECES("\"image\":\"i\"", "\"state\":\"stopped\""));
	hold_source(&t, "views", "skipped", "not-live");
	hold_source(&t, "odd-files", "collected", "");
	took_release(&t);
	image_end(&i);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(changed_packages_are_told),
		cmocka_unit_test(odd_files_are_told),
		cmocka_unit_test(webs_and_homes_are_told),
	};

	hash_lib_init();
	(void)umask(022);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
