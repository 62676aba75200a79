/* SPDX-License-Identifier: Apache-2.0 */
/* Which pages of a process to read, and reading them. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/ioctl.h>

#include "probe/proctext.h"
#include "probe/regions.h"

#define MAPS_MAX ((size_t)64 << 20)
#define LINES_MAX 1000000u /* vm.max_map_count is 65530 unless raised */
/* Pages that lie apart by no more than this are read as one piece. */
#define GAP_PAGES 16u
#define ENTRIES	  4096u /* of pagemap, read at a time */

/* Addresses that are asked for page by page: 16 Mi pages take some seconds. */
#define WALK_MAX ((uint64_t)64 << 30)

/* Bits of an entry. */
#define PAGE_PRESENT (UINT64_C(1) << 63)
#define PAGE_SWAPPED (UINT64_C(1) << 62)
#define PAGE_FILE    (UINT64_C(1) << 61) /* of a file, or shared */

static bool next_hex(struct bytes *rest, uint8_t sep, uint64_t *out)
{
	struct bytes word;

	return bytes_split(rest, sep, &word) && bytes_hex_to_u64(word, out);
}

/* The kernel's own pages, and devices but those that are plain memory. */
static bool is_device(struct bytes path)
{
	static const char *const kernels[] = {"[vvar", "[vsyscall]", "[vdso]",
					      "[uprobes]"};

	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++)
		if (bytes_starts(path, kernels[i]))
			return true;
	return bytes_starts(path, "/dev/") && !bytes_starts(path, "/dev/shm/") &&
	       !bytes_starts(path, "/dev/zero") &&
	       !bytes_starts(path, "/dev/hugepages/");
}

/* A file in memory is nowhere else. */
static bool is_on_disk(struct bytes path, uint64_t inode)
{
	return inode && path.n && path.p[0] == '/' &&
	       !bytes_ends(path, " (deleted)") &&
	       !bytes_starts(path, "/dev/shm/") &&
	       !bytes_starts(path, "/memfd:") && !bytes_starts(path, "/SYSV");
}

/* "7f0000-7f1000 r-xp 00000000 08:01 1234    /usr/bin/x" */
static bool parse_line(struct bytes line, struct region *r)
{
	struct bytes skipped, inode;
	uint64_t number;

	*r = (struct region){0};
	if (!next_hex(&line, '-', &r->start) || !next_hex(&line, ' ', &r->end) ||
	    r->end <= r->start || !bytes_split(&line, ' ', &r->perms) ||
	    !bytes_split(&line, ' ', &skipped) ||
	    !bytes_split(&line, ' ', &skipped) ||
	    !bytes_split(&line, ' ', &inode) || !bytes_to_u64(inode, &number))
		return false;
	while (line.n && line.p[0] == ' ')
		line = bytes_skip(line, 1);
	r->path = line;
	r->used = UINT64_MAX;
	r->device = is_device(line);
	r->on_disk = is_on_disk(line, number);
	return true;
}

/* "Rss:      128 kB" and "Swap: ..." of smaps add up to what is used. */
static void parse_field(struct bytes line, struct region *r)
{
	bool is_rss = bytes_starts(line, "Rss:");
	struct bytes word;
	uint64_t kib;

	if (!is_rss && !bytes_starts(line, "Swap:"))
		return;
	line = bytes_trim(bytes_skip(line, is_rss ? 4 : 5));
	if (!bytes_split(&line, ' ', &word) || !bytes_to_u64(word, &kib) ||
	    kib > UINT64_MAX / 4096)
		return;
	r->used = (r->used == UINT64_MAX ? 0 : r->used) + kib * 1024;
}

void regions_parse(struct regions *r)
{
	struct bytes rest = buf_bytes(&r->text), line;
	struct region region;
	size_t cap = 0;

	while (r->n < LINES_MAX && bytes_split(&rest, '\n', &line)) {
		if (!parse_line(line, &region)) {
			if (r->n)
				parse_field(line, &r->all[r->n - 1]);
			continue;
		}
		if (r->n == cap) {
			cap = MAX(2 * cap, (size_t)128);
			r->all = xrealloc(r->all, cap, sizeof *r->all);
		}
		r->all[r->n++] = region;
	}
}

bool regions_open(struct regions *r, int dir, bool file_backed, uint64_t limit)
{
	*r = (struct regions){.mem = -1, .pagemap = -1, .left = limit};
	r->file_backed = file_backed;
	r->page = (uint64_t)sysconf(_SC_PAGESIZE);
	buf_init(&r->text, MAPS_MAX);
	if (!proc_read(dir, "smaps", &r->text)) {
		buf_clear(&r->text);
		if (!proc_read(dir, "maps", &r->text))
			return false;
	}
	r->mem = openat(dir, "mem", O_RDONLY | O_CLOEXEC);
	if (r->mem < 0)
		return false;
	r->pagemap = openat(dir, "pagemap", O_RDONLY | O_CLOEXEC);
	regions_parse(r);
	r->next = r->from = r->n ? r->all[0].start : 0;
	return true;
}

