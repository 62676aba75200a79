/* SPDX-License-Identifier: Apache-2.0 */
/* What Snort and Suricata saw: alerts of a line each, and eve.json. */
#include "base/base.h"
#include "parse/inside.h"
#include "parse/json.h"

/* ---- "12/28[/21]-12:55:38.765402  [**] [1:366:11] text [**] ..." ---- */

struct fast {
	struct years years;
	bool year_last; /* 12/28/21: Snort 2's order; Snort 3 has 21/12/28 */
};

/* Two numbers, or three; how many. */
static size_t take_numbers(struct bytes *at, int64_t n[3], size_t digits[3])
{
	for (size_t i = 0; i < 3; i++) {
		size_t before = at->n;

		if (!take_number(at, 4, &n[i]))
			return 0;
		digits[i] = before - at->n;
		if (take_byte(at, '-'))
			return i + 1;
		if (!take_byte(at, '/'))
			return 0;
	}
	return 0;
}

static int64_t full_year(int64_t year)
{
	return year < 100 ? year + 2000 : year;
}

/* Its year is 2000 where there is none, and *n 2. */
static bool take_fast_time(struct bytes *line, bool year_last, size_t *n,
			   struct civil *c)
{
	struct bytes at = *line;
	size_t digits[3] = {0};
	int64_t v[3] = {0};

	*c = (struct civil){.year = 2000};
	*n = take_numbers(&at, v, digits);
	if (*n < 2 || !civil_take_clock(&at, c))
		return false;
	if (*n == 3 && (year_last || digits[2] == 4)) {
		c->year = full_year(v[2]);
	} else if (*n == 3) {
		c->year = full_year(v[0]);
		v[0] = v[1];
		v[1] = v[2];
	}
	c->month = v[0];
	c->day = v[1];
	*line = bytes_trim(at);
	return civil_is_valid(c) && bytes_starts(*line, "[**] [");
}

static bool take_yearless(struct bytes line, struct civil *c)
{
	size_t n;

	return take_fast_time(&line, false, &n, c) && n == 2;
}

/* "{TCP} 192.0.2.7:80 -> ...": the address; IPv6 has no brackets, and a port
 * behind its eight numbers. */
static struct bytes find_source(struct bytes line)
{
	struct bytes word;
	size_t at, colons = 0, last = 0;

	if (!bytes_find(line, "} ", &at))
		return bytes_str("");
	line = bytes_skip(line, at + 2);
	word = take_word(&line);
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] == ':') {
			colons++;
			last = i;
		}
	if (colons == 1 || colons == 8)
		word.n = last;
	return word;
}

static enum line_is take_fast(const struct parse_input *in, void *state,
			      struct bytes line, struct parse_event *e)
{
	struct fast *f = state;
	struct civil c;
	size_t n;

	if (!take_fast_time(&line, f->year_last, &n, &c))
		return LINE_ODD;
	if (n == 2) {
		c.year = years_at(&f->years, e->offset);
		e->year_deduced = true;
	}
	if (!civil_event(&c, in, e))
		return LINE_ODD;
	e->desc = DESC_CHANGED;
	e->kind = "ids.alert";
	e->actor = find_source(line);
	e->message = line;
	return LINE_EVENT;
}

static const struct line_form fast_form = {take_fast, "no line of an alert",
					   false};

/* No month is later than the twelfth. */
static struct fast judge_fast(const struct parse_input *in)
{
	struct fast f = {.years = {in, take_yearless}};
	struct line line;
	uint64_t at = 0;

	while (next_line(in->content, &at, &line)) {
		size_t digits[3] = {0};
		int64_t v[3] = {0};

		if (take_numbers(&line.text, v, digits) != 3)
			continue;
		if (v[0] > 12 || v[1] > 12) {
			f.year_last = v[1] > 12;
			break;
		}
	}
	return f;
}

unsigned ids_alert_score(const struct parse_input *in)
{
	struct parse_input head = *in;
	struct fast f;
	unsigned score;

	head.content.n = MIN(head.content.n, SCORE_BYTES);
	f = judge_fast(&head);
	score = score_lines(&head, &fast_form, &f);
	years_release(&f.years);
	return score;
}

enum err_code ids_alert_run(const struct parse_input *in,
			    const struct parse_out *out, struct err *err)
{
	struct fast f = judge_fast(in);
	enum err_code code = say_lines(in, out, &fast_form, &f, err);

	years_release(&f.years);
	return code;
}

