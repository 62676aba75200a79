/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiling a rule set in a jailed child: the compiler of libyara reads
 * source that strangers wrote. To the child go REQ_RULES records, one frame
 * each, then an empty GO; back come one frame per problem and a RESULT.
 */
#include "base/base.h"

#include <poll.h>
#include <yara.h>

#include "base/hash.h"
#include "base/jail.h"
#include "base/secret.h"
#include "base/text.h"
#include "base/time.h"
#include "detect/detect.h"
#include "model/externals.h"
#include "wire/records.h"

#define SAID_MAX  1000 /* the point has been made then */
#define CHECK_NS (60 * NS_PER_S)
#define PIECE_LEN (512u << 10)

enum { FRAME_RULES = 1, FRAME_GO, FRAME_ERROR, FRAME_WARNING, FRAME_RESULT,
       FRAME_COMPILED };

/* ---- the child ---- */

struct checker {
	struct chan chan;
	struct buf source; /* of the file being put together */
	YR_COMPILER *compiler;
	uint32_t file; /* its number in the set */
	uint32_t n_errors, n_warnings;
	bool may_want_magic; /* the word is in a source */
};

static void on_problem(int level, const char *file_name UNUSED, int line,
		       const YR_RULE *rule UNUSED, const char *message,
		       void *arg)
{
	bool is_error = level == YARA_ERROR_LEVEL_ERROR;
	struct checker *k = arg;
	struct buf b;
	struct err err;

	*(is_error ? &k->n_errors : &k->n_warnings) += 1;
	if (k->n_errors + k->n_warnings > SAID_MAX)
		return;
	buf_init(&b, 8192);
	(void)buf_add_u32be(&b, k->file);
	(void)buf_add_u32be(&b, (uint32_t)MAX(line, 1));
	(void)text_append(&b, bytes_str(message), 400);
	if (chan_send(&k->chan, is_error ? FRAME_ERROR : FRAME_WARNING,
		      buf_bytes(&b), &err) != ERR_OK)
		k->chan.eof = true;
	buf_release(&b);
}

/*
 * A compiler that met an error takes no more files (libyara's rule), so each
 * file after a bad one gets a fresh compiler: all errors are said in one go.
 */
