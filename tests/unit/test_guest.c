/* SPDX-License-Identifier: Apache-2.0 */
/* The static program as a guest: what it needs, what it opens, alone. */
#include "unit/unit.h"

#include <elf.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "unit/probe_child.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

/* Each module has its chance to open something. */
static const char modules[] =
	"import \"pe\" import \"elf\" import \"hash\" import \"math\" "
	"import \"dotnet\" import \"time\" import \"string\" "
	"rule r { strings: $a = \"EVIL\" condition: $a and "
	"hash.sha256(0, filesize) != \"\" and not defined pe.machine and "
	"math.entropy(0, filesize) >= 0.0 and time.now() > 0 }";

static void it_needs_no_interpreter(void **state UNUSED)
{
	const Elf64_Ehdr *head;
	struct buf b;
	struct err err;

	buf_init(&b, 64 << 20);
	assert_ok(fs_read(probe, &b, &err), err);
	head = (const void *)b.p;
	if (head->e_ident[EI_CLASS] != ELFCLASS64)
		skip();
	for (unsigned i = 0; i < head->e_phnum; i++) {
		const Elf64_Phdr *ph = (const void *)(b.p + head->e_phoff);

		assert_true(ph[i].p_type != PT_INTERP);
		assert_true(ph[i].p_type != PT_DYNAMIC);
	}
	buf_release(&b);
}

static void an_empty_root_is_enough(void **state UNUSED)
{
	char p[] = "/p", serve_arg[] = "--serve", unlink_arg[] = "--unlink";
	char *argv[] = {p, serve_arg, unlink_arg, NULL};
	struct folder f;
	struct child c;

	if (geteuid() != 0) {
		print_message("skipped: only root may chroot\n");
		skip();
	}
	folder_make(&f);
	probe_copy(folder_at(&f, "p"));
	folder_write(&f, "bad", LIT("EVIL"));
	child_start(&c, f.path, argv);
	child_ask(&c,
		  "import \"pe\" import \"hash\" import \"elf\"\n"
		  "rule r { strings: $a = \"EVIL\" condition: $a and "
		  "hash.md5(0, filesize) != \"\" and "
		  "not defined pe.machine }",
		  "/", (struct req_start){.scan = true, .collect = true});
	assert_int_equal(child_end(&c), 0);
	assert_true(took_match(&c.took, "r", "/bad"));
	assert_int_equal(took_covered(&c.took, "collected", ""), 1);
	took_release(&c.took);
	folder_remove(&f);
}

/* No line of the trace opens something outside the folder but for the names
 * of users, the ids of the machine and /proc, where it is told who writes to
 * files through mappings; and none but the first starts a program. */
static void check_opens(const char *log, const char *folder)
{
	struct bytes rest, line;
	unsigned n = 0, n_started = 0;
	struct buf b;
	struct err err;

	buf_init(&b, 16 << 20);
	assert_ok(fs_read(log, &b, &err), err);
	rest = buf_bytes(&b);
	while (bytes_split(&rest, '\n', &line)) {
		char *s = bytes_to_str(line);
		const char *path = strchr(s, '"');

		n += path != NULL;
		if (strstr(s, "execve"))
			n_started++;
		else if (path && path[1] == '/' &&
		    strncmp(path + 1, folder, strlen(folder)) != 0 &&
		    strncmp(path + 1, "/proc/self/", 11) != 0 &&
		    strncmp(path + 1, "/proc\"", 6) != 0 &&
		    strncmp(path + 1, "/proc/meminfo\"", 14) != 0 &&
		    strncmp(path + 1, "/proc/pressure/memory\"", 22) != 0 &&
		    strncmp(path + 1, "/etc/passwd\"", 12) != 0 &&
		    strncmp(path + 1, "/etc/machine-id\"", 16) != 0 &&
		    strncmp(path + 1, "/sys/class/dmi/id/product_uuid\"",
			    31) != 0 &&
		    strncmp(path + 1, "/tmp\"", 5) != 0)
			fail_msg("%s", s);
		free(s);
	}
	assert_true(n > 2);
	assert_int_equal(n_started, 1);
	buf_release(&b);
}

static void it_opens_nothing_of_the_host(void **state UNUSED)
{
	char strace[] = "/usr/bin/strace", opt_f[] = "-f", opt_o[] = "-o";
	char opt_e[] = "-etrace=open,openat,openat2,readlink,"
		       "execve,execveat";
	char serve_arg[] = "--serve", quiet[] = "-qq";
	struct folder f, data;
	char *log, *path;
	struct child c;

	if (geteuid() != 0) {
		print_message("skipped: strace reads no strings of others\n");
		skip();
	}
	path = xstrdup(probe);
	folder_make(&f);
	folder_make(&data);
	log = xstrdup(folder_at(&f, "log"));
	folder_write(&data, "bad", LIT("EVIL"));
	child_start(&c, NULL,
		    (char *[]){strace, quiet, opt_f, opt_e, opt_o, log, path,
			       serve_arg, NULL});
	if (access(strace, X_OK) == 0)
		child_ask(&c, modules, data.path,
			  (struct req_start){.scan = true, .collect = true});
	if (child_end(&c) != 0) {
		print_message("skipped: no strace, or it may not trace\n");
	} else {
		assert_true(took_match(&c.took, "r", folder_at(&data, "bad")));
		check_opens(log, data.path);
	}
	took_release(&c.took);
	free(log);
	free(path);
	folder_remove(&f);
	folder_remove(&data);
}

