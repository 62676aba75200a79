/* SPDX-License-Identifier: Apache-2.0 */
/* The stream of shell mode, frame by frame. */
#include "base/base.h"

#include <endian.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "probe/feed.h"

#define READ_LEN  ((size_t)256 << 10)
#define LINE_MAX  ((size_t)64 << 10)
#define TABLE_MAX ((size_t)64 << 20) /* of /proc/net; of a group's lines */
#define PROCESS_MAX ((size_t)16 << 20) /* one text of a process */
#define GROUP_MAX 65536u	     /* arguments a shell can be given */
#define NAMES_MAX ((size_t)16 << 20)
#define SMALL_N	  64u /* files whose content comes in one piece */
#define SMALL_MAX ((uint64_t)128 << 10)

/* Files that were named together. */
struct group {
	struct buf names; /* each with its zero byte */
	struct feed_entry *v;
	size_t n, next; /* the first not given away */
	bool offered;
	bool over; /* the sink wants no more, or there is no more */
};

void feed_init(struct feed *f, int fd)
{
	*f = (struct feed){.fd = fd,
			   .deadline = deadline_in(INT64_MAX, NULL),
			   .clock_ns = TIME_UNKNOWN,
			   .word_order = LITTLE_ENDIAN};
	buf_init(&f->in, TABLE_MAX + READ_LEN);
}

void feed_release(struct feed *f)
{
	f->fd = close_fd(f->fd);
	buf_release(&f->in);
}

static enum err_code fill(struct feed *f, struct err *err)
{
	enum err_code code;
	uint8_t *to;
	ssize_t n;

	buf_consume(&f->in, f->used);
	f->used = 0;
	to = buf_reserve(&f->in, READ_LEN);
	if (!to)
		return err_set(err, ERR_LIMIT, "the shell there says too much");
	do {
		code = wait_fd(f->fd, POLLIN, f->deadline, err);
		if (code != ERR_OK)
			return code;
		n = read(f->fd, to, READ_LEN);
	} while (n < 0 && (errno == EINTR || errno == EAGAIN));
	if (n < 0)
		return err_errno(err, "hearing from the shell there");
	if (n == 0)
		return err_set(err, ERR_REMOTE,
			       "the shell there ended before it was done");
	buf_commit(&f->in, (size_t)n);
	return ERR_OK;
}

static enum err_code nonsense(struct err *err, const char *what)
{
	return err_set(err, ERR_FORMAT, "the shell there answers nonsense: %s",
		       what);
}

/* The next text, without its zero byte. In the buffer, until more is read. */
static enum err_code take_text(struct feed *f, size_t max, struct bytes *text,
			       struct err *err)
{
	size_t seen = 0;

	for (;;) {
		const uint8_t *from = f->in.p + f->used, *end = NULL;
		size_t n = f->in.n - f->used;
		enum err_code code;

		if (n > seen)
			end = memchr(from + seen, 0, n - seen);
		if (end)
			n = (size_t)(end - from);
		if (n > max)
			return nonsense(err, "a text without an end");
		if (end) {
			*text = bytes_of(from, n);
			f->used += n + 1;
			return ERR_OK;
		}
		seen = n;
		code = fill(f, err);
		if (code != ERR_OK)
			return code;
	}
}

/* ---- the host ---- */

/* "2026 11 25 20 31 59" */
static int64_t parse_clock(struct bytes b)
{
	char text[TIME_TEXT_MAX];
	int64_t ns;

	if (b.n != 19)
		return TIME_UNKNOWN;
	(void)snprintf(text, sizeof text, "%.4s-%.2s-%.2sT%.2s:%.2s:%.2sZ",
		       (const char *)b.p, (const char *)b.p + 5,
		       (const char *)b.p + 8, (const char *)b.p + 11,
		       (const char *)b.p + 14, (const char *)b.p + 17);
	return time_parse(bytes_str(text), &ns) ? ns : TIME_UNKNOWN;
}

enum err_code feed_begin(struct feed *f, struct feed_host *host,
			 struct err *err)
{
	struct bytes text, uid, clock, order;
	enum err_code code = take_text(f, LINE_MAX, &text, err);

