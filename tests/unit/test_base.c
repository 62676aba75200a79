/* SPDX-License-Identifier: Apache-2.0 */
/* Units of src/base. */
#include "unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/chan.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/json.h"
#include "base/mailbox.h"
#include "base/nameset.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "base/wait.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static void err_errno_picks_the_code(void **state UNUSED)
{
	struct err err;

	errno = ENOENT;
	assert_code(err_errno(&err, "opening x"), ERR_NOTFOUND);
	assert_string_equal(err.msg, "opening x: No such file or directory");
	assert_code(err_wrap(&err, "case"), ERR_NOTFOUND);
	assert_string_equal(err.msg,
			    "case: opening x: No such file or directory");
}

static void err_names_are_unique_and_found_again(void **state UNUSED)
{
	for (int i = 0; i < ERR_N_CODES; i++)
		assert_int_equal(err_from_name(err_name((enum err_code)i)), i);
	assert_int_equal(err_exit_status(ERR_HOSTKEY), 12);
	assert_int_equal(err_exit_status(ERR_VERIFY), 4);
	assert_int_equal(err_from_name("nonsense"), ERR_FORMAT);
}

static void err_long_messages_are_cut(void **state UNUSED)
{
	char big[2 * ERR_MSG_MAX];
	struct err err;

	memset(big, 'x', sizeof big - 1);
	big[sizeof big - 1] = '\0';
	err_set(&err, ERR_IO, "%s", big);
	err_wrap(&err, "%s", "outer");
	assert_int_equal(strlen(err.msg), ERR_MSG_MAX - 1);
}

static void buf_never_grows_past_its_maximum(void **state UNUSED)
{
	struct buf b;

	buf_init(&b, 10);
	assert_true(buf_add(&b, "12345678", 8));
	assert_false(buf_add(&b, "abc", 3));
	assert_true(b.full);
	assert_int_equal(b.n, 8);
	assert_true(buf_add(&b, "90", 2));
	assert_string_equal(buf_str(&b), "1234567890");
	assert_false(buf_addf(&b, "%d", 1));
	buf_consume(&b, 8);
	assert_string_equal(buf_str(&b), "90");
	assert_null(buf_reserve(&b, SIZE_MAX));
	buf_release(&b);
}

/* Whoever has no maximum in mind gets memory, not a size that is 0 again. */
static void buf_without_a_maximum_grows(void **state UNUSED)
{
	struct buf b;

	buf_init(&b, SIZE_MAX);
	for (unsigned i = 0; i < 1000; i++)
		assert_true(buf_add_str(&b, "0123456789"));
	assert_int_equal(b.n, 10000);
	assert_true(b.cap > b.n);
	assert_int_equal(strlen(buf_str(&b)), 10000);
	buf_consume(&b, 9990);
	assert_true(buf_add_str(&b, "abc"));
	assert_string_equal(buf_str(&b), "0123456789abc");
	assert_null(buf_reserve(&b, SIZE_MAX - b.n));
	assert_null(buf_reserve(&b, SIZE_MAX - b.n - 1));
	assert_null(buf_reserve(&b, SIZE_MAX / 2));
	assert_true(b.full);
	buf_release(&b);
}

/* A queue at work: what comes out is what went in, and it does not grow. */
static void buf_is_a_queue(void **state UNUSED)
{
	uint8_t next_in = 0, next_out = 0;
	struct buf b;

	buf_init(&b, 1000);
	for (unsigned i = 0; i < 5000; i++) {
		for (unsigned k = 0; k < 40 && b.n < 1000; k++)
			assert_true(buf_add_byte(&b, next_in++));
		assert_false(b.n == 1000 && buf_add_byte(&b, 0));
		for (size_t k = MIN(b.n, (size_t)(i % 50)); k; k--) {
			assert_int_equal(b.p[0], next_out++);
			buf_consume(&b, 1);
		}
		assert_true(b.off + b.cap <= 2 * 1000 + 1);
	}
	buf_clear(&b);
	assert_int_equal(b.off, 0);
	assert_true(buf_add_str(&b, "secret, open"));
	buf_consume(&b, 8);
	buf_wipe_rest(&b);
	assert_memory_equal(b.p - b.off, "\0\0\0\0\0\0\0\0open\0", 13);
	{
		char *s = buf_detach(&b);

		assert_string_equal(s, "open");
		free(s);
	}
	buf_release(&b);
}

