/* SPDX-License-Identifier: Apache-2.0 */
/* Kinds of indicators and the one way to write a value of each. */
#include "base/base.h"

#include <arpa/inet.h>

#include "base/regex.h"
#include "base/text.h"
#include "base/time.h"
#include "model/indicator.h"

#define DOMAIN_MAX 253u
#define MAPPED	   96u /* bits before an IPv4 address in IPv6 */

static const char *const names[] = {
#define X(kind, name, help) [INDICATOR_##kind] = name,
	INDICATOR_KINDS(X)
#undef X
};

static const char *const helps[] = {
#define X(kind, name, help) [INDICATOR_##kind] = help,
	INDICATOR_KINDS(X)
#undef X
};

static const struct {
	const char *name;
	enum indicator_kind kind;
} aliases[] = {
	{"file_name", INDICATOR_FILENAME}, {"filename_regex", INDICATOR_FILENAME},
	{"filepath", INDICATOR_PATH},	   {"file_path", INDICATOR_PATH},
	{"sha-1", INDICATOR_SHA1},	   {"sha-256", INDICATOR_SHA256},
	{"filesize", INDICATOR_SIZE},	   {"size-in-bytes", INDICATOR_SIZE},
	{"ipv4", INDICATOR_IP},		   {"ipv6", INDICATOR_IP},
	{"ipv4-addr", INDICATOR_IP},	   {"ipv6-addr", INDICATOR_IP},
	{"ipv4_port", INDICATOR_IP},	   {"ip-dst", INDICATOR_IP},
	{"ip-src", INDICATOR_IP},	   {"cidr", INDICATOR_IP},
	{"domain-name", INDICATOR_DOMAIN}, {"hostname", INDICATOR_DOMAIN},
	{"fqdn", INDICATOR_DOMAIN},	   {"uri", INDICATOR_URL},
};

const char *indicator_kind_name(enum indicator_kind kind)
{
	return names[kind];
}

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

static bool is_word(struct bytes b, const char *word)
{
	if (b.n != strlen(word))
		return false;
	for (size_t i = 0; i < b.n; i++)
		if (lower(b.p[i]) != (uint8_t)word[i])
			return false;
	return true;
}

bool indicator_kind_of(struct bytes name, enum indicator_kind *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		*kind = (enum indicator_kind)i;
		if (is_word(name, names[i]))
			return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(aliases); i++) {
		*kind = aliases[i].kind;
		if (is_word(name, aliases[i].name))
			return true;
	}
	return false;
}

/* ---- defanged values ---- */

/* What people write so that nobody clicks on it, and what it stands for. */
static const struct {
	const char *fanged, *plain;
} fangs[] = {
	{"[.]", "."},	{"(.)", "."},	 {"{.}", "."},	{"[dot]", "."},
	{"(dot)", "."}, {"[:]", ":"},	 {"[://]", "://"}, {"[/]", "/"},
	{"hxxp", "http"}, {"hXXp", "http"}, {"HXXP", "http"},
};

static void refang(struct bytes in, struct buf *out)
{
	while (in.n) {
		size_t i = 0;

		while (i < ARRAY_SIZE(fangs) &&
		       !bytes_starts(in, fangs[i].fanged))
			i++;
		if (i < ARRAY_SIZE(fangs)) {
			(void)buf_add_str(out, fangs[i].plain);
			in = bytes_skip(in, strlen(fangs[i].fanged));
		} else {
			(void)buf_add_byte(out, in.p[0]);
			in = bytes_skip(in, 1);
		}
	}
}

/* ---- one function for each form ---- */

static bool put_hex(struct bytes v, size_t digits, struct buf *out)
{
	static const char hex[] = "0123456789abcdef";

	if (v.n != digits)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = lower(v.p[i]);

		if (!c || !strchr(hex, c))
			return false;
		(void)buf_add_byte(out, c);
	}
	return true;
}

static bool put_path(struct bytes v, struct buf *out)
{
	while (v.n > 1 && v.p[v.n - 1] == '/')
		v.n--;
	return v.n && v.p[0] == '/' && buf_add_bytes(out, v);
}

static bool put_size(struct bytes v, struct buf *out)
{
	uint64_t n;

	return bytes_to_u64(v, &n) && n <= INT64_MAX &&
	       buf_addf(out, "%" PRIu64, n);
}

