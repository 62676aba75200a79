/* SPDX-License-Identifier: Apache-2.0 */
/* Journals of systemd: both widths, all packings, holes and cuts. */
#include "unit/parse_kit.h"

#include <lz4.h>
#include <lzma.h>
#include <zstd.h>

#define FILE_MAX 65536
#define HEADER   240
#define TIME_US  UINT64_C(1700000000250000)

enum packing { PLAIN = 0, XZ = 1, LZ4 = 2, ZSTD = 4 };

struct made {
	uint8_t p[FILE_MAX];
	size_t n;
	bool compact;
	uint64_t entries;
};

static void put(uint8_t *p, uint64_t v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void begin(struct made *m, bool compact)
{
	memset(m, 0, sizeof *m);
	memcpy(m->p, "LPKSHHRH", 8);
	put(m->p + 12, (compact ? 16 : 0) | 1 | 2 | 8, 4);
	put(m->p + 88, HEADER, 8);
	m->n = HEADER;
	m->compact = compact;
}

/* Behind it, as journald does, there is room for more. */
static void end(struct made *m)
{
	m->n += 1024;
	put(m->p + 96, m->n - HEADER, 8);
	put(m->p + 152, m->entries, 8);
}

static size_t begin_object(struct made *m, uint8_t type, uint8_t flags,
			   size_t size)
{
	size_t at = m->n;

	assert_true(at + size + 2048 < FILE_MAX);
	m->p[at] = type;
	m->p[at + 1] = flags;
	put(m->p + at + 8, size, 8);
	m->n += (size + 7) & ~(size_t)7;
	return at;
}

static size_t pack(enum packing how, const char *text, uint8_t *out,
		   size_t room)
{
	size_t n = strlen(text), at = 0;
	lzma_filter filters[2] = {{LZMA_FILTER_LZMA2, NULL},
				  {LZMA_VLI_UNKNOWN, NULL}};
	lzma_options_lzma options;

	switch (how) {
	case PLAIN:
		memcpy(out, text, n);
		return n;
	case XZ: /* as journald does: without a check */
		assert_false(lzma_lzma_preset(&options, 0));
		filters[0].options = &options;
		assert_int_equal(
			lzma_stream_buffer_encode(filters, LZMA_CHECK_NONE,
						  NULL, (const uint8_t *)text,
						  n, out, &at, room),
			LZMA_OK);
		return at;
	case LZ4:
		put(out, n, 8);
		return 8 + (size_t)LZ4_compress_default(text, (char *)out + 8,
							(int)n, (int)room - 8);
	case ZSTD:
		at = ZSTD_compress(out, room, text, n, 1);
		assert_false(ZSTD_isError(at));
		return at;
	}
	return 0;
}

static uint64_t add_data(struct made *m, enum packing how, const char *text)
{
	uint8_t packed[16384];
	size_t head = m->compact ? 72 : 64;
	size_t n = pack(how, text, packed, sizeof packed);
	size_t at = begin_object(m, 1, (uint8_t)how, head + n);

	memcpy(m->p + at + head, packed, n);
	return at;
}

static size_t add_entry(struct made *m, uint64_t us, const uint64_t *items,
			size_t n)
{
	size_t step = m->compact ? 4 : 16;
	size_t at = begin_object(m, 3, 0, 64 + n * step);

	put(m->p + at + 24, us, 8);
	for (size_t i = 0; i < n; i++)
		put(m->p + at + 64 + i * step, items[i], m->compact ? 4 : 8);
	m->entries++;
	return at;
}

/* As sshd's, of a process of that number. */
static size_t add_login(struct made *m, enum packing how, uint64_t us,
			const char *text)
{
	uint64_t items[4] = {
		add_data(m, PLAIN, "_PID=12"),
		add_data(m, PLAIN, "SYSLOG_IDENTIFIER=sshd-session"),
		add_data(m, how, text),
		add_data(m, how,
			 "X=unused unused "
			 "unused unused")};

	return add_entry(m, us, items, 4);
}

static struct parsed read_it(const struct made *m)
{
	struct parse_input in = {.content = bytes_of(m->p, m->n),
				 .path = bytes_str("/var/log/journal/x"),
				 .mtime_ns = TIME_UNKNOWN,
				 .taken_ns = TIME_UNKNOWN};
	struct parsed p;
	struct err err;

	assert_ptr_equal(parser_guess(&in), parser_find("journal"));
	assert_ok(parse_keep(parser_find("journal"), &in, &p, &err), err);
	return p;
}

#define LOGIN                                                                  \
	"MESSAGE=Accepted publickey for root from 192.0.2.7 port 22 ssh2: "    \
	"ED25519 SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SAID (strlen("MESSAGE="))

static struct made m;

static void all_forms_are_read(void **state UNUSED)
{
	static const enum packing packings[] = {PLAIN, XZ, LZ4, ZSTD};

	for (size_t i = 0; i < 2 * ARRAY_SIZE(packings); i++) {
		struct parsed p;
		size_t at;

		begin(&m, i & 1);
		at = add_login(&m, packings[i / 2], TIME_US, LOGIN);
		end(&m);
		p = read_it(&m);
		assert_int_equal(p.n_events, 1);
		assert_int_equal(p.n_problems, 0);
		hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "ssh.accepted",
			   "root",
			   "sshd-session[12]: Accepted publickey for root "
			   "from 192.0.2.7 port 22 ssh2: ED25519 SHA256:"
			   "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
		assert_int_equal(p.events[0].e.offset, at);
		assert_int_equal(p.events[0].e.length, i & 1 ? 80 : 128);
		assert_true(p.events[0].e.precision_ns == NS_PER_US);
		parsed_release(&p);
	}
}

static void what_is_long_is_cut(void **state UNUSED)
{
	static char text[300000] = "MESSAGE=";
	struct parsed p;

	memset(text + SAID, 'a', sizeof text - SAID - 1);
	begin(&m, true);
	(void)add_login(&m, ZSTD, TIME_US, text);
	(void)add_login(&m, LZ4, TIME_US, text);
	(void)add_login(&m, XZ, TIME_US, text);
	end(&m);
	p = read_it(&m);
	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 0);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(strlen(p.events[i].message),
				 PARSE_MESSAGE_MAX);
	parsed_release(&p);
}

