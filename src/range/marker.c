/* SPDX-License-Identifier: Apache-2.0 */
/* The file that says what a range made. */
#include "base/base.h"

#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/text.h"
#include "range/marker.h"

#define FIRST_LINE "halligan-range 1"
#define MARKER_MAX 16384
#define BOOT_FILE  "/proc/sys/kernel/random/boot_id"

static char *marker_path(const char *dir)
{
	return xasprintf("%s/.halligan-range", dir);
}

static enum err_code read_boot(char out[64], struct err *err)
{
	enum err_code code;
	struct buf b;

	buf_init(&b, 63);
	code = fs_read(BOOT_FILE, &b, err);
	snprintf(out, 64, "%s", buf_str(&b));
	out[strcspn(out, "\n")] = '\0';
	buf_release(&b);
	return code;
}

bool marker_is_of_this_boot(const struct marker *m)
{
	struct err err;
	char boot[64];

	return read_boot(boot, &err) == ERR_OK && strcmp(boot, m->boot) == 0;
}

bool marker_is_there(const char *dir)
{
	char *path = marker_path(dir);
	struct stat st;
	bool is = lstat(path, &st) == 0;

	free(path);
	return is;
}

enum err_code marker_save(const char *dir, const struct marker *m,
			  struct err *err)
{
	char *path = marker_path(dir);
	enum err_code code;
	struct buf b;

	buf_init(&b, MARKER_MAX);
	buf_addf(&b, "%s\nboot %s\n", FIRST_LINE, m->boot);
	if (m->made_run_sshd)
		buf_add_str(&b, "made-run-sshd\n");
	for (size_t i = 0; i < m->n_servers; i++)
		buf_addf(&b, "server %d %" PRIu64 "\n", (int)m->servers[i].pid,
			 m->servers[i].start);
	code = fs_replace(path, buf_bytes(&b), 0600, err);
	buf_release(&b);
	free(path);
	return code;
}

enum err_code marker_create(const char *dir, struct marker *m, struct err *err)
{
	char *path = marker_path(dir);
	enum err_code code;
	int fd;

	*m = (struct marker){0};
	code = read_boot(m->boot, err);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (code == ERR_OK && fd < 0)
		code = err_errno(err, "making %s", shown_str(path).s);
	if (code == ERR_OK)
		code = marker_save(dir, m, err);
	close_fd(fd);
	free(path);
	return code;
}

static bool parse_server(struct bytes line, struct marker *m)
{
	struct bytes pid, start;
	uint64_t v, t;

	if (m->n_servers == MARKER_SERVERS_MAX ||
	    !bytes_split(&line, ' ', &pid) ||
	    !bytes_split(&line, ' ', &start) || !bytes_to_u64(pid, &v) ||
	    !bytes_to_u64(start, &t) || v <= 1 || v > INT_MAX || t == 0)
		return false;
	m->servers[m->n_servers++] = (struct process){
		.pid = (pid_t)v,
		.start = t,
	};
	return true;
}

static bool parse_line(struct bytes line, struct marker *m)
{
	if (bytes_starts(line, "boot ")) {
		line = bytes_skip(line, 5);
		if (line.n == 0 || line.n >= sizeof m->boot)
			return false;
		memcpy(m->boot, line.p, line.n);
		return true;
	}
	if (bytes_eq(line, bytes_str("made-run-sshd"))) {
		m->made_run_sshd = true;
		return true;
	}
	return bytes_starts(line, "server ") &&
	       parse_server(bytes_skip(line, 7), m);
}

/* An empty one is what a range leaves that was killed at its very start. */
static bool parse(struct bytes rest, struct marker *m)
{
	struct bytes line;

	if (rest.n == 0)
		return true;
	if (!bytes_split(&rest, '\n', &line) ||
	    !bytes_eq(line, bytes_str(FIRST_LINE)))
		return false;
	while (bytes_split(&rest, '\n', &line))
		if (line.n && !parse_line(line, m))
			return false;
	return true;
}

enum err_code marker_load(const char *dir, struct marker *m, struct err *err)
{
	char *path = marker_path(dir);
	enum err_code code = ERR_OK;
	struct buf b;

	*m = (struct marker){0};
	buf_init(&b, MARKER_MAX);
	if (!marker_is_there(dir))
		code = err_set(err, ERR_NOTFOUND,
			       "there are no practice hosts in %s",
			       shown_str(dir).s);
	if (code == ERR_OK)
		code = fs_read(path, &b, err);
	if (code == ERR_OK && !parse(buf_bytes(&b), m))
		code = err_set(err, ERR_FORMAT, "%s is not what we wrote",
			       shown_str(path).s);
	buf_release(&b);
	free(path);
	return code;
}

enum err_code marker_remove(const char *dir, struct err *err)
{
	char *path = marker_path(dir);
	enum err_code code = ERR_OK;

	if (unlink(path) != 0 && errno != ENOENT)
		code = err_errno(err, "removing %s", shown_str(path).s);
	free(path);
	return code;
}
