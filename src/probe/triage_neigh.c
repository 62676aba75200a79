/* SPDX-License-Identifier: Apache-2.0 */
/* Who is near by IPv6: no file has it, so the kernel is asked by netlink(7),
 * rtnetlink(7). */
#include "base/base.h"

#include <arpa/inet.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "base/wait.h"
#include "probe/take.h"
#include "probe/triage.h"

#define ANSWER_MAX ((size_t)64 << 10)
#define WAIT_NS	   (2 * NS_PER_S)
#define MAC_MAX	   8u

/* One attribute after the other; false: no more, or none that fits. */
static bool next_attribute(struct bytes *rest, unsigned *type,
			   struct bytes *value)
{
	struct rtattr a;
	size_t step;

	if (rest->n < sizeof a)
		return false;
	memcpy(&a, rest->p, sizeof a);
	if (a.rta_len < sizeof a || a.rta_len > rest->n)
		return false;
	*type = a.rta_type;
	*value = bytes_of(rest->p + sizeof a, a.rta_len - sizeof a);
	step = ((size_t)a.rta_len + 3) & ~(size_t)3;
	*rest = bytes_skip(*rest, step);
	return true;
}

static void show_mac(struct bytes mac, char out[3 * MAC_MAX])
{
	out[0] = '\0';
	for (size_t i = 0; i < MIN(mac.n, (size_t)MAC_MAX); i++)
		(void)snprintf(out + 3 * i - (i > 0), 4, i ? ":%02x" : "%02x",
			       mac.p[i]);
}

static void take_one(struct tell *t, struct bytes message)
{
	char to[INET6_ADDRSTRLEN] = "", mac[3 * MAC_MAX] = "",
	     interface[IF_NAMESIZE] = "";
	struct bytes rest = bytes_skip(message, sizeof(struct ndmsg)), value;
	struct ndmsg head;
	unsigned type;

	if (message.n < sizeof head)
		return;
	memcpy(&head, message.p, sizeof head);
	if (head.ndm_family != AF_INET6 || head.ndm_state & NUD_NOARP)
		return; /* groups, and ourselves */
	while (next_attribute(&rest, &type, &value)) {
		if (type == NDA_DST && value.n == 16)
			(void)!inet_ntop(AF_INET6, value.p, to, sizeof to);
		else if (type == NDA_LLADDR)
			show_mac(value, mac);
	}
	if (!to[0])
		return;
	if (!if_indextoname((unsigned)head.ndm_ifindex, interface))
		interface[0] = '\0';
	triage_begin(t, "neighbour", bytes_str(to));
	tell_str(t, "mac", mac);
	tell_str(t, "interface", interface);
	tell_u64(t, "flags", head.ndm_flags);
	triage_end(t);
}

bool take_netlink_neighbours(struct tell *t, struct bytes answer)
{
	struct nlmsghdr head;

	while (answer.n >= sizeof head) {
		size_t step;

		memcpy(&head, answer.p, sizeof head);
		if (head.nlmsg_len < sizeof head || head.nlmsg_len > answer.n ||
		    head.nlmsg_type == NLMSG_DONE ||
		    head.nlmsg_type == NLMSG_ERROR)
			return false;
		if (head.nlmsg_type == RTM_NEWNEIGH)
			take_one(t, bytes_of(answer.p + sizeof head,
					     head.nlmsg_len - sizeof head));
		step = ((size_t)head.nlmsg_len + 3) & ~(size_t)3;
		answer = bytes_skip(answer, step);
	}
	return true;
}

static bool ask(int fd)
{
	struct {
		struct nlmsghdr head;
		struct ndmsg body;
	} request = {
		.head = {.nlmsg_len = sizeof request,
			 .nlmsg_type = RTM_GETNEIGH,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
		.body = {.ndm_family = AF_INET6},
	};

	return send(fd, &request, sizeof request, 0) ==
	       (ssize_t)sizeof request;
}

void look_neighbours6(struct tell *t)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	uint8_t *answer = xmalloc(ANSWER_MAX);
	bool more = fd >= 0 && ask(fd);

	while (more && tell_go(t, 0)) {
		struct err err;
		ssize_t n = -1;

		if (wait_fd(fd, POLLIN, deadline_in(WAIT_NS, NULL), &err) ==
		    ERR_OK)
			n = recv(fd, answer, ANSWER_MAX, MSG_DONTWAIT);
		more = n > 0 && take_netlink_neighbours(
					t, bytes_of(answer, (size_t)n));
	}
	close_fd(fd);
	free(answer);
}
