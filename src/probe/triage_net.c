/* SPDX-License-Identifier: Apache-2.0 */
/* Interfaces, routes, and who is near. */
#include "base/base.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>

#include "base/hash.h"
#include "probe/proctext.h"
#include "probe/take.h"
#include "probe/triage.h"

#define NAME_ROOM  ((size_t)4096)
#define TABLE_MAX  ((size_t)16 << 20)
#define ROUTES_MAX 20000u
#define PROMISC	   UINT64_C(0x100)
#define RTF_UP_	   UINT64_C(1)
#define RTF_LOCAL_ UINT64_C(0x80000000)

/* ---- interfaces ---- */

static unsigned prefix_of(const struct sockaddr *mask)
{
	const uint8_t *p = NULL;
	size_t n = 0;
	unsigned bits = 0;

	if (mask && mask->sa_family == AF_INET) {
		p = (const uint8_t *)&((const struct sockaddr_in *)mask)->sin_addr;
		n = 4;
	} else if (mask && mask->sa_family == AF_INET6) {
		p = (const uint8_t *)&((const struct sockaddr_in6 *)mask)
			    ->sin6_addr;
		n = 16;
	}
	for (size_t i = 0; i < n; i++)
		bits += (unsigned)__builtin_popcount(p[i]);
	return bits;
}

static void tell_address(struct tell *t, const struct ifaddrs *a)
{
	char text[INET6_ADDRSTRLEN], both[INET6_ADDRSTRLEN + 8];
	int family = a->ifa_addr ? a->ifa_addr->sa_family : AF_UNSPEC;
	const void *addr =
		family == AF_INET
			? (const void *)&((const struct sockaddr_in *)a->ifa_addr)
				  ->sin_addr
			: (const void *)&((const struct sockaddr_in6 *)
						  a->ifa_addr)
				  ->sin6_addr;

	if ((family != AF_INET && family != AF_INET6) ||
	    !inet_ntop(family, addr, text, sizeof text))
		return;
	(void)snprintf(both, sizeof both, "%s/%u", text,
		       prefix_of(a->ifa_netmask));
	tell_entry(t, bytes_str(both));
}

static void tell_addresses(struct tell *t, const struct ifaddrs *all,
			   const char *name)
{
	tell_list(t, "addresses");
	for (; all; all = all->ifa_next)
		if (strcmp(all->ifa_name, name) == 0)
			tell_address(t, all);
	tell_list_end(t);
}

static void tell_file(struct tell *t, int dir, const char *name,
		      const char *key)
{
	struct buf text;

	if (proc_read_new(dir, name, &text, NAME_ROOM) && text.n)
		tell_bytes(t, key, buf_bytes(&text));
	buf_release(&text);
}

static uint64_t number_in(int dir, const char *name)
{
	struct buf text;
	struct bytes b;
	uint64_t v = 0;

	if (proc_read_new(dir, name, &text, NAME_ROOM)) {
		b = buf_bytes(&text);
		if (bytes_starts(b, "0x"))
			(void)!bytes_hex_to_u64(bytes_skip(b, 2), &v);
		else
			(void)!bytes_to_u64(b, &v);
	}
	buf_release(&text);
	return v;
}

/* What it is, as far as it says so. */
static void tell_kind(struct tell *t, int dir)
{
	struct bytes value;
	struct buf text;

	buf_init(&text, NAME_ROOM);
	if (proc_read(dir, "uevent", &text) &&
	    proc_value(buf_bytes(&text), "DEVTYPE=", &value))
		tell_bytes(t, "kind", value);
	else if (faccessat(dir, "tun_flags", F_OK, 0) == 0)
		tell_str(t, "kind", "tun");
	buf_release(&text);
	buf_init(&text, 4200);
	if (proc_link(dir, "master", &text))
		tell_bytes(t, "master", bytes_file_name(buf_bytes(&text)));
	buf_release(&text);
}

