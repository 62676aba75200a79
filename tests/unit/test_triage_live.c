/* SPDX-License-Identifier: Apache-2.0 */
/* The triage of this machine: what the test knows of it must be told. */
#include "unit/unit.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/time.h"
#include "unit/probe_child.h"
#include "unit/triage_kit.h"
#include "unit/triage_prey.h"

/* ---- a rootkit's view: one process is not listed ---- */

static pid_t unlisted;

struct dirent *readdir(DIR *dir)
{
	static struct dirent *(*real)(DIR *);
	struct dirent *d;
	char name[24];

	if (!real)
		real = (struct dirent * (*)(DIR *)) dlsym(RTLD_NEXT, "readdir");
	snprintf(name, sizeof name, "%d", (int)unlisted);
	do
		d = real(dir);
	while (d && unlisted && strcmp(d->d_name, name) == 0);
	return d;
}

static void a_process_that_is_not_listed_is_found(void **state UNUSED)
{
	const struct rec_process *p;
	char name[24];
	struct prey prey;
	struct took t;

	prey_start(&prey, NULL, NULL, NULL);
	unlisted = prey.pid;
	snprintf(name, sizeof name, "%d", (int)prey.pid);
	triage_here(&t, PIECES("processes"));
	unlisted = 0;
	hold_told(&t, "difference", name,
		  PIECES("\"subject\":\"process\"", "\"seen_by\":\"number\"",
			 "\"not_by\":\"readdir\"", "prey"));
	p = took_process(&t, (uint64_t)prey.pid);
	assert_non_null(p);
	assert_true(has_piece(p->detail, "\"listed\":false"));
	assert_true(has_piece(p->detail, "\"found_by\":\"number\""));
	took_release(&t);
	prey_end(&prey);
	/* who is listed is no difference */
	triage_here(&t, PIECES("processes"));
	for (size_t i = 0; i < t.n; i++)
		if (t.recs[i].type == REC_FACT &&
		    bytes_eq(t.recs[i].u.fact.kind, bytes_str("difference")))
			assert_false(has_piece(t.recs[i].u.fact.detail,
					       "\"not_by\":\"readdir\""));
	took_release(&t);
}

/* ---- the program itself, on what the test made ---- */

/* Of the sources given, NULL behind the last; false when it ended so. */
static bool run_probe_if(struct took *t, const char *const *sources, int not)
{
	struct folder f;
	char mode[] = "triage", out[] = "--out", only[] = "--only", *path,
	     *program;
	char *argv[32] = {NULL, mode, out, NULL};
	size_t n = 4;
	int fd, status;

	folder_make(&f);
	program = xstrdup(probe);
	path = xstrdup(folder_at(&f, "bundle"));
	argv[0] = program;
	argv[3] = path;
	for (; *sources; sources++) {
		argv[n++] = only;
		argv[n++] = xstrdup(*sources);
	}
	status = child_alone(argv);
	for (size_t i = 5; i < n; i += 2)
		free(argv[i]);
	free(program);
	free(path);
	if (status == not) {
		folder_remove(&f);
		return false;
	}
	assert_true(status == 0 || status == 3);
	fd = open(folder_at(&f, "bundle"), O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	took_read(t, fd);
	close_fd(fd);
	folder_remove(&f);
	hold_contract(t);
	return true;
}

static void run_probe(struct took *t, const char *const *sources)
{
	assert_true(run_probe_if(t, sources, -1));
}

struct listener {
	int fd, port;
};

static struct listener listen_here(void)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof a;
	struct listener l = {
		.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};

	assert_true(l.fd >= 0);
	assert_int_equal(bind(l.fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(l.fd, 4), 0);
	assert_int_equal(getsockname(l.fd, (struct sockaddr *)&a, &n), 0);
	l.port = ntohs(a.sin_port);
	return l;
}

static int connect_to(const struct listener *l)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
				.sin_port = htons((uint16_t)l->port),
				.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof a), 0);
	return fd;
}

