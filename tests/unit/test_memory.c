/* SPDX-License-Identifier: Apache-2.0 */
/* The memory of processes: which of it is read, and what is found there. */
#include "unit/unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/hash.h"
#include "probe/engine.h"
#include "probe/regions.h"
#include "unit/probe_kit.h"

#define FAR	((size_t)64 << 30) /* set aside, never touched */
#define LARGE	(3 * ENGINE_AREA)
#define SAID	"found-in-memory-%s"
#define TEXT_MAX 64

/* ---- the victim: a copy of this program, told so ---- */

static uint8_t *map(size_t n)
{
	uint8_t *p = mmap(NULL, n, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* Written at run time, so that the program's own file does not have it. */
static void say(uint8_t *to, const char *where)
{
	(void)snprintf((char *)to, TEXT_MAX, SAID, where);
}

/* Pages that were only read are there, but nobody's: they must not be taken
 * for those that were written. */
static bool read_zeroes(uint8_t *p, size_t n)
{
	volatile uint8_t sum = 0;

	if (madvise(p, n, MADV_NOHUGEPAGE) != 0)
		return false;
	for (size_t i = 0; i < n; i += 4096)
		sum = (uint8_t)(sum + p[i]);
	return sum == 0;
}

/* As /proc has it of the thread that main() began in. */
static char read_state_of_first(void)
{
	FILE *f = fopen("/proc/self/stat", "re");
	char state = 0;

	if (!f || fscanf(f, "%*d %*s %c", &state) != 1)
		_exit(1);
	(void)fclose(f);
	return state;
}

/* The first thread's end shows before anybody looks. */
static void *wait_for_end(void *arg UNUSED)
{
	char c;

	while (read_state_of_first() != 'Z')
		continue;
	puts("ready");
	(void)fflush(stdout);
	_exit(read(STDIN_FILENO, &c, 1) < 0);
}

static int victim(bool headless)
{
	pthread_t other;
	uint8_t *large = map(LARGE), *far = map(FAR), *hidden = map(4096);
	uint8_t *zero = map(LARGE);
	char c;

	if (!large || !far || !hidden || !zero ||
	    !read_zeroes(zero, LARGE / 2))
		return 1;
	say(zero + LARGE - 8192, "zero");
	memset(large, 'x', LARGE);
	say(large + ENGINE_AREA - 9, "border");
	say(far + FAR - 4096, "far");
	say(hidden, "hidden");
	if (mprotect(hidden, 4096, PROT_NONE) != 0)
		return 1;
	if (headless && pthread_create(&other, NULL, wait_for_end, NULL) == 0)
		pthread_exit(NULL);
	puts("ready");
	(void)fflush(stdout);
	return read(STDIN_FILENO, &c, 1) < 0;
}

struct prey {
	pid_t pid;
	int in, out;
};

static void copy_self(int fd)
{
	struct buf b;
	struct err err;

	buf_init(&b, (size_t)256 << 20);
	assert_ok(fs_read("/proc/self/exe", &b, &err), err);
	assert_ok(fs_write_all(fd, buf_bytes(&b), &err), err);
	buf_release(&b);
}

static void prey_start(struct prey *p, const char *path, const char *how)
{
	int in[2], out[2];
	char word[6];

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (p->pid == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		execl(path, path, how, (char *)NULL);
		_exit(127);
	}
	close_fd(in[0]);
	close_fd(out[1]);
	p->in = in[1];
	p->out = out[0];
	assert_int_equal(read(p->out, word, sizeof word), sizeof word);
}

static void prey_end(struct prey *p)
{
	int status;

	close_fd(p->in);
	close_fd(p->out);
	assert_int_equal(waitpid(p->pid, &status, 0), p->pid);
	assert_int_equal(status, 0);
}

static void prey_on_disk(struct prey *p, const struct folder *f,
			 const char *how)
{
	const char *path = folder_at(f, "victim");
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);

	assert_true(fd >= 0);
	copy_self(fd);
	close_fd(fd);
	prey_start(p, path, how);
}

/* ---- what is found ---- */

static const char rules[] =
	"import \"pe\" import \"elf\"\n"
	"rule Border { strings: $b = \"found-in-memory-border\""
	" condition: $b }\n"
	"rule Together { strings: $b = \"found-in-memory-border\""
	" $f = \"found-in-memory-far\" $h = \"found-in-memory-hidden\""
	" condition: all of them }\n"
	"rule Zero { strings: $z = \"found-in-memory-zero\" condition: $z }\n"
	"rule Nothing { strings: $n = \"never-\" condition: $n and "
	"uint16(0) == 0x5a4d }\n"
	"rule NoPe { condition: pe.is_pe or filesize > 0 }\n"
	"rule Named { condition: filename == \"victim\" }\n";

static void look(const struct prey *p, struct req_memory memory,
		 const char *source, struct took *t)
{
	struct plan plan = {.memory = memory, .has_memory = true};

	plan.memory.pid = (uint64_t)p->pid;
	plan_rules_str(&plan, "memory.yar", source);
	plan_go(&plan, (struct req_start){.scan = true, .context = 8});
	kit_run(&plan, t);
}

static bool matched(const struct took *t, const char *rule)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->recs[i].type == REC_MATCH &&
		    bytes_eq(t->recs[i].u.match.rule, bytes_str(rule)))
			return true;
	return false;
}

