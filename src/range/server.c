/* SPDX-License-Identifier: Apache-2.0 */
/* A private OpenSSH server: see sshd_config(5) for what is set and why. */
#include "base/base.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "range/server.h"

#define START_NS      (10 * NS_PER_S)
#define LOOK_EVERY_NS (20 * NS_PER_MS)
#define TRIES         5 /* ports, when somebody takes ours meanwhile */
#define LOG_MAX       65536

bool server_dir_is_usable(const char *dir)
{
	for (const char *p = dir; *p; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f ||
		    strchr("\"\\%'", *p))
			return false;
	return true;
}

static const char *first_executable(const char *const *paths)
{
	for (; *paths; paths++)
		if (access(*paths, X_OK) == 0)
			return *paths;
	return NULL;
}

enum err_code server_find_sshd(const char **full, struct err *err)
{
	static const char *const usual[] = {
		"/usr/sbin/sshd", "/usr/local/sbin/sshd", "/usr/bin/sshd",
		"/sbin/sshd", NULL};
	const char *const own[] = {getenv("HALLIGAN_SSHD"), NULL};

	*full = first_executable(own[0] ? own : usual);
	if (*full && **full == '/')
		return ERR_OK;
	return err_set(err, ERR_UNSUPPORTED,
		       "practice hosts need sshd, which is not installed "
		       "(Debian: apt install openssh-server)");
}

enum err_code server_find_keygen(const char **full, struct err *err)
{
	static const char *const usual[] = {"/usr/bin/ssh-keygen",
					    "/usr/local/bin/ssh-keygen", NULL};

	*full = first_executable(usual);
	if (*full)
		return ERR_OK;
	return err_set(err, ERR_UNSUPPORTED,
		       "practice hosts need ssh-keygen, which is not installed "
		       "(Debian: apt install openssh-client)");
}

/* Which folder of the range is this server's. */
static char *own_path(const struct server_set *set, const char *name,
		      const char *file)
{
	return xasprintf("%s/servers/%s/%s", set->dir, name, file);
}

enum err_code server_make_key(const struct server_set *set, const char *path,
			      const char *comment, struct err *err)
{
	const char *argv[] = {
		set->ssh_keygen, "-q", "-t", "ed25519", "-N", "", "-C",
		comment,         "-f", path, NULL};

	return process_run(argv, "/dev/null", err);
}

/* A port nobody listens on now. */
static enum err_code free_port(unsigned *port, struct err *err)
{
	struct sockaddr_in a = {.sin_family = AF_INET};
	socklen_t n = sizeof a;
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	enum err_code code = ERR_OK;

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&a, sizeof a) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &n) != 0)
		code = err_errno(err, "finding a free port on loopback");
	*port = ntohs(a.sin_port);
	close_fd(fd);
	return code;
}

/* Whether this sshd knows a keyword: `sshd -t` refuses a file with others. */
static bool sshd_accepts(const struct server_set *set, const struct server *s,
			 const char *line)
{
	char *path = own_path(set, s->name, "try_config");
	const char *argv[] = {set->sshd, "-t", "-f", path, NULL};
	struct err err;
	struct buf b;
	bool ok;

	buf_init(&b, 16384);
	buf_addf(&b, "HostKey \"%s/servers/%s/host_key\"\n%s\n", set->dir,
		 s->name, line);
	ok = fs_replace(path, buf_bytes(&b), 0600, &err) == ERR_OK &&
	     process_run(argv, "/dev/null", &err) == ERR_OK;
	buf_release(&b);
	free(path);
	return ok;
}

/*
 * OpenSSH 9.8 began to shut an address out for a while that breaks off or
 * fails too often. On loopback that is everybody, and practice is failing.
 */
#define NO_PENALTIES "PerSourcePenalties no"

/*
 * StrictModes is off because the range may lie under a folder others may
 * write to (/tmp); the range itself is 0700.
 */
static enum err_code write_config(const struct server_set *set,
				  const struct server *s, const char *path,
				  struct err *err)
{
	enum err_code code;
	struct buf b;