/* As a shell that was sent to somebody would have it. */
static void be_on_a_socket(void *arg)
{
	int fd = *(int *)arg;

	if (dup2(fd, 0) < 0 || dup2(fd, 1) < 0)
		_exit(126);
}

static void have_own_mounts(void *arg)
{
	*(volatile int *)arg = unshare(CLONE_NEWNS);
}

/* -1 where that is not allowed. */
static int packet_socket(void)
{
	struct sock_filter all = {.code = BPF_RET | BPF_K, .k = 0xffff};
	struct sock_fprog program = {1, &all};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, htons(ETH_P_ALL));

	if (fd >= 0)
		assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER,
					    &program, sizeof program),
				 0);
	return fd;
}

struct scene {
	struct folder f;
	struct listener listener;
	int client, packet;
	struct prey memory, deleted, shell, mounts;
};

static void scene_make(struct scene *s)
{
	static int unshared;
	const char *path;

	folder_make(&s->f);
	s->listener = listen_here();
	s->client = connect_to(&s->listener);
	s->packet = packet_socket();
	prey_start(&s->memory, NULL, NULL, NULL);
	path = folder_at(&s->f, "deleted");
	prey_start(&s->deleted, path, NULL, NULL);
	assert_int_equal(unlink(path), 0);
	folder_write(&s->f, "deleted", bytes_str("another"));
	prey_start(&s->shell, folder_at(&s->f, "shell"), be_on_a_socket,
		   &s->client);
	prey_start(&s->mounts, folder_at(&s->f, "mounts"), have_own_mounts,
		   &unshared);
}

static void scene_end(struct scene *s)
{
	prey_end(&s->memory);
	prey_end(&s->deleted);
	prey_end(&s->shell);
	prey_end(&s->mounts);
	close_fd(s->packet);
	close_fd(s->client);
	close_fd(s->listener.fd);
	folder_remove(&s->f);
}

static const struct rec_process *told(const struct took *t, pid_t pid)
{
	const struct rec_process *p = took_process(t, (uint64_t)pid);

	assert_non_null(p);
	return p;
}

static void hold_piece(struct bytes detail, const char *piece)
{
	if (!has_piece(detail, piece))
		fail_msg("no %s in %.*s", piece, (int)detail.n,
			 (const char *)detail.p);
}

static void hold_processes(const struct scene *s, const struct took *t)
{
	const struct rec_process *p = told(t, s->memory.pid);

	assert_true(p->memfd);
	hold_piece(p->detail, "\"exe_links\":0");
	hold_piece(p->detail, "\"argv0\":\"prey\"");
	hold_piece(p->detail, "\"environ\":[\"LD_PRELOAD=\",\"HISTFILE=/dev/nu"
			      "ll\"]");
	assert_false(has_piece(p->detail, "SECRET"));
	hold_piece(p->detail, "\"exe_kind\":\"elf\"");
	hold_piece(p->detail, "\"maps_exec_memfd\":[\"/memfd:prey");
	assert_int_equal(p->ppid, (uint64_t)getpid());
	p = told(t, s->deleted.pid);
	assert_true(p->exe_deleted && !p->memfd);
	hold_piece(p->detail, "\"exe_links\":0");
	hold_piece(p->detail, "\"exe_replaced\":true");
	p = told(t, getpid());
	assert_false(p->exe_deleted);
	assert_int_equal(p->sha256.n, SHA256_LEN);
	hold_piece(p->detail, "\"listed\":true");
	hold_piece(p->detail, "\"kernel_thread\":false");
	p = told(t, 1);
	hold_piece(p->detail, "\"container\":false");
}

/* Others here may have such, too. */
static const struct rec_socket *own_packet_socket(const struct took *t)
{
	uint64_t seq = told(t, getpid())->seq;

	for (size_t i = 0; i < t->n; i++)
		if (t->recs[i].type == REC_SOCKET &&
		    t->recs[i].u.socket.process_seq == seq &&
		    bytes_eq(t->recs[i].u.socket.proto, bytes_str("packet")))
			return &t->recs[i].u.socket;
	return NULL;
}