static void a_bundle_is_the_same_stream(void **state UNUSED)
{
	char hunt[] = "hunt", o_rules[] = "--rules", o_path[] = "--path";
	char o_out[] = "--out", o_take[] = "--take";
	char *rules, *path, *out, *p = xstrdup(probe);
	struct folder f;
	struct took t;
	struct stat st;
	int fd;

	folder_make(&f);
	folder_write(&f, "bad", LIT("EVIL"));
	folder_write(&f, "rules", LIT("rule r { condition: filesize == 4 }"));
	rules = xstrdup(folder_at(&f, "rules"));
	path = xstrdup(f.path);
	out = xstrdup(folder_at(&f, "bundle"));
	char *argv[] = {p,    hunt,  o_rules, rules,  o_path,
			path, o_out, out,     o_take, NULL};
	assert_int_equal(child_alone(argv), 0);
	assert_int_equal(stat(out, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = open(out, O_RDONLY);
	took_read(&t, fd);
	close_fd(fd);
	assert_int_equal(t.recs[0].type, REC_HELLO);
	assert_true(took_match(&t, "r", folder_at(&f, "bad")));
	assert_int_equal(took_count(&t, REC_FILE_END), 1);
	assert_int_equal(took_covered(&t, "skipped", "own-output"), 1);
	assert_int_equal(t.recs[t.n - 1].type, REC_DONE);
	took_release(&t);
	assert_int_equal(child_alone(argv), 1); /* it is not overwritten */
	argv[8] = NULL;
	argv[7] = rules;
	assert_int_equal(child_alone(argv), 1);
	argv[1] = o_out;
	assert_int_equal(child_alone(argv), 2);
	free(rules);
	free(path);
	free(out);
	free(p);
	folder_remove(&f);
}

static void budgets_hold_without_a_console(void **state UNUSED)
{
	static const struct {
		const char *option, *value;
		int status;
	} rows[] = {
		{"--memory-limit", "1152921504606846976", 1},
		{"--max-load", "many", 2},
		{"--max-load", "1.", 2},
		{"--cpu", "half", 2},
		{"--file-timeout", "20", 0},
	};
	char hunt[] = "collect", o_path[] = "--path", o_out[] = "--out";
	char *p = xstrdup(probe);
	struct folder f;

	folder_make(&f);
	folder_write(&f, "a", LIT("x"));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *option = xstrdup(rows[i].option);
		char *value = xstrdup(rows[i].value);
		char *path = xstrdup(folder_at(&f, "a"));
		char *out = xstrdup(folder_at(&f, "bundle"));
		char *argv[] = {p,   hunt,   o_path, path, o_out,
				out, option, value,  NULL};

		assert_int_equal(child_alone(argv), rows[i].status);
		assert_int_equal(access(out, F_OK), rows[i].status ? -1 : 0);
		free(option);
		free(value);
		free(path);
		free(out);
	}
	free(p);
	folder_remove(&f);
}

/* As a kernel without it answers, which this cannot be run on. */
static bool forget_seccomp(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_prctl, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, args)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, PR_SET_SECCOMP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EINVAL),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog f = {.len = ARRAY_SIZE(code), .filter = code};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &f, 0, 0) == 0;
}

static void it_says_when_it_scans_without_filters(void **state UNUSED)
{
	char *argv[] = {xstrdup(probe),
			(char[]){"hunt"},
			(char[]){"--rules"},
			NULL,
			(char[]){"--path"},
			NULL,
			(char[]){"--out"},
			NULL,
			NULL};
	struct folder f;
	char said[512];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	folder_make(&f);
	folder_write(&f, "bad", LIT("EVIL"));
	folder_write(&f, "rules", LIT("rule r { condition: filesize == 4 }"));
	argv[3] = xstrdup(folder_at(&f, "rules"));
	argv[5] = xstrdup(folder_at(&f, "bad"));
	argv[7] = xstrdup(folder_at(&f, "bundle"));
	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		if (!forget_seccomp() || dup2(fds[1], 2) != 2)
			_exit(97);
		execv(argv[0], argv);
		_exit(98);
	}
	close_fd(fds[1]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	n = read(fds[0], said, sizeof said - 1);
	assert_true(n > 0);
	said[n] = '\0';
	assert_non_null(strstr(said, "no system call filters"));
	assert_non_null(strstr(said, "1 files, 4 bytes, 1 matches"));
	close_fd(fds[0]);
	free(argv[0]);
	free(argv[3]);
	free(argv[5]);
	free(argv[7]);
	folder_remove(&f);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_needs_no_interpreter),
		cmocka_unit_test(an_empty_root_is_enough),
		cmocka_unit_test(it_opens_nothing_of_the_host),
		cmocka_unit_test(a_bundle_is_the_same_stream),
		cmocka_unit_test(it_says_when_it_scans_without_filters),
		cmocka_unit_test(budgets_hold_without_a_console),
	};

	if (!probe_find())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