/* sysfs shows what ioctl(2) and ip(8) may leave out: that it takes all. */
static void tell_interface(struct tell *t, int dir, const char *name,
			   const struct ifaddrs *addresses)
{
	uint64_t flags = number_in(dir, "flags");

	triage_begin(t, "interface", bytes_str(name));
	tell_file(t, dir, "address", "mac");
	tell_u64(t, "flags", flags);
	tell_bool(t, "promiscuous", (flags & PROMISC) != 0);
	tell_u64(t, "mtu", number_in(dir, "mtu"));
	tell_file(t, dir, "operstate", "state");
	tell_addresses(t, addresses, name);
	tell_kind(t, dir);
	triage_end(t);
}

/* Where there is no sysfs: each name once, by its first row. */
static void look_by_call(struct tell *t, const struct ifaddrs *all)
{
	for (const struct ifaddrs *a = all; a && tell_go(t, 0);
	     a = a->ifa_next) {
		const struct ifaddrs *first = all;

		while (strcmp(first->ifa_name, a->ifa_name) != 0)
			first = first->ifa_next;
		if (first != a)
			continue;
		triage_begin(t, "interface", bytes_str(a->ifa_name));
		tell_u64(t, "flags", a->ifa_flags);
		tell_bool(t, "promiscuous", (a->ifa_flags & PROMISC) != 0);
		tell_addresses(t, all, a->ifa_name);
		triage_end(t);
	}
}

void look_interfaces(struct tell *t)
{
	DIR *dir = opendir("/sys/class/net");
	int error = errno;
	struct ifaddrs *addresses = NULL;
	struct dirent *d;

	if (getifaddrs(&addresses) != 0)
		addresses = NULL; /* told without */
	if (!dir) {
		look_by_call(t, addresses);
		if (addresses)
			freeifaddrs(addresses);
		if (!t->told)
			tell_errno(t, error);
		return;
	}
	while ((d = readdir(dir)) && tell_go(t, 0)) {
		int one = d->d_name[0] == '.'
				  ? -1
				  : openat(dirfd(dir), d->d_name,
					   O_PATH | O_DIRECTORY | O_CLOEXEC);

		if (one >= 0)
			tell_interface(t, one, d->d_name, addresses);
		close_fd(one);
	}
	if (addresses)
		freeifaddrs(addresses);
	(void)closedir(dir);
}

/* ---- routes ---- */

static bool hex_addr4(struct bytes b, bool swapped, struct in_addr *out)
{
	uint64_t v;
	uint32_t word;

	if (!bytes_hex_to_u64(b, &v) || v > UINT32_MAX)
		return false;
	word = (uint32_t)v;
	out->s_addr = swapped ? __builtin_bswap32(word) : word;
	return true;
}

static void tell_route(struct tell *t, const char *name, const char *gateway,
		       struct bytes interface, uint64_t metric,
		       const char *family)
{
	triage_begin(t, "route", bytes_str(name));
	tell_str(t, "gateway", gateway);
	tell_bytes(t, "interface", interface);
	tell_u64(t, "metric", metric);
	tell_str(t, "family", family);
	triage_end(t);
}

/* Iface Destination Gateway Flags RefCnt Use Metric Mask ... */
static void take_route(struct tell *t, struct bytes line, bool swapped)
{
	char to[INET_ADDRSTRLEN], via[INET_ADDRSTRLEN],
		name[INET_ADDRSTRLEN + 8];
	struct in_addr dest, gateway, mask;
	uint64_t flags;

	if (!hex_addr4(proc_word(line, 1), swapped, &dest) ||
	    !hex_addr4(proc_word(line, 2), swapped, &gateway) ||
	    !hex_addr4(proc_word(line, 7), swapped, &mask) ||
	    !bytes_hex_to_u64(proc_word(line, 3), &flags) ||
	    !inet_ntop(AF_INET, &dest, to, sizeof to) ||
	    !inet_ntop(AF_INET, &gateway, via, sizeof via))
		return;
	(void)snprintf(name, sizeof name, "%s/%d", to,
		       __builtin_popcount(mask.s_addr));
	tell_route(t, name, gateway.s_addr ? via : "", proc_word(line, 0),
		   proc_word_number(line, 6), "inet");
}

