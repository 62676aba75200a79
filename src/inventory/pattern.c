/* SPDX-License-Identifier: Apache-2.0 */
/* Names with ranges in them, web[01:20], and networks, 192.0.2.0/28. */
#include "base/base.h"

#include <arpa/inet.h>

#include "base/buf.h"
#include "base/text.h"
#include "inventory/inside.h"

struct range {
	bool letters;
	uint64_t from, to, step;
	unsigned width; /* of numbers, with zeroes in front; 0: as they are */
	size_t start, end; /* of the brackets in the pattern */
};

static bool is_letter(struct bytes b)
{
	return b.n == 1 && ((b.p[0] >= 'a' && b.p[0] <= 'z') ||
			    (b.p[0] >= 'A' && b.p[0] <= 'Z'));
}

/* Numbers of a range: an empty first one is 0. */
static bool read_numbers(struct bytes from, struct bytes to, struct range *r)
{
	if (from.n == 0)
		r->from = 0;
	else if (!bytes_to_u64(from, &r->from))
		return false;
	if (!bytes_to_u64(to, &r->to))
		return false;
	if (from.n > 1 && from.p[0] == '0')
		r->width = (unsigned)from.n;
	return !r->width || from.n == to.n;
}

/* Up to three parts with colons between; 0 when there are more. */
static size_t split_colons(struct bytes b, struct bytes part[3])
{
	for (size_t n = 0; n < 3;) {
		const uint8_t *colon = b.n ? memchr(b.p, ':', b.n) : NULL;
		size_t len = colon ? (size_t)(colon - b.p) : b.n;

		part[n++] = bytes_of(b.p, len);
		if (!colon)
			return n;
		b = bytes_skip(b, len + 1);
	}
	return 0;
}

static bool read_range(struct bytes inside, struct range *r)
{
	struct bytes part[3];
	size_t n = split_colons(inside, part);

	r->step = 1;
	if (n < 2 || (n == 3 && (!bytes_to_u64(part[2], &r->step) ||
				 r->step == 0)))
		return false;
	r->letters = is_letter(part[0]) && is_letter(part[1]);
	if (!r->letters)
		return read_numbers(part[0], part[1], r);
	r->from = part[0].p[0];
	r->to = part[1].p[0];
	return true;
}

/* The first range of a pattern; brackets of an address are none. */
static bool find_range(const char *pattern, struct range *r)
{
	for (const char *open = strchr(pattern, '['); open;
	     open = strchr(open + 1, '[')) {
		const char *close = strchr(open, ']');

		if (!close)
			return false;
		*r = (struct range){.start = (size_t)(open - pattern),
				    .end = (size_t)(close - pattern) + 1};
		if (read_range(bytes_of(open + 1, (size_t)(close - open) - 1),
			       r))
			return true;
	}
	return false;
}

bool pattern_is_range(const char *pattern)
{
	struct range r;

	return find_range(pattern, &r);
}

struct expansion {
	pattern_fn *each;
	void *arg;
	size_t n;
};

static enum err_code expand(struct expansion *e, const char *pattern,
			    struct err *err)
{
	struct range r;
	enum err_code code = ERR_OK;

	if (strlen(pattern) > PATTERN_MAX)
		return err_set(err, ERR_LIMIT,
			       "a name is longer than %u bytes", PATTERN_MAX);
	if (!find_range(pattern, &r)) {
		if (++e->n > INVENTORY_HOSTS_MAX)
			return err_set(err, ERR_LIMIT,
				       "more than %u hosts",
				       INVENTORY_HOSTS_MAX);
		return e->each(e->arg, pattern, err);
	}
	if (r.from > r.to)
		return err_set(err, ERR_USAGE, "the range in %s runs backwards",
			       shown_str(pattern).s);
	for (uint64_t i = r.from; code == ERR_OK; i += r.step) {
		char *one = r.letters
				    ? xasprintf("%.*s%c%s", (int)r.start,
						pattern, (int)i,
						pattern + r.end)
				    : xasprintf("%.*s%0*" PRIu64 "%s",
						(int)r.start, pattern,
						(int)r.width, i,
						pattern + r.end);

		code = expand(e, one, err);
		free(one);
		if (r.to - i < r.step)
			break;
	}
	return code;
}