static void reader_stops_at_the_end(void **state UNUSED)
{
	struct reader r = reader_of(LIT("\0\0\0\3abc\0\0\0\5xy"));
	struct bytes s = rd_sshstr(&r);

	assert_true(bytes_eq(s, LIT("abc")));
	s = rd_sshstr(&r);
	assert_int_equal(s.n, 0);
	assert_true(r.bad);
	assert_int_equal(rd_u64be(&r), 0);
}

static void numbers_refuse_junk_and_overflow(void **state UNUSED)
{
	uint64_t v = 7;

	assert_true(bytes_to_u64(LIT("18446744073709551615"), &v));
	assert_true(v == UINT64_MAX);
	assert_false(bytes_to_u64(LIT("18446744073709551616"), &v));
	assert_false(bytes_to_u64(LIT("-1"), &v));
	assert_false(bytes_to_u64(LIT(""), &v));
	assert_false(bytes_to_u64(LIT("1 "), &v));
	assert_true(bytes_hex_to_u64(LIT("fFffffFFffffffff"), &v));
	assert_true(v == UINT64_MAX);
	assert_true(bytes_hex_to_u64(LIT("0100007F"), &v) && v == 0x100007f);
	assert_false(bytes_hex_to_u64(LIT("00000000000000001"), &v));
	assert_false(bytes_hex_to_u64(LIT(""), &v));
	assert_false(bytes_hex_to_u64(LIT("0x1"), &v));
	assert_false(bytes_hex_to_u64(LIT("1g"), &v));
	assert_false(bytes_hex_to_u64(LIT("\x11"), &v));
	assert_false(bytes_hex_to_u64(LIT("1@"), &v));
	assert_true(bytes_to_centi(LIT("2"), &v) && v == 200);
	assert_true(bytes_to_centi(LIT("0.5"), &v) && v == 50);
	assert_true(bytes_to_centi(LIT("10.259"), &v) && v == 1025);
	assert_false(bytes_to_centi(LIT("1."), &v));
	assert_false(bytes_to_centi(LIT(".5"), &v));
	assert_false(bytes_to_centi(LIT("1.5x"), &v));
	assert_false(bytes_to_centi(LIT("18446744073709551615"), &v));
}

static void split_gives_empty_pieces(void **state UNUSED)
{
	struct bytes rest = LIT("a::b:"), piece;

	assert_true(bytes_split(&rest, ':', &piece));
	assert_true(bytes_eq(piece, LIT("a")));
	assert_true(bytes_split(&rest, ':', &piece));
	assert_int_equal(piece.n, 0);
	assert_true(bytes_split(&rest, ':', &piece));
	assert_true(bytes_eq(piece, LIT("b")));
	assert_false(bytes_split(&rest, ':', &piece));
}

