/* SPDX-License-Identifier: Apache-2.0 */
/* What sources of the triage say, and whether they may go on. */
#include "base/base.h"

#include <sys/stat.h>

#include "base/hash.h"
#include "base/time.h"
#include "probe/secret.h"
#include "probe/tell.h"

/* The brace at the end always fits. */
#define DETAIL_ROOM ((size_t)RECORD_DETAIL_MAX - 2)

void tell_init(struct tell *t, struct triage *triage, struct run *run,
	       int64_t span_ns)
{
	*t = (struct tell){.triage = triage, .run = run};
	buf_init(&t->name, RECORD_PATH_MAX);
	buf_init(&t->detail, DETAIL_ROOM);
	if (pthread_mutex_init(&t->lock, NULL) != 0)
		BUG("a mutex cannot be made");
	t->beat_ns = time_mono_ns();
	t->end_ns = t->beat_ns + span_ns;
}

void tell_release(struct tell *t)
{
	buf_release(&t->name);
	buf_release(&t->detail);
	(void)pthread_mutex_destroy(&t->lock); /* nobody holds it */
}

/* ---- going on ---- */

/* Waiting is not held against it: not for a pause, and not for a console.
 * What was denied in part goes on. */
static bool may_go(const struct tell *t)
{
	return !t->lost && (!t->why || strcmp(t->why, "permission") == 0);
}

static bool end_waiting(struct tell *t, int64_t since, bool go)
{
	pthread_mutex_lock(&t->lock);
	t->waiting = false;
	t->beat_ns = time_mono_ns();
	t->end_ns += t->beat_ns - since;
	if (!go)
		t->why = "stopped";
	else if (t->beat_ns > t->end_ns)
		t->why = "deadline";
	go = may_go(t);
	pthread_mutex_unlock(&t->lock);
	return go;
}

bool tell_go(struct tell *t, uint64_t bytes)
{
	int64_t since;
	bool go;

	pthread_mutex_lock(&t->lock);
	go = may_go(t);
	t->waiting = go;
	pthread_mutex_unlock(&t->lock);
	if (!go)
		return false;
	since = time_mono_ns();
	go = budget_pass(t->run, &t->turn, bytes);
	return end_waiting(t, since, go);
}

void tell_at(struct tell *t, uint64_t at)
{
	pthread_mutex_lock(&t->lock);
	t->at = at;
	pthread_mutex_unlock(&t->lock);
}

bool tell_enter(struct tell *t)
{
	pthread_mutex_lock(&t->lock);
	if (!t->lost)
		return true;
	pthread_mutex_unlock(&t->lock);
	return false;
}

void tell_leave(struct tell *t)
{
	pthread_mutex_unlock(&t->lock);
}

void tell_why(struct tell *t, const char *why)
{
	pthread_mutex_lock(&t->lock);
	if (!t->why)
		t->why = why;
	pthread_mutex_unlock(&t->lock);
}

void tell_errno(struct tell *t, int error)
{
	if (error == ENOENT || error == ENOTDIR || error == ENOSYS)
		tell_why(t, reason_word(REASON_NOT_FOUND));
	else
		tell_why(t, reason_word(reason_of_errno(error)));
}

/* ---- members ---- */

/* Taken back when it did not fit. */
static void settle(struct tell *t, struct json before, size_t n)
{
	if (!t->detail.full)
		return;
	t->detail.n = n;
	t->detail.full = false;
	t->json.need_comma = before.need_comma;
}

#define MEMBER(t, add)                                                         \
	do {                                                                   \
		struct json before_ = (t)->json;                               \
		size_t n_ = (t)->detail.n;                                     \
		add;                                                           \
		settle(t, before_, n_);                                        \
	} while (0)

static void add_text(struct tell *t, const char *key, struct bytes b,
		     size_t max)
{
	if (b.n > max) { /* not in the middle of a character */
		b.n = max;
		while (b.n && (b.p[b.n] & 0xc0) == 0x80)
			b.n--;
	}
	MEMBER(t, json_bytes(&t->json, key, b));
}

void tell_bytes(struct tell *t, const char *key, struct bytes b)
{
	add_text(t, key, b, TELL_TEXT_MAX);
}

void tell_long(struct tell *t, const char *key, struct bytes b)
{
	add_text(t, key, b, TELL_LONG_MAX);
}

void tell_str(struct tell *t, const char *key, const char *s)
{
	tell_bytes(t, key, bytes_str(s));
}

void tell_int(struct tell *t, const char *key, int64_t v)
{
	MEMBER(t, json_int(&t->json, key, v));
}

void tell_u64(struct tell *t, const char *key, uint64_t v)
{
	tell_int(t, key, (int64_t)MIN(v, (uint64_t)INT64_MAX));
}

void tell_bool(struct tell *t, const char *key, bool v)
{
	MEMBER(t, json_bool(&t->json, key, v));
}

void tell_time(struct tell *t, const char *key, int64_t ns)
{
	if (ns != TIME_UNKNOWN)
		tell_int(t, key, ns);
}