	if (code != ERR_OK)
		return code;
	if (!bytes_starts(text, "H"))
		return nonsense(err, "it does not begin with what it is");
	text = bytes_skip(text, 1);
	if (!bytes_split(&text, '\n', &host->system) ||
	    !bytes_split(&text, '\n', &host->release) ||
	    !bytes_split(&text, '\n', &host->machine) ||
	    !bytes_split(&text, '\n', &host->name) ||
	    !bytes_split(&text, '\n', &uid) ||
	    !bytes_split(&text, '\n', &clock) ||
	    !bytes_split(&text, '\n', &order) ||
	    !bytes_split(&text, '\n', &host->precision))
		return nonsense(err, "it does not say what it is");
	if (!bytes_to_u64(uid, &host->uid))
		host->uid = UINT32_MAX;
	f->clock_ns = parse_clock(clock);
	f->word_order = bytes_eq(order, bytes_str("256")) ? BIG_ENDIAN
							  : LITTLE_ENDIAN;
	return ERR_OK;
}

/* ---- groups ---- */

static void group_release(struct group *g)
{
	for (size_t i = g->next; i < g->n; i++)
		close_fd(g->v[i].fd);
	buf_release(&g->names);
	free(g->v);
	*g = (struct group){0};
}

static enum err_code read_names(struct feed *f, struct group *g,
				struct err *err)
{
	struct bytes text;
	enum err_code code = ERR_OK;

	buf_init(&g->names, NAMES_MAX);
	for (size_t i = 0; code == ERR_OK && i < g->n; i++) {
		code = take_text(f, RECORD_PATH_MAX, &text, err);
		if (code == ERR_OK && (text.n == 0 || text.p[0] != '/'))
			return nonsense(err, "a name that is no path");
		if (code == ERR_OK && !(buf_add_bytes(&g->names, text) &&
					buf_add_byte(&g->names, 0)))
			return nonsense(err, "too many names at once");
	}
	return code;
}

static void set_names(struct group *g)
{
	const uint8_t *p = g->names.p;

	for (size_t i = 0; i < g->n; i++) {
		size_t n = strlen((const char *)p);

		g->v[i].file.path = bytes_of(p, n);
		p += n + 1;
	}
}

/* One line for each; "-" for what was not there any more. */
static enum err_code read_metas(struct feed *f, struct group *g,
				struct err *err)
{
	struct bytes text, line;
	enum err_code code = take_text(f, TABLE_MAX, &text, err);

	for (size_t i = 0; code == ERR_OK && i < g->n; i++) {
		if (!bytes_split(&text, '\n', &line))
			return nonsense(err, "fewer lines than names");
		g->v[i].known = feed_parse_meta(line, f->clock_ns, &g->v[i]);
	}
	return code;
}

/* "1 23": whether content follows, and how many names. */
static enum err_code read_group(struct feed *f, struct bytes head,
				struct group *g, struct err *err)
{
	struct bytes flag;
	uint64_t n;
	enum err_code code;

	group_release(g);
	if (!bytes_split(&head, ' ', &flag) || !bytes_to_u64(head, &n) ||
	    n == 0 || n > GROUP_MAX)
		return nonsense(err, "a group of files of no size");
	g->n = (size_t)n;
	g->offered = bytes_eq(flag, bytes_str("1"));
	g->v = xcalloc(g->n, sizeof *g->v);
	for (size_t i = 0; i < g->n; i++) {
		g->v[i].fd = -1;
		g->v[i].offered = g->offered;
	}
	code = read_names(f, g, err);
	if (code == ERR_OK) {
		set_names(g);
		code = read_metas(f, g, err);
	}
	return code;
}

static void give(struct group *g, const struct feed_sink *sink)
{
	struct feed_entry *e = &g->v[g->next++];

	g->over = !sink->entry(sink->arg, e);
}

/* Those before number i (from 1), which had nothing to be read. */
static void give_until(struct group *g, size_t i, const struct feed_sink *sink)
{
	while (!g->over && g->next + 1 < i)
		give(g, sink);
}

