/* SPDX-License-Identifier: Apache-2.0 */
/* Keys, sshd and children for the tests of src/remote. */
#include "ssh/harness.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/hash.h"

#define SSHD    "/usr/sbin/sshd"
#define WAIT_NS (60 * NS_PER_S)

static const int crashes[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS};

char fixture[64];
void (*sshd_before)(void);

const char *in_fixture(const char *name)
{
	static char paths[16][160];
	static unsigned turn;
	char *path = paths[turn++ % ARRAY_SIZE(paths)];

	(void)snprintf(path, sizeof paths[0], "%s/%s", fixture, name);
	return path;
}

bool have_program(const char *path)
{
	return access(path, X_OK) == 0;
}

bool sshd_is_there(void)
{
	return have_program(SSHD);
}

NORETURN static void exec_program(const char *const *argv)
{
	union {
		const char *const *in;
		char *const *out;
	} u = {.in = argv};

	execv(argv[0], u.out);
	_exit(127);
}

int run_program(const char *const *argv, struct buf *out)
{
	int pipes[2], status;
	pid_t pid;
	uint8_t chunk[4096];
	ssize_t n;

	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);

		(void)dup2(null, 0);
		(void)dup2(pipes[1], 1);
		(void)dup2(null, 2);
		exec_program(argv);
	}
	close(pipes[1]);
	while ((n = read(pipes[0], chunk, sizeof chunk)) > 0)
		if (out)
			assert_true(buf_add(out, chunk, (size_t)n));
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void put_file(const char *name, const char *text, mode_t mode)
{
	struct err err;

	assert_ok(fs_replace(in_fixture(name), bytes_str(text), mode, &err),
		  err);
}

static void make_key(const char *name, const char *type, const char *pass)
{
	/* Small for RSA, to be quick; ignored by ed25519. */
	const char *bits = strcmp(type, "rsa") == 0 ? "2048" : "256";
	const char *argv[] = {"/usr/bin/ssh-keygen",
			      "-q",
			      "-t",
			      type,
			      "-b",
			      bits,
			      "-N",
			      pass,
			      "-C",
			      name,
			      "-f",
			      in_fixture(name),
			      NULL};

	assert_int_equal(run_program(argv, NULL), 0);
}

static void authorize(const char *const *names, size_t n)
{
	struct buf all;
	struct err err;

	buf_init(&all, 1 << 16);
	for (size_t i = 0; i < n; i++) {
		char pub[64];

		(void)snprintf(pub, sizeof pub, "%s.pub", names[i]);
		assert_ok(fs_read(in_fixture(pub), &all, &err), err);
	}
	assert_ok(fs_replace(in_fixture("authorized_keys"), buf_bytes(&all),
			     0644, &err),
		  err);
	buf_release(&all);
}

int fixture_make(void **state UNUSED)
{
	static const char *const users[] = {"ed25519", "ecdsa", "rsa",
					    "locked"};

	(void)signal(SIGPIPE, SIG_IGN);
	/* What sshd leaves behind becomes ours to wait for. */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	remote_warm_up();
	(void)snprintf(fixture, sizeof fixture, "/tmp/halligan-ssh.XXXXXX");
	if (!mkdtemp(fixture) || chmod(fixture, 0755) != 0)
		return 1;
	/* Where sshd, run as root, confines itself; the system's own start
	 * script makes it too. */
	if (geteuid() == 0)
		(void)mkdir("/run/sshd", 0755);
	make_key("host_ed25519", "ed25519", "");
	make_key("host_ecdsa", "ecdsa", "");
	make_key("host_rsa", "rsa", "");
	make_key("ed25519", "ed25519", "");
	make_key("ecdsa", "ecdsa", "");
	make_key("rsa", "rsa", "");
	make_key("other", "ed25519", "");
	make_key("locked", "ed25519", PASSPHRASE);
	authorize(users, ARRAY_SIZE(users));
	return 0;
}