static void hold_sockets(const struct scene *s, const struct took *t)
{
	const struct rec_socket *k;
	char text[64];

	snprintf(text, sizeof text, "127.0.0.1:%d", s->listener.port);
	k = took_socket(t, "tcp", "listen", text);
	assert_non_null(k);
	assert_int_equal(k->process_seq, told(t, getpid())->seq);
	hold_piece(k->detail, "\"exe\":\"/");
	snprintf(text, sizeof text, "\"stdin\":\"tcp 127.0.0.1:%d\"",
		 s->listener.port);
	hold_piece(told(t, s->shell.pid)->detail, text);
	if (s->packet < 0) {
		print_message("no packet socket may be made here\n");
		return;
	}
	k = own_packet_socket(t);
	if (!k) {
		fail_msg("the packet socket is not told of");
		return;
	}
	hold_piece(k->detail, "\"type\":\"raw\"");
	hold_piece(k->detail, "\"protocol\":\"0003\"");
	hold_piece(k->detail, "\"filter\":true");
}

static void what_is_here_is_told(void **state UNUSED)
{
	struct scene s;
	struct took t;

	scene_make(&s);
	run_probe(&t, PIECES("clock", "processes", "sockets", "kernel", "mounts",
			     "interfaces"));
	hold_processes(&s, &t);
	hold_sockets(&s, &t);
	if (geteuid() == 0)
		hold_piece(told(&t, s.mounts.pid)->detail,
			   "\"namespaces\":[\"mnt:");
	hold_told(&t, "interface", "lo",
		  PIECES("\"127.0.0.1/8\"", "\"promiscuous\":false"));
	hold_told(&t, "mount", "/", PIECES("\"fstype\":\""));
	hold_told(&t, "kernel", "release", PIECES("\"value\":\""));
	hold_told(&t, "kernel", "tainted", PIECES("\"number\":"));
	hold_told(&t, "timesync", "clock", PIECES("\"synced\":"));
	hold_source(&t, "kernel", "collected", "");
	assert_true(took_nth(&t, REC_DONE, 0)->u.done.complete);
	assert_true(bytes_eq(took_nth(&t, REC_PLAN, 0)->u.plan.op,
			     bytes_str("triage")));
	took_release(&t);
	scene_end(&s);
}

/* ---- programs of the host that leave something out ---- */

static const char *const forged[] = {"ps", "ls", "ss"};

/* A copy of the program, and in its place a script that filters what it says.
 * In a mount namespace of the probe's own. */
static void forge(void)
{
	const char *folder = getenv("FORGED");
	char script[512], at[64];

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		_exit(95);
	for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
		snprintf(script, sizeof script, "%s/%s", folder, forged[i]);
		snprintf(at, sizeof at, "/usr/bin/%s", forged[i]);
		if (mount(script, at, NULL, MS_BIND, NULL) != 0)
			_exit(94);
	}
}

static void forge_program(const struct folder *f, const char *name,
			  const char *filter)
{
	char from[64], real[32], script[512];
	struct buf b;
	struct err err;

	snprintf(from, sizeof from, "/usr/bin/%s", name);
	snprintf(real, sizeof real, "%s.real", name);
	buf_init(&b, (size_t)64 << 20);
	assert_ok(fs_read(from, &b, &err), err);
	folder_write(f, real, buf_bytes(&b));
	buf_release(&b);
	snprintf(script, sizeof script, "#!/bin/sh\n%s/%s \"$@\" | grep -v '%s'\n",
		 f->path, real, filter);
	folder_write(f, name, bytes_str(script));
	assert_int_equal(chmod(folder_at(f, real), 0755), 0);
	assert_int_equal(chmod(folder_at(f, name), 0755), 0);
}