/* As hexadecimal digits: a hash, or what is no longer. */
void tell_hex(struct tell *t, const char *key, struct bytes digest)
{
	char hex[HASH_HEX_MAX];

	tell_str(t, key, hex_encode(digest, hex, sizeof hex));
}

/* The bracket at the end is room that was kept. */
void tell_list(struct tell *t, const char *key)
{
	t->n_list = 0;
	json_begin_array(&t->json, key);
	t->detail.max -= 1;
}

void tell_entry(struct tell *t, struct bytes b)
{
	if (t->n_list++ < TELL_LIST_MAX)
		add_text(t, NULL, b, TELL_WORD_MAX);
}

void tell_list_end(struct tell *t)
{
	t->detail.max += 1;
	json_end_array(&t->json);
}

/* ---- saying it ---- */

void tell_members(struct tell *t)
{
	buf_clear(&t->detail);
	t->detail.max = DETAIL_ROOM;
	t->json = json_to(&t->detail);
	json_begin_object(&t->json, NULL);
}

static struct bytes detail_end(struct tell *t)
{
	t->detail.max = RECORD_DETAIL_MAX;
	json_end_object(&t->json);
	return buf_bytes(&t->detail);
}

void triage_begin(struct tell *t, const char *kind, struct bytes name)
{
	t->kind = kind;
	buf_clear(&t->name);
	(void)buf_add(&t->name, name.p, MIN(name.n, (size_t)RECORD_PATH_MAX));
	tell_members(t);
}

/* Under the lock. Who waits for the console is not late. */
static void was_sent(struct tell *t, int64_t since)
{
	t->beat_ns = time_mono_ns();
	t->end_ns += t->beat_ns - since;
	t->told++;
}

static void send(struct tell *t, enum rec_type type, const void *rec)
{
	int64_t since = time_mono_ns();

	(void)out_send(t->run->out, type, rec); /* remembered */
	was_sent(t, since);
}

void triage_end(struct tell *t)
{
	const struct rec_fact fact = {
		.kind = bytes_str(t->kind),
		.name = buf_bytes(&t->name),
		.detail = detail_end(t),
		.process_seq = t->process_seq,
	};

	if (!tell_enter(t))
		return;
	send(t, REC_FACT, &fact);
	tell_leave(t);
}

void difference_begin(struct tell *t, struct bytes name, const char *subject,
		      const char *seen_by, const char *not_by,
		      const char *note)
{
	triage_begin(t, "difference", name);
	tell_str(t, "subject", subject);
	tell_str(t, "seen_by", seen_by);
	tell_str(t, "not_by", not_by);
	if (note)
		tell_str(t, "note", note);
}

void tell_difference(struct tell *t, struct bytes name, const char *subject,
		     const char *seen_by, const char *not_by, const char *note)
{
	difference_begin(t, name, subject, seen_by, not_by, note);
	triage_end(t);
}

uint64_t tell_process(struct tell *t, struct rec_process *rec)
{
	rec->detail = detail_end(t);
	if (!tell_enter(t))
		return 0;
	rec->seq = atomic_fetch_add(&t->run->process_seq, 1) + 1;
	send(t, REC_PROCESS, rec);
	tell_leave(t);
	return rec->seq;
}

uint64_t tell_socket(struct tell *t, struct rec_socket *rec)
{
	rec->detail = detail_end(t);
	if (!tell_enter(t))
		return 0;
	rec->seq = atomic_fetch_add(&t->run->socket_seq, 1) + 1;
	send(t, REC_SOCKET, rec);
	tell_leave(t);
	return rec->seq;
}

/* Under the lock: nothing comes between its chunks. */
static void send_content(struct tell *t, struct rec_file *file,
			 struct bytes content)
{
	struct rec_file_end end = {.complete = true};
	struct redacted_hashes hashes;
	struct redactor r;

	file->seq = atomic_fetch_add(&t->run->file_seq, 1) + 1;
	end.file_seq = file->seq;
	send(t, REC_FILE, file);
	redactor_init(&r, FORM_ANY, t->run->plan->start.secrets);
	do {
		struct bytes piece = bytes_first(content, REDACT_PIECE);
		int64_t since = time_mono_ns();

		content = bytes_skip(content, piece.n);
		secret_send(t->run, &r, piece, content.n == 0, &end);
		was_sent(t, since);
	} while (content.n);
	if (redactor_end(&r, &end, &hashes))
		end.reason = bytes_str(RECORD_REDACTED);
	send(t, REC_FILE_END, &end);
}

void tell_content(struct tell *t, struct bytes path, struct bytes content)
{
	int64_t now = time_now_ns();
	struct rec_file file = {
		.path = path,
		.mode = S_IFREG | 0400,
		.nlink = 1,
		.size = content.n,
		.mtime_ns = now,
		.atime_ns = now,
		.ctime_ns = now,
		.btime_ns = TIME_UNKNOWN,
		.content = true,
	};

	if (!tell_enter(t))
		return;
	pthread_mutex_lock(&t->run->content_lock);
	send_content(t, &file, content);
	pthread_mutex_unlock(&t->run->content_lock);
	t->told = 1;
	tell_leave(t);
}
