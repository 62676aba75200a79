/* SPDX-License-Identifier: Apache-2.0 */
/* Leases of DHCP (dhcpd, dhclient, dnsmasq), and when rules of a firewall
 * were saved. */
#include "base/base.h"
#include "parse/inside.h"

/* ---- "lease 192.0.2.7 { starts 2 2024/01/02 03:04:05; ... }" ---- */

enum { ADDRESS, HARDWARE, NAME, INTERFACE, N_WORDS };

struct moment {
	const char *key, *desc, *kind;
};

static const struct moment moments[] = {
	{"starts", DESC_START, "dhcp.lease"},
	{"ends", DESC_EXPIRES, "dhcp.expires"},
	{"renew", DESC_PLANNED, "dhcp.renew"},
	{"expire", DESC_EXPIRES, "dhcp.expires"},
};

#define MOMENTS_MAX 8u

struct lease {
	const struct parse_out *out;
	bool open;
	struct bytes words[N_WORDS];
	struct parse_event events[MOMENTS_MAX];
	size_t n;
};

/* "2 2024/01/02 03:04:05;" of UTC, "epoch 1704164645;" or "never;". */
static bool take_lease_time(struct bytes rest, struct parse_event *e)
{
	struct bytes word = take_word(&rest);
	struct civil c;
	int64_t s;

	if (bytes_eq(word, bytes_str("epoch")))
		return take_number(&rest, 11, &s) && epoch_event(s, e);
	if (!civil_take_iso(&rest, &c))
		return false;
	return civil_event_utc(&c, e);
}

static struct bytes without(struct bytes b, const char *ends)
{
	while (b.n && strchr(ends, b.p[0]))
		b = bytes_skip(b, 1);
	while (b.n && strchr(ends, b.p[b.n - 1]))
		b.n--;
	return b;
}

static enum err_code end_lease(struct lease *l, struct err *err)
{
	static const char *const before[N_WORDS] = {[ADDRESS] = "lease of ",
						    [HARDWARE] = ", hardware ",
						    [NAME] = ", name ",
						    [INTERFACE] =
							    ", interface "};
	enum err_code code = ERR_OK;
	struct buf message;

	if (!l->open)
		return ERR_OK;
	l->open = false;
	buf_init(&message, PARSE_MESSAGE_MAX);
	for (size_t i = 0; i < N_WORDS; i++)
		if (l->words[i].n) {
			message_add(&message, bytes_str(before[i]));
			message_add(&message, l->words[i]);
		}
	for (size_t i = 0; code == ERR_OK && i < l->n; i++) {
		l->events[i].actor = l->words[ADDRESS];
		l->events[i].message = buf_bytes(&message);
		code = parse_say(l->out, &l->events[i], err);
	}
	buf_release(&message);
	return code;
}

static void take_property(struct lease *l, struct bytes text)
{
	static const struct {
		const char *key;
		size_t word;
	} keys[] = {
		{"hardware ethernet ", HARDWARE}, {"client-hostname ", NAME},
		{"option host-name ", NAME},      {"fixed-address ", ADDRESS},
		{"interface ", INTERFACE},
	};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (bytes_starts(text, keys[i].key))
			l->words[keys[i].word] = without(
				bytes_skip(text, strlen(keys[i].key)), " \";");
}

static enum err_code take_statement(struct lease *l, const struct line *line,
				    uint64_t behind, struct err *err)
{
	struct bytes text = bytes_trim(line->text), rest = text;
	struct bytes key = take_word(&rest);

	take_property(l, text);
	for (size_t i = 0; i < ARRAY_SIZE(moments); i++) {
		struct parse_event e = {.desc = moments[i].desc,
					.kind = moments[i].kind,
					.offset = line->offset,
					.length = behind - line->offset};

		if (!bytes_eq(key, bytes_str(moments[i].key)))
			continue;
		if (bytes_starts(rest, "never"))
			return ERR_OK;
		if (!take_lease_time(rest, &e))
			return parse_problem(l->out, line->offset,
					     "no time of a lease", err);
		if (l->n < MOMENTS_MAX)
			l->events[l->n++] = e;
	}
	return ERR_OK;
}