int fixture_remove(void **state UNUSED)
{
	struct err err;

	if (getenv("KEEP"))
		return 0;
	return fs_remove_tree(fixture, &err) != ERR_OK;
}

static void write_config(const char *name, const char *config)
{
	char *text = xasprintf("%s\n"
			       "HostKey %s\nHostKey %s\nHostKey %s\n"
			       "AuthorizedKeysFile %s\n"
			       "StrictModes no\nUsePAM no\nPidFile none\n"
			       "PermitRootLogin yes\nUseDNS no\n"
			       "PasswordAuthentication no\n"
			       "KbdInteractiveAuthentication no\n"
			       "LogLevel VERBOSE\n",
			       config ? config : "", in_fixture("host_ed25519"),
			       in_fixture("host_ecdsa"), in_fixture("host_rsa"),
			       in_fixture("authorized_keys"));

	put_file(name, text, 0644);
	free(text);
}

/* The server is the program in argv. */
NORETURN static void serve(int fd, const char *const *argv)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)dup2(fd, 0);
	(void)dup2(fd, 1);
	(void)dup2(null, 2);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGCHLD, SIG_DFL);
	exec_program(argv);
}

/* On one end of a socket pair. */
int server_start(const char *const *argv, pid_t *pid)
{
	int fds[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (*pid == 0) {
		(void)setpgid(0, 0);
		if (sshd_before)
			sshd_before();
		serve(fds[1], argv);
	}
	(void)setpgid(*pid, *pid); /* both try: one is first */
	close(fds[1]);
	return fds[0];
}

int sshd_start(const char *config, pid_t *pid)
{
	const char *argv[] = {SSHD, "-i",
			      "-f", in_fixture("sshd_config"),
			      "-E", in_fixture("sshd.log"),
			      NULL};

	write_config("sshd_config", config);
	return server_start(argv, pid);
}

NORETURN static void serve_all(int listener, const char *const *argv)
{
	(void)setpgid(0, 0);
	(void)signal(SIGCHLD, SIG_IGN);
	for (;;) {
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd >= 0 && fork() == 0)
			serve(fd, argv);
		close(fd);
	}
}

uint16_t sshd_listen(const char *name, const char *config, pid_t *pid)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
				 .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t n = sizeof at;
	char file[64], log[64];
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)snprintf(file, sizeof file, "%s_config", name);
	(void)snprintf(log, sizeof log, "%s.log", name);
	write_config(file, config);
	const char *argv[] = {SSHD, "-i", "-f", in_fixture(file),
			      "-E", in_fixture(log), NULL};
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&at, n), 0);
	assert_int_equal(listen(fd, 16), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &n), 0);
	*pid = fork();
	assert_true(*pid >= 0);
	if (*pid == 0)
		serve_all(fd, argv);
	(void)setpgid(*pid, *pid); /* both try: one is first */
	close(fd);
	return ntohs(at.sin_port);
}

void have_a_password(void)
{
	const char *pam = in_fixture("pam");

	if (unshare(CLONE_NEWNS) != 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount(in_fixture("shadow"), "/etc/shadow", NULL, MS_BIND, NULL) !=
		    0)
		_exit(126);
	if (access(pam, F_OK) == 0 &&
	    mount(pam, "/etc/pam.d/sshd", NULL, MS_BIND, NULL) != 0)
		_exit(126);
}

bool can_have_a_password(void)
{
	const char *argv[] = {"/usr/bin/openssl", "passwd", "-6", PASSWORD,
			      NULL};
	struct buf hash;
	char *line;
	pid_t pid;

	buf_init(&hash, 1024);
	if (!have_program(argv[0]) || run_program(argv, &hash) != 0) {
		buf_release(&hash);
		return false;
	}
	line = xasprintf("%s:%.*s:20000:0:99999:7:::\n", user_name(),
			 (int)hash.n - 1, buf_str(&hash));
	put_file("shadow", line, 0600);
	free(line);
	buf_release(&hash);
	pid = fork();
	if (pid == 0) {
		have_a_password();
		_exit(0);
	}
	return child_wait(pid) == 0;
}