static bool is_domain_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
	       c == '_';
}

/* Two labels at least, the last with a letter: no address, no file name. */
static bool put_domain(struct bytes v, struct buf *out)
{
	size_t label = 0, labels = 1;
	bool letter = false;

	if (bytes_starts(v, "*."))
		v = bytes_skip(v, 2);
	if (v.n && v.p[v.n - 1] == '.')
		v.n--;
	if (v.n > DOMAIN_MAX)
		return false;
	for (size_t i = 0; i < v.n; i++) {
		uint8_t c = lower(v.p[i]);

		if (c == '.' ? label == 0 : !is_domain_char(c) || label == 63)
			return false;
		label = c == '.' ? 0 : label + 1;
		labels += c == '.';
		letter = c != '.' && (letter || (c >= 'a' && c <= 'z'));
		(void)buf_add_byte(out, c);
	}
	return label && labels > 1 && letter;
}

static bool put_url(struct bytes v, struct buf *out)
{
	const uint8_t *at = v.n ? memmem(v.p, v.n, "://", 3) : NULL;

	if (!at || at == v.p || v.n == (size_t)(at - v.p) + 3)
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] <= ' ')
			return false;
	return buf_add_bytes(out, v);
}

/* ---- addresses ---- */

static bool parse_addr(struct bytes v, struct indicator_net *net, bool *is_v4)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char text[INET6_ADDRSTRLEN];

	if (v.n >= sizeof text)
		return false;
	(void)snprintf(text, sizeof text, "%.*s", (int)v.n,
		       (const char *)v.p);
	*is_v4 = inet_pton(AF_INET, text, net->addr + sizeof mapped) == 1;
	if (*is_v4) {
		memcpy(net->addr, mapped, sizeof mapped);
		return true;
	}
	return inet_pton(AF_INET6, text, net->addr) == 1;
}

/* Takes ":port" off the end; the brackets around an IPv6 address too. */
static bool take_port(struct bytes *v, uint64_t *port)
{
	const uint8_t *end;

	*port = 0;
	if (v->n && v->p[0] == '[') {
		struct bytes rest;

		end = memchr(v->p, ']', v->n);
		if (!end)
			return false;
		rest = bytes_skip(*v, (size_t)(end - v->p) + 1);
		*v = bytes_of(v->p + 1, (size_t)(end - v->p) - 1);
		if (!rest.n)
			return true;
		return rest.p[0] == ':' &&
		       bytes_to_u64(bytes_skip(rest, 1), port) && *port &&
		       *port <= UINT16_MAX;
	}
	end = v->n ? memchr(v->p, ':', v->n) : NULL;
	if (!end || memrchr(v->p, ':', v->n) != end)
		return true; /* none, or an IPv6 address */
	if (!bytes_to_u64(bytes_skip(*v, (size_t)(end - v->p) + 1), port) ||
	    !*port || *port > UINT16_MAX)
		return false;
	v->n = (size_t)(end - v->p);
	return true;
}

static bool take_prefix(struct bytes *v, uint64_t *prefix, bool *has)
{
	const uint8_t *slash = v->n ? memchr(v->p, '/', v->n) : NULL;

	*has = slash != NULL;
	if (!slash)
		return true;
	if (!bytes_to_u64(bytes_skip(*v, (size_t)(slash - v->p) + 1), prefix))
		return false;
	v->n = (size_t)(slash - v->p);
	return true;
}

