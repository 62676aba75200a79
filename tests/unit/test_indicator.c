/* SPDX-License-Identifier: Apache-2.0 */
/* Values and lists of indicators as people write them. */
#include "unit/unit.h"

#include "base/fs.h"
#include "base/time.h"
#include "model/indicator.h"

#define MD5_A  "0c2674c3a97c53082187d930efb645c2"
#define SHA1_A "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"
#define SHA2_A "c03318cb12b827c03d556c8747b1e323225df97bdc4258c2756b0d6a4fd52b47"

static void values_have_one_form(void **state)
{
	static const struct {
		enum indicator_kind kind;
		const char *typed, *normal; /* NULL: refused */
	} rows[] = {
		{INDICATOR_MD5, " 0C2674C3A97C53082187D930EFB645C2 ", MD5_A},
		{INDICATOR_MD5, SHA1_A, NULL},
		{INDICATOR_SHA1, "zz", NULL},
		{INDICATOR_SIZE, "1024", "1024"},
		{INDICATOR_SIZE, "-1", NULL},
		{INDICATOR_PATH, "/tmp/x/", "/tmp/x"},
		{INDICATOR_PATH, "tmp/x", NULL},
		{INDICATOR_IP, "192[.]0[.]2[.]7", "192.0.2.7"},
		{INDICATOR_IP, "192.0.2.7/24", "192.0.2.0/24"},
		{INDICATOR_IP, "192.0.2.7:443", "192.0.2.7:443"},
		{INDICATOR_IP, "2001:DB8:0::7", "2001:db8::7"},
		{INDICATOR_IP, "[2001:db8::7]:443", "[2001:db8::7]:443"},
		{INDICATOR_IP, "2001:db8::7/32", "2001:db8::/32"},
		{INDICATOR_IP, "192.0.2.7/33", NULL},
		{INDICATOR_IP, "192.0.2.7:0", NULL},
		{INDICATOR_IP, "192.0.2.256", NULL},
		{INDICATOR_DOMAIN, "*.Evil[.]Example.", "evil.example"},
		{INDICATOR_DOMAIN, "a[dot]b", "a.b"},
		{INDICATOR_DOMAIN, "localhost", NULL},
		{INDICATOR_DOMAIN, "192.0.2.7", NULL},
		{INDICATOR_DOMAIN, "a..b", NULL},
		{INDICATOR_DOMAIN, "a b.c", NULL},
		{INDICATOR_URL, "hxxps[:]//a[.]b/c", "https://a.b/c"},
		{INDICATOR_URL, "a.b/c", NULL},
		{INDICATOR_FILENAME, "\\.kit$", "\\.kit$"},
		{INDICATOR_FILENAME, "(a)\\1", NULL},
		{INDICATOR_PATH, "/\xff", NULL},
	};
	struct buf out;
	struct err err;

	(void)state;
	buf_init(&out, INDICATOR_VALUE_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum err_code code = indicator_normal(
			rows[i].kind, bytes_str(rows[i].typed), &out, &err);

		if (code != (rows[i].normal ? ERR_OK : ERR_FORMAT))
			fail_msg("%s: %s", rows[i].typed, err_name(code));
		assert_string_equal(buf_str(&out),
				    rows[i].normal ? rows[i].normal : "");
		buf_clear(&out);
	}
	buf_release(&out);
}

static void addresses_are_nets(void **state)
{
	struct indicator_net net;

	(void)state;
	assert_true(indicator_net(bytes_str("192.0.2.0/24"), &net));
	assert_int_equal(net.prefix, 120);
	assert_int_equal(net.addr[10], 0xff);
	assert_int_equal(net.addr[14], 2);
	assert_true(indicator_net(bytes_str("[::1]:22"), &net));
	assert_int_equal(net.port, 22);
	assert_int_equal(net.prefix, 128);
	assert_false(indicator_net(bytes_str("x"), &net));
}

/* ---- lists ---- */

struct heard {
	struct buf good, bad;
};

static enum err_code take(void *arg, const struct indicator *i,
			  struct err *err UNUSED)
{
	struct heard *h = arg;

	(void)buf_addf(&h->good, "%s %.*s|%.*s|%.*s|%.*s|%.*s\n",
		       indicator_kind_name(i->kind), (int)i->value.n,
		       (const char *)i->value.p, (int)i->severity.n,
		       (const char *)i->severity.p, (int)i->description.n,
		       (const char *)i->description.p, (int)i->source.n,
		       (const char *)i->source.p, (int)i->exclude.n,
		       (const char *)i->exclude.p);
	if (i->valid_until_ns != TIME_UNKNOWN)
		(void)buf_addf(&h->good, "until %" PRId64 "\n",
			       i->valid_until_ns / NS_PER_S);
	return ERR_OK;
}

static void bad(void *arg, uint64_t line, const char *why)
{
	struct heard *h = arg;

	(void)buf_addf(&h->bad, "%" PRIu64 ": %s\n", line, why);
}