pid_t agent_start(const char *const *names)
{
	char sock[200], var[220], line[256];
	int pipes[2];
	pid_t pid;

	(void)snprintf(sock, sizeof sock, "%s", in_fixture("agent"));
	(void)snprintf(var, sizeof var, "SSH_AUTH_SOCK=%s", sock);
	assert_int_equal(pipe(pipes), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		(void)dup2(pipes[1], 1);
		execl(SSH_AGENT, SSH_AGENT, "-D", "-a", sock, NULL);
		_exit(127);
	}
	close(pipes[1]);
	assert_true(read(pipes[0], line, sizeof line) > 0);
	close(pipes[0]);
	for (; *names; names++) {
		const char *add[] = {
			"/usr/bin/env",     "-i", var, "/usr/bin/ssh-add", "-q",
			in_fixture(*names), NULL};

		assert_int_equal(run_program(add, NULL), 0);
	}
	return pid;
}

void agent_stop(pid_t pid)
{
	(void)kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

void await_all_gone(void)
{
	int status;

	(void)alarm(60); /* the test's end, should one of them stay */
	while (waitpid(-1, &status, 0) > 0 || errno == EINTR)
		;
	(void)alarm(0);
}

pid_t child_start(int (*child_main)(int, int), int fd, struct chan *c)
{
	int fds[2];
	struct err err;
	pid_t pid;

	assert_ok(chan_pair(fds, &err), err);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		/* cmocka would go on with the next test in the child. */
		for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
			(void)signal(crashes[i], SIG_DFL);
		/* As the zygote does: above all no end of another's chan. */
		for (int i = 3; i < 256; i++)
			if (i != fds[1] && i != fd)
				(void)close(i);
		_exit(child_main(fds[1], fd));
	}
	close(fds[1]);
	if (fd >= 0)
		close(fd);
	chan_init(c, fds[0]);
	return pid;
}

int child_wait(pid_t pid)
{
	int status;

	(void)alarm(60);
	while (waitpid(pid, &status, 0) < 0)
		assert_int_equal(errno, EINTR);
	(void)alarm(0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void tell(struct chan *c, enum msg_type type, const void *msg)
{
	struct err err;

	assert_ok(msg_send(c, type, msg, &err), err);
	assert_ok(chan_flush(c, &err), err);
}

void hear(struct chan *c, struct frame *f)
{
	struct err err;

	assert_ok(chan_wait(c, f, deadline_in(WAIT_NS, NULL), &err), err);
}

const char *user_name(void)
{
	const struct passwd *pw = getpwuid(geteuid());

	assert_non_null(pw);
	return pw->pw_name;
}

const char *config_folders(const char *folders, const char *before)
{
	static char line[300];
	char *script =
		xasprintf("%s\n"
			  "eval \"$(/usr/bin/sed -u '/^} # end$/q\n"
			  "  s#^for d in .*; do#for d in %s; do#')\"\n",
			  before ? before : "", folders);

	put_file("force", script, 0644);
	free(script);
	(void)snprintf(line, sizeof line, "ForceCommand /bin/sh %s",
		       in_fixture("force"));
	return line;
}

void fill_noise(uint8_t *p, size_t n)
{
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++) {
		x = x * 1664525u + 1013904223u;
		p[i] = (uint8_t)(x >> 24);
	}
}

unsigned count_files(const char *folder)
{
	struct dirent *e;
	struct err err;
	unsigned n = 0;
	DIR *d;

	assert_ok(fs_make_dirs(in_fixture(folder), 0700, &err), err);
	d = opendir(in_fixture(folder));
	assert_non_null(d);
	while ((e = readdir(d)))
		n += strcmp(e->d_name, ".") != 0 &&
		     strcmp(e->d_name, "..") != 0;
	closedir(d);
	return n;
}
