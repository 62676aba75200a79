/* SPDX-License-Identifier: Apache-2.0 */
/* Modules of the kernel by three views: its list, its folder in /sys, and its
 * symbols. */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/utsname.h>

#include "probe/proctext.h"
#include "probe/take.h"
#include "probe/triage_module.h"

#define LIST_MAX    ((size_t)4 << 20)
#define DEP_MAX	    ((size_t)16 << 20)
#define SYMBOLS_MAX ((uint64_t)128 << 20)
#define PIECE	    ((size_t)64 << 10)
#define NAMES_MAX   4096u
#define CHECKS	    2u

static void add(struct nameset *s, struct bytes name)
{
	if (s->n < NAMES_MAX)
		(void)nameset_add(s, name);
}

void modules_release(struct modules_seen *m)
{
	buf_release(&m->list);
	nameset_release(&m->proc);
	nameset_release(&m->sys);
	nameset_release(&m->symbols);
}

/* ---- the list ---- */

static struct bytes inside(struct bytes b, uint8_t open)
{
	if (b.n >= 2 && b.p[0] == open)
		return bytes_of(b.p + 1, b.n - 2);
	return (struct bytes){0};
}

/* "nfs 4096 1 lockd,sunrpc, Live 0x0000000000000000 (OE)" */
bool module_parse(struct bytes line, struct module_line *m)
{
	*m = (struct module_line){
		.name = proc_word(line, 0),
		.users = proc_word(line, 3),
		.state = proc_word(line, 4),
		.taint = inside(proc_word(line, 6), '('),
	};
	if (bytes_eq(m->users, bytes_str("-")))
		m->users = (struct bytes){0};
	return m->name.n && bytes_to_u64(proc_word(line, 1), &m->size) &&
	       bytes_to_u64(proc_word(line, 2), &m->refs);
}

void module_tell(struct tell *t, const struct module_line *m)
{
	struct bytes rest = m->users, user;

	triage_begin(t, "module", m->name);
	tell_u64(t, "size", m->size);
	tell_u64(t, "refs", m->refs);
	tell_list(t, "users");
	while (bytes_split(&rest, ',', &user))
		if (user.n)
			tell_entry(t, user);
	tell_list_end(t);
	tell_bytes(t, "state", m->state);
	tell_bytes(t, "taint", m->taint);
	tell_bool(t, "proc", true);
}

static void read_list(struct modules_seen *m)
{
	struct bytes rest, line;
	struct module_line one;

	buf_init(&m->list, LIST_MAX);
	m->has_proc = proc_read(AT_FDCWD, "/proc/modules", &m->list);
	m->error = m->has_proc ? 0 : errno;
	rest = buf_bytes(&m->list);
	while (bytes_split(&rest, '\n', &line))
		if (module_parse(line, &one))
			add(&m->proc, one.name);
}

/* ---- the folder ---- */

/* What is built in has a folder too, but was never loaded. */
static void read_folder(struct modules_seen *m)
{
	DIR *dir = opendir("/sys/module");
	struct dirent *d;
	char *path;

	m->has_sys = dir != NULL;
	while (dir && (d = readdir(dir))) {
		if (d->d_name[0] == '.')
			continue;
		path = xasprintf("%s/initstate", d->d_name);
		if (faccessat(dirfd(dir), path, F_OK, 0) == 0)
			add(&m->sys, bytes_str(d->d_name));
		free(path);
	}
	if (dir)
		(void)closedir(dir);
}

/* ---- the symbols ---- */

struct bytes symbol_module(struct bytes line)
{
	const uint8_t *open = line.n ? memrchr(line.p, '[', line.n) : NULL;
	struct bytes name;

	if (!open || line.p[line.n - 1] != ']')
		return (struct bytes){0};
	name = inside(bytes_skip(line, (size_t)(open - line.p)), '[');
	/* programs of eBPF, and what the kernel makes for itself */
	if (bytes_eq(name, bytes_str("bpf")) || bytes_starts(name, "__builtin"))
		name.n = 0;
	return name;
}

static void take_symbols(struct modules_seen *m, struct buf *in, bool at_end)
{
	struct bytes rest = buf_bytes(in), line, last = {0}, name;
	const uint8_t *end;

	while (rest.n && (end = memchr(rest.p, '\n', rest.n))) {
		line = bytes_of(rest.p, (size_t)(end - rest.p));
		rest = bytes_skip(rest, line.n + 1);
		name = symbol_module(line);
		if (name.n && !bytes_eq(name, last)) {
			add(&m->symbols, name);
			last = name;
		}
	}
	buf_consume(in, at_end ? in->n : in->n - rest.n);
}

static void read_symbols(struct tell *t, struct modules_seen *m)
{
	int fd = open("/proc/kallsyms", O_RDONLY | O_CLOEXEC);
	uint64_t left = SYMBOLS_MAX;
	struct buf in;
	ssize_t n = -1;

	buf_init(&in, 2 * PIECE);
	while (fd >= 0 && left && tell_go(t, 0)) {
		uint8_t *to = buf_reserve(&in, PIECE);

		n = to ? read(fd, to, PIECE) : -1;
		if (n <= 0)
			break;
		buf_commit(&in, (size_t)n);
		left -= MIN(left, (uint64_t)n);
		take_symbols(m, &in, false);
	}
	m->has_symbols = n == 0;
	close_fd(fd);
	buf_release(&in);
}

void modules_read(struct tell *t, struct modules_seen *m, bool with_views)
{
	*m = (struct modules_seen){0};
	read_list(m);
	if (!with_views)
		return;
	read_folder(m);
	read_symbols(t, m);
}

/* ---- their files ---- */

