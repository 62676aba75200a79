/* SPDX-License-Identifier: Apache-2.0 */
/* All sockets, with who holds them: read before the processes, told after. */
#include "base/base.h"

#include <fcntl.h>
#include <net/if.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "probe/proctext.h"
#include "probe/triage.h"

#define SOCKETS_TOLD ((size_t)50000)
#define NR_PIDFD_OPEN  434
#define NR_PIDFD_GETFD 438
#define FDS_TRIED    4096
#ifndef SO_GET_FILTER
#define SO_GET_FILTER 26
#endif
#define ACCEPTS UINT64_C(0x10000) /* __SO_ACCEPTCON of unix sockets */

static bool is_of(const struct sock *s, const char *proto)
{
	return strcmp(s->s.proto, proto) == 0;
}

static bool is_raw(const struct sock *s)
{
	return is_of(s, "raw") || is_of(s, "raw6") || is_of(s, "icmp") ||
	       is_of(s, "icmp6");
}

/* ---- whether a filter is attached ---- */

/* The descriptor of that process that is the socket; -1: not found. */
static int find_fd(uint64_t pid, uint64_t inode)
{
	char path[64];
	struct buf link;
	uint64_t its;
	int found = -1;

	buf_init(&link, 4200);
	for (int fd = 0; fd < FDS_TRIED && found < 0; fd++) {
		(void)snprintf(path, sizeof path, "/proc/%" PRIu64 "/fd/%d",
			       pid, fd);
		if (proc_link(AT_FDCWD, path, &link) &&
		    socket_of_link(buf_bytes(&link), &its) && its == inode)
			found = fd;
	}
	buf_release(&link);
	return found;
}

/* Our own copy of the descriptor is asked, and closed: nothing is loaded and
 * nothing changes there. Linux 5.6. */
static int has_filter(const struct sock *s)
{
	int theirs = s->pid ? find_fd(s->pid, s->s.inode) : -1;
	int pidfd = theirs < 0 ? -1
			       : (int)syscall(NR_PIDFD_OPEN, (pid_t)s->pid, 0);
	int fd = pidfd < 0 ? -1
			   : (int)syscall(NR_PIDFD_GETFD, pidfd, theirs, 0);
	socklen_t n = 0;
	int yes = -1;

	if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &n) == 0)
		yes = n > 0;
	else if (fd >= 0 && errno == EACCES) /* of eBPF, which is not shown */
		yes = 1;
	close_fd(fd);
	close_fd(pidfd);
	return yes;
}

/* ---- members ---- */

static const char *type_of(const struct sock *s)
{
	static const char *const types[] = {
		[SOCK_STREAM] = "stream",
		[SOCK_DGRAM] = "dgram",
		[SOCK_RAW] = "raw",
		[SOCK_SEQPACKET] = "seqpacket",
	};

	if (is_raw(s))
		return "raw";
	if (s->type < ARRAY_SIZE(types) && types[s->type])
		return types[s->type];
	return "";
}

static void tell_protocol(struct tell *t, const struct sock *s)
{
	char text[32];
	int filter;

	if (!is_raw(s) && !is_of(s, "packet"))
		return;
	(void)snprintf(text, sizeof text,
		       is_raw(s) ? "%" PRIu64 : "%04" PRIx64, s->number);
	tell_str(t, "protocol", text);
	filter = t->triage->is_fed ? -1 : has_filter(s);
	if (filter >= 0)
		tell_bool(t, "filter", filter == 1);
}

/* Only the host itself can say what its number is called. */
static void show_interface(const struct sock *s, bool is_here,
			   char out[IF_NAMESIZE])
{
	char name[IF_NAMESIZE];

	out[0] = '\0';
	if (!s->interface)
		return;
	if (is_here && s->interface < INT32_MAX &&
	    if_indextoname((unsigned)s->interface, name))
		(void)snprintf(out, IF_NAMESIZE, "%s", name);
	else
		(void)snprintf(out, IF_NAMESIZE, "#%u",
			       (unsigned)MIN(s->interface, UINT64_C(99999999)));
}

static void tell_all_members(struct tell *t, const struct sock *s,
			     const char *interface)
{
	const struct seen_process *p = triage_process(t->triage, s->pid);

	tell_members(t);
	if (*type_of(s))
		tell_str(t, "type", type_of(s));
	tell_protocol(t, s);
	if (is_of(s, "packet"))
		tell_str(t, "interface", interface);
	if (p && p->exe[0])
		tell_str(t, "exe", p->exe);
	tell_u64(t, "queue_recv", s->queue_recv);
	tell_u64(t, "queue_send", s->queue_send);
}

/* ---- one socket ---- */

static struct bytes without_port(struct bytes end)
{
	const uint8_t *colon = end.n ? memrchr(end.p, ':', end.n) : NULL;

	return colon ? bytes_of(end.p, (size_t)(colon - end.p)) : end;
}

static const char *state_of(const struct sock *s)
{
	static const char *const unix_states[] = {"", "unconnected",
						  "connecting", "connected",
						  "disconnecting"};

	if (is_of(s, "packet") || is_raw(s))
		return "";
	if (!is_of(s, "unix"))
		return socket_state(s->s.state);
	if (s->number & ACCEPTS)
		return "listen";
	return s->s.state < ARRAY_SIZE(unix_states) ? unix_states[s->s.state]
						    : "";
}

/* A unix socket without a name that nobody holds waits to be accepted, or is
 * of a process that has ended. */
static bool is_told(const struct sock *s)
{
	return !is_of(s, "unix") || s->path || s->process_seq;
}

static void tell_one(struct tell *t, const struct sock *s)
{
	char local[SOCKET_END_MAX], remote[SOCKET_END_MAX],
		interface[IF_NAMESIZE];
	struct rec_socket rec = {
		.proto = bytes_str(s->s.proto),
		.state = bytes_str(state_of(s)),
		.uid = s->s.uid,
		.inode = s->s.inode,
		.process_seq = s->process_seq,
	};

	show_interface(s, !t->triage->is_fed, interface);
	tell_all_members(t, s, interface);
	if (is_of(s, "unix")) {
		rec.local = bytes_str(s->path ? s->path : "");
		rec.local.n = MIN(rec.local.n, (size_t)RECORD_WORD_MAX);
	} else if (is_of(s, "packet")) {
		rec.local = bytes_str(interface);
	} else {
		rec.local = socket_end_text(&s->s, &s->s.local, local);
		rec.remote = socket_end_text(&s->s, &s->s.remote, remote);
	}
	if (is_raw(s)) {
		rec.local = without_port(rec.local);
		rec.remote = without_port(rec.remote);
	}
	(void)tell_socket(t, &rec); /* nobody refers to it */
}

void look_sockets(struct tell *t)
{
	struct socktable *table = &t->triage->sockets;
	size_t told = 0;

	if (!table->n)
		tell_errno(t, ENOENT);
	for (size_t i = 0; i < table->n && tell_go(t, 0); i++) {
		if (!is_told(&table->v[i]))
			continue;
		if (told++ == SOCKETS_TOLD)
			break;
		tell_one(t, &table->v[i]);
	}
	if (table->is_full || told > SOCKETS_TOLD)
		tell_errno(t, ENFILE); /* "limit" */
}