static enum err_code take_lease_line(struct lease *l, const struct line *line,
				     uint64_t behind, struct err *err)
{
	struct bytes text = bytes_trim(line->text);

	if (bytes_starts(text, "lease ") && memchr(text.p, '{', text.n)) {
		enum err_code code = end_lease(l, err);

		(void)take_word(&text);
		*l = (struct lease){.out = l->out, .open = true};
		l->words[ADDRESS] = without(take_word(&text), " {");
		return code;
	}
	if (!l->open)
		return ERR_OK;
	if (bytes_starts(text, "}"))
		return end_lease(l, err);
	return take_statement(l, line, behind, err);
}

enum err_code dhcp_leases_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	struct lease l = {.out = out};
	enum err_code code = ERR_OK;
	struct line line;
	uint64_t at = 0;

	while (code == ERR_OK && next_line(in->content, &at, &line))
		code = take_lease_line(&l, &line, at, err);
	return code == ERR_OK ? end_lease(&l, err) : code;
}

unsigned dhcp_leases_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);
	size_t at;

	if (!looks_like_text(head) || !bytes_find(head, "lease ", &at) ||
	    (at > 0 && head.p[at - 1] != '\n') ||
	    !bytes_find(head, ";\n", NULL))
		return 0;
	head = bytes_skip(head, at);
	return bytes_find(head, "{\n", NULL) &&
			       (bytes_find(head, " starts ", NULL) ||
				bytes_find(head, " expire ", NULL))
		       ? 90
		       : 0;
}

/* ---- dnsmasq: "1704164645 aa:bb:cc:dd:ee:ff 192.0.2.7 name id" ---- */

static enum line_is take_dnsmasq(const struct parse_input *in UNUSED,
				 void *state UNUSED, struct bytes line,
				 struct parse_event *e)
{
	struct bytes rest = line, address;
	int64_t s;

	if (bytes_starts(line, "duid "))
		return LINE_NOTHING;
	if (!take_number(&rest, 11, &s) || !take_byte(&rest, ' '))
		return LINE_ODD;
	if (!take_word(&rest).n) /* the hardware's, or of IPv6 a number */
		return LINE_ODD;
	address = take_word(&rest);
	if (!address.n || !take_word(&rest).n || !rest.n ||
	    !(memchr(address.p, '.', address.n) ||
	      memchr(address.p, ':', address.n)))
		return LINE_ODD;
	e->desc = DESC_EXPIRES;
	e->kind = "dhcp.expires";
	e->actor = address;
	if (s == 0)
		no_time(e); /* it never does */
	else if (!epoch_event(s, e))
		return LINE_ODD;
	return LINE_EVENT;
}

static const struct line_form dnsmasq = {take_dnsmasq, "no lease of dnsmasq",
					 false};

unsigned dnsmasq_score(const struct parse_input *in)
{
	return score_lines(in, &dnsmasq, NULL);
}

enum err_code dnsmasq_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &dnsmasq, NULL, err);
}

/* ---- "# Generated by iptables-save v1.8.7 on Wed May 31 13:37:00 2023" -- */

static enum line_is take_saved(const struct parse_input *in, void *state UNUSED,
			       struct bytes line, struct parse_event *e)
{
	struct civil c;
	size_t at;

	if (!bytes_starts(line, "# Generated by ") &&
	    !bytes_starts(line, "# Completed on "))
		return LINE_NOTHING;
	if (!bytes_find(line, " on ", &at))
		return LINE_ODD;
	e->message = bytes_skip(line, 2);
	line = bytes_skip(line, at + strlen(" on "));
	if (!civil_take_ctime(&line, &c) || !civil_event(&c, in, e))
		return LINE_ODD;
	e->desc = DESC_RECORDED;
	e->kind = "firewall.saved";
	return LINE_EVENT;
}

static const struct line_form saved = {take_saved, "no time of a saved state",
				       false};

unsigned iptables_save_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);

	return bytes_starts(head, "# Generated by ") &&
			       bytes_find(head, "tables-save", NULL)
		       ? 95
		       : 0;
}

enum err_code iptables_save_run(const struct parse_input *in,
				const struct parse_out *out, struct err *err)
{
	return say_lines(in, out, &saved, NULL, err);
}