static bool same_name(struct bytes file, struct bytes module)
{
	const uint8_t *dot;
	struct bytes name = bytes_file_name(file);

	dot = name.n ? memmem(name.p, name.n, ".ko", 3) : NULL;
	if (!dot || (size_t)(dot - name.p) != module.n)
		return false;
	for (size_t i = 0; i < module.n; i++)
		if (name.p[i] != module.p[i] &&
		    !(name.p[i] == '-' && module.p[i] == '_'))
			return false;
	return true;
}

struct bytes module_file(struct bytes dep, struct bytes module)
{
	struct bytes line, path;

	while (bytes_split(&dep, '\n', &line))
		if (bytes_split(&line, ':', &path) && same_name(path, module))
			return path;
	return (struct bytes){0};
}

static void tell_file(struct tell *t, struct bytes dep, struct bytes module)
{
	struct bytes file = module_file(dep, module);
	struct utsname host;
	char *path;

	if (!file.n || uname(&host) != 0)
		return;
	path = file.p[0] == '/'
		       ? bytes_to_str(file)
		       : xasprintf("/lib/modules/%s/%.*s", host.release,
				   (int)MIN(file.n, (size_t)4096),
				   (const char *)file.p);
	tell_str(t, "path", path);
	if (t->triage->has_packages)
		tell_bool(t, "packaged", triage_packaged(t, bytes_str(path)));
	free(path);
}

static void read_dep(struct buf *dep)
{
	struct utsname host;
	char *path;

	buf_init(dep, DEP_MAX);
	if (uname(&host) != 0)
		return;
	path = xasprintf("/lib/modules/%s/modules.dep", host.release);
	(void)!proc_read(AT_FDCWD, path, dep); /* then nothing is known */
	free(path);
}

/* ---- telling ---- */

static void tell_views(struct tell *t, const struct modules_seen *m,
		       struct bytes name, struct bytes dep)
{
	if (m->has_sys)
		tell_bool(t, "sys", nameset_has(&m->sys, name));
	if (m->has_symbols)
		tell_bool(t, "symbols", nameset_has(&m->symbols, name));
	tell_file(t, dep, name);
	triage_end(t);
}

static void tell_listed(struct tell *t, const struct modules_seen *m,
			struct bytes dep)
{
	struct bytes rest = buf_bytes(&m->list), line;
	struct module_line one;

	while (bytes_split(&rest, '\n', &line) && tell_go(t, 0)) {
		if (!module_parse(line, &one))
			continue;
		module_tell(t, &one);
		tell_views(t, m, one.name, dep);
	}
}

/* One that a view has and the list has not. */
static void tell_unlisted(struct tell *t, const struct modules_seen *m,
			  struct bytes name, const char *seen_by,
			  struct bytes dep)
{
	triage_begin(t, "module", name);
	tell_bool(t, "proc", false);
	tell_views(t, m, name, dep);
	tell_difference(t, name, "module", seen_by, "proc", NULL);
}

/* Those of one view that the list has not, and none of the other. */
static void find_unlisted(const struct nameset *view,
			  const struct nameset *other,
			  const struct modules_seen *m, struct nameset *out)
{
	for (size_t i = 0; i < view->n; i++) {
		struct bytes name = bytes_str(view->v[i]);

		if (!nameset_has(&m->proc, name) &&
		    !(other && nameset_has(other, name)))
			(void)nameset_add(out, name);
	}
}

/* Still so when it is read once more: else it came or went meanwhile. */
static void keep_unlisted(const struct nameset *view,
			  const struct modules_seen *now,
			  struct nameset *odd)
{
	struct nameset kept = {0};

	for (size_t i = 0; i < odd->n; i++) {
		struct bytes name = bytes_str(odd->v[i]);

		if (nameset_has(view, name) && !nameset_has(&now->proc, name))
			(void)nameset_add(&kept, name);
	}
	nameset_release(odd);
	*odd = kept;
}

/* Symbols are read again only for what is in none of the other views. */
static void look_again(struct tell *t, struct nameset *of_sys,
		       struct nameset *of_symbols)
{
	for (unsigned i = 0; i < CHECKS && of_sys->n + of_symbols->n; i++) {
		struct modules_seen now = {0};

		read_list(&now);
		read_folder(&now);
		if (of_symbols->n)
			read_symbols(t, &now);
		keep_unlisted(&now.sys, &now, of_sys);
		keep_unlisted(&now.symbols, &now, of_symbols);
		modules_release(&now);
	}
}

static void compare(struct tell *t, const struct modules_seen *m,
		    struct bytes dep)
{
	struct nameset of_sys = {0}, of_symbols = {0};

	find_unlisted(&m->sys, NULL, m, &of_sys);
	find_unlisted(&m->symbols, &m->sys, m, &of_symbols);
	look_again(t, &of_sys, &of_symbols);
	for (size_t i = 0; i < of_sys.n; i++)
		tell_unlisted(t, m, bytes_str(of_sys.v[i]), "sysfs", dep);
	for (size_t i = 0; i < of_symbols.n; i++)
		tell_unlisted(t, m, bytes_str(of_symbols.v[i]), "kallsyms",
			      dep);
	nameset_release(&of_sys);
	nameset_release(&of_symbols);
}

/* A kernel without modules has no list, and that is no failure. */
void look_modules(struct tell *t)
{
	struct modules_seen m;
	struct buf dep;

	modules_read(t, &m, true);
	read_dep(&dep);
	if (m.has_proc || m.sys.n) {
		tell_listed(t, &m, buf_bytes(&dep));
		compare(t, &m, buf_bytes(&dep));
	} else {
		tell_errno(t, m.error);
	}
	buf_release(&dep);
	modules_release(&m);
}