static void assert_list(const char *list, const char *good, const char *wrong)
{
	struct heard h;
	struct indicator_reader reader = {
		.name = "list", .take = take, .bad = bad, .arg = &h};
	struct err err;

	buf_init(&h.good, 1u << 20);
	buf_init(&h.bad, 1u << 20);
	assert_ok(indicator_list_read(&reader, bytes_str(list), &err), err);
	assert_string_equal(buf_str(&h.good), good);
	assert_string_equal(buf_str(&h.bad), wrong);
	buf_release(&h.good);
	buf_release(&h.bad);
}

static void loki_file_names(void **state)
{
	(void)state;
	assert_list("#\n# FORMAT\n#\n\n# Kit of 2020\n"
		    "/tmp/\\.kit;80\r\n"
		    "update.msi;60\n"
		    "\n(?i)\\\\procdump(64)?\\.exe;50;(?i)(SysInternals\\\\)\n"
		    "(a)\\1;50\n"
		    "nothing at all\n",
		    "filename /tmp/\\.kit|80|Kit of 2020|list|\n"
		    "filename update.msi|60|Kit of 2020|list|\n"
		    "filename (?i)\\\\procdump(64)?\\.exe|50||list|"
		    "(?i)(SysInternals\\\\)\n",
		    "10: (a)\\\\1: back-references are not supported\n"
		    "11: neither a hash, an address, a domain, a URL nor "
		    "REGEX;SCORE\n");
}

static void loki_hashes_and_servers(void **state)
{
	(void)state;
	assert_list(MD5_A ";DEEP - x;y\n" SHA1_A ";60;driver\n"
		    SHA2_A "  a.out\n" SHA2_A ",b\n",
		    "md5 " MD5_A "||DEEP - x;y|list|\n"
		    "sha1 " SHA1_A "|60|driver|list|\n"
		    "sha256 " SHA2_A "||a.out|list|\n"
		    "sha256 " SHA2_A "||b|list|\n",
		    "");
	assert_list("# Op\nEvil.Example\n192.0.2.7;65\n10.0.0.0/8\n"
		    "hxxp://a[.]b/c;75\nx.example;50\n\n192.0.2.8\n",
		    "domain evil.example||Op|list|\n"
		    "ip 192.0.2.7|65|Op|list|\n"
		    "ip 10.0.0.0/8||Op|list|\n"
		    "url http://a.b/c|75|Op|list|\n"
		    "domain x.example|50|Op|list|\n"
		    "ip 192.0.2.8|||list|\n",
		    "");
}

static void tables_with_a_header(void **state)
{
	(void)state;
	assert_list("type,value,context,source,first_public,tlp\n"
		    "ipv4,192.0.2.7,\"a, \"\"b\"\" c\",NCSC,2020,CLEAR\n"
		    "string,abc,,,,\n"
		    "sha256,abc,,,,\n"
		    "md5," MD5_A ",\"x\n"
		    "domain,,,,,\n",
		    "ip 192.0.2.7||a, \"b\" c|NCSC (TLP:CLEAR)|\n",
		    "3: string is no kind that is looked for\n"
		    "4: abc is no sha256: that is 64 hex digits\n"
		    "5: a quote is never closed\n"
		    "6: the value is empty\n");
	assert_list("\xef\xbb\xbfValue, Severity,valid_until,exclude\n"
		    MD5_A ",high,2021-01-02,\n" MD5_A ",awful,,\n"
		    MD5_A ",,soon,\n",
		    "md5 " MD5_A "|high||list|\nuntil 1609545600\n",
		    "3: a severity is critical, high, medium, low, info or a "
		    "score of 0 to 100\n"
		    "4: valid_from and valid_until are dates\n");
}

/* All of signature-base's lists, when they are there. */
static void public_lists_are_read_whole(void **state)
{
	static const char *const names[] = {"filename", "hash", "c2"};
	const char *dir = getenv("HALLIGAN_SIGNATURE_BASE");

	(void)state;
	if (!dir)
		skip();
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct heard h;
		struct indicator_reader reader = {
			.name = "list", .take = take, .bad = bad, .arg = &h};
		char *path = xasprintf("%s/iocs/%s-iocs.txt", dir, names[i]);
		struct buf list;
		struct err err;

		buf_init(&list, INDICATOR_LIST_MAX);
		buf_init(&h.good, 64u << 20);
		buf_init(&h.bad, 1u << 20);
		assert_ok(fs_read(path, &list, &err), err);
		assert_ok(indicator_list_read(&reader, buf_bytes(&list), &err),
			  err);
		assert_string_equal(buf_str(&h.bad), "");
		assert_true(h.good.n > 10000);
		buf_release(&list);
		buf_release(&h.good);
		buf_release(&h.bad);
		free(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_have_one_form),
		cmocka_unit_test(addresses_are_nets),
		cmocka_unit_test(loki_file_names),
		cmocka_unit_test(loki_hashes_and_servers),
		cmocka_unit_test(tables_with_a_header),
		cmocka_unit_test(public_lists_are_read_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