void regions_close(struct regions *r)
{
	int saved = errno;

	close_fd(r->mem);
	close_fd(r->pagemap);
	buf_release(&r->text);
	free(r->all);
	*r = (struct regions){.mem = -1, .pagemap = -1};
	errno = saved;
}

/* A page at that address was not read. */
static void count(struct regions *r, uint64_t at, enum unread why)
{
	if (at >= r->from)
		r->unread[why] += r->page;
}

/* Where pagemap tells nothing, a page counts as its region. */
static uint64_t guess(const struct region *region)
{
	return PAGE_PRESENT | (region->on_disk ? PAGE_FILE : 0);
}

/* Entries of up to ENTRIES pages from `at` on; how many. */
static size_t look_up(struct regions *r, const struct region *region,
		      uint64_t at, uint64_t *entries)
{
	size_t n = (size_t)MIN((region->end - at) / r->page,
			       (uint64_t)ENTRIES);
	ssize_t got = -1;

	if (r->pagemap >= 0)
		got = pread(r->pagemap, entries, n * sizeof *entries,
			    (off_t)(at / r->page * sizeof *entries));
	for (size_t i = got < 0 ? 0 : (size_t)got / sizeof *entries; i < n; i++)
		entries[i] = guess(region);
	return n;
}

/* Whether a page is to be read; else why not. */
static bool is_wanted(const struct regions *r, const struct region *region,
		      uint64_t entry, enum unread *why)
{
	bool present = (entry & PAGE_PRESENT) != 0;

	*why = entry & PAGE_SWAPPED ? UNREAD_SWAPPED : UNREAD_UNTOUCHED;
	if (present && !(entry & PAGE_FILE))
		return true; /* the process's own, whatever it was mapped from */
	if (region->device)
		*why = UNREAD_DEVICE;
	else if (present && region->on_disk && (entry & PAGE_FILE) &&
		 !r->file_backed)
		*why = UNREAD_FILE;
	else
		return present;
	return false;
}

/* A piece under way. */
struct piece {
	uint8_t *to;
	size_t max, n; /* n: up to the end of the last page */
	uint64_t base;
};

/* Some of n bytes from there on; to the end of a page that cannot be read
 * they are zeroes. */
static size_t read_some(const struct regions *r, uint64_t at, uint8_t *to,
			size_t n, bool *failed)
{
	ssize_t got;

	do
		got = pread(r->mem, to, n, (off_t)at);
	while (got < 0 && errno == EINTR);
	*failed = got <= 0;
	if (!*failed)
		return (size_t)got;
	n = MIN(n, (size_t)(r->page - at % r->page));
	memset(to, 0, n);
	return n;
}

void regions_read(const struct regions *r, uint64_t at, uint8_t *to, size_t n)
{
	bool failed;

	for (size_t done; n; n -= done, at += done, to += done)
		done = read_some(r, at, to, n, &failed);
}

static void read_pages(struct regions *r, uint8_t *to, uint64_t at, size_t n)
{
	bool failed;

	for (size_t done; n; n -= done, at += done, to += done) {
		done = read_some(r, at, to, n, &failed);
		if (failed)
			count(r, at, UNREAD_FAILED);
		else if (at + done > r->from)
			r->read += at + done - MAX(at, r->from);
	}
}

/* Adds n bytes of memory to a piece that has room for them. */
static void take(struct regions *r, struct piece *p, uint64_t at, size_t n)
{
	size_t gap;

	if (p->n == 0)
		p->base = at;
	gap = (size_t)(at - p->base) - p->n;
	memset(p->to + p->n, 0, gap);
	read_pages(r, p->to + p->n + gap, at, n);
	p->n += gap + n;
	if (at + n > r->from)
		r->left -= MIN(r->left, at + n - MAX(at, r->from));
}

/* Bytes the piece may take from there; 0: it is too far off, or full. */
static size_t room_at(const struct regions *r, const struct piece *p,
		      uint64_t at)
{
	if (p->n == 0)
		return p->max;
	if (at - p->base >= p->max ||
	    at - (p->base + p->n) > GAP_PAGES * r->page)
		return 0;
	return p->max - (size_t)(at - p->base);
}

/* Wanted pages in a row, from the first of n entries on. */
static size_t run_of(struct regions *r, const struct region *region,
		     const uint64_t *entries, size_t n)
{
	enum unread why;
	size_t run = 0;

	while (run < n && is_wanted(r, region, entries[run], &why))
		run++;
	return run;
}

