/* SPDX-License-Identifier: Apache-2.0 */
/* [user@]host[:port] and ssh://[user@]host[:port], as people write it. */
#include "base/base.h"

#include <arpa/inet.h>
#include <strings.h>

#include "base/bytes.h"
#include "base/text.h"
#include "remote/remote.h"

#define SSH_PORT 22

/* No blanks, no controls, no bytes over 0x7e: such names only ever deceive. */
static bool is_word(struct bytes b, const char *banned)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] <= ' ' || b.p[i] > '~' || strchr(banned, b.p[i]))
			return false;
	return b.n > 0 && b.p[0] != '-';
}

static bool copy_word(struct bytes b, const char *banned, char *out,
		      size_t room)
{
	if (b.n >= room || !is_word(b, banned))
		return false;
	memcpy(out, b.p, b.n);
	out[b.n] = '\0';
	return true;
}

/* Where the last byte c is, or b.n. */
static size_t find_last(struct bytes b, uint8_t c)
{
	for (size_t i = b.n; i > 0; i--)
		if (b.p[i - 1] == c)
			return i - 1;
	return b.n;
}

static bool parse_port(struct bytes b, uint16_t *port)
{
	uint64_t v;

	if (!bytes_to_u64(b, &v) || v < 1 || v > 65535)
		return false;
	*port = (uint16_t)v;
	return true;
}

static bool is_ip6(const char *host)
{
	struct in6_addr a;
	char addr[INET6_ADDRSTRLEN];
	size_t n = strcspn(host, "%"); /* a zone: fe80::1%eth0 */

	if (n >= sizeof addr)
		return false;
	memcpy(addr, host, n);
	addr[n] = '\0';
	return inet_pton(AF_INET6, addr, &a) == 1;
}

/* "[host]" or "[host]:port" */
static bool parse_bracketed(struct bytes b, struct target *t)
{
	size_t end = find_last(b, ']');
	struct bytes rest = bytes_skip(b, end + 1);

	if (end == b.n)
		return false;
	if (!copy_word(bytes_of(b.p + 1, end - 1), "[]/@", t->host,
		       sizeof t->host))
		return false;
	if (strchr(t->host, ':') && !is_ip6(t->host))
		return false;
	if (rest.n == 0)
		return true;
	t->has_port = true;
	return rest.p[0] == ':' && parse_port(bytes_skip(rest, 1), &t->port);
}

/* "host", "host:port", or an IPv6 address alone */
static bool parse_plain(struct bytes b, struct target *t)
{
	size_t colon = find_last(b, ':');

	if (copy_word(b, "[]/@", t->host, sizeof t->host) && is_ip6(t->host))
		return true;
	t->has_port = colon < b.n;
	if (t->has_port && !parse_port(bytes_skip(b, colon + 1), &t->port))
		return false;
	return copy_word(bytes_of(b.p, colon), "[]/@:%", t->host,
			 sizeof t->host);
}

/* "ssh://kim@web01:2222/" without what says that it is a URI. */
static struct bytes without_scheme(struct bytes b)
{
	static const char scheme[] = "ssh://";
	size_t n = sizeof scheme - 1;

	if (b.n < n || strncasecmp((const char *)b.p, scheme, n) != 0)
		return b;
	b = bytes_skip(b, n);
	if (b.n && b.p[b.n - 1] == '/')
		b.n--;
	return b;
}

enum err_code target_parse(const char *s, struct target *t, struct err *err)
{
	struct bytes all = without_scheme(bytes_str(s));
	size_t at = find_last(all, '@');
	struct bytes host = at < all.n ? bytes_skip(all, at + 1) : all;
	bool ok;

	*t = (struct target){.port = SSH_PORT};
	if (at < all.n && memchr(all.p, ':', at))
		return err_set(err, ERR_USAGE,
			       "a password does not belong before @%s: it is "
			       "asked for, or read from --password-fd",
			       shown(host).s);
	if (at < all.n &&
	    !copy_word(bytes_of(all.p, at), "/", t->user, sizeof t->user))
		return err_set(err, ERR_USAGE, "%s has no usable user name",
			       shown(all).s);
	if (bytes_starts(host, "["))
		ok = parse_bracketed(host, t);
	else
		ok = parse_plain(host, t);
	if (!ok)
		return err_set(err, ERR_USAGE,
			       "%s is not [user@]host[:port], "
			       "[user@][v6]:port or ssh://...",
			       shown(all).s);
	return ERR_OK;
}