/* Which file of the group a frame is about; NULL: none. */
static struct feed_entry *find(struct group *g, struct bytes number)
{
	uint64_t i;

	if (!bytes_to_u64(number, &i) || i <= g->next ||
	    i > g->n)
		return NULL;
	return g->v[i - 1].known ? &g->v[i - 1] : NULL;
}

/* ---- content ---- */

/* So many bytes into memory, and so many behind them nowhere. */
static enum err_code take_bytes(struct feed *f, int fd, uint64_t n,
				uint64_t padding, struct err *err)
{
	while (n + padding > 0) {
		size_t have = f->in.n - f->used;
		size_t wanted = (size_t)MIN((uint64_t)have, n);
		enum err_code code = ERR_OK;

		if (have == 0)
			code = fill(f, err);
		else if (wanted)
			code = fs_write_all(
				fd, bytes_of(f->in.p + f->used, wanted), err);
		else
			wanted = (size_t)MIN((uint64_t)have, padding);
		if (code != ERR_OK)
			return code;
		if (have == 0)
			continue;
		f->used += wanted;
		if (n)
			n -= wanted;
		else
			padding -= wanted;
	}
	return ERR_OK;
}

static bool is_same(const struct feed_entry *e, const struct feed_entry *now)
{
	return e->file.size == now->file.size && e->file.ino == now->file.ino &&
	       e->file.mode == now->file.mode &&
	       e->file.mtime_ns == now->file.mtime_ns &&
	       e->file.ctime_ns == now->file.ctime_ns;
}

/* "D<number> <blocks that came> <why no more> <the line again>" */
static enum err_code read_end(struct feed *f, struct feed_entry *e,
			      uint64_t blocks, struct err *err)
{
	struct bytes text, number, came, why;
	struct feed_entry now = {0};
	uint64_t n;
	enum err_code code = take_text(f, LINE_MAX, &text, err);

	if (code != ERR_OK)
		return code;
	if (!bytes_starts(text, "D") || !bytes_split(&text, ' ', &number) ||
	    !bytes_split(&text, ' ', &came) || !bytes_to_u64(came, &n) ||
	    !bytes_split(&text, ' ', &why))
		return nonsense(err, "content that does not end where it "
				     "should");
	e->changed = n < blocks || !feed_parse_meta(text, f->clock_ns, &now) ||
		     !is_same(e, &now);
	if (bytes_eq(why, bytes_str("p")))
		e->state = FEED_DENIED;
	else if (bytes_eq(why, bytes_str("v")))
		e->state = FEED_VANISHED;
	else if (bytes_eq(why, bytes_str("i")))
		e->state = FEED_FAILED;
	return ERR_OK;
}

static bool is_readable(const struct feed_entry *e)
{
	return e->offered && S_ISREG(e->file.mode) && e->file.size > 0;
}

static enum err_code hold(struct feed_entry *e, struct err *err)
{
	e->fd = memfd_create("content", MFD_CLOEXEC);
	return e->fd >= 0 ? ERR_OK
			  : err_errno(err, "holding content in memory");
}

/* Piece by piece: a large file over a slow line takes hours. */
static enum err_code take_pieces(struct feed *f, const struct feed_entry *e,
				 const struct feed_sink *sink, struct err *err)
{
	uint64_t size = e->file.size, done = 0;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && done < size) {
		uint64_t n = MIN(size - done, FEED_BLOCK);

		code = take_bytes(f, e->fd, n, 0, err);
		done += n;
		if (code == ERR_OK && sink->part)
			sink->part(sink->arg, e, done);
	}
	return code;
}

static enum err_code read_content(struct feed *f, struct feed_entry *e,
				  const struct feed_sink *sink,
				  struct err *err)
{
	uint64_t size = e->file.size, block = MIN(size, FEED_BLOCK);
	uint64_t blocks = size ? (size + block - 1) / block : 0;
	enum err_code code;