static const struct {
	const char *name;
	struct bytes in;
	unsigned max;
	const char *out;
	unsigned cells;
} texts[] = {
	{"plain", {(const uint8_t *)"abc", 3}, 0, "abc", 3},
	{"escape", {(const uint8_t *)"\x1b[31m", 5}, 0, "\\x1b[31m", 8},
	{"newline, CR, tab", {(const uint8_t *)"a\n\r\t", 4}, 0,
	 "a\\x0a\\x0d\\x09", 13},
	{"NUL", {(const uint8_t *)"a\0b", 3}, 0, "a\\x00b", 6},
	{"typed escape differs", {(const uint8_t *)"\\x1b", 4}, 0, "\\\\x1b", 5},
	{"DEL", {(const uint8_t *)"\x7f", 1}, 0, "\\x7f", 4},
	{"C1 as UTF-8", {(const uint8_t *)"\xc2\x9b", 2}, 0, "\\x9b", 4},
	{"C1 as a byte", {(const uint8_t *)"\x9b", 1}, 0, "\\x9b", 4},
	{"bidi override", {(const uint8_t *)"\xe2\x80\xae", 3}, 0,
	 "\\u{202e}", 8},
	{"zero width space", {(const uint8_t *)"\xe2\x80\x8b", 3}, 0,
	 "\\u{200b}", 8},
	{"tag character", {(const uint8_t *)"\xf3\xa0\x81\x81", 4}, 0,
	 "\\u{e0041}", 9},
	{"hangul filler", {(const uint8_t *)"\xe3\x85\xa4", 3}, 0,
	 "\\u{3164}", 8},
	{"line separator", {(const uint8_t *)"\xe2\x80\xa8", 3}, 0,
	 "\\u{2028}", 8},
	{"surrogate", {(const uint8_t *)"\xed\xa0\x80", 3}, 0,
	 "\\xed\\xa0\\x80", 12},
	{"overlong", {(const uint8_t *)"\xc0\xaf", 2}, 0, "\\xc0\\xaf", 8},
	{"truncated", {(const uint8_t *)"\xe2\x82", 2}, 0, "\\xe2\\x82", 8},
	{"umlaut", {(const uint8_t *)"\xc3\xbc", 2}, 0, "\xc3\xbc", 1},
	{"wide", {(const uint8_t *)"\xe6\xbc\xa2", 3}, 0, "\xe6\xbc\xa2", 2},
	{"cut", {(const uint8_t *)"abcdef", 6}, 4, "abc~", 4},
	{"fits exactly", {(const uint8_t *)"abcd", 4}, 4, "abcd", 4},
	{"wide is not halved", {(const uint8_t *)"a\xe6\xbc\xa2\xe6\xbc\xa2", 7},
	 4, "a\xe6\xbc\xa2~", 4},
	{"escape is not halved", {(const uint8_t *)"ab\x1bz", 4}, 5, "ab~", 3},
	{"no room", {(const uint8_t *)"ab", 2}, 1, "~", 1},
};

static void text_spells_out_what_terminals_obey(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct text t;

		text_from_bytes(&t, texts[i].in, texts[i].max);
		if (strcmp(text_str(&t), texts[i].out) != 0 ||
		    t.cells != texts[i].cells)
			fail_msg("%s: '%s', %u cells", texts[i].name,
				 text_str(&t), t.cells);
		text_release(&t);
	}
}

static void text_limits_combining_marks(void **state UNUSED)
{
	struct text t;

	text_from_bytes(&t, LIT("a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"),
			0);
	assert_string_equal(t.s,
			    "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\\u{0301}");
	text_release(&t);
}

/* Every code point, shown, is plain text: the sanitiser's own fixpoint. */
static void text_of_every_code_point_is_plain(void **state UNUSED)
{
	for (uint32_t cp = 0; cp < 0x110000; cp += cp < 0x3000 ? 1 : 37) {
		uint8_t u[4];
		size_t n = 0;
		struct text t;

		if (cp < 0x80) {
			u[n++] = (uint8_t)cp;
		} else if (cp < 0x800) {
			u[n++] = (uint8_t)(0xc0 | cp >> 6);
			u[n++] = (uint8_t)(0x80 | (cp & 63));
		} else if (cp < 0x10000) {
			u[n++] = (uint8_t)(0xe0 | cp >> 12);
			u[n++] = (uint8_t)(0x80 | (cp >> 6 & 63));
			u[n++] = (uint8_t)(0x80 | (cp & 63));
		} else {
			u[n++] = (uint8_t)(0xf0 | cp >> 18);
			u[n++] = (uint8_t)(0x80 | (cp >> 12 & 63));
			u[n++] = (uint8_t)(0x80 | (cp >> 6 & 63));
			u[n++] = (uint8_t)(0x80 | (cp & 63));
		}
		text_from_bytes(&t, bytes_of(u, n), 0);
		if (!text_is_plain(bytes_of(t.s, t.n)))
			fail_msg("U+%04X is not plain when shown", cp);
		text_release(&t);
	}
}

static void shown_fits_its_array(void **state UNUSED)
{
	uint8_t big[4096];

	memset(big, 0x1b, sizeof big);
	assert_true(strlen(shown(bytes_of(big, sizeof big)).s) < 240);
}

