/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probes of all architectures that were built, each run natively or under
 * qemu: that they say of a tree what this machine's own says, to the byte, and
 * that the oldest kernel they are for is old enough.
 */
#include "unit/unit.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "unit/probe_child.h"
#include "wire/records.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static const char rules[] =
	"import \"pe\" import \"elf\" import \"hash\" import \"math\"\n"
	"rule evil { meta: author = \"a\" score = 75\n"
	"  strings: $a = \"EVIL\" ascii wide $b = /E[V]IL[0-9]+/\n"
	"  condition: any of them }\n"
	"rule elf { condition: elf.machine == elf.EM_X86_64 or\n"
	"  elf.machine == elf.EM_AARCH64 }\n"
	"rule dense { condition: math.entropy(0, filesize) > 7.9 and\n"
	"  hash.md5(0, 4) != \"\" and not pe.is_pe }\n";

/* How each is run here, and the oldest kernel it is to run on. */
static const struct target {
	const char *arch, *machine; /* uname -m that runs it natively */
	const char *emulator;
	const char *floor; /* arm64 began with Linux 3.7 */
} targets[] = {
	{"x86_64", "x86_64", "qemu-x86_64", "3.2.0"},
	{"i386", "x86_64", "qemu-i386", "3.2.0"},
	{"aarch64", "aarch64", "qemu-aarch64", "3.7.0"},
	{"armhf", "", "qemu-arm", "3.2.0"},
};

static struct folder tree, work;
static unsigned n_run;

/* ---- the tree ---- */

static void put_sparse(const char *name, off_t size)
{
	int fd = open(folder_at(&tree, name), O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, size), 0);
	close_fd(fd);
}

/* What 32 bits would get wrong: long files, times after 2038. */
static void put_tree(void)
{
	struct timespec late[2] = {{.tv_sec = 4102444800, .tv_nsec = 7},
				   {.tv_sec = 4102444800, .tv_nsec = 7}};
	uint8_t *bytes = noise(3 << 20);
	struct buf own;
	struct err err;

	folder_write(&tree, "bad", LIT("some EVIL42, E\0V\0I\0L\0"));
	folder_write(&tree, "late", LIT("EVIL"));
	assert_int_equal(
		utimensat(AT_FDCWD, folder_at(&tree, "late"), late, 0), 0);
	folder_write(&tree, "n\xff\n\x1b[31m", LIT("EVIL"));
	folder_write(&tree, "noise", bytes_of(bytes, 3 << 20));
	put_sparse("long", (off_t)5 << 30);
	put_sparse("hole", (off_t)1 << 20);
	assert_int_equal(mkfifo(folder_at(&tree, "fifo"), 0600), 0);
	assert_int_equal(symlink("bad", folder_at(&tree, "link")), 0);
	buf_init(&own, 64 << 20);
	assert_ok(fs_read(probe, &own, &err), err);
	folder_write(&tree, "program", bytes_of(own.p, 65536));
	buf_release(&own);
	free(bytes);
}

static int set_up(void **state UNUSED)
{
	folder_make(&tree);
	folder_make(&work);
	put_tree();
	folder_write(&work, "rules.yar", bytes_str(rules));
	return 0;
}

static int tear_down(void **state UNUSED)
{
	folder_remove(&tree);
	folder_remove(&work);
	return 0;
}

/* ---- running one ---- */

struct launch {
	char *emulator; /* NULL: none is needed */
	char *program;
};