static void clear_host_bits(struct indicator_net *net)
{
	for (unsigned bit = net->prefix; bit < 128; bit++)
		net->addr[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
}

static bool parse_net(struct bytes v, struct indicator_net *net, bool *is_v4)
{
	uint64_t prefix = 0;
	bool has_prefix;

	if (!take_prefix(&v, &prefix, &has_prefix) ||
	    !take_port(&v, &net->port) || !parse_addr(v, net, is_v4))
		return false;
	if (has_prefix && (net->port || prefix > (*is_v4 ? 32 : 128)))
		return false;
	net->prefix = 128;
	if (has_prefix)
		net->prefix = (unsigned)prefix + (*is_v4 ? MAPPED : 0);
	clear_host_bits(net);
	return true;
}

bool indicator_net(struct bytes value, struct indicator_net *net)
{
	bool is_v4;

	return parse_net(value, net, &is_v4);
}

static bool put_ip(struct bytes v, struct buf *out)
{
	char text[INET6_ADDRSTRLEN];
	struct indicator_net net;
	bool is_v4;

	if (!parse_net(v, &net, &is_v4))
		return false;
	if (!inet_ntop(is_v4 ? AF_INET : AF_INET6,
		       is_v4 ? net.addr + 12 : net.addr, text, sizeof text))
		BUG("an address that does not print");
	if (net.port)
		return buf_addf(out, is_v4 ? "%s:%" PRIu64 : "[%s]:%" PRIu64,
				text, net.port);
	(void)buf_add_str(out, text);
	if (net.prefix < 128)
		(void)buf_addf(out, "/%u",
			       net.prefix - (is_v4 ? MAPPED : 0u));
	return true;
}

/* ---- all of them ---- */

static bool put_value(enum indicator_kind kind, struct bytes v,
		      struct buf *out)
{
	switch (kind) {
	case INDICATOR_PATH:
		return put_path(v, out);
	case INDICATOR_MD5:
		return put_hex(v, 32, out);
	case INDICATOR_SHA1:
		return put_hex(v, 40, out);
	case INDICATOR_SHA256:
		return put_hex(v, 64, out);
	case INDICATOR_SIZE:
		return put_size(v, out);
	case INDICATOR_IP:
		return put_ip(v, out);
	case INDICATOR_DOMAIN:
		return put_domain(v, out);
	case INDICATOR_URL:
		return put_url(v, out);
	case INDICATOR_FILENAME:
	case INDICATOR_N_KINDS:
		break;
	}
	BUG("kind %d", (int)kind);
}

static enum err_code put_pattern(struct bytes v, struct buf *out,
				 struct err *err)
{
	struct regex *r;
	enum err_code code = regex_compile(v, &r, err);

	regex_free(r);
	if (code == ERR_OK)
		(void)buf_add_bytes(out, v);
	return code;
}

static bool is_defanged_kind(enum indicator_kind kind)
{
	return kind == INDICATOR_IP || kind == INDICATOR_DOMAIN ||
	       kind == INDICATOR_URL;
}

enum err_code indicator_normal(enum indicator_kind kind, struct bytes value,
			       struct buf *out, struct err *err)
{
	size_t before = out->n;
	struct buf plain;
	bool ok;

	value = bytes_trim(value);
	if (value.n > INDICATOR_VALUE_MAX)
		return err_set(err, ERR_FORMAT, "the value is too long");
	if (!utf8_is_valid(value) ||
	    (value.n && memchr(value.p, '\0', value.n)))
		return err_set(err, ERR_FORMAT, "the value is not UTF-8 text");
	if (kind == INDICATOR_FILENAME)
		return put_pattern(value, out, err);
	buf_init(&plain, INDICATOR_VALUE_MAX);
	if (is_defanged_kind(kind))
		refang(value, &plain);
	else
		(void)buf_add_bytes(&plain, value);
	ok = put_value(kind, buf_bytes(&plain), out);
	buf_release(&plain);
	if (ok)
		return ERR_OK;
	out->n = before;
	return err_set(err, ERR_FORMAT, "%s is no %s: that is %s",
		       shown(value).s, names[kind], helps[kind]);
}

/* A date alone is its first moment. */
bool indicator_time(struct bytes b, int64_t *when_ns)
{
	char whole[32];

	b = bytes_trim(b);
	*when_ns = TIME_UNKNOWN;
	if (!b.n || time_parse(b, when_ns))
		return true;
	if (b.n != 10)
		return false;
	(void)snprintf(whole, sizeof whole, "%.10sT00:00:00Z",
		       (const char *)b.p);
	return time_parse(bytes_str(whole), when_ns);
}

bool indicator_guess(struct bytes value, enum indicator_kind *kind)
{
	static const enum indicator_kind order[] = {
		INDICATOR_MD5, INDICATOR_SHA1, INDICATOR_SHA256,
		INDICATOR_IP,  INDICATOR_URL,  INDICATOR_DOMAIN,
	};
	struct buf out;
	struct err err;
	bool found = false;

	buf_init(&out, INDICATOR_VALUE_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(order) && !found; i++) {
		*kind = order[i];
		found = indicator_normal(*kind, value, &out, &err) == ERR_OK;
	}
	buf_release(&out);
	return found;
}