static void assert_dated(int64_t when_ns)
{
	int64_t down = when_ns % NS_PER_S < 0;
	time_t t = (time_t)(when_ns / NS_PER_S - down);
	char ours[TIME_TEXT_MAX], libcs[TIME_TEXT_MAX];
	struct tm tm;

	assert_non_null(gmtime_r(&t, &tm));
	assert_true(strftime(libcs, sizeof libcs, "%Y-%m-%d %H:%M:%SZ", &tm) >
		    0);
	assert_string_equal(time_format_short(when_ns, ours), libcs);
}

/* Each day of all years that nanoseconds of 64 bits have, at another hour. */
static void time_has_the_date_that_libc_has(void **state UNUSED)
{
	const int64_t step = (86400 - 3599) * NS_PER_S - 1;
	int64_t when = TIME_UNKNOWN + 1;

	if (sizeof(time_t) < 8)
		skip();
	for (; when < INT64_MAX - step; when += step)
		assert_dated(when);
	assert_dated(INT64_MAX);
	assert_dated(0);
	assert_dated(-1);
}

static void time_formats_and_parses(void **state UNUSED)
{
	static const struct {
		const char *in, *out;
	} cases[] = {
		{"2026-11-21T22:14:05Z", "2026-11-21T22:14:05.000000+00:00"},
		{"2026-11-21 22:14:05.1234567+02:00",
		 "2026-11-21T20:14:05.123456+00:00"},
		{"1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500000+00:00"},
		{"2000-02-29T00:00:00-00:30",
		 "2000-02-29T00:30:00.000000+00:00"},
	};
	char out[TIME_TEXT_MAX];
	int64_t t;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_true(time_parse(bytes_str(cases[i].in), &t));
		assert_string_equal(time_format(t, TIME_US, out),
				    cases[i].out);
	}
	assert_false(time_parse(LIT("2026-13-01T00:00:00Z"), &t));
	assert_false(time_parse(LIT("2026-11-21T22:14:05"), &t));
	assert_false(time_parse(LIT("2026-11-21T22:14:05Zx"), &t));
	assert_string_equal(time_format(TIME_UNKNOWN, TIME_S, out), "-");
	assert_string_equal(time_format_span(2 * 3600 * NS_PER_S +
					     600 * NS_PER_S, out), "2h10");
}

static void hashes_agree_with_the_standards(void **state UNUSED)
{
	uint8_t d[HASH_LEN_MAX];
	char hex[HASH_HEX_MAX];
	struct hash h;

	hash_sha256(LIT("abc"), d); /* FIPS 180-4 example */
	assert_string_equal(
		hex_encode(bytes_of(d, 32), hex, sizeof hex),
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2"
		"0015ad");
	hash_init(&h, HASH_SHA256); /* each is the hash of its bytes alone */
	for (int i = 0; i < 3; i++) {
		uint8_t each[HASH_LEN_MAX];

		hash_each(&h, LIT("abcd"), each);
		assert_int_not_equal(memcmp(each, d, 32), 0);
		hash_each(&h, LIT(""), each);
		hash_each(&h, LIT("abc"), each);
		assert_memory_equal(each, d, 32);
	}
	hash_release(&h);
	hash_init(&h, HASH_MD5); /* RFC 1321 A.5 */
	hash_add(&h, LIT("a"));
	hash_add(&h, LIT("bc"));
	assert_int_equal(hash_final(&h, d), 16);
	assert_string_equal(hex_encode(bytes_of(d, 16), hex, sizeof hex),
			    "900150983cd24fb0d6963f7d28e17f72");
	assert_true(hex_decode(LIT("00ffA0"), d, 3));
	assert_int_equal(d[2], 0xa0);
	assert_false(hex_decode(LIT("0g"), d, 1));
	assert_false(hex_decode(LIT("000"), d, 1));
}

