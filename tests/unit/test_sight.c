/* SPDX-License-Identifier: Apache-2.0 */
/* Indicators in a plan: how they are looked up, and what the kernel's tables
 * of sockets say. */
#include "unit/unit.h"

#include "base/hash.h"
#include "base/time.h"
#include "probe/indicator.h"
#include "probe/socket.h"
#include "unit/probe_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static enum err_code plan_indicator(struct plan *plan, const char *kind,
				    const char *value, const char *exclude)
{
	struct req_indicator req = {.id = bytes_str(value),
				    .kind = bytes_str(kind),
				    .value = bytes_str(value),
				    .exclude = bytes_str(exclude)};
	struct err err;

	return plan_add_indicator(plan, &req, &err);
}

static void bad_indicators_are_refused(void **state UNUSED)
{
	static const struct {
		const char *kind, *value, *exclude;
		enum err_code code;
	} rows[] = {
		{"ip", "192.0.2.7", "", ERR_OK},
		{"colour", "red", "", ERR_UNSUPPORTED},
		{"ip", "192.0.2.7/24", "", ERR_FORMAT},
		{"domain", "Evil.Example", "", ERR_FORMAT},
		{"filename", "(a)\\1", "", ERR_FORMAT},
		{"filename", "a", "(a)\\1", ERR_FORMAT},
		{"md5", "00", "", ERR_FORMAT},
	};
	struct plan plan = {0};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_code(plan_indicator(&plan, rows[i].kind, rows[i].value,
					   rows[i].exclude),
			    rows[i].code);
	assert_int_equal(plan.n_indicators, 1);
	plan_release(&plan);
}

static void assert_seen(const struct plan *plan, const struct sightings *seen,
			const char *want)
{
	struct buf got;

	buf_init(&got, 4096);
	for (size_t i = 0; i < seen->n; i++)
		(void)buf_addf(&got, "%s ", plan->indicators[seen->v[i]].value);
	assert_string_equal(buf_str(&got), want);
	buf_release(&got);
}

static void files_are_judged_by_name_and_size(void **state UNUSED)
{
	struct plan plan = {0};
	struct sightings seen = {0};
	struct indicators *in;

	assert_code(plan_indicator(&plan, "filename", "kit$", "/opt/"), ERR_OK);
	assert_code(plan_indicator(&plan, "path", "/srv/kit", ""), ERR_OK);
	assert_code(plan_indicator(&plan, "size", "7", ""), ERR_OK);
	in = indicators_new(&plan);
	indicators_by_name(in, LIT("/srv/kit"), 7, &seen);
	assert_seen(&plan, &seen, "kit$ /srv/kit 7 ");
	seen.n = 0;
	indicators_by_name(in, LIT("/opt/kit"), SIZE_UNKNOWN, &seen);
	assert_seen(&plan, &seen, "");
	indicators_by_name(in, LIT("/srv/kit/x"), 70, &seen);
	assert_seen(&plan, &seen, "");
	assert_false(indicators_want_hashes(in));
	assert_false(indicators_want_peers(in));
	indicators_free(in);
	plan_release(&plan);
}

static void peers_are_judged_by_net_and_port(void **state UNUSED)
{
	struct plan plan = {0};
	struct sightings seen = {0};
	struct indicators *in;
	struct socket s = {0};

	assert_code(plan_indicator(&plan, "ip", "127.1.0.0/16", ""), ERR_OK);
	assert_code(plan_indicator(&plan, "ip", "127.1.2.3:443", ""), ERR_OK);
	assert_code(plan_indicator(&plan, "ip", "127.1.2.3:22", ""), ERR_OK);
	assert_code(plan_indicator(&plan, "domain", "evil.example", ""),
		    ERR_OK);
	in = indicators_new(&plan);
	hosts_parse(in, LIT("# 127.1.2.3 evil.example\n"
			    "127.9.9.9 other.example\n"
			    "127.1.2.3 localhost A.Evil.Example # x\n"
			    "nonsense evil.example\n"));
	assert_true(socket_parse(
		LIT("   1: 0100007F:A1B2 0302017F:01BB 01 00000000:00000000 "
		    "02:000A1B2C 00000000  1000        0 4711 2 0"),
		&s));
	assert_int_equal(s.local.port, 0xa1b2);
	assert_int_equal(s.uid, 1000);
	assert_int_equal(s.inode, 4711);
	indicators_by_peer(in, s.remote.addr, s.remote.port, &seen);
	assert_seen(&plan, &seen, "127.1.0.0/16 127.1.2.3:443 evil.example ");
	indicators_free(in);
	plan_release(&plan);
}