static bool fresh_compiler(struct checker *k)
{
	if (k->compiler)
		yr_compiler_destroy(k->compiler);
	if (yr_compiler_create(&k->compiler) != ERROR_SUCCESS)
		return false;
	yr_compiler_set_callback(k->compiler, on_problem, k);
	yr_compiler_set_include_callback(k->compiler, NULL, NULL, NULL);
#define X(name)                                                          \
	if (yr_compiler_define_string_variable(k->compiler, #name, "") != \
	    ERROR_SUCCESS)                                               \
		return false;
	RULE_EXTERNALS(X)
#undef X
	return true;
}

static int on_import(YR_SCAN_CONTEXT *context UNUSED, int message, void *data,
		     void *user)
{
	const YR_MODULE_IMPORT *import = data;
	bool *wants_magic = user;

	if (message == CALLBACK_MSG_IMPORT_MODULE &&
	    strcmp(import->module_name, "magic") == 0) {
		*wants_magic = true;
		return CALLBACK_ERROR;
	}
	return CALLBACK_CONTINUE;
}

/* The word may be in a comment: only a scan tells what is imported. */
static bool wants_magic(const struct checker *k, YR_RULES *rules)
{
	bool wants = false;

	if (k->may_want_magic)
		(void)yr_rules_scan_mem(rules, (const uint8_t *)"", 0, 0,
					on_import, &wants, 10);
	return wants;
}

static bool compile(struct checker *k, const struct req_rules *req)
{
	char *ns = bytes_to_str(req->ns);
	const char *source = buf_str(&k->source);
	bool ok = true;

	k->may_want_magic = k->may_want_magic ||
			    bytes_find(buf_bytes(&k->source), "\"magic\"", NULL);
	if (strlen(source) != k->source.n)
		on_problem(YARA_ERROR_LEVEL_ERROR, NULL, 1, NULL,
			   "the file holds a NUL byte", k);
	else if (yr_compiler_add_string(k->compiler, source, ns) != 0)
		ok = fresh_compiler(k);
	free(ns);
	buf_clear(&k->source);
	k->file++;
	return ok;
}

static bool take_rules(struct checker *k, struct bytes body)
{
	struct record rec;
	struct err err;
	size_t used;

	if (record_next(body, &used, &rec, &err) != ERR_OK || used == 0 ||
	    rec.type != REQ_RULES ||
	    !buf_add_bytes(&k->source, rec.u.rules.source))
		return false;
	return !rec.u.rules.last || compile(k, &rec.u.rules);
}

static size_t save(const void *p, size_t size, size_t n, void *user)
{
	return buf_add(user, p, size * n) ? n : 0;
}

/* In pieces; nothing at all when it is more than anybody wants to send. */
static void send_compiled(struct checker *k, YR_RULES *rules)
{
	struct buf b;
	YR_STREAM stream = {.user_data = &b, .write = save};
	struct bytes rest;
	struct err err;

	buf_init(&b, RULES_COMPILED_MAX);
	if (yr_rules_save_stream(rules, &stream) != ERROR_SUCCESS)
		buf_clear(&b);
	for (rest = buf_bytes(&b); rest.n;) {
		size_t n = MIN(rest.n, (size_t)PIECE_LEN);

		if (chan_send(&k->chan, FRAME_COMPILED, bytes_of(rest.p, n),
			      &err) != ERR_OK) {
			k->chan.eof = true;
			break;
		}
		rest = bytes_skip(rest, n);
	}
	buf_release(&b);
}

static void send_result(struct checker *k, bool want_compiled)
{
	uint64_t n_rules = 0;
	bool magic = false;
	YR_RULES *rules = NULL;
	YR_RULE *rule;
	struct buf b;
	struct err err;

	if (k->n_errors == 0 &&
	    yr_compiler_get_rules(k->compiler, &rules) == ERROR_SUCCESS) {
		yr_rules_foreach(rules, rule) n_rules++;
		magic = wants_magic(k, rules);
		if (want_compiled)
			send_compiled(k, rules);
		yr_rules_destroy(rules);
	}
	buf_init(&b, 64);
	(void)buf_add_u64be(&b, n_rules);
	(void)buf_add_byte(&b, magic);
	if (chan_send(&k->chan, FRAME_RESULT, buf_bytes(&b), &err) == ERR_OK &&
	    chan_drain(&k->chan, deadline_in(CHECK_NS, NULL), &err) != ERR_OK)
		k->chan.eof = true;
	buf_release(&b);
}

int rules_main(int chan_fd, int fd UNUSED)
{
	struct jail_limits limits = {.memory_bytes = UINT64_C(2) << 30,
				     .cpu_s = 50};
	struct deadline d = deadline_in(CHECK_NS, NULL);
	struct checker k = {0};
	struct jail_report report;
	struct frame f;
	struct err err;

	chan_init(&k.chan, chan_fd);
	buf_init(&k.source, RULES_TOTAL_MAX);
	if (jail_enter(&limits, &chan_fd, 1, &report, &err) != ERR_OK ||
	    !fresh_compiler(&k))
		return 1;
	while (chan_wait(&k.chan, &f, d, &err) == ERR_OK) {
		if (f.type == FRAME_GO) {
			send_result(&k, f.body.n > 0);
			return 0;
		}
		if (f.type != FRAME_RULES || !take_rules(&k, f.body))
			return 1;
	}
	return 1;
}

void rules_warm_up(void)
{
	hash_lib_init();
	if (yr_initialize() != ERROR_SUCCESS)
		BUG("libyara does not start");
}

const char *rules_engine(void)
{
	return "libyara " YR_VERSION;
}

/* ---- its user ---- */

/* One frame for each record; all of them fit the backlog of a chan. */
static enum err_code queue_set(struct chan *c, const struct ruleset *set,
			       bool want_compiled, struct err *err)
{
	enum err_code code;
	struct buf all;
	struct bytes rest;

	buf_init(&all, RULES_TOTAL_MAX + (8u << 20));
	code = ruleset_encode(set, &all, err);
	rest = buf_bytes(&all);
	while (code == ERR_OK && rest.n) {
		struct record rec;
		size_t used;

		code = record_next(rest, &used, &rec, err);
		if (code == ERR_OK)
			code = chan_send(c, FRAME_RULES,
					 bytes_of(rest.p, used), err);
		rest = bytes_skip(rest, used);
	}
	if (code == ERR_OK)
		code = chan_send(c, FRAME_GO,
				 bytes_str(want_compiled ? "compiled" : ""),
				 err);
	buf_release(&all);
	return code;
}

enum err_code rules_check_begin(struct rules_check *check, struct ruleset *set,
				struct zygote *z, size_t kind,
				bool want_compiled, struct err *err)
{
	enum err_code code;

	*check = (struct rules_check){.set = set};
	buf_init(&check->compiled, RULES_COMPILED_MAX);
	check->names = ruleset_names(set, &check->n_names);
	check->end_ns = time_mono_ns() + CHECK_NS;
	code = zygote_spawn(z, kind, -1, &check->child, err);
	if (code != ERR_OK)
		return err_wrap(err, "starting the rule compiler");
	return queue_set(&check->child.chan, set, want_compiled, err);
}

void rules_check_end(struct rules_check *check, struct zygote *z)
{
	buf_release(&check->compiled);
	free(check->names);
	check->names = NULL;
	check->n_names = 0;
	if (!check->child.id)
		return;
	zygote_kill(z, &check->child);
	chan_release(&check->child.chan);
	check->child = (struct child){0};
}

static void tell(struct rules_check *k, const struct rule_problem *p)
{
	if (k->say)
		k->say(k->arg, p);
	k->n_errors += p->is_error;
	if (!p->is_error) {
		k->set->n_warnings++;
	} else if (k->first.code == ERR_OK) {
		err_set(&k->first, ERR_FORMAT, "%s:%u:%u: %s",
			shown_str(p->place.path).s, p->place.line,
			p->place.column, p->message);
	}
}

/* What a message is about stands in quotes in it, and in the source. */
static struct bytes quoted(struct bytes message)
{
	struct bytes piece = {0};

	if (!bytes_split(&message, '"', &piece) ||
	    !bytes_split(&message, '"', &piece))
		return (struct bytes){0};
	return piece;
}

/* An identifier that is taken already: by whom? */
static void add_other_place(struct rules_check *k, const struct rule_file *f,
			    struct bytes name, unsigned line, struct buf *out)
{
	for (size_t i = 0; i < k->n_names; i++) {
		const struct rule_name *n = &k->names[i];
		struct rule_place p;

		if (n->file != f || n->place.line >= line ||
		    !bytes_eq(n->name, name))
			continue;
		p = rule_place(f, n->place.line, name);
		(void)buf_addf(out, ", first in %s:%u:%u", shown_str(p.path).s,
			       p.line, p.column);
		return;
	}
}

static void hear_problem(struct rules_check *k, const struct frame *f)
{
	struct reader r = reader_of(f->body);
	uint32_t file_no = rd_u32be(&r), line = rd_u32be(&r);
	const struct rule_file *file;
	struct rule_problem p = {.is_error = f->type == FRAME_ERROR};
	struct bytes name = quoted(r.rest);
	struct buf message;

	if (r.bad || file_no >= k->set->n_files)
		return; /* the child has been in hostile hands */
	file = &k->set->files[file_no];
	buf_init(&message, 4096);
	if (text_is_plain(r.rest)) /* it was made safe there */
		(void)buf_add_bytes(&message, r.rest);
	else
		(void)text_append(&message, r.rest, 2000);
	if (bytes_starts(r.rest, "duplicated identifier"))
		add_other_place(k, file, name, line, &message);
	p.place = rule_place(file, line, name);
	p.message = buf_str(&message);
	tell(k, &p);
	buf_release(&message);
}

/* Namespaces keep rules of one name apart; people seldom mean them to. */
static void tell_doubles(struct rules_check *k)
{
	for (size_t i = 1; i < k->n_names; i++) {
		const struct rule_name *a = &k->names[i - 1];
		const struct rule_name *b = &k->names[i];
		struct rule_problem p = {0};
		struct rule_place other;
		char *message;

		if (!bytes_eq(a->name, b->name) || a->file == b->file)
			continue;
		other = rule_place(a->file, a->place.line, a->name);
		p.place = rule_place(b->file, b->place.line, b->name);
		message = xasprintf("rule \"%s\" is in %s:%u:%u, too",
				    shown(b->name).s, shown_str(other.path).s,
				    other.line, other.column);
		p.message = message;
		tell(k, &p);
		free(message);
	}
}

static void tell_one_slow(void *arg, struct rule_place place,
			  const char *message)
{
	struct rules_check *k = arg;
	const struct rule_problem p = {.place = place, .message = message};

	if (k->n_slow++ < SAID_MAX)
		tell(k, &p);
}

static void tell_slow(struct rules_check *k)
{
	for (size_t i = 0; i < k->set->n_files; i++)
		rule_slow_parts(&k->set->files[i], tell_one_slow, k);
}

static enum err_code hear_result(struct rules_check *k, struct bytes body,
				 struct err *err)
{
	struct reader r = reader_of(body);

	k->set->n_rules = rd_u64be(&r);
	if (k->n_errors > 1)
		return err_set(err, k->first.code,
			       "%s, the first of %zu errors", k->first.msg,
			       k->n_errors);
	*err = k->first;
	if (err->code != ERR_OK)
		return err->code;
	tell_doubles(k);
	tell_slow(k);
	return rd_u8(&r) ? ruleset_load_magic(k->set, NULL, err) : ERR_OK;
}

enum err_code rules_check_step(struct rules_check *k, bool *done,
			       struct err *err)
{
	struct chan *c = &k->child.chan;
	enum err_code code;
	struct frame f;
	bool got = true;

	*done = true;
	if (time_mono_ns() >= k->end_ns)
		return err_set(err, ERR_TIMEOUT,
			       "the rules took more than 60 s to compile");
	/* A child that died mid-way still has last words to be read. */
	if (chan_flush(c, err) != ERR_OK)
		buf_clear(&c->out);
	code = chan_fill(c, err);
	while (code == ERR_OK && got) {
		code = chan_next(c, &f, &got, err);
		if (code != ERR_OK || !got)
			break;
		if (f.type == FRAME_RESULT)
			return hear_result(k, f.body, err);
		if (f.type == FRAME_COMPILED)
			(void)buf_add_bytes(&k->compiled, f.body);
		else
			hear_problem(k, &f);
	}
	if (code == ERR_OK && c->eof)
		code = err_set(err, ERR_LIMIT,
			       "the rule compiler died on these rules");
	*done = code != ERR_OK;
	return code;
}

enum err_code ruleset_check(struct ruleset *set, struct zygote *z, size_t kind,
			    ruleset_say say, void *arg, struct err *err)
{
	struct rules_check k;
	enum err_code code = rules_check_begin(&k, set, z, kind, false, err);
	bool done = code != ERR_OK;

	k.say = say;
	k.arg = arg;
	while (!done) {
		struct deadline d = {.mono_ns = k.end_ns};
		short events = chan_wants_write(&k.child.chan)
				       ? POLLIN | POLLOUT
				       : POLLIN;

		/* Its own limit ends the wait: the step says so. */
		if (wait_fd(k.child.chan.fd, events, d, err) == ERR_IO)
			break;
		code = rules_check_step(&k, &done, err);
	}
	rules_check_end(&k, z);
	return code;
}