enum err_code pattern_each(const char *pattern, pattern_fn *each, void *arg,
			   struct err *err)
{
	struct expansion e = {.each = each, .arg = arg};

	return expand(&e, pattern, err);
}

char *pattern_take_port(const char *pattern, char **port)
{
	const char *close = strrchr(pattern, ']');
	const char *colon = strrchr(pattern, ':');
	size_t n = strlen(pattern);
	uint64_t number;

	*port = NULL;
	/* Behind brackets, or the only colon: others are of an address. */
	if (colon && (close ? colon > close : strchr(pattern, ':') == colon) &&
	    bytes_to_u64(bytes_str(colon + 1), &number)) {
		*port = xstrdup(colon + 1);
		n = (size_t)(colon - pattern);
	}
	if (n > 2 && pattern[0] == '[' && pattern[n - 1] == ']' &&
	    !pattern_is_range(pattern))
		return xasprintf("%.*s", (int)(n - 2), pattern + 1);
	return xasprintf("%.*s", (int)n, pattern);
}

/* ---- networks ---- */

struct network {
	int family;
	uint8_t first[16]; /* the address with the host's bits off */
	size_t n_bytes;
	unsigned host_bits;
	char user[80]; /* "kim@" or "" */
};

/* "[user@]address/bits"; false: it is none. */
static bool read_network(const char *word, struct network *net)
{
	const char *at = strrchr(word, '@'), *slash = strchr(word, '/');
	const char *address = at ? at + 1 : word;
	char text[INET6_ADDRSTRLEN];
	uint64_t bits;

	*net = (struct network){.family = AF_INET, .n_bytes = 4};
	if (!slash || slash < address ||
	    (size_t)(slash - address) >= sizeof text ||
	    (size_t)(address - word) >= sizeof net->user ||
	    !bytes_to_u64(bytes_str(slash + 1), &bits))
		return false;
	memcpy(text, address, (size_t)(slash - address));
	text[slash - address] = '\0';
	memcpy(net->user, word, (size_t)(address - word));
	if (strchr(text, ':')) {
		net->family = AF_INET6;
		net->n_bytes = 16;
	}
	if (inet_pton(net->family, text, net->first) != 1 ||
	    bits > 8 * net->n_bytes)
		return false;
	net->host_bits = (unsigned)(8 * net->n_bytes - bits);
	for (unsigned i = 0; i < net->host_bits; i++)
		net->first[net->n_bytes - 1 - i / 8] &=
			(uint8_t)~(1u << (i % 8));
	return true;
}

static void nth_address(const struct network *net, uint32_t n,
			char text[INET6_ADDRSTRLEN])
{
	uint8_t address[16];

	memcpy(address, net->first, sizeof address);
	for (size_t i = net->n_bytes; n && i-- > 0; n >>= 8)
		address[i] |= (uint8_t)n;
	(void)inet_ntop(net->family, address, text, INET6_ADDRSTRLEN);
}

enum err_code cidr_each(const char *word, pattern_fn *each, void *arg,
			bool *is, struct err *err)
{
	enum err_code code = ERR_OK;
	struct network net;
	uint32_t n, edge;

	*is = read_network(word, &net);
	if (!*is)
		return ERR_OK;
	if (net.host_bits > 16)
		return err_set(err, ERR_LIMIT,
			       "%s has more than %u addresses: name smaller "
			       "networks",
			       shown_str(word).s, INVENTORY_HOSTS_MAX);
	n = UINT32_C(1) << net.host_bits;
	/* Of a network of IPv4 the first address is its own, the last that
	 * of all its hosts; links of two have neither. */
	edge = net.family == AF_INET && net.host_bits > 1;
	for (uint32_t i = edge; code == ERR_OK && i < n - edge; i++) {
		char text[INET6_ADDRSTRLEN], *target;

		nth_address(&net, i, text);
		target = xasprintf("%s%s", net.user, text);
		code = each(arg, target, err);
		free(target);
	}
	return code;
}
