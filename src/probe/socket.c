/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's sockets as the kernel lists them, held against addresses and
 * domains. A domain is what /etc/hosts says it is: nobody is asked.
 */
#include "base/base.h"

#include <arpa/inet.h>
#include <dirent.h>

#include "base/fs.h"
#include "probe/indicator.h"
#include "probe/process.h"
#include "probe/proctext.h"
#include "probe/run.h"
#include "probe/secret.h"
#include "probe/sight.h"
#include "probe/socket.h"

#define TABLE_MAX   ((size_t)64 << 20)
#define SIGHTED_MAX 4096u

static const struct {
	const char *path, *proto;
} socket_tables[] = {
	{"/proc/net/tcp", "tcp"},
	{"/proc/net/tcp6", "tcp6"},
	{"/proc/net/udp", "udp"},
	{"/proc/net/udp6", "udp6"},
};

/* include/net/tcp_states.h */
static const char *const states[] = {
	"",	      "established", "syn-sent", "syn-recv",   "fin-wait-1",
	"fin-wait-2", "time-wait",   "close",	 "close-wait", "last-ack",
	"listen",     "closing",     "new-syn-recv",
};

/* One that was sighted. */
struct sighted {
	struct socket socket;
	struct sightings seen;
	uint64_t process_seq;
};

struct look {
	struct run *run;
	struct sighted *v;
	size_t n, n_looked;
	size_t n_unowned;
};

/* ---- the kernel's tables ---- */

/* "0100007F:0016": words of 32 bits as this machine holds them, and a port. */
static bool parse_end(struct bytes b, struct socket_end *end, bool *is_v4)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct bytes addr;
	size_t at = 0;

	if (!bytes_split(&b, ':', &addr) || (addr.n != 8 && addr.n != 32))
		return false;
	*is_v4 = addr.n == 8;
	if (*is_v4) {
		memcpy(end->addr, mapped, sizeof mapped);
		at = sizeof mapped;
	}
	for (; addr.n; addr = bytes_skip(addr, 8), at += 4) {
		uint64_t v;
		uint32_t word;

		if (!bytes_hex_to_u64(bytes_of(addr.p, 8), &v))
			return false;
		word = (uint32_t)v;
		memcpy(end->addr + at, &word, sizeof word);
	}
	return bytes_hex_to_u64(b, &end->port) && end->port <= UINT16_MAX;
}

bool socket_parse(struct bytes line, struct socket *s)
{
	return parse_end(proc_word(line, 1), &s->local, &s->is_v4) &&
	       parse_end(proc_word(line, 2), &s->remote, &s->is_v4) &&
	       bytes_hex_to_u64(proc_word(line, 3), &s->state) &&
	       bytes_to_u64(proc_word(line, 7), &s->uid) &&
	       bytes_to_u64(proc_word(line, 9), &s->inode);
}

/* ---- /etc/hosts ---- */

void hosts_parse(struct indicators *in, struct bytes text)
{
	struct bytes line, addr, name;

	while (bytes_split(&text, '\n', &line)) {
		const uint8_t *hash = line.n ? memchr(line.p, '#', line.n)
					     : NULL;

		if (hash)
			line.n = (size_t)(hash - line.p);
		addr = proc_word(line, 0);
		for (unsigned i = 1; addr.n && (name = proc_word(line, i)).n; i++)
			indicators_add_name(in, name, addr);
	}
}

void hosts_take(struct run *run, struct bytes given)
{
	struct buf text;

	if (!run->indicators->domains.n)
		return;
	buf_init(&text, TABLE_MAX);
	(void)buf_add_bytes(&text, given); /* too long: as if it were empty */
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\t' || text.p[i] == '\r')
			text.p[i] = ' ';
	hosts_parse(run->indicators, buf_bytes(&text));
	buf_release(&text);
}

static void read_hosts(struct run *run)
{
	struct buf text;
	struct err err;

	buf_init(&text, TABLE_MAX);
	if (run->indicators->domains.n &&
	    fs_read("/etc/hosts", &text, &err) == ERR_OK)
		hosts_take(run, buf_bytes(&text));
	buf_release(&text);
}

/* ---- looking ---- */

static void look_at(struct look *l, struct socket *s)
{
	struct sightings seen = {0};

	l->n_looked++;
	if (!s->remote.port)
		return; /* it listens */
	indicators_by_peer(l->run->indicators, s->remote.addr, s->remote.port,
			   &seen);
	if (seen.n && l->n < SIGHTED_MAX)
		l->v[l->n++] = (struct sighted){.socket = *s, .seen = seen};
}

static void say(struct run *run, const char *outcome, const char *reason,
		const char *path, uint64_t n)
{
	struct rec_coverage row = {
		.what = bytes_str("indicators"),
		.outcome = bytes_str(outcome),
		.reason = bytes_str(reason),
		.path = bytes_str(path),
		.files = n,
	};

	(void)out_send(run->out, REC_COVERAGE, &row); /* remembered */
}

/* Words of a host whose bytes are in the other order. */
static void swap_words(uint8_t addr[16], bool is_v4)
{
	for (size_t at = is_v4 ? 12 : 0; at < 16; at += 4) {
		uint32_t word;

		memcpy(&word, addr + at, sizeof word);
		word = __builtin_bswap32(word);
		memcpy(addr + at, &word, sizeof word);
	}
}

void socket_swap(struct socket *s)
{
	swap_words(s->local.addr, s->is_v4);
	swap_words(s->remote.addr, s->is_v4);
}

static void look_through_table(struct look *l, struct bytes text,
			       const char *proto, bool swapped)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line)) {
		struct socket s = {.proto = proto};

		if (!socket_parse(line, &s))
			continue;
		if (swapped)
			socket_swap(&s);
		look_at(l, &s);
	}
}

