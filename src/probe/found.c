/* SPDX-License-Identifier: Apache-2.0 */
/* What a scanner finds in a file, and in what is in the file, as records. */
#include "base/base.h"
#include "probe/found.h"
#include "probe/secret.h"
#include "probe/sight.h"
#include "wire/records.h"

void found_begin(struct found *found, struct file *f)
{
	*found = (struct found){.f = f};
	buf_init(&found->name, 2 * (size_t)RECORD_PATH_MAX);
	buf_init(&found->kept, SAME_ONE_MAX);
}

void found_is_same(struct found *found, uint64_t seq)
{
	if (!found->f->reported)
		found->f->rec.same_as = seq;
}

uint64_t found_seq(const struct found *found)
{
	return found->f->reported ? found->f->rec.seq : 0;
}

/* Sends a record of the file; kept as long as there is room. */
static void send(struct found *found, enum rec_type type, const void *msg)
{
	struct err err;

	(void)out_send(found->f->run->out, type, msg); /* remembered */
	if (found->keeps && !found->kept.full &&
	    record_encode(type, msg, &found->kept, &err) != ERR_OK)
		found->kept.full = true;
}

static void on_match(void *user, struct rec_match *m)
{
	struct found *found = user;
	struct run *run = found->f->run;

	if (!found->file_seq)
		file_report(found->f);
	m->seq = atomic_fetch_add(&run->match_seq, 1) + 1;
	m->file_seq = found->file_seq ? found->file_seq : found->f->rec.seq;
	m->process_seq = 0;
	found->match_seq = m->seq;
	send(found, REC_MATCH, m);
	atomic_fetch_add(&run->matches, 1);
}

static void on_hit(void *user, struct rec_hit *h)
{
	struct found *found = user;
	struct buf room = {0};

	h->match_seq = found->match_seq;
	h->region = (struct bytes){0};
	secret_clean_hit(found->f->run, h, &room);
	send(found, REC_HIT, h);
	buf_release(&room);
}

/* For coverage: the member as if the archive were a folder. */
static struct bytes named(struct found *found, struct bytes member)
{
	buf_clear(&found->name);
	(void)buf_add_bytes(&found->name, found->f->rec.path); /* both fit */
	if (member.n) {
		(void)buf_add_str(&found->name, "!/");
		(void)buf_add_bytes(&found->name,
				    bytes_first(member, RECORD_PATH_MAX - 2));
	}
	return buf_bytes(&found->name);
}

static void note(struct found *found, enum reason reason, uint64_t bytes)
{
	coverage_add(&found->f->run->coverage, found->f->job->root, reason,
		     buf_bytes(&found->name), bytes);
}

/* As far as it may go. */
static void send_data(struct found *found, struct bytes piece, bool last)
{
	if (!found->locked)
		pthread_mutex_lock(&found->f->run->content_lock);
	found->locked = true;
	if (!found->begun && piece.n) {
		found->withheld = !found->f->run->plan->start.secrets &&
				  secret_whole(found->place, SECRECY_NONE,
					       piece, found->due);
		found->begun = true;
	}
	if (found->withheld)
		return;
	secret_send(found->f->run, &found->redactor, piece, last, &found->end);
}

/* The member's bytes are all here, or will not come any more. */
static void end_taking(struct found *found)
{
	struct rec_file_end *end = &found->end;
	struct redacted_hashes hashes;
	enum reason reason;

	if (!found->takes)
		return;
	found->takes = false;
	send_data(found, bytes_of(NULL, 0), true);
	end->complete = end->size == found->due;
	reason = found->withheld ? REASON_SECRET
		 : end->complete ? REASON_COLLECTED
				 : REASON_CUT_SHORT;
	if (redactor_end(&found->redactor, end, &hashes) && end->complete)
		reason = REASON_REDACTED;
	end->reason = bytes_str(reason == REASON_REDACTED
					? RECORD_REDACTED
					: reason_word(reason));
	(void)out_send(found->f->run->out, REC_FILE_END, end); /* remembered */
	if (found->locked)
		pthread_mutex_unlock(&found->f->run->content_lock);
	found->locked = false;
	note(found, reason, end->size);
	if (end->redacted)
		coverage_row(&found->f->run->coverage, found->f->job->root,
			     REASON_TAKEN_OUT, buf_bytes(&found->name), 0,
			     end->redacted);
}

static bool on_seen(void *user, const struct scan_seen *s)
{
	struct found *found = user;

	end_taking(found);
	sight_member(found->f, named(found, s->name), s, &found->seen);
	return found->seen.n != 0;
}

/* Times and owner are the archive's. */
static void on_member(void *user, const struct scan_member *m)
{
	struct found *found = user;
	struct file *f = found->f;
	struct rec_file rec = f->rec;

	end_taking(found);
	(void)named(found, m->name); /* for later */
	rec.seq = atomic_fetch_add(&f->run->file_seq, 1) + 1;
	rec.member = m->name;
	rec.size = m->size;
	rec.sha256 = m->sha256;
	rec.changed = file_has_changed(f);
	rec.owner = owner_name(&f->run->owners, rec.uid);
	rec.content = f->run->plan->start.collect;
	(void)out_send(f->run->out, REC_FILE, &rec); /* remembered */
	found->file_seq = rec.seq;
	sightings_send(f->run, &found->seen,
		       &(struct rec_sighting){
			       .file_seq = rec.seq,
			       .context = buf_bytes(&found->name)});
	found->seen.n = 0;
	found->takes = rec.content;
	found->due = rec.size;
	found->end = (struct rec_file_end){.file_seq = rec.seq};
	found->begun = found->withheld = false;
	if (found->takes) {
		found->place = secret_place_of(buf_bytes(&found->name));
		redactor_init(&found->redactor, found->place->form,
			      f->run->plan->start.secrets);
	}
}

static void on_data(void *user, const struct scan_data *d)
{
	struct found *found = user;

	if (!found->takes)
		return;
	send_data(found, d->bytes, false);
	if (d->last)
		end_taking(found);
}

static void on_problem(void *user, const struct scan_problem *p)
{
	struct found *found = user;

	end_taking(found);
	(void)named(found, p->name);
	note(found, (enum reason)p->reason, 0);
}

struct scan_sink found_sink(struct found *found)
{
	return (struct scan_sink){
		.match = on_match,
		.hit = on_hit,
		.member = on_member,
		.seen = on_seen,
		.data = on_data,
		.problem = on_problem,
		.user = found,
	};
}

void found_end(struct found *found)
{
	end_taking(found);
	buf_release(&found->name);
	buf_release(&found->kept);
}
