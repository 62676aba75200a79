/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of /proc/net. */
#include "base/base.h"
#include "probe/proctext.h"
#include "probe/socktable.h"

#define TCP_LISTEN 10u

const char *const socktable_names[] = {"tcp",  "tcp6",   "udp",	"udp6", "udplite",
				       "udplite6", "raw", "raw6", "icmp", "icmp6",
				       "packet", "unix", NULL};

void socktable_init(struct socktable *t)
{
	*t = (struct socktable){.is_sorted = true};
}

void socktable_release(struct socktable *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].path);
	free(t->v);
	*t = (struct socktable){0};
}

/* "00000010:00000000" */
static void parse_queues(struct bytes b, struct sock *out)
{
	struct bytes send;

	if (!bytes_split(&b, ':', &send) ||
	    !bytes_hex_to_u64(send, &out->queue_send) ||
	    !bytes_hex_to_u64(b, &out->queue_recv))
		out->queue_send = out->queue_recv = 0;
}

static bool parse_inet(struct bytes line, struct sock *out)
{
	if (!socket_parse(line, &out->s))
		return false;
	parse_queues(proc_word(line, 4), out);
	out->number = out->s.local.port; /* of raw ones it is that */
	return true;
}

/* sk RefCnt Type Proto Iface R Rmem User Inode */
static bool parse_packet(struct bytes line, struct sock *out)
{
	return bytes_to_u64(proc_word(line, 2), &out->type) &&
	       bytes_hex_to_u64(proc_word(line, 3), &out->number) &&
	       bytes_to_u64(proc_word(line, 4), &out->interface) &&
	       bytes_to_u64(proc_word(line, 6), &out->queue_recv) &&
	       bytes_to_u64(proc_word(line, 7), &out->s.uid) &&
	       bytes_to_u64(proc_word(line, 8), &out->s.inode);
}

/* Num RefCount Protocol Flags Type St Inode Path; a path may have blanks. */
static bool parse_unix(struct bytes line, struct sock *out)
{
	struct bytes inode = proc_word(line, 6), path;

	if (!bytes_hex_to_u64(proc_word(line, 3), &out->number) ||
	    !bytes_hex_to_u64(proc_word(line, 4), &out->type) ||
	    !bytes_hex_to_u64(proc_word(line, 5), &out->s.state) ||
	    !bytes_to_u64(inode, &out->s.inode))
		return false;
	path = bytes_skip(line, (size_t)(inode.p + inode.n - line.p));
	path = bytes_skip(path, 1);
	out->path = path.n ? bytes_to_str(path) : NULL;
	return true;
}

static const struct {
	const char *name;
	bool (*parse)(struct bytes line, struct sock *out);
} forms[] = {
	{"packet", parse_packet},
	{"unix", parse_unix},
};

/* A line of the table of that name; false for a heading, or junk. path is
 * the caller's. */
static bool sock_parse(const char *name, struct bytes line, struct sock *out)
{
	*out = (struct sock){.s.proto = name};
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (strcmp(name, forms[i].name) == 0)
			return forms[i].parse(line, out);
	return parse_inet(line, out);
}

static bool has_ends(const struct sock *s)
{
	return strcmp(s->s.proto, "packet") != 0 &&
	       strcmp(s->s.proto, "unix") != 0;
}

void socktable_add(struct socktable *t, const char *name, struct bytes text,
		   uint64_t net, bool swapped)
{
	struct bytes line;
	struct sock s;

	while (bytes_split(&text, '\n', &line)) {
		if (!sock_parse(name, line, &s))
			continue;
		if (t->n == SOCKTABLE_MAX) {
			free(s.path);
			t->is_full = true;
			return;
		}
		if (t->n == t->cap) {
			t->cap = MAX(2 * t->cap, (size_t)256);
			t->v = xrealloc(t->v, t->cap, sizeof *t->v);
		}
		s.net = net;
		if (swapped && has_ends(&s))
			socket_swap(&s.s);
		t->v[t->n++] = s;
		t->is_sorted = false;
	}
}

static int by_inode(const void *va, const void *vb)
{
	const struct sock *a = va, *b = vb;

	return (a->s.inode > b->s.inode) - (a->s.inode < b->s.inode);
}

struct sock *socktable_find(struct socktable *t, uint64_t inode)
{
	const struct sock key = {.s.inode = inode};

	if (!t->n || !inode)
		return NULL;
	if (!t->is_sorted)
		qsort(t->v, t->n, sizeof *t->v, by_inode);
	t->is_sorted = true;
	return bsearch(&key, t->v, t->n, sizeof key, by_inode);
}

struct bytes sock_show(const struct sock *s, char out[SOCK_SHOWN_MAX])
{
	bool listens = s->s.state == TCP_LISTEN || !s->s.remote.port;
	char end[SOCKET_END_MAX];

	if (!has_ends(s)) {
		(void)snprintf(out, SOCK_SHOWN_MAX, "%s", s->s.proto);
		return bytes_str(out);
	}
	(void)socket_end_text(&s->s, listens ? &s->s.local : &s->s.remote, end);
	(void)snprintf(out, SOCK_SHOWN_MAX, "%s %s%s", s->s.proto,
		       listens ? "at " : "", end);
	return bytes_str(out);
}