/* ---- eve.json: an object a line ---- */

/* What is shown of each type, in this order. */
static const struct {
	const char *type, *kind;
	const char *shown[4];
} eve_types[] = {
	{"alert", "ids.alert", {"alert.signature", "alert.category"}},
	{"anomaly", "ids.anomaly", {"anomaly.event", "anomaly.type"}},
	{"dns", "ids.dns", {"dns.rrname", "dns.rrtype", "dns.rcode"}},
	{"http",
	 "ids.http",
	 {"http.http_method", "http.hostname", "http.url",
	  "http.http_user_agent"}},
	{"tls", "ids.tls", {"tls.sni", "tls.subject", "tls.ja3.hash"}},
	{"ssh",
	 "ids.ssh",
	 {"ssh.client.software_version", "ssh.server.software_version"}},
	{"fileinfo",
	 "ids.file",
	 {"fileinfo.filename", "fileinfo.magic", "fileinfo.sha256"}},
	{"smtp", "ids.smtp", {"smtp.mail_from", "smtp.helo"}},
	{"ftp", "ids.ftp", {"ftp.command", "ftp.command_data"}},
	{"smb", "ids.smb", {"smb.command", "smb.filename"}},
	{"flow", "ids.flow", {"flow.state", "app_proto"}},
	{"", "ids", {NULL}},
};

static void add_end(struct buf *message, const json_t *doc, const char *ip,
		    const char *port)
{
	const json_t *number = json_at(doc, port);

	message_add(message, json_text(doc, ip));
	if (json_is_integer(number))
		(void)buf_addf(message, ":%" PRId64,
			       (int64_t)json_integer_value(number));
}

static void describe_eve(struct buf *message, const json_t *doc,
			 struct bytes type, const char *const shown[4])
{
	message_add(message, type);
	for (size_t i = 0; i < 4 && shown[i]; i++) {
		struct bytes text = json_text(doc, shown[i]);

		if (text.n == 0)
			continue;
		message_add(message, bytes_str(i ? ", " : " "));
		message_add(message, text);
	}
	message_add(message, bytes_str(" {"));
	message_add(message, json_text(doc, "proto"));
	message_add(message, bytes_str("} "));
	add_end(message, doc, "src_ip", "src_port");
	message_add(message, bytes_str(" -> "));
	add_end(message, doc, "dest_ip", "dest_port");
}

struct eve {
	struct buf message;
	json_t *doc; /* the event points into it */
};

static enum line_is take_eve(const struct parse_input *in, void *state,
			     struct bytes line, struct parse_event *e)
{
	struct eve *s = state;
	struct bytes when, type;
	struct civil c;
	size_t i = 0;

	json_decref(s->doc);
	s->doc = json_read(line);
	when = json_text(s->doc, "timestamp");
	type = json_text(s->doc, "event_type");
	if (!type.n || !civil_take_iso(&when, &c) || !civil_event(&c, in, e))
		return LINE_ODD;
	if (bytes_eq(type, bytes_str("stats")))
		return LINE_NOTHING; /* its own counters */
	while (eve_types[i].type[0] &&
	       !bytes_eq(type, bytes_str(eve_types[i].type)))
		i++;
	buf_clear(&s->message);
	describe_eve(&s->message, s->doc, type, eve_types[i].shown);
	e->desc = DESC_RECORDED;
	e->kind = eve_types[i].kind;
	e->actor = json_text(s->doc, "src_ip");
	e->message = buf_bytes(&s->message);
	return LINE_EVENT;
}

static const struct line_form eve_form = {take_eve, "no event of Suricata",
					  false};

static void eve_begin(struct eve *s)
{
	s->doc = NULL;
	buf_init(&s->message, PARSE_MESSAGE_MAX);
}

static void eve_end(struct eve *s)
{
	json_decref(s->doc);
	buf_release(&s->message);
}

unsigned eve_score(const struct parse_input *in)
{
	struct eve s;
	unsigned score;

	if (!bytes_starts(in->content, "{"))
		return 0;
	eve_begin(&s);
	score = score_lines(in, &eve_form, &s);
	eve_end(&s);
	return score;
}

enum err_code eve_run(const struct parse_input *in, const struct parse_out *out,
		      struct err *err)
{
	enum err_code code;
	struct eve s;

	eve_begin(&s);
	code = say_lines(in, out, &eve_form, &s, err);
	eve_end(&s);
	return code;
}