static char *find_emulator(const char *name)
{
	static const char *const suffixes[] = {"-static", ""};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char *path = xasprintf("/usr/bin/%s%s", name, suffixes[i]);

		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

/* False, with a word, when that one cannot be run here. */
static bool launch_find(const struct target *t, struct launch *l)
{
	struct utsname u;

	*l = (struct launch){.program = xasprintf("%s-%s", probe, t->arch)};
	if (access(l->program, X_OK) != 0) {
		print_message("%s: not built\n", t->arch);
		return false;
	}
	assert_int_equal(uname(&u), 0);
	if (strcmp(u.machine, t->machine) == 0)
		return true;
	l->emulator = find_emulator(t->emulator);
	if (!l->emulator)
		print_message("%s: no %s\n", t->arch, t->emulator);
	return l->emulator != NULL;
}

static void launch_release(struct launch *l)
{
	free(l->emulator);
	free(l->program);
}

/* argv of at most 16, NULL-ended, behind the emulator if there is one. */
static void with_emulator(const struct launch *l, const char *floor,
			  const char *const *args, char *argv[24])
{
	size_t n = 0;

	if (l->emulator)
		argv[n++] = xstrdup(l->emulator);
	if (l->emulator && floor) {
		argv[n++] = xstrdup("-r");
		argv[n++] = xstrdup(floor);
	}
	argv[n++] = xstrdup(l->program);
	for (; *args; args++)
		argv[n++] = xstrdup(*args);
	argv[n] = NULL;
}

static void argv_release(char **argv)
{
	for (; *argv; argv++)
		free(*argv);
}

static void hunt_alone(const struct launch *l, const char *floor,
		       struct took *t)
{
	char *rule_file = xstrdup(folder_at(&work, "rules.yar"));
	char *bundle = xstrdup(folder_at(&work, "bundle"));
	const char *const args[] = {"hunt",	 "--rules",   rule_file,
				    "--path",	 tree.path,   "--out",
				    bundle,	 "--threads", "1",
				    "--take",	 NULL};
	char *argv[24];
	int fd;

	with_emulator(l, floor, args, argv);
	assert_int_equal(child_alone(argv), 0);
	fd = open(bundle, O_RDONLY);
	assert_true(fd >= 0);
	took_read(t, fd);
	close_fd(fd);
	assert_int_equal(unlink(bundle), 0);
	argv_release(argv);
	free(rule_file);
	free(bundle);
}

static void hunt_served(const struct launch *l, struct took *t)
{
	const char *const args[] = {"--serve", NULL};
	struct child c;
	char *argv[24];

	with_emulator(l, NULL, args, argv);
	child_start(&c, NULL, argv);
	child_ask(&c, rules, tree.path,
		  (struct req_start){.scan = true, .threads = 1});
	assert_int_equal(child_end(&c), 0);
	*t = c.took;
	argv_release(argv);
}

/* ---- comparing ---- */

/* What is said of the tree, and not of the probe or the moment, in an order
 * of its own: walker and scanner speak when they come to it. */
struct said {
	struct bytes *recs;
	size_t n;
};

static int compare(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static void said_of(const struct took *t, struct said *s)
{
	struct err err;

	*s = (struct said){.recs = xcalloc(t->n, sizeof *s->recs)};
	for (size_t i = 0; i < t->n; i++) {
		struct record *r = &t->recs[i];
		struct buf b;

		if (r->type == REC_HELLO || r->type == REC_PROGRESS ||
		    r->type == REC_CURSOR)
			continue;
		if (r->type == REC_DONE) {
			r->u.done.clock_ns = 0;
			r->u.done.cpu_ns = 0;
			r->u.done.rss_bytes = 0;
		}
		if (r->type == REC_FILE) /* copies: where hashing is fast */
			r->u.file.same_as = 0;
		buf_init(&b, RECORD_BODY_MAX);
		assert_ok(record_encode(r->type, &r->u, &b, &err), err);
		s->recs[s->n++] = bytes_of(xmemdup(b.p, b.n), b.n);
		buf_release(&b);
	}
	qsort(s->recs, s->n, sizeof *s->recs, compare);
}

static void said_release(struct said *s)
{
	for (size_t i = 0; i < s->n; i++) {
		void *p;

		memcpy(&p, &s->recs[i].p, sizeof p);
		free(p);
	}
	free(s->recs);
}

static void assert_same(const struct took *own, const struct took *other,
			const char *arch)
{
	struct said a, b;

	said_of(own, &a);
	said_of(other, &b);
	assert_true(a.n > 10);
	for (size_t i = 0; i < MIN(a.n, b.n); i++)
		if (!bytes_eq(a.recs[i], b.recs[i]))
			fail_msg("%s: %s | %s", arch, shown(a.recs[i]).s,
				 shown(b.recs[i]).s);
	assert_int_equal(a.n, b.n);
	said_release(&a);
	said_release(&b);
}

/* ---- the tests ---- */

static void assert_found(const struct took *t)
{
	const struct rec_file *late = took_file(t, folder_at(&tree, "late"));

	assert_non_null(late);
	assert_int_equal(late->mtime_ns, 4102444800 * NS_PER_S + 7);
	assert_true(took_match(t, "evil", folder_at(&tree, "bad")));
	assert_true(took_match(t, "elf", folder_at(&tree, "program")));
	assert_true(took_match(t, "dense", folder_at(&tree, "noise")));
	assert_true(took_covered(t, "skipped", "size") +
			    took_covered(t, "skipped", "sparse") >
		    0);
}

static void all_say_the_same(void **state UNUSED)
{
	struct launch own = {.program = xstrdup(probe)};
	struct took alone, served;

	hunt_alone(&own, NULL, &alone);
	hunt_served(&own, &served);
	assert_found(&alone);
	assert_found(&served);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		struct launch l;
		struct took t;

		if (launch_find(&targets[i], &l)) {
			hunt_alone(&l, NULL, &t);
			assert_same(&alone, &t, targets[i].arch);
			took_release(&t);
			hunt_served(&l, &t);
			assert_same(&served, &t, targets[i].arch);
			took_release(&t);
			n_run++;
		}
		launch_release(&l);
	}
	took_release(&alone);
	took_release(&served);
	launch_release(&own);
}

/* glibc ends a static program on a kernel older than it was built for. */
static void old_kernels_will_do(void **state UNUSED)
{
	unsigned n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		struct launch l;
		struct took t;

		if (launch_find(&targets[i], &l) && !l.emulator)
			l.emulator = find_emulator(targets[i].emulator);
		if (l.emulator) {
			hunt_alone(&l, targets[i].floor, &t);
			assert_found(&t);
			took_release(&t);
			n++;
		}
		launch_release(&l);
	}
	if (n == 0) {
		print_message("skipped: no qemu-user\n");
		skip();
	}
}