/* As one: strings far apart, across pieces, in pages nobody may read. */
static void a_process_is_scanned_as_one(void **state UNUSED)
{
	const struct rec_process *process;
	const struct rec_match *m;
	const struct rec_hit *hit;
	struct folder f;
	struct prey prey;
	struct took t;

	folder_make(&f);
	prey_on_disk(&prey, &f, "victim");
	look(&prey, (struct req_memory){0}, rules, &t);
	assert_true(matched(&t, "Border"));
	assert_true(matched(&t, "Together"));
	assert_true(matched(&t, "Zero"));
	assert_true(matched(&t, "Named"));
	assert_false(matched(&t, "Nothing"));
	assert_false(matched(&t, "NoPe"));
	assert_int_equal(took_count(&t, REC_PROCESS), 1);
	process = &took_nth(&t, REC_PROCESS, 0)->u.process;
	assert_int_equal(process->pid, prey.pid);
	assert_int_equal(process->ppid, getpid());
	assert_int_equal(process->uid, geteuid());
	assert_true(bytes_eq(process->exe,
			     bytes_str(folder_at(&f, "victim"))));
	assert_false(process->exe_deleted || process->memfd);
	assert_int_equal(process->sha256.n, 32);
	assert_true(process->bytes_read >= LARGE);
	m = &took_nth(&t, REC_MATCH, 0)->u.match;
	assert_int_equal(m->process_seq, process->seq);
	assert_int_equal(m->file_seq, 0);
	hit = &took_nth(&t, REC_HIT, 0)->u.hit;
	assert_non_null(memmem(hit->region.p, hit->region.n, " rw-p", 5));
	assert_int_equal(hit->context_offset, hit->offset - 8);
	assert_int_equal(hit->context.p[0], 'x');
	assert_int_equal(took_covered(&t, "scanned", ""), 1);
	took_release(&t);
	prey_end(&prey);
	folder_remove(&f);
}

/* The program's own code is as in its file: read only when asked for. */
/* A thread that goes on has the memory that the first of them had. */
static void a_first_thread_may_have_ended(void **state UNUSED)
{
	const struct rec_process *process;
	struct folder f;
	struct prey prey;
	struct took t;

	folder_make(&f);
	prey_on_disk(&prey, &f, "headless");
	look(&prey, (struct req_memory){0}, rules, &t);
	assert_true(matched(&t, "Together"));
	assert_true(matched(&t, "Named"));
	process = &took_nth(&t, REC_PROCESS, 0)->u.process;
	assert_int_equal(process->pid, prey.pid);
	assert_int_equal(process->ppid, getpid());
	assert_true(bytes_eq(process->exe,
			     bytes_str(folder_at(&f, "victim"))));
	assert_int_equal(took_covered(&t, "scanned", ""), 1);
	took_release(&t);
	prey_end(&prey);
	folder_remove(&f);
}