static void a_cut_costs_what_is_behind_it(void **state UNUSED)
{
	struct parsed p;
	size_t at = 0;

	begin(&m, false);
	for (size_t i = 0; i < 5; i++)
		at = add_login(&m, ZSTD, TIME_US + i, LOGIN);
	end(&m);
	m.n = at + 100; /* within the last entry */
	p = read_it(&m);
	assert_int_equal(p.n_events, 4);
	assert_true(p.n_problems >= 1);
	parsed_release(&p);
}

static void damage_costs_one_entry(void **state UNUSED)
{
	uint64_t bad, good, items[2], old;
	struct parsed p;

	begin(&m, false);
	(void)add_login(&m, PLAIN, TIME_US, LOGIN);
	bad = add_data(&m, ZSTD, "MESSAGE=lost lost lost lost lost lost");
	items[0] = bad;
	(void)add_entry(&m, TIME_US, items, 1);
	good = add_data(&m, PLAIN, "MESSAGE=kept");
	items[0] = good;
	items[1] = 12345671; /* nowhere */
	(void)add_entry(&m, TIME_US + 1, items, 2);
	(void)add_login(&m, PLAIN, TIME_US, LOGIN);
	end(&m);
	memset(m.p + bad + 64, 0xff, 8); /* what is packed there */
	p = read_it(&m);
	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 2);
	hold_event(&p, 1, "2023-11-14T22:13:20.250001Z", "journal", "", "kept");
	parsed_release(&p);
	/* A size that leads nowhere: the walk finds the next object. */
	old = bad + 8;
	put(m.p + old, UINT64_C(1) << 40, 8);
	p = read_it(&m);
	assert_int_equal(p.n_events, 3);
	assert_true(p.n_problems >= 2);
	parsed_release(&p);
}

static void odd_entries(void **state UNUSED)
{
	uint64_t items[3];
	struct parsed p;

	begin(&m, true);
	items[0] = add_data(&m, PLAIN, "_TRANSPORT=kernel");
	items[1] = add_data(&m, PLAIN,
			    "MESSAGE=device eth0 entered "
			    "promiscuous mode");
	(void)add_entry(&m, TIME_US, items, 2);
	items[0] = add_data(&m, PLAIN, "_COMM=tool");
	items[1] = add_data(&m, PLAIN, "UNIT=a.service");
	items[2] = add_data(&m, PLAIN, "RESULT=done");
	(void)add_entry(&m, TIME_US, items, 3);
	(void)add_entry(&m, 0, items, 2); /* no time */
	m.entries++;                      /* one that somebody took out */
	end(&m);
	p = read_it(&m);
	assert_int_equal(p.n_events, 2);
	assert_int_equal(p.n_problems, 2);
	assert_string_equal(p.last_problem,
			    "fewer entries than its header counts");
	hold_event(&p, 0, "2023-11-14T22:13:20.25Z", "kernel.promiscuous",
		   "kernel", "kernel: device eth0 entered promiscuous mode");
	hold_event(&p, 1, "2023-11-14T22:13:20.25Z", "journal", "tool",
		   "tool: UNIT=a.service RESULT=done");
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_forms_are_read),
		cmocka_unit_test(what_is_long_is_cut),
		cmocka_unit_test(a_cut_costs_what_is_behind_it),
		cmocka_unit_test(damage_costs_one_entry),
		cmocka_unit_test(odd_entries),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