#ifdef __x86_64__
/* Linux 3.2 ends with process_vm_writev, 311: what came later is not there. */
static void forget_new_calls(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 311, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog prog = {.len = ARRAY_SIZE(code), .filter = code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) != 0)
		_exit(96);
}
#endif

static void old_system_calls_will_do(void **state UNUSED)
{
#ifdef __x86_64__
	struct launch own = {.program = xstrdup(probe)};
	struct took t;

	child_before = forget_new_calls;
	hunt_served(&own, &t);
	child_before = NULL;
	assert_found(&t);
	took_release(&t);
	launch_release(&own);
#else
	print_message("skipped: the list of calls is of x86-64\n");
	skip();
#endif
}

static void copy_into(const struct folder *root, const char *name,
		      const char *from)
{
	struct buf b;
	struct err err;

	buf_init(&b, 64 << 20);
	assert_ok(fs_read(from, &b, &err), err);
	assert_ok(fs_replace(folder_at(root, name), buf_bytes(&b), 0755, &err),
		  err);
	buf_release(&b);
}

/* A root with nothing but the probe, and what runs it. */
static void an_empty_root_is_enough_for_each(void **state UNUSED)
{
	char p[] = "/p", q[] = "/q", serve_arg[] = "--serve";

	if (geteuid() != 0) {
		print_message("skipped: only root may chroot\n");
		skip();
	}
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		struct folder root;
		struct launch l;
		struct child c;

		if (launch_find(&targets[i], &l)) {
			char *argv[] = {q, p, serve_arg, NULL};

			folder_make(&root);
			copy_into(&root, "p", l.program);
			if (l.emulator)
				copy_into(&root, "q", l.emulator);
			folder_write(&root, "bad", LIT("EVIL"));
			child_start(&c, root.path, l.emulator ? argv : argv + 1);
			child_ask(&c, rules, "/bad",
				  (struct req_start){.scan = true});
			assert_int_equal(child_end(&c), 0);
			assert_true(took_match(&c.took, "evil", "/bad"));
			took_release(&c.took);
			folder_remove(&root);
		}
		launch_release(&l);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_say_the_same),
		cmocka_unit_test(old_kernels_will_do),
		cmocka_unit_test(old_system_calls_will_do),
		cmocka_unit_test(an_empty_root_is_enough_for_each),
	};
	int failed;

	if (!probe_find())
		return 77;
	failed = cmocka_run_group_tests_name("arches", tests, set_up,
					     tear_down);
	print_message("%u architectures were run\n", n_run);
	return failed;
}