static void what_is_in_files_is_left_out(void **state UNUSED)
{
	static const char code[] =
		"rule Code { strings: $c = \"found-in-memory-%s\" "
		"condition: $c }";
	struct folder f;
	struct prey prey;
	struct took t;

	folder_make(&f);
	prey_on_disk(&prey, &f, "victim");
	look(&prey, (struct req_memory){0}, code, &t);
	assert_false(matched(&t, "Code"));
	took_release(&t);
	look(&prey, (struct req_memory){.file_backed = true}, code, &t);
	assert_true(matched(&t, "Code"));
	took_release(&t);
	prey_end(&prey);
	folder_remove(&f);
}

/* What a match in it says of the process, as one in its memory does. */
static void expect_program(const struct took *t, const struct prey *prey,
			   const char *path, const char *exe)
{
	const struct rec_process *process =
		&took_nth(t, REC_PROCESS, 0)->u.process;
	const struct rec_file *file = took_file(t, path);

	assert_non_null(file);
	assert_int_equal(file->pid, prey->pid);
	assert_int_equal(file->start_ns, process->start_ns);
	assert_true(bytes_eq(file->exe, bytes_str(exe)));
}

/* Of a deleted program and of one that never was a file both are. */
static void programs_without_a_file_are_scanned(void **state UNUSED)
{
	static const char code[] =
		"rule Code { strings: $c = \"found-in-memory-%s\" "
		"condition: $c }";
	const struct rec_process *process;
	struct folder f;
	struct prey prey;
	struct took t;
	char path[64], exe[128];
	int fd;

	folder_make(&f);
	prey_on_disk(&prey, &f, "victim");
	assert_int_equal(unlink(folder_at(&f, "victim")), 0);
	look(&prey, (struct req_memory){0}, code, &t);
	(void)snprintf(path, sizeof path, "/proc/%d/exe", (int)prey.pid);
	assert_true(took_match(&t, "Code", path));
	process = &took_nth(&t, REC_PROCESS, 0)->u.process;
	assert_true(process->exe_deleted);
	assert_true(bytes_eq(process->exe,
			     bytes_str(folder_at(&f, "victim"))));
	(void)snprintf(exe, sizeof exe, "%s (deleted)",
		       folder_at(&f, "victim"));
	expect_program(&t, &prey, path, exe);
	took_release(&t);
	prey_end(&prey);

	fd = memfd_create("implant", 0);
	assert_true(fd >= 0);
	copy_self(fd);
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	prey_start(&prey, path, "victim");
	close_fd(fd);
	look(&prey, (struct req_memory){0}, code, &t);
	(void)snprintf(path, sizeof path, "/proc/%d/exe", (int)prey.pid);
	assert_true(took_match(&t, "Code", path));
	process = &took_nth(&t, REC_PROCESS, 0)->u.process;
	assert_true(process->memfd);
	expect_program(&t, &prey, path, "/memfd:implant (deleted)");
	took_release(&t);
	prey_end(&prey);
	folder_remove(&f);
}

static void limits_are_kept_and_told(void **state UNUSED)
{
	const struct rec_process *process;
	struct folder f;
	struct prey prey;
	struct took t;

	folder_make(&f);
	prey_on_disk(&prey, &f, "victim");
	look(&prey, (struct req_memory){.process_bytes = 1u << 20}, rules, &t);
	assert_false(matched(&t, "Together"));
	process = &took_nth(&t, REC_PROCESS, 0)->u.process;
	assert_true(process->bytes_read <= 1u << 20);
	assert_true(process->bytes_skipped >= LARGE - (1u << 20));
	assert_int_equal(took_covered(&t, "scanned", "partly"), 1);
	took_release(&t);
	prey_end(&prey);
	folder_remove(&f);
}

