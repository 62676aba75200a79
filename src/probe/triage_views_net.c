/* SPDX-License-Identifier: Apache-2.0 */
/* What ss(8) and netstat(8) of the host say of sockets, held against the
 * kernel's tables; and what ss gets by netlink that those do not have. */
#include "base/base.h"

#include <fcntl.h>

#include "probe/proctext.h"
#include "probe/triage_views.h"

#define TABLE_MAX	((size_t)64 << 20)
#define TCP_ESTABLISHED 1u
#define TCP_LISTEN	10u
#define TCP_CLOSE	7u /* of UDP: it has no peer */

static const char *const inet[] = {"tcp", "tcp6", "udp", "udp6"};

/* With the names of who holds them, too, as people ask. */
struct net_form {
	const char *args[2];
	bool listening; /* those alone */
};

static const struct net_form net_forms[] = {
	{{"-tuan", NULL}, false},
	{{"-tunap", NULL}, false},
	{{"-tulpn", NULL}, true},
};

/* What lasts: what is on its way up or down is not compared. */
static bool lasts(const struct sock *s)
{
	return s->s.state == TCP_ESTABLISHED || s->s.state == TCP_LISTEN ||
	       (s->s.proto[0] == 'u' && s->s.state == TCP_CLOSE);
}

static uint64_t key_of(const struct sock *s)
{
	return said_socket(s->s.proto[0] == 'u', s->s.local.port,
			   s->s.remote.port);
}

static void read_own(struct socktable *table)
{
	char path[32];
	struct buf text;

	socktable_init(table);
	for (size_t i = 0; i < ARRAY_SIZE(inet); i++) {
		(void)snprintf(path, sizeof path, "/proc/net/%s", inet[i]);
		buf_init(&text, TABLE_MAX);
		if (proc_read(AT_FDCWD, path, &text))
			socktable_add(table, inet[i], buf_bytes(&text), 0,
				      false);
		buf_release(&text);
	}
}

static void our_sockets(struct view *v, struct numbers *out)
{
	const struct net_form *form = v->about;
	struct socktable table;

	read_own(&table);
	for (size_t i = 0; i < table.n; i++)
		if (lasts(&table.v[i]) &&
		    !(form->listening && table.v[i].s.remote.port))
			numbers_add(out, key_of(&table.v[i]));
	numbers_sort(out);
	socktable_release(&table);
}

static void their_sockets(struct view *v, struct numbers *out)
{
	said_sockets(buf_bytes(&v->tool.out), out, NULL);
}

/* The other way round: ss asks by netlink, and sees what was taken out of the
 * tables. "ours" and "theirs" change places. */
static void listening_said(struct view *v, struct numbers *out)
{
	struct numbers all = {0};
	struct tool ss = {0};

	if (tool_run(v->t, &ss, "ss", net_forms[0].args) &&
	    tool_ended_well(&ss))
		said_sockets(buf_bytes(&ss.out), &all, out);
	numbers_release(&all);
	tool_release(&ss);
}

static void listening_read(struct view *v UNUSED, struct numbers *out)
{
	struct socktable table;

	read_own(&table);
	for (size_t i = 0; i < table.n; i++)
		numbers_add(out, key_of(&table.v[i]));
	numbers_sort(out);
	socktable_release(&table);
}

static void tell_hidden_socket(struct view *v, uint64_t key)
{
	struct tell *t = v->t;
	struct socktable *all = &t->triage->sockets;
	const struct seen_process *p = NULL;
	char name[2 * SOCKET_END_MAX + 16], local[SOCKET_END_MAX],
		remote[SOCKET_END_MAX];

	if (!view_is_new(v, key))
		return;
	(void)snprintf(name, sizeof name, "%s port %" PRIu64 ", peer %" PRIu64,
		       said_socket_is_udp(key) ? "udp" : "tcp",
		       said_socket_local(key), said_socket_remote(key));
	for (size_t i = 0; i < all->n; i++) {
		const struct sock *s = &all->v[i];

		if (key_of(s) != key || (s->s.proto[0] != 't' &&
					 strncmp(s->s.proto, "udp", 3) != 0))
			continue;
		(void)socket_end_text(&s->s, &s->s.local, local);
		(void)socket_end_text(&s->s, &s->s.remote, remote);
		(void)snprintf(name, sizeof name, "%s %s%s%s", s->s.proto,
			       local, s->s.remote.port ? " " : "",
			       s->s.remote.port ? remote : "");
		p = triage_process(t->triage, s->pid);
		break;
	}
	view_tell(v, bytes_str(name), "socket", "proc", p ? p->note : NULL);
}

static void tell_unread_socket(struct tell *t, uint64_t key)
{
	char name[48];

	(void)snprintf(name, sizeof name, "%s port %" PRIu64,
		       said_socket_is_udp(key) ? "udp" : "tcp",
		       said_socket_local(key));
	tell_difference(t, bytes_str(name), "socket", "netlink", "proc", NULL);
}

static bool ask(struct tell *t, const char *program)
{
	struct view v = {.t = t, .ours = our_sockets, .theirs = their_sockets};
	bool good = true;

	for (size_t i = 0; good && i < ARRAY_SIZE(net_forms); i++) {
		v.about = &net_forms[i];
		good = view_ask(&v, program, net_forms[i].args);
		for (size_t k = 0; good && k < v.odd.n; k++)
			tell_hidden_socket(&v, v.odd.v[k]);
	}
	view_end(&v);
	return good;
}

void look_net_views(struct tell *t)
{
	struct view back = {
		.t = t, .ours = listening_said, .theirs = listening_read};

	if (ask(t, "ss")) {
		view_compare(&back);
		for (size_t i = 0; i < MIN(back.odd.n, (size_t)VIEW_TOLD_MAX);
		     i++)
			tell_unread_socket(t, back.odd.v[i]);
	}
	view_end(&back);
	(void)!ask(t, "netstat");
}
