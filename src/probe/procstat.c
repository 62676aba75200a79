/* SPDX-License-Identifier: Apache-2.0 */
/* What texts of /proc/PID say. */
#include "base/base.h"
#include "probe/procstat.h"
#include "probe/proctext.h"

#define STAT_MAX   ((size_t)16 << 10)
#define PF_KTHREAD UINT64_C(0x200000) /* linux/sched.h */

/* Fields after the state, from 0. */
enum { F_PPID = 1, F_SID = 3, F_TTY = 4, F_FLAGS = 6, F_THREADS = 17,
       F_START = 19 };

bool proc_stat_parse(struct bytes text, struct proc_stat *out)
{
	const uint8_t *from = text.n ? memchr(text.p, '(', text.n) : NULL;
	const uint8_t *to = text.n ? memrchr(text.p, ')', text.n) : NULL;
	struct bytes rest;

	if (!from || !to || to < from)
		return false;
	rest = bytes_skip(text, (size_t)(to - text.p) + 1);
	rest = bytes_trim(rest);
	*out = (struct proc_stat){
		.comm = bytes_of(from + 1, (size_t)(to - from) - 1),
		.state = rest.n ? (char)rest.p[0] : 0,
		.ppid = proc_word_number(rest, F_PPID),
		.sid = proc_word_number(rest, F_SID),
		.tty = (int64_t)(proc_word_number(rest, F_TTY) & UINT32_MAX),
		.flags = proc_word_number(rest, F_FLAGS),
		.threads = proc_word_number(rest, F_THREADS),
		.ticks = proc_word_number(rest, F_START),
	};
	out->kernel_thread = (out->flags & PF_KTHREAD) != 0;
	return proc_word(rest, F_START).n != 0 &&
	       bytes_to_u64(bytes_trim(bytes_of(text.p,
						(size_t)(from - text.p))),
			    &out->pid);
}

bool proc_stat_ended(const struct proc_stat *s)
{
	return s->state == 'Z' || s->state == 'X';
}

bool proc_stat_read(int dir, const char *name, struct buf *text,
		    struct proc_stat *out)
{
	buf_init(text, STAT_MAX);
	return proc_read(dir, name, text) &&
	       proc_stat_parse(buf_bytes(text), out);
}

/* The one of cgroup2 unless all are in its root; then the longest. */
struct bytes proc_cgroup(struct bytes text)
{
	struct bytes line, best = {0};

	while (bytes_split(&text, '\n', &line)) {
		struct bytes number, controllers;

		if (!bytes_split(&line, ':', &number) ||
		    !bytes_split(&line, ':', &controllers))
			continue;
		if (line.n > best.n ||
		    (bytes_eq(number, bytes_str("0")) && line.n > 1))
			best = line;
		if (bytes_eq(number, bytes_str("0")) && line.n > 1)
			break;
	}
	return best;
}

/* ---- containers ---- */

/* The id that follows the words, as far as it has one's letters. */
static struct bytes id_behind(struct bytes path, size_t at)
{
	struct bytes rest = bytes_skip(path, at);
	size_t n = 0;

	while (n < rest.n && rest.p[n] != '/' && rest.p[n] != '.')
		n++;
	return bytes_of(rest.p, n);
}

const char *cgroup_container(struct bytes path, struct bytes *id)
{
	static const struct {
		const char *words, *runtime;
	} rows[] = {
		{"/docker-", "docker"},
		{"/docker/", "docker"},
		{"libpod-conmon-", ""}, /* who watches it, outside */
		{"/libpod-", "podman"},
		{"/cri-containerd-", "containerd"},
		{"/crio-conmon-", ""},
		{"/crio-", "crio"},
		{"/nerdctl-", "containerd"},
		{"/lxc.payload.", "lxc"},
		{"/lxc/", "lxc"},
		{"/machine.slice/systemd-nspawn@", "nspawn"},
	};
	size_t at;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!bytes_find(path, rows[i].words, &at))
			continue;
		*id = id_behind(path, at + strlen(rows[i].words));
		return rows[i].runtime;
	}
	return "";
}

bool environ_matters(struct bytes variable)
{
	static const char *const begins[] = {
		"LD_",	"HIST",	     "PATH=",	 "SSH_",
		"ENV=", "BASH_ENV=", "GCONV_PATH=", "PROMPT_COMMAND=",
		"PYTHONSTARTUP=", "PYTHONPATH=", "PERL5OPT=", "NODE_OPTIONS=",
		"JAVA_TOOL_OPTIONS=", "GLIBC_TUNABLES="};

	for (size_t i = 0; i < ARRAY_SIZE(begins); i++)
		if (bytes_starts(variable, begins[i]))
			return true;
	return false;
}

/* ---- programs ---- */

static bool has(struct bytes b, size_t max, const char *what, size_t n)
{
	b.n = MIN(b.n, max);
	return b.n && memmem(b.p, b.n, what, n) != NULL;
}

const char *program_kind(struct bytes head)
{
	static const char go_note[] = "\4\0\0\0Go\0";

	if (bytes_starts(head, "#!"))
		return "script";
	if (!bytes_starts(head, "\177ELF"))
		return "";
	if (has(head, 1024, "UPX!", 4))
		return "upx";
	if (has(head, 8192, go_note, sizeof go_note) ||
	    has(head, head.n, "Go build ID: \"", 14) ||
	    has(head, head.n, "\xff Go buildinf:", 14))
		return "go";
	return "elf";
}