/* Nobody's process, our own, and the kernel's. */
static void what_is_no_prey_is_told(void **state UNUSED)
{
	struct prey prey = {.pid = 1 << 22}; /* beyond any number */
	struct took t;

	look(&prey, (struct req_memory){0}, rules, &t);
	assert_int_equal(took_covered(&t, "failed", "not-found"), 1);
	took_release(&t);
	prey.pid = getpid();
	look(&prey, (struct req_memory){0}, rules, &t);
	assert_int_equal(took_covered(&t, "skipped", "own-process"), 1);
	assert_int_equal(took_count(&t, REC_MATCH), 0);
	took_release(&t);
}

static void collecting_takes_programs_without_a_file(void **state UNUSED)
{
	struct plan plan = {.has_memory = true};
	struct folder f;
	struct prey prey;
	struct took t;
	char path[64];

	folder_make(&f);
	prey_on_disk(&prey, &f, "victim");
	assert_int_equal(unlink(folder_at(&f, "victim")), 0);
	plan.memory.pid = (uint64_t)prey.pid;
	plan_go(&plan, (struct req_start){.collect = true});
	kit_run(&plan, &t);
	(void)snprintf(path, sizeof path, "/proc/%d/exe", (int)prey.pid);
	assert_non_null(took_file(&t, path));
	assert_true(took_nth(&t, REC_FILE_END, 0)->u.file_end.complete);
	assert_int_equal(took_count(&t, REC_PROCESS), 0);
	took_release(&t);
	prey_end(&prey);
	folder_remove(&f);
}

/* ---- what the kernel says there is ---- */

static void maps_are_understood(void **state UNUSED)
{
	static const char text[] =
		"00400000-00401000 r-xp 00000000 08:01 12   /usr/bin/x y\n"
		"Size:                  4 kB\nRss:                   4 kB\n"
		"Swap:                  8 kB\nVmFlags: rd ex mr mw me\n"
		"00600000-00601000 rw-p 00000000 08:01 12   "
		"/usr/bin/z (deleted)\n"
		"7f00-7e00 rw-p 00000000 00:00 0\n"
		"nonsense\n"
		"10000-20000 rw-s 00000000 00:05 9   /dev/mem\n"
		"30000-40000 rw-s 00000000 00:05 9   /dev/shm/x\n"
		"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0  "
		"[vsyscall]\n"
		"50000-60000 rw-p 00000000 00:00 0 \n"
		"70000-80000 rw-p 00000000 00:00 0  [heap]";
	struct regions r = {0};

	buf_init(&r.text, sizeof text);
	assert_true(buf_add_str(&r.text, text));
	regions_parse(&r);
	assert_int_equal(r.n, 7);
	assert_int_equal(r.all[0].start, 0x400000);
	assert_true(bytes_eq(r.all[0].path, bytes_str("/usr/bin/x y")));
	assert_int_equal(r.all[0].used, 12 << 10);
	assert_true(r.all[0].on_disk);
	assert_int_equal(r.all[1].used, UINT64_MAX);
	assert_false(r.all[1].on_disk);
	assert_true(r.all[2].device);
	assert_false(r.all[3].device || r.all[3].on_disk);
	assert_true(r.all[4].device);
	assert_int_equal(r.all[4].end, UINT64_C(0xffffffffff601000));
	assert_int_equal(r.all[5].path.n, 0);
	assert_true(bytes_eq(r.all[6].path, bytes_str("[heap]")));
	assert_ptr_equal(regions_find(&r, 0x55000), &r.all[5]);
	assert_null(regions_find(&r, 0x60000));
	buf_release(&r.text);
	free(r.all);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(maps_are_understood),
		cmocka_unit_test(a_process_is_scanned_as_one),
		cmocka_unit_test(a_first_thread_may_have_ended),
		cmocka_unit_test(what_is_in_files_is_left_out),
		cmocka_unit_test(programs_without_a_file_are_scanned),
		cmocka_unit_test(limits_are_kept_and_told),
		cmocka_unit_test(what_is_no_prey_is_told),
		cmocka_unit_test(collecting_takes_programs_without_a_file),
	};

	if (argc == 2 && strcmp(argv[1], "victim") == 0)
		return victim(false);
	if (argc == 2 && strcmp(argv[1], "headless") == 0)
		return victim(true);
	hash_lib_init();
	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