void take_routes(struct tell *t, struct bytes text, bool swapped)
{
	struct bytes line;

	for (unsigned n = 0; n < ROUTES_MAX && bytes_split(&text, '\n', &line);
	     n++)
		take_route(t, line, swapped);
}

static bool hex_addr6(struct bytes b, char out[INET6_ADDRSTRLEN], bool *any)
{
	uint8_t addr[16];

	if (b.n != 32 || !hex_decode(b, addr, sizeof addr))
		return false;
	*any = false;
	for (size_t i = 0; i < sizeof addr; i++)
		*any |= addr[i] != 0;
	return inet_ntop(AF_INET6, addr, out, INET6_ADDRSTRLEN) != NULL;
}

/* dest len src len gateway metric refs use flags iface */
static void take_route6(struct tell *t, struct bytes line)
{
	char to[INET6_ADDRSTRLEN], via[INET6_ADDRSTRLEN],
		name[INET6_ADDRSTRLEN + 8];
	uint64_t length, metric, flags;
	bool any, has_gateway;

	if (!hex_addr6(proc_word(line, 0), to, &any) ||
	    !hex_addr6(proc_word(line, 4), via, &has_gateway) ||
	    !bytes_hex_to_u64(proc_word(line, 1), &length) || length > 128 ||
	    !bytes_hex_to_u64(proc_word(line, 5), &metric) ||
	    !bytes_hex_to_u64(proc_word(line, 8), &flags) ||
	    !(flags & RTF_UP_) || flags & RTF_LOCAL_)
		return; /* its own addresses are no routes to people */
	(void)snprintf(name, sizeof name, "%s/%u", to, (unsigned)length);
	tell_route(t, name, has_gateway ? via : "", proc_word(line, 9), metric,
		   "inet6");
}

void take_routes6(struct tell *t, struct bytes text)
{
	struct bytes line;

	for (unsigned n = 0; n < ROUTES_MAX && bytes_split(&text, '\n', &line);
	     n++)
		take_route6(t, line);
}

void look_routes(struct tell *t)
{
	struct buf text;

	buf_init(&text, TABLE_MAX);
	if (proc_read(AT_FDCWD, "/proc/net/route", &text))
		take_routes(t, buf_bytes(&text), false);
	else
		tell_errno(t, errno);
	buf_clear(&text);
	if (proc_read(AT_FDCWD, "/proc/net/ipv6_route", &text))
		take_routes6(t, buf_bytes(&text));
	buf_release(&text);
}

/* ---- neighbours ---- */

/* "192.0.2.1 0x1 0x2 52:54:00:12:34:56 * eth0" */
void take_neighbours(struct tell *t, struct bytes text)
{
	struct bytes line, flags;
	uint64_t v;

	while (bytes_split(&text, '\n', &line)) {
		flags = proc_word(line, 2);
		if (!bytes_starts(flags, "0x") || !proc_word(line, 5).n ||
		    !bytes_hex_to_u64(bytes_skip(flags, 2), &v))
			continue;
		triage_begin(t, "neighbour", proc_word(line, 0));
		tell_bytes(t, "mac", proc_word(line, 3));
		tell_bytes(t, "interface", proc_word(line, 5));
		tell_u64(t, "flags", v);
		triage_end(t);
	}
}

void look_neighbours(struct tell *t)
{
	struct buf text;

	buf_init(&text, TABLE_MAX);
	if (proc_read(AT_FDCWD, "/proc/net/arp", &text))
		take_neighbours(t, buf_bytes(&text));
	else
		tell_errno(t, errno);
	buf_release(&text);
	look_neighbours6(t);
}