static void read_table(struct look *l, const char *path, const char *proto)
{
	struct buf text;
	struct err err;

	buf_init(&text, TABLE_MAX);
	if (fs_read(path, &text, &err) != ERR_OK && err.sys != ENOENT)
		say(l->run, "failed", reason_word(reason_of_errno(err.sys)),
		    path, 1);
	look_through_table(l, buf_bytes(&text), proto, false);
	buf_release(&text);
}

/* ---- whose they are ---- */

static void tell_owner(struct look *l, uint64_t pid, uint64_t *seq)
{
	struct rec_process rec;
	struct process p;

	if (*seq || !process_open(&p, pid))
		return;
	secret_clean_arguments(l->run->plan->start.secrets, &p.cmdline);
	process_fill(&p, &rec);
	*seq = process_send(l->run, &rec);
	process_close(&p);
}

static void claim(struct look *l, uint64_t inode, uint64_t pid, uint64_t *seq)
{
	for (size_t i = 0; i < l->n; i++) {
		struct sighted *s = &l->v[i];

		if (s->socket.inode != inode || s->process_seq)
			continue;
		tell_owner(l, pid, seq);
		s->process_seq = *seq;
		l->n_unowned -= *seq != 0;
	}
}

bool socket_of_link(struct bytes link, uint64_t *inode)
{
	static const char prefix[] = "socket:[";
	size_t n = sizeof prefix - 1;

	if (!bytes_starts(link, prefix) || link.n < n + 2 ||
	    link.p[link.n - 1] != ']')
		return false;
	return bytes_to_u64(bytes_of(link.p + n, link.n - n - 1), inode) &&
	       *inode;
}

/* Of all that a process has open only names are read. */
static void look_through(struct look *l, uint64_t pid)
{
	char path[64], link[64];
	struct dirent *d;
	uint64_t inode, seq = 0;
	DIR *dir;

	(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/fd", pid);
	dir = opendir(path);
	while (dir && (d = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), d->d_name, link,
				       sizeof link);
		struct bytes b = bytes_of(link, n > 0 ? (size_t)n : 0);

		if (socket_of_link(b, &inode))
			claim(l, inode, pid, &seq);
	}
	if (dir)
		(void)closedir(dir);
}

static void find_owners(struct look *l)
{
	size_t n;
	uint64_t *pids = process_list(&n);

	for (size_t i = 0; i < n && l->n_unowned; i++)
		look_through(l, pids[i]);
	free(pids);
}

/* ---- telling ---- */

struct bytes socket_end_text(const struct socket *s,
			     const struct socket_end *end,
			     char out[SOCKET_END_MAX])
{
	char text[INET6_ADDRSTRLEN];

	if (!inet_ntop(s->is_v4 ? AF_INET : AF_INET6,
		       s->is_v4 ? end->addr + 12 : end->addr, text,
		       sizeof text))
		BUG("an address that does not print");
	(void)snprintf(out, SOCKET_END_MAX, s->is_v4 ? "%s:%" PRIu64
					      : "[%s]:%" PRIu64,
		       text, end->port);
	return bytes_str(out);
}

const char *socket_state(uint64_t state)
{
	return state < ARRAY_SIZE(states) ? states[state] : "";
}

static void tell(struct run *run, const struct sighted *s)
{
	const struct socket *k = &s->socket;
	char local[SOCKET_END_MAX], remote[SOCKET_END_MAX];
	struct rec_socket rec = {
		.seq = atomic_fetch_add(&run->socket_seq, 1) + 1,
		.proto = bytes_str(k->proto),
		.local = socket_end_text(k, &k->local, local),
		.remote = socket_end_text(k, &k->remote, remote),
		.state = bytes_str(socket_state(k->state)),
		.uid = k->uid,
		.inode = k->inode,
		.process_seq = s->process_seq,
	};

	(void)out_send(run->out, REC_SOCKET, &rec); /* remembered */
	sightings_send(run, &s->seen,
		       &(struct rec_sighting){.socket_seq = rec.seq,
					      .context = rec.remote});
}

void sockets_look(struct run *run)
{
	struct look l = {.run = run};

	if (!indicators_want_peers(run->indicators))
		return;
	if (run->top->dir || run->limits.image) { /* its host had them */
		say(run, "skipped", "image", "/proc/net", 1);
		return;
	}
	l.v = xcalloc(SIGHTED_MAX, sizeof *l.v);
	read_hosts(run);
	for (size_t i = 0; i < ARRAY_SIZE(socket_tables); i++)
		read_table(&l, socket_tables[i].path, socket_tables[i].proto);
	l.n_unowned = l.n;
	if (l.n)
		find_owners(&l);
	for (size_t i = 0; i < l.n; i++)
		tell(run, &l.v[i]);
	say(run, "scanned", "sockets", "/proc/net", l.n_looked);
	free(l.v);
}

/* ---- of a host without a probe ---- */

uint64_t sockets_take(struct run *run, struct bytes name, struct bytes table,
		      bool swapped)
{
	struct look l = {.run = run};

	l.v = xcalloc(SIGHTED_MAX, sizeof *l.v);
	for (size_t i = 0; i < ARRAY_SIZE(socket_tables); i++)
		if (bytes_eq(name, bytes_str(socket_tables[i].proto)))
			look_through_table(&l, table, socket_tables[i].proto,
					   swapped);
	for (size_t i = 0; i < l.n; i++)
		tell(run, &l.v[i]);
	free(l.v);
	return l.n_looked;
}

void sockets_say(struct run *run, bool looked, uint64_t n)
{
	if (looked)
		say(run, "scanned", "sockets", "/proc/net", n);
	else
		say(run, "failed", reason_word(REASON_NO_PROBE), "/proc/net",
		    1);
}