/* Entries of a region into the piece; false when it can take no more. */
static bool take_entries(struct regions *r, struct piece *p,
			 const uint64_t *entries, size_t n)
{
	const struct region *region = &r->all[r->at];
	enum unread why;

	for (size_t i = 0; i < n;) {
		size_t run = run_of(r, region, entries + i, n - i), room;

		if (run == 0) {
			(void)is_wanted(r, region, entries[i], &why);
			count(r, r->next, why);
			run = 1;
		} else if (r->left < r->page && r->next >= r->from) {
			count(r, r->next, UNREAD_LIMIT);
			run = 1;
		} else {
			room = (size_t)(room_at(r, p, r->next) / r->page);
			run = MIN(run, room);
			if (r->next >= r->from)
				run = MIN(run, (size_t)(r->left / r->page));
			if (run == 0)
				return false;
			take(r, p, r->next, (size_t)(run * r->page));
		}
		i += run;
		r->next += run * r->page;
	}
	return true;
}

/* The rest of a region in which nothing is left: terabytes of addresses may
 * be set aside, and asking for each page of them would take for ever. */
static void pass_over(struct regions *r, const struct region *region)
{
	r->unread[region->device ? UNREAD_DEVICE : UNREAD_UNTOUCHED] +=
		region->end - MAX(r->next, r->from);
	r->next = region->end;
}

/* Linux 6.7, include/uapi/linux/fs.h: finds pages without telling of each
 * that is not there. */
struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t inverted, mask, anyof_mask, return_mask;
};
#define SCAN_IOCTL   _IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT (UINT64_C(1) << 3)
#define SCAN_SWAPPED (UINT64_C(1) << 4)

/* From here to the next page that is used; where a kernel cannot tell, the
 * rest of what is too long to ask page by page is given up. */
static void skip_unused(struct regions *r, const struct region *region)
{
	uint64_t found[3] = {0};
	struct scan_arg arg = {
		.size = sizeof arg,
		.start = r->next,
		.end = region->end,
		.vec = (uint64_t)(uintptr_t)found,
		.vec_len = 1,
		.max_pages = 1,
		.anyof_mask = SCAN_PRESENT | SCAN_SWAPPED,
		.return_mask = SCAN_PRESENT,
	};
	int n = r->pagemap < 0 ? -1 : ioctl(r->pagemap, SCAN_IOCTL, &arg);

	if (n == 0) {
		pass_over(r, region);
	} else if (n > 0 && found[0] >= r->next && found[0] < region->end) {
		if (found[0] > r->from)
			r->unread[UNREAD_UNTOUCHED] +=
				found[0] - MAX(r->next, r->from);
		r->next = found[0];
	} else if (region->end - r->next > WALK_MAX) {
		r->unread[UNREAD_LIMIT] +=
			region->end - MAX(r->next, r->from);
		r->next = region->end;
	}
}

/* Of a private one pages that were written to are memory, whatever its name. */
static bool is_all_device(const struct region *region)
{
	return region->device &&
	       (region->path.n == 0 || region->path.p[0] != '/' ||
		region->perms.n < 4 || region->perms.p[3] != 'p');
}

/* The current region into the piece; false when that is full before. */
static bool take_region(struct regions *r, struct piece *p)
{
	const struct region *region = &r->all[r->at];
	uint64_t entries[ENTRIES];

	if (is_all_device(region) || region->used == 0)
		pass_over(r, region);
	while (r->next < region->end) {
		size_t n;

		if (region->end - r->next > ENTRIES * r->page)
			skip_unused(r, region);
		n = look_up(r, region, r->next, entries);
		if (n == 0)
			break;
		if (!take_entries(r, p, entries, n))
			return false;
	}
	return true;
}

/* A piece that was full is followed by one that begins a little before its
 * end: what lies across the border is seen whole in one of them. */
static void step_back(struct regions *r, const struct piece *p)
{
	uint64_t back = MIN(REGIONS_OVERLAP, (uint64_t)p->n / 2);

	back = back / r->page * r->page;
	r->from = r->next;
	if (r->next != p->base + p->n)
		return;
	r->next -= back;
}

bool regions_next(struct regions *r, uint8_t *to, size_t n, uint64_t *base,
		  size_t *length)
{
	struct piece p = {.to = to, .max = n};

	while (r->at < r->n && p.n == 0) {
		if (!take_region(r, &p)) {
			step_back(r, &p);
			break;
		}
		r->at++;
		r->next = r->from = r->at < r->n ? r->all[r->at].start : 0;
	}
	*base = p.base;
	*length = p.n;
	return p.n != 0;
}

const struct region *regions_find(const struct regions *r, uint64_t address)
{
	for (size_t i = 0; i < r->n; i++)
		if (address >= r->all[i].start && address < r->all[i].end)
			return &r->all[i];
	return NULL;
}

void region_describe(const struct region *region, struct buf *out)
{
	(void)buf_addf(out, "%" PRIx64 "-%" PRIx64 " ", region->start,
		       region->end);
	(void)buf_add_bytes(out, region->perms);
	if (region->path.n)
		(void)buf_add_byte(out, ' ');
	(void)buf_add_bytes(out, bytes_first(region->path, 2048));
}