static void what_programs_leave_out_is_found(void **state UNUSED)
{
	char filter[64], name[64], path[96];
	struct listener l;
	struct folder f;
	struct prey prey;
	struct took t;

	for (size_t i = 0; i < ARRAY_SIZE(forged); i++) {
		snprintf(path, sizeof path, "/usr/bin/%s", forged[i]);
		if (geteuid() != 0 || access(path, X_OK) != 0) {
			print_message("it takes root, and %s\n", path);
			skip();
		}
	}
	folder_make(&f);
	l = listen_here();
	prey_start(&prey, folder_at(&f, "victim"), NULL, NULL);
	snprintf(filter, sizeof filter, "\\b%d\\b", (int)prey.pid);
	forge_program(&f, "ps", filter);
	forge_program(&f, "ls", strrchr(f.path, '/') + 1);
	snprintf(filter, sizeof filter, ":%d ", l.port);
	forge_program(&f, "ss", filter);
	assert_int_equal(setenv("FORGED", f.path, 1), 0);
	child_before = forge;
	run_probe(&t, PIECES("processes", "views"));
	child_before = NULL;
	snprintf(name, sizeof name, "%d", (int)prey.pid);
	hold_told(&t, "difference", name,
		  PIECES("\"subject\":\"process\"", "\"seen_by\":\"proc\"",
			 "\"not_by\":\"ps\"", "victim"));
	hold_told(&t, "difference", f.path,
		  PIECES("\"subject\":\"file\"", "\"not_by\":\"ls\""));
	snprintf(name, sizeof name, "tcp 127.0.0.1:%d", l.port);
	hold_told(&t, "difference", name,
		  PIECES("\"subject\":\"socket\"", "\"not_by\":\"ss\""));
	hold_told(&t, "tool", "ps",
		  PIECES("\"status\":0", "\"timeout\":false",
			 "\"answer\":\"\""));
	took_release(&t);
	/* asked as they are, they leave out none of these */
	run_probe(&t, PIECES("processes", "views"));
	assert_null(took_fact(&t, "difference", name));
	assert_null(took_fact(&t, "difference", f.path));
	took_release(&t);
	prey_end(&prey);
	close_fd(l.fd);
	folder_remove(&f);
}

/* ---- a host of rpm, whose database only its own program reads ---- */

#define NO_OVERLAY 96 /* exit status */

static void mount_over(const char *folder, const char *at, const char *name)
{
	char options[512];

	snprintf(options, sizeof options,
		 "lowerdir=%s,upperdir=%s/%s,workdir=%s/%s.work", at, folder,
		 name, folder, name);
	if (mount("overlay", at, "overlay", 0, options) != 0)
		_exit(NO_OVERLAY);
}

static void be_of_rpm(void)
{
	const char *folder = getenv("FORGED");

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0)
		_exit(NO_OVERLAY);
	mount_over(folder, "/usr/bin", "bin");
	mount_over(folder, "/var/lib", "lib");
	if (mount("none", "/var/lib/dpkg", "tmpfs", 0, NULL) != 0)
		_exit(NO_OVERLAY);
}