	buf_init(&b, 16384);
	buf_addf(&b, "# A practice host of halligan; gone with its range.\n");
	buf_addf(&b, "ListenAddress 127.0.0.1\nPort %u\n", s->port);
	buf_addf(&b, "PidFile \"%s/servers/%s/pid\"\n", set->dir, s->name);
	buf_addf(&b, "HostKey \"%s/servers/%s/host_key\"\n", set->dir, s->name);
	buf_addf(&b, "AuthorizedKeysFile \"%s/authorized_keys\"\n", set->dir);
	buf_addf(&b, "AllowUsers %s\n", set->user);
	buf_addf(&b, "UsePAM %s\n", set->use_pam ? "yes" : "no");
	buf_add_str(&b, "StrictModes no\n"
			"PermitRootLogin prohibit-password\n"
			"PasswordAuthentication no\n"
			"KbdInteractiveAuthentication no\n"
			"PubkeyAuthentication yes\n"
			"AllowTcpForwarding no\n"
			"AllowAgentForwarding no\n"
			"X11Forwarding no\n"
			"PermitUserEnvironment no\n"
			"PermitUserRC no\n"
			"PrintMotd no\n"
			"PrintLastLog no\n"
			"UseDNS no\n"
			"MaxStartups 64:30:128\n"
			"Subsystem sftp internal-sftp\n"
			"LogLevel VERBOSE\n");
	if (sshd_accepts(set, s, NO_PENALTIES))
		buf_add_str(&b, NO_PENALTIES "\n");
	code = fs_replace(path, buf_bytes(&b), 0600, err);
	buf_release(&b);
	return code;
}

/* sshd writes its pid once it listens, never before. */
static bool listens(const char *pid_file, struct process p)
{
	struct err err;
	uint64_t pid = 0;
	struct buf b;
	bool ok;

	buf_init(&b, 32);
	ok = access(pid_file, R_OK) == 0 &&
	     fs_read(pid_file, &b, &err) == ERR_OK &&
	     bytes_to_u64(bytes_trim(buf_bytes(&b)), &pid);
	buf_release(&b);
	return ok && pid == (uint64_t)p.pid;
}

static enum err_code wait_listening(const char *pid_file, struct process p,
				    struct err *err)
{
	int64_t until = time_mono_ns() + START_NS;
	int status;

	while (time_mono_ns() < until) {
		if (listens(pid_file, p))
			return ERR_OK;
		if (process_wait(p, LOOK_EVERY_NS, &status, err) != ERR_TIMEOUT)
			return err_set(err, ERR_IO, "sshd ended at once");
	}
	return err_set(err, ERR_TIMEOUT, "sshd does not listen after 10 s");
}

/* The last line sshd wrote says why; puts it behind the message. */
static enum err_code explain(const char *log, struct err *err)
{
	struct err ignored, was = *err;
	struct bytes rest, line, last = {0};
	struct buf b;

	buf_init(&b, LOG_MAX);
	if (fs_read(log, &b, &ignored) == ERR_OK) {
		rest = buf_bytes(&b);
		while (bytes_split(&rest, '\n', &line))
			if (bytes_trim(line).n)
				last = bytes_trim(line);
	}
	if (last.n)
		err_set(err, was.code, "%s: %s", was.msg, shown(last).s);
	buf_release(&b);
	return was.code;
}

struct paths {
	char *config, *log, *pid_file;
};

/* One try on one port. */
static enum err_code try_port(const struct server_set *set, struct server *s,
			      const struct paths *paths,
			      enum err_code (*started)(const struct server *s,
						       void *arg,
						       struct err *err),
			      void *arg, struct err *err)
{
	const char *argv[] = {set->sshd, "-D",       "-f", paths->config,
			      "-E",      paths->log, NULL};
	enum err_code code = free_port(&s->port, err);

	if (code == ERR_OK)
		code = write_config(set, s, paths->config, err);
	if (code == ERR_OK)
		code = process_start(argv, paths->log, &s->process, err);
	if (code == ERR_OK)
		code = started(s, arg, err);
	if (code == ERR_OK)
		code = wait_listening(paths->pid_file, s->process, err);
	return code == ERR_OK ? ERR_OK : explain(paths->log, err);
}

enum err_code server_start(const struct server_set *set, struct server *s,
			   enum err_code (*started)(const struct server *s,
						    void *arg, struct err *err),
			   void *arg, struct err *err)
{
	struct paths paths = {
		.config = own_path(set, s->name, "sshd_config"),
		.log = own_path(set, s->name, "log"),
		.pid_file = own_path(set, s->name, "pid"),
	};
	char *key = own_path(set, s->name, "host_key");
	char *dir = own_path(set, s->name, "");
	enum err_code code = fs_make_dirs(dir, 0700, err);

	if (code == ERR_OK)
		code = server_make_key(set, key, s->name, err);
	for (int i = 0; code == ERR_OK && i < TRIES; i++) {
		code = try_port(set, s, &paths, started, arg, err);
		if (code == ERR_OK || !strstr(err->msg, "bind"))
			break;
		code = i + 1 < TRIES ? ERR_OK : code;
	}
	free(paths.config);
	free(paths.log);
	free(paths.pid_file);
	free(key);
	free(dir);
	return code == ERR_OK ? ERR_OK
			      : err_wrap(err, "practice host %s", s->name);
}
