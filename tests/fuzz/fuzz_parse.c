/* SPDX-License-Identifier: Apache-2.0 */
/* Every parser over the same bytes: nothing may break, and what an event
 * says of where it is must be true. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "parse/database_log.h"
#include "parse/parse.h"

const char fuzz_name[] = "parse";

#define LOG "7\x7f\x06" /* begins that of a database */

static enum err_code on_event(void *arg, const struct parse_event *e,
			      struct err *err UNUSED)
{
	const struct parse_input *in = arg;

	FUZZ_CHECK(e->kind && e->desc && e->offset <= in->content.n &&
		   e->length <= in->content.n - e->offset);
	return ERR_OK;
}

static enum err_code on_fact(void *arg, const struct parse_fact *f,
			     struct err *err UNUSED)
{
	const struct parse_input *in = arg;

	FUZZ_CHECK(f->kind && f->offset <= in->content.n &&
		   f->length <= in->content.n - f->offset);
	return ERR_OK;
}

static enum err_code on_problem(void *arg, uint64_t offset, const char *what,
				struct err *err UNUSED)
{
	const struct parse_input *in = arg;

	FUZZ_CHECK(what && offset <= in->content.n);
	return ERR_OK;
}

/* Whoever thinks that it is his reads it, and of all others one in so many:
 * a seed is replayed thousands of times, and there are many parsers. */
#define SHARE 16

/* Some parsers go by the path, too: the length of the content has one. */
static const char *const paths[] = {
	"/var/log/btmp",
	"/var/log/wtmp",
	"/etc/cron.d/x",
	"/var/spool/cron/crontabs/x",
	"/var/spool/cron/atjobs/a0000201c7a5d0",
	"/home/x/.ssh/config",
	"/etc/systemd/system/x.timer.d/y.conf",
	"/home/x/.bashrc",
	"/usr/lib/python3/x.pth",
	"/var/www/x.jsp",
	"/usr/lib/cgi-bin/x",
	"/var/www/.htaccess",
	"/etc/ld.so.conf",
	"/etc/modules",
	"/etc/pam.conf",
	"/etc/nsswitch.conf",
	"/etc/selinux/config",
	"/etc/dpkg/dpkg.cfg",
	"/etc/network/interfaces",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parse_input in = {
		.content = bytes_of(data, size),
		.path = bytes_str(paths[size % ARRAY_SIZE(paths)]),
		.mtime_ns = INT64_C(1700000000) * NS_PER_S,
		.taken_ns = INT64_C(1700000000) * NS_PER_S};
	struct parse_out out = {&in, on_event, on_fact, on_problem};
	size_t at;
	struct parse_input between;
	struct err err;
	size_t sum = 0;

	/* As a database with its log behind it. */
	if (is_database(in.content) && bytes_find(in.content, LOG, &at)) {
		in.log = bytes_skip(in.content, at);
		in.content.n = at;
	}
	between = in;
	/* As a log that goes on in itself, behind and before it. */
	between.before = between.after =
		bytes_of(data, MIN(size, PARSE_BORDER));
	between.not_after_ns = INT64_C(1600000000) * NS_PER_S;

	for (size_t i = 0; i < size; i++)
		sum += data[i];
	for (size_t i = 0; i < n_parsers; i++) {
		if (!parsers[i].score(&in) && i % SHARE != sum % SHARE)
			continue;
		(void)parsers[i].run(&in, &out, &err);
		if (parser_joins(&parsers[i]))
			(void)parsers[i].run(&between, &out, &err);
	}
	return 0;
}