static void make_rpm(const struct folder *f)
{
	static const char *const folders[] = {"bin", "bin.work", "lib",
					      "lib.work", "lib/rpm"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		assert_int_equal(mkdir(folder_at(f, folders[i]), 0755), 0);
	folder_write(f, "lib/rpm/rpmdb.sqlite", bytes_str("unread"));
	folder_write(f, "bin/rpm",
		     bytes_str("#!/bin/sh\ncase $1 in\n"
			       "-qal) echo /usr/bin/rpm; echo no path ;;\n"
			       "-qa) printf 'bash\\t5.2-1\\tx86_64\\t17\\n' ;;\n"
			       "-V) echo 'missing     /usr/bin/ps'; exit 1 ;;\n"
			       "esac\n"));
	assert_int_equal(chmod(folder_at(f, "bin/rpm"), 0755), 0);
	assert_int_equal(setenv("FORGED", f->path, 1), 0);
}

static void rpm_is_asked(void **state UNUSED)
{
	struct folder f;
	struct took t;
	bool ran;

	if (geteuid() != 0) {
		print_message("it takes root\n");
		skip();
	}
	folder_make(&f);
	make_rpm(&f);
	child_before = be_of_rpm;
	ran = run_probe_if(&t, PIECES("packages", "changed-files"), NO_OVERLAY);
	child_before = NULL;
	folder_remove(&f);
	if (!ran) {
		print_message("no overlays may be mounted here\n");
		skip();
	}
	hold_source(&t, "package-lists", "collected", "");
	assert_int_equal(took_source(&t, "package-lists")->files, 1);
	hold_told(&t, "package", "bash",
		  PIECES("\"manager\":\"rpm\"", "\"arch\":\"x86_64\"",
			 "\"installed_at\":17000000000"));
	hold_told(&t, "changed_file", "/usr/bin/ps",
		  PIECES("\"missing\":true", "\"critical\":true"));
	hold_told(&t, "tool", "rpm", PIECES("\"packaged\":true"));
	took_release(&t);
}

/* ---- an image has no processes ---- */

static void an_image_is_not_live(void **state UNUSED)
{
	struct plan plan = {0};
	struct run_limits limits = {0};
	const struct deadline never = {.mono_ns = INT64_MAX};
	struct folder f;
	struct top top;
	struct took t;
	struct err err;

	folder_make(&f);
	assert_ok(top_open_dir(&top, f.path, &err), err);
	limits.top = &top;
	plan_go(&plan, (struct req_start){.triage = true});
	kit_run_within(&plan, never, &limits, &t);
	hold_source(&t, "processes", "skipped", "not-live");
	hold_source(&t, "sockets", "skipped", "not-live");
	hold_source(&t, "package-lists", "skipped", "not-found");
	assert_int_equal(took_count(&t, REC_PROCESS), 0);
	took_release(&t);
	top_release(&top);
	folder_remove(&f);
}

/* ---- what hangs ---- */

/* Whoever opens the program of one process waits for ever: that process is
 * named, told without what hung, and the others are told after it. */
static void who_hangs_costs_itself_alone(void **state UNUSED)
{
	int fd = kit_listener();
	struct plan plan = {0};
	struct prey held, behind;
	struct folder f;
	struct took t;
	struct err err;
	char name[40];

	if (fd < 0)
		skip();
	folder_make(&f);
	prey_start(&held, folder_at(&f, "held"), NULL, NULL);
	prey_start(&behind, folder_at(&f, "behind"), NULL, NULL);
	kit_hold(fd, FAN_OPEN_PERM, folder_at(&f, "held"));
	plan.budget.file_timeout_s = 1;
	assert_ok(plan_add_source(&plan, "processes", &err), err);
	assert_ok(plan_add_source(&plan, "mounts", &err), err);
	plan_go(&plan, (struct req_start){.triage = true});
	kit_run(&plan, &t);
	hold_contract(&t);
	snprintf(name, sizeof name, "processes %d", (int)held.pid);
	hold_source(&t, name, "failed", "hang");
	assert_non_null(took_process(&t, (uint64_t)held.pid));
	assert_non_null(took_process(&t, (uint64_t)behind.pid));
	assert_non_null(took_source(&t, "processes"));
	hold_source(&t, "mounts", "collected", "");
	assert_true(took_nth(&t, REC_DONE, 0)->u.done.complete);
	took_release(&t);
	kit_let_go(); /* and nothing of it is said any more */
	prey_end(&held);
	prey_end(&behind);
	folder_remove(&f);
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_that_is_not_listed_is_found),
		cmocka_unit_test(what_is_here_is_told),
		cmocka_unit_test(what_programs_leave_out_is_found),
		cmocka_unit_test(rpm_is_asked),
		cmocka_unit_test(an_image_is_not_live),
		cmocka_unit_test_teardown(who_hangs_costs_itself_alone,
					  kit_end_listening),
	};

	prey_main(argc, argv);
	hash_lib_init();
	if (!probe_find())
		return 77;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