/* Wherever the byte stands: ASCII is told by eight bytes at a time. */
static void odd_bytes_are_found_everywhere(void **state UNUSED)
{
	char text[40];

	for (size_t n = 0; n < sizeof text; n++) {
		memset(text, 'a', sizeof text);
		assert_true(utf8_is_valid(bytes_of(text, n)));
		for (size_t i = 0; i < n; i++) {
			text[i] = '\xff';
			assert_false(utf8_is_valid(bytes_of(text, n)));
			text[i] = 'a';
			if (i + 1 == n)
				continue;
			memcpy(text + i, "\xc3\xa9", 2);
			assert_true(utf8_is_valid(bytes_of(text, n)));
			assert_false(utf8_is_valid(bytes_of(text, i + 1)));
			memset(text + i, 'a', 2);
		}
	}
}

static void base64_goes_both_ways(void **state UNUSED)
{
	uint8_t back[64], data[40];
	size_t n;

	for (size_t len = 0; len < sizeof data; len++) {
		char *s;

		memset(data, (int)(len * 7), len);
		s = base64_encode(bytes_of(data, len), true);
		assert_true(base64_decode(bytes_str(s), back, sizeof back, &n));
		assert_int_equal(n, len);
		assert_memory_equal(back, data, len);
		free(s);
	}
	assert_false(base64_decode(LIT("a*b="), back, sizeof back, &n));
	assert_false(base64_decode(LIT("AAAAAAAA"), back, 3, &n));
}

static void json_is_valid_for_any_bytes(void **state UNUSED)
{
	struct buf b;
	struct json j;

	buf_init(&b, 4096);
	j = json_to(&b);
	json_begin_object(&j, NULL);
	json_str(&j, "a", "q\"\\\n\x01");
	json_bytes(&j, "p", LIT("x\xff"));
	json_begin_array(&j, "l");
	json_int(&j, NULL, -5);
	json_bool(&j, NULL, true);
	json_no_value(&j, NULL);
	json_end_array(&j);
	json_str(&j, "sep", "\xe2\x80\xa8");
	json_str(&j, "csi", "\xc2\x9b" "2J\x7f");
	json_str(&j, "bidi", "a\xe2\x80\xae" "b\xc3\xa9");
	json_str(&j, "tag", "\xf3\xa0\x81\x81");
	json_end_object(&j);
	assert_string_equal(buf_str(&b),
			    "{\"a\":\"q\\\"\\\\\\n\\u0001\",\"p\":\"x\\\\xff\","
			    "\"p_b64\":\"eP8=\",\"l\":[-5,true,null],"
			    "\"sep\":\"\\u2028\","
			    "\"csi\":\"\\u009b2J\\u007f\","
			    "\"bidi\":\"a\\u202eb\xc3\xa9\","
			    "\"tag\":\"\\udb40\\udc41\"}");
	buf_release(&b);
}

static void uuids_sort_by_time_and_differ(void **state UNUSED)
{
	struct uuid last = uuid_v7();

	for (int i = 0; i < 20000; i++) {
		struct uuid next = uuid_v7();

		assert_true(uuid_is_valid(next.s));
		assert_int_equal(next.s[14], '7');
		assert_true(strcmp(last.s, next.s) < 0);
		last = next;
	}
	assert_false(uuid_is_valid("0193"));
}

struct letter {
	struct mail mail;
	int number;
};

static struct letter *letter_new(int number, size_t weight)
{
	struct letter *l = xcalloc(1, sizeof *l);

	l->mail.weight = weight;
	l->number = number;
	return l;
}

static void mailbox_is_bounded_and_in_order(void **state UNUSED)
{
	struct mailbox m;
	struct letter *l, *extra;
	struct err err;

	assert_ok(mailbox_init(&m, 100, &err), err);
	assert_true(mailbox_post(&m, &letter_new(1, 60)->mail));
	extra = letter_new(2, 60);
	assert_false(mailbox_post(&m, &extra->mail));
	assert_true(mailbox_post_urgent(&m, &extra->mail));
	for (int i = 1; i <= 2; i++) {
		l = (struct letter *)mailbox_take(&m);
		assert_int_equal(l->number, i);
		free(l);
	}
	assert_null(mailbox_take(&m));
	assert_true(mailbox_post(&m, &letter_new(3, 9999)->mail));
	free(mailbox_take(&m));
	mailbox_close(&m);
	l = letter_new(4, 1);
	assert_false(mailbox_post(&m, &l->mail));
	free(l);
	mailbox_release(&m);
}