	if (!is_readable(e))
		return nonsense(err, "content of what has none");
	e->state = FEED_CONTENT;
	code = hold(e, err);
	if (code == ERR_OK)
		code = take_pieces(f, e, sink, err);
	if (code == ERR_OK)
		code = take_bytes(f, e->fd, 0, blocks * block - size, err);
	return code == ERR_OK ? read_end(f, e, blocks, err) : code;
}

/* ---- small files, many at once ---- */

/* "12:345", the number and the size that it has; the entry, to be read. */
static struct feed_entry *find_small(struct group *g, struct bytes word)
{
	struct bytes number;
	struct feed_entry *e;
	uint64_t size;

	if (!bytes_split(&word, ':', &number) || !(e = find(g, number)) ||
	    !bytes_to_u64(word, &size) || size != e->file.size ||
	    size > SMALL_MAX || e->fd >= 0 || !is_readable(e))
		return NULL;
	return e;
}

static enum err_code hold_small(struct feed *f, struct group *g,
				struct bytes words, struct feed_entry **v,
				struct err *err)
{
	struct bytes word;
	size_t n = 0;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && bytes_split(&words, ' ', &word)) {
		struct feed_entry *e = n < SMALL_N ? find_small(g, word) : NULL;

		if (!e || (n && e <= v[n - 1]))
			return nonsense(err, "content of no file");
		v[n++] = e;
		code = hold(e, err);
		if (code == ERR_OK)
			code = take_bytes(f, e->fd, e->file.size, 0, err);
	}
	return code;
}

/* "B<n> <number>:<size>..." and their content one after the other, then
 * whether that was in order: else they come again, one by one. */
static enum err_code read_small(struct feed *f, struct group *g,
				struct bytes text,
				const struct feed_sink *sink, struct err *err)
{
	struct feed_entry *v[SMALL_N] = {0};
	struct bytes n, verdict;
	struct buf words;
	bool good;
	enum err_code code;

	buf_init(&words, LINE_MAX);
	if (!bytes_split(&text, ' ', &n) || !buf_add_bytes(&words, text))
		return nonsense(err, "too many files at once");
	code = hold_small(f, g, buf_bytes(&words), v, err);
	buf_release(&words);
	if (code == ERR_OK)
		code = take_text(f, LINE_MAX, &verdict, err);
	if (code != ERR_OK)
		return code;
	good = bytes_eq(verdict, bytes_str("E-"));
	if (!good && !bytes_eq(verdict, bytes_str("Ex")))
		return nonsense(err, "content that does not end where it "
				     "should");
	for (size_t i = 0; i < SMALL_N && v[i] && !g->over; i++) {
		v[i]->state = good ? FEED_CONTENT : FEED_PLAIN;
		if (!good)
			v[i]->fd = close_fd(v[i]->fd);
		else
			give_until(g, (size_t)(v[i] - g->v) + 2, sink);
	}
	return ERR_OK;
}

/* "L<number> <where it leads>" */
static enum err_code read_target(struct feed_entry *e, struct bytes text,
				 struct err *err)
{
	if (!S_ISLNK(e->file.mode))
		return nonsense(err, "where what is no link leads");
	if (text.n <= RECORD_PATH_MAX)
		e->target = text;
	return ERR_OK;
}

/* ---- frames ---- */

static enum fs_kind kind_of(uint8_t c)
{
	return c == 'p' ? FS_PSEUDO : c == 'n' ? FS_NETWORK : FS_ORDINARY;
}

/* What is told of the host beside its files; false: it is no such frame. */
static bool tell_host(const struct feed_sink *sink, char type,
		      struct bytes text)
{
	struct bytes name;
	uint64_t status;

