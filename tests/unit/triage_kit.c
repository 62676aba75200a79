/* SPDX-License-Identifier: Apache-2.0 */
/* For tests of the triage. */
#include "unit/triage_kit.h"

#include <sys/mman.h>

#include "base/time.h"
#include "model/fact.h"

void bed_make(struct bed *b)
{
	static const struct run_limits limits;

	b->fd = memfd_create("stream", MFD_CLOEXEC);
	assert_true(b->fd >= 0);
	plan_go(&b->plan, (struct req_start){.triage = true});
	out_init(&b->out, b->fd, OUT_LEVEL_LIVE);
	run_init(&b->run, &b->plan, NULL, &b->out, NULL, &limits);
	b->triage.top.fd = -1;
	socktable_init(&b->triage.sockets);
	tell_init(&b->tell, &b->triage, &b->run, 60 * NS_PER_S);
}

void bed_end(struct bed *b, struct took *t)
{
	struct err err;

	tell_release(&b->tell);
	socktable_release(&b->triage.sockets);
	packages_release(&b->triage.packages);
	run_finish(&b->run);
	assert_ok(out_end(&b->out, &err), err);
	run_release(&b->run);
	out_release(&b->out);
	plan_release(&b->plan);
	assert_true(lseek(b->fd, 0, SEEK_SET) == 0);
	took_read(t, b->fd);
	close_fd(b->fd);
	hold_contract(t);
}

void triage_here(struct took *t, const char *const *sources)
{
	struct plan plan = {0};
	struct err err;

	for (; *sources; sources++)
		assert_ok(plan_add_source(&plan, *sources, &err), err);
	plan_go(&plan, (struct req_start){.triage = true});
	kit_run(&plan, t);
	hold_contract(t);
}

/* ---- the contract ---- */

/* A string that begins there; what is behind it. */
static struct bytes skip_string(struct bytes b, struct bytes *text)
{
	size_t n = 1;

	assert_true(b.n >= 2 && b.p[0] == '"');
	while (n < b.n && b.p[n] != '"')
		n += b.p[n] == '\\' ? 2 : 1;
	assert_true(n < b.n);
	*text = bytes_of(b.p + 1, n - 1);
	return bytes_skip(b, n + 1);
}

static struct bytes skip_value(struct bytes b, char *type)
{
	struct bytes text;

	assert_true(b.n > 0);
	*type = (char)b.p[0];
	if (b.p[0] == '"')
		return skip_string(b, &text);
	if (b.p[0] == '[') {
		b = bytes_skip(b, 1);
		while (b.p[0] != ']') {
			b = skip_string(b, &text);
			if (b.p[0] == ',')
				b = bytes_skip(b, 1);
		}
		return bytes_skip(b, 1);
	}
	while (b.n && b.p[0] != ',' && b.p[0] != '}')
		b = bytes_skip(b, 1);
	return b;
}

static bool is_type(enum fact_type type, char c)
{
	switch (type) {
	case FACT_TEXT:
		return c == '"';
	case FACT_BOOL:
		return c == 't' || c == 'f';
	case FACT_LIST:
		return c == '[';
	default:
		return c == '-' || (c >= '0' && c <= '9');
	}
}

static void hold_member(const struct fact_kind *kind, struct bytes key, char c)
{
	char *name = bytes_to_str(key);
	size_t n = strlen(name);

	if (n > 4 && strcmp(name + n - 4, "_b64") == 0) {
		name[n - 4] = '\0';
		c = '"';
	}
	for (size_t i = 0; i < kind->n_members; i++) {
		if (strcmp(kind->members[i].name, name) != 0)
			continue;
		if (!is_type(kind->members[i].type, c))
			fail_msg("%s.%s is no such value: %c", kind->name,
				 name, c);
		free(name);
		return;
	}
	fail_msg("%s has no member %s", kind->name, name);
}

static void hold_detail(struct bytes kind_name, struct bytes b)
{
	const struct fact_kind *kind = fact_kind_find(kind_name);
	struct bytes key;
	char c;

	assert_non_null(kind);
	assert_true(b.n >= 2 && b.n <= RECORD_DETAIL_MAX);
	assert_true(b.p[0] == '{' && b.p[b.n - 1] == '}');
	b = bytes_skip(b, 1);
	while (b.p[0] != '}') {
		b = skip_string(b, &key);
		assert_true(b.p[0] == ':');
		b = skip_value(bytes_skip(b, 1), &c);
		hold_member(kind, key, c);
		if (b.p[0] == ',')
			b = bytes_skip(b, 1);
	}
	assert_int_equal(b.n, 1);
}

void hold_contract(const struct took *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct record *r = &t->recs[i];

		if (r->type == REC_FACT)
			hold_detail(r->u.fact.kind, r->u.fact.detail);
		else if (r->type == REC_PROCESS)
			hold_detail(bytes_str("process"), r->u.process.detail);
		else if (r->type == REC_SOCKET)
			hold_detail(bytes_str("socket"), r->u.socket.detail);
	}
}

/* ---- looking for something ---- */

bool has_piece(struct bytes detail, const char *piece)
{
	return bytes_find(detail, piece, NULL);
}

const struct rec_fact *took_fact(const struct took *t, const char *kind,
				 const char *name)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_fact *f = &t->recs[i].u.fact;

		if (t->recs[i].type == REC_FACT &&
		    bytes_eq(f->kind, bytes_str(kind)) &&
		    bytes_eq(f->name, bytes_str(name)))
			return f;
	}
	return NULL;
}

void hold_told(const struct took *t, const char *kind, const char *name,
	       const char *const *pieces)
{
	const struct rec_fact *f = took_fact(t, kind, name);

	if (!f) {
		fail_msg("there is no %s %s", kind, name);
		return;
	}
	for (; *pieces; pieces++)
		if (!has_piece(f->detail, *pieces))
			fail_msg("%s %s: no %s in %.*s", kind, name, *pieces,
				 (int)f->detail.n, (const char *)f->detail.p);
}

const struct rec_process *took_process(const struct took *t, uint64_t pid)
{
	for (size_t i = 0; i < t->n; i++)
		if (t->recs[i].type == REC_PROCESS &&
		    t->recs[i].u.process.pid == pid)
			return &t->recs[i].u.process;
	return NULL;
}

const struct rec_socket *took_socket(const struct took *t, const char *proto,
				     const char *state, const char *local)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_socket *s = &t->recs[i].u.socket;

		if (t->recs[i].type == REC_SOCKET &&
		    bytes_eq(s->proto, bytes_str(proto)) &&
		    (!*state || bytes_eq(s->state, bytes_str(state))) &&
		    bytes_starts(s->local, local))
			return s;
	}
	return NULL;
}

const struct rec_coverage *took_source(const struct took *t,
				       const char *source)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct rec_coverage *c = &t->recs[i].u.coverage;

		if (t->recs[i].type == REC_COVERAGE &&
		    bytes_eq(c->what, bytes_str("triage")) &&
		    bytes_eq(c->path, bytes_str(source)))
			return c;
	}
	return NULL;
}

void hold_source(const struct took *t, const char *source, const char *outcome,
		 const char *reason)
{
	const struct rec_coverage *c = took_source(t, source);

	assert_non_null(c);
	if (!bytes_eq(c->outcome, bytes_str(outcome)) ||
	    !bytes_eq(c->reason, bytes_str(reason)))
		fail_msg("%s: %.*s %.*s", source, (int)c->outcome.n,
			 (const char *)c->outcome.p, (int)c->reason.n,
			 (const char *)c->reason.p);
}