/* It rings from the first letter to the last, and is silent when empty. */
static void mailbox_rings_while_it_has_mail(void **state UNUSED)
{
	struct mailbox m;
	struct pollfd p = {.events = POLLIN};
	struct err err;

	assert_ok(mailbox_init(&m, 1000, &err), err);
	p.fd = m.fd;
	for (int round = 0; round < 2; round++) {
		assert_int_equal(poll(&p, 1, 0), 0);
		for (int i = 0; i < 3; i++)
			assert_true(mailbox_post(&m, &letter_new(i, 1)->mail));
		for (int i = 0; i < 3; i++) {
			assert_int_equal(poll(&p, 1, 0), 1);
			free(mailbox_take(&m));
		}
	}
	assert_int_equal(poll(&p, 1, 0), 0);
	mailbox_release(&m);
}

#define N_LETTERS 20000

static void *post_letters(void *arg)
{
	for (int i = 0; i < N_LETTERS; i++)
		if (!mailbox_post_wait(arg, &letter_new(i, 64)->mail))
			return NULL;
	return arg;
}

static void mailbox_waits_for_room(void **state UNUSED)
{
	struct mailbox m;
	pthread_t poster;
	struct err err;
	void *result;

	assert_ok(mailbox_init(&m, 1024, &err), err);
	assert_int_equal(pthread_create(&poster, NULL, post_letters, &m), 0);
	for (int i = 0; i < N_LETTERS;) {
		struct letter *l =
			(struct letter *)mailbox_take_wait(&m, -1);

		if (!l)
			continue;
		assert_int_equal(l->number, i);
		free(l);
		i++;
	}
	pthread_join(poster, &result);
	assert_ptr_equal(result, &m);
	mailbox_release(&m);
}

static void chan_carries_frames_and_descriptors(void **state UNUSED)
{
	struct deadline d = deadline_in(10 * NS_PER_S, NULL);
	struct chan a, b;
	struct frame f;
	struct err err;
	int fds[2], fd;

	assert_ok(chan_pair(fds, &err), err);
	chan_init(&a, fds[0]);
	chan_init(&b, fds[1]);
	assert_ok(chan_send(&a, 7, LIT("hello"), &err), err);
	assert_ok(chan_send_fd(&a, 8, LIT(""), 0, d, &err), err);
	assert_ok(chan_wait(&b, &f, d, &err), err);
	assert_int_equal(f.type, 7);
	assert_true(bytes_eq(f.body, LIT("hello")));
	assert_ok(chan_wait(&b, &f, d, &err), err);
	assert_int_equal(f.type, 8);
	fd = chan_take_fd(&b);
	assert_true(fd >= 0);
	close(fd);
	chan_release(&a);
	assert_code(chan_wait(&b, &f, d, &err), ERR_NET);
	chan_release(&b);
}

static void chan_refuses_a_huge_length(void **state UNUSED)
{
	struct chan b;
	struct frame f;
	struct err err;
	int fds[2];
	bool got;

	assert_ok(chan_pair(fds, &err), err);
	chan_init(&b, fds[1]);
	assert_int_equal(write(fds[0], "\xff\xff\xff\xff\0\0\0\1", 8), 8);
	assert_ok(chan_fill(&b, &err), err);
	assert_code(chan_next(&b, &f, &got, &err), ERR_FORMAT);
	close(fds[0]);
	chan_release(&b);
}

static void waiting_ends_at_deadline_and_cancel(void **state UNUSED)
{
	struct cancel c;
	struct err err;
	int fds[2];

	assert_ok(cancel_init(&c, &err), err);
	assert_int_equal(pipe(fds), 0);
	assert_code(wait_fd(fds[0], 1, deadline_in(NS_PER_MS, &c), &err),
		    ERR_TIMEOUT);
	cancel_raise(&c);
	assert_code(wait_fd(fds[0], 1, deadline_in(INT64_MAX, &c), &err),
		    ERR_CANCELLED);
	close(fds[0]);
	close(fds[1]);
	cancel_release(&c);
}