	if (type == 'T' && sink->passwd)
		sink->passwd(sink->arg, text);
	else if (type == 'E' && sink->hosts)
		sink->hosts(sink->arg, text);
	else if (type == 'N' && sink->sockets &&
		 bytes_split(&text, ' ', &name))
		sink->sockets(sink->arg, name, text);
	else if (type == 'X' && sink->text && bytes_split(&text, ' ', &name))
		sink->text(sink->arg, name, text);
	else if (type == 'M' && sink->mount && text.n > 2)
		sink->mount(sink->arg, kind_of(text.p[0]), bytes_skip(text, 2));
	else if (type == 'Z' && sink->broken &&
		 bytes_split(&text, ' ', &name) && bytes_to_u64(name, &status))
		sink->broken(sink->arg, status, text);
	else if (type == 'Y' && sink->leads && bytes_split(&text, '\n', &name))
		sink->leads(sink->arg, name, text);
	else if (type == 'A' && sink->absent)
		sink->absent(sink->arg);
	else if (type == 'O' && sink->shut && text.n == 1)
		sink->shut(sink->arg, kind_of(text.p[0]));
	return strchr("TENXMAOYZ", type);
}

/* "P<pid>" and four texts. */
static enum err_code read_process(struct feed *f, struct bytes number,
				  const struct feed_sink *sink, struct err *err)
{
	struct buf parts[4];
	struct feed_process p = {0};
	struct bytes text;
	enum err_code code = ERR_OK;

	if (!bytes_to_u64(number, &p.pid))
		return nonsense(err, "a process without a number");
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		buf_init(&parts[i], PROCESS_MAX);
		if (code == ERR_OK)
			code = take_text(f, PROCESS_MAX, &text, err);
		if (code == ERR_OK)
			(void)buf_add_bytes(&parts[i], text); /* fits */
	}
	p.stat = buf_bytes(&parts[0]);
	p.status = buf_bytes(&parts[1]);
	p.cmdline = buf_bytes(&parts[2]);
	p.links = buf_bytes(&parts[3]);
	if (code == ERR_OK && sink->process)
		sink->process(sink->arg, &p);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buf_release(&parts[i]);
	return code;
}

/* One file that was to be read. */
static enum err_code read_file(struct feed *f, char type, struct bytes text,
			       struct group *g, const struct feed_sink *sink,
			       struct err *err)
{
	struct bytes number;
	struct feed_entry *e;
	size_t i;
	enum err_code code = ERR_OK;

	if (!bytes_split(&text, ' ', &number) || !(e = find(g, number)))
		return nonsense(err, "content of no file");
	i = (size_t)(e - g->v) + 1;
	give_until(g, i, sink);
	if (g->over)
		return ERR_OK;
	if (type == 'C')
		code = read_content(f, e, sink, err);
	else if (type == 'L')
		code = read_target(e, text, err);
	else
		e->state = bytes_eq(text, bytes_str("p")) ? FEED_DENIED
							  : FEED_VANISHED;
	if (code == ERR_OK)
		give(g, sink);
	return code;
}

static enum err_code read_frame(struct feed *f, struct group *g,
				const struct feed_sink *sink, struct err *err)
{
	struct bytes text;
	uint64_t root;
	char type;
	enum err_code code = take_text(f, TABLE_MAX, &text, err);

	if (code != ERR_OK)
		return code;
	type = text.n ? (char)text.p[0] : 0;
	text = bytes_skip(text, 1);
	if (type == 'F')
		return read_group(f, text, g, err);
	if (type == 'C' || type == 'V' || type == 'L')
		return read_file(f, type, text, g, sink, err);
	if (type == 'P')
		return read_process(f, text, sink, err);
	if (type == 'B')
		return read_small(f, g, text, sink, err);
	if (type == 'G') {
		give_until(g, g->n + 1, sink);
		return ERR_OK;
	}
	if (type == 'R' && bytes_to_u64(text, &root)) {
		g->over = !sink->root(sink->arg, root);
		return ERR_OK;
	}
	if (type == 'Q') {
		g->over = true;
		return ERR_OK;
	}
	if (type && tell_host(sink, type, text))
		return ERR_OK;
	return nonsense(err, "an unknown word");
}

enum err_code feed_read(struct feed *f, const struct feed_sink *sink,
			struct err *err)
{
	struct group g = {0};
	enum err_code code = ERR_OK;

	while (code == ERR_OK && !g.over)
		code = read_frame(f, &g, sink, err);
	group_release(&g);
	return code;
}