static void odd_lines_are_no_sockets(void **state UNUSED)
{
	static const char *const lines[] = {
		"  sl  local_address rem_address   st tx_queue rx_queue tr",
		"", "1: 0100007F", "1: 0100007F:1 0100007:1 01 a b 0 0 0 1",
		"1: 0100007G:0001 0100007F:0001 01 a b c 0 0 1",
		"1: 0100007F:0001 0100007F:10000 01 a b c 0 0 1",
	};
	struct socket s;

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_false(socket_parse(bytes_str(lines[i]), &s));
	assert_true(socket_parse(
		LIT("0: 00000000000000000000000001000000:0016 "
		    "B80D0120000000000000000007000000:01BB 06 0:0 0:0 0 0 0 0"),
		&s));
	assert_false(s.is_v4);
	assert_int_equal(s.remote.addr[0], 0x20);
	assert_int_equal(s.remote.addr[15], 7);
}

/* A hundred thousand hashes cost a lookup of microseconds. */
static void many_hashes_are_found_fast(void **state UNUSED)
{
	enum { N = 100000, LOOKUPS = 1000000 };
	struct plan plan = {0};
	struct sightings seen = {0};
	struct indicators *in;
	uint8_t digest[HASH_LEN_MAX] = {0};
	char hex[HASH_HEX_MAX];
	int64_t began;

	for (uint32_t i = 0; i < N; i++) {
		memcpy(digest, &i, sizeof i);
		(void)hex_encode(bytes_of(digest, SHA256_LEN), hex, sizeof hex);
		assert_code(plan_indicator(&plan, "sha256", hex, ""), ERR_OK);
	}
	in = indicators_new(&plan);
	began = time_mono_ns();
	for (uint32_t i = 0; i < LOOKUPS; i++) {
		uint32_t v = i * 7 + N;

		memcpy(digest, &v, sizeof v);
		indicators_by_hash(in, HASH_SHA256, digest, &seen);
	}
	assert_int_equal(seen.n, 0);
	assert_true(time_mono_ns() - began < 10 * NS_PER_S);
	memset(digest, 0, sizeof digest);
	indicators_by_hash(in, HASH_SHA256, digest, &seen);
	assert_int_equal(seen.n, 1);
	indicators_free(in);
	plan_release(&plan);
}

/* The same walk: rules and indicators tell of one file once. */
static void a_file_is_told_of_once(void **state UNUSED)
{
	struct plan plan = {0};
	struct folder f;
	struct took t;

	folder_make(&f);
	folder_write(&f, "kit", LIT("abc"));
	plan_rules_str(&plan, "r", "rule r { condition: true }");
	plan_root_str(&plan, f.path);
	assert_code(plan_indicator(&plan, "md5",
				   "900150983cd24fb0d6963f7d28e17f72", ""),
		    ERR_OK);
	assert_code(plan_indicator(&plan, "sha1",
				   "a9993e364706816aba3e25717850c26c9cd0d89d",
				   ""),
		    ERR_OK);
	assert_code(plan_indicator(&plan, "filename", "/kit$", ""), ERR_OK);
	plan_go(&plan, (struct req_start){.scan = true});
	kit_run(&plan, &t);
	assert_int_equal(took_count(&t, REC_FILE), 1);
	assert_int_equal(took_count(&t, REC_MATCH), 1);
	assert_int_equal(took_count(&t, REC_SIGHTING), 3);
	assert_int_equal(
		took_nth(&t, REC_SIGHTING, 2)->u.sighting.file_seq,
		took_nth(&t, REC_FILE, 0)->u.file.seq);
	took_release(&t);
	folder_remove(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bad_indicators_are_refused),
		cmocka_unit_test(files_are_judged_by_name_and_size),
		cmocka_unit_test(peers_are_judged_by_net_and_port),
		cmocka_unit_test(odd_lines_are_no_sockets),
		cmocka_unit_test(many_hashes_are_found_fast),
		cmocka_unit_test(a_file_is_told_of_once),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