static void files_are_capped_and_replaced_whole(void **state UNUSED)
{
	char dir[] = "/tmp/halligan-base.XXXXXX", path[64];
	struct buf b;
	struct err err;

	assert_non_null(mkdtemp(dir));
	(void)snprintf(path, sizeof path, "%s/a/b", dir);
	assert_ok(fs_make_dirs(path, 0700, &err), err);
	(void)snprintf(path, sizeof path, "%s/a/b/f", dir);
	assert_ok(fs_replace(path, LIT("0123456789"), 0600, &err), err);
	buf_init(&b, 10);
	assert_ok(fs_read(path, &b, &err), err);
	assert_int_equal(b.n, 10);
	buf_release(&b);
	buf_init(&b, 9);
	assert_code(fs_read(path, &b, &err), ERR_LIMIT);
	buf_release(&b);
	assert_code(fs_read("/nonexistent/x", &b, &err), ERR_NOTFOUND);
	assert_ok(fs_remove_tree(dir, &err), err);
	assert_int_not_equal(access(dir, F_OK), 0);
}

static void secrets_are_wiped(void **state UNUSED)
{
	struct secret s = {0};

	secret_set(&s, LIT("hunter2"));
	assert_true(bytes_eq(secret_bytes(&s), LIT("hunter2")));
	secret_release(&s);
	assert_null(s.page);
}

static void names_are_kept_once_and_in_order(void **state UNUSED)
{
	struct nameset s = {0};
	char name[16];

	assert_false(nameset_has(&s, LIT("0")));
	for (int round = 0; round < 2; round++)
		for (int i = 99; i >= 0; i--) {
			(void)snprintf(name, sizeof name, "%d", i);
			assert_int_equal(nameset_add(&s, bytes_str(name)),
					 round == 0);
		}
	assert_int_equal(s.n, 100);
	assert_string_equal(s.v[0], "99");
	assert_string_equal(s.v[99], "0");
	assert_true(nameset_has(&s, LIT("42")));
	assert_false(nameset_has(&s, LIT("100")));
	nameset_release(&s);
	assert_int_equal(s.n, 0);
	assert_false(nameset_has(&s, LIT("42")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(err_errno_picks_the_code),
		cmocka_unit_test(err_names_are_unique_and_found_again),
		cmocka_unit_test(err_long_messages_are_cut),
		cmocka_unit_test(buf_never_grows_past_its_maximum),
		cmocka_unit_test(buf_without_a_maximum_grows),
		cmocka_unit_test(buf_is_a_queue),
		cmocka_unit_test(reader_stops_at_the_end),
		cmocka_unit_test(numbers_refuse_junk_and_overflow),
		cmocka_unit_test(split_gives_empty_pieces),
		cmocka_unit_test(text_spells_out_what_terminals_obey),
		cmocka_unit_test(text_limits_combining_marks),
		cmocka_unit_test(text_of_every_code_point_is_plain),
		cmocka_unit_test(shown_fits_its_array),
		cmocka_unit_test(time_formats_and_parses),
		cmocka_unit_test(time_has_the_date_that_libc_has),
		cmocka_unit_test(hashes_agree_with_the_standards),
		cmocka_unit_test(base64_goes_both_ways),
		cmocka_unit_test(odd_bytes_are_found_everywhere),
		cmocka_unit_test(mailbox_rings_while_it_has_mail),
		cmocka_unit_test(json_is_valid_for_any_bytes),
		cmocka_unit_test(uuids_sort_by_time_and_differ),
		cmocka_unit_test(mailbox_is_bounded_and_in_order),
		cmocka_unit_test(mailbox_waits_for_room),
		cmocka_unit_test(chan_carries_frames_and_descriptors),
		cmocka_unit_test(chan_refuses_a_huge_length),
		cmocka_unit_test(waiting_ends_at_deadline_and_cancel),
		cmocka_unit_test(files_are_capped_and_replaced_whole),
		cmocka_unit_test(secrets_are_wiped),
		cmocka_unit_test(names_are_kept_once_and_in_order),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
