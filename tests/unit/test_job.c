/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine against children that follow a script instead of a server: what
 * it asks, what reaches the sink, how each way to fail ends.
 */
#include "unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/hash.h"
#include "base/time.h"
#include "job/job.h"
#include "remote/msg.h"
#include "remote/remote.h"
#include "wire/records.h"

#define LIT(s)	  bytes_of(s, sizeof(s) - 1)
#define PATIENCE (20 * NS_PER_S)

static const uint8_t host_key[] = "\0\0\0\013ssh-ed25519\0\0\0\004keyA";

/* ---- children that follow a script; the port says which ---- */

enum script {
	SCRIPT_GOOD = 1, /* hello, one coverage, done */
	SCRIPT_PARTIAL,	 /* a path failed */
	SCRIPT_FLOOD,	 /* 3000 coverage records */
	SCRIPT_GARBAGE,	 /* no CBOR at all */
	SCRIPT_NO_HELLO,
	SCRIPT_DIES,	  /* in the middle */
	SCRIPT_NO_DONE,	  /* ends without its last record */
	SCRIPT_FAULT,	  /* the link fails: authentication */
	SCRIPT_SIGN,	  /* wants a signature first */
	SCRIPT_PASSWORD,  /* wants a password first */
	SCRIPT_HANGS,	  /* runs until it is cancelled */
	SCRIPT_AFTER_DONE, /* records after the last one */
};

static struct deadline patience(void)
{
	return deadline_in(PATIENCE, NULL);
}

static int say(struct chan *c, enum msg_type type, const void *m)
{
	struct err err;

	return msg_send(c, type, m, &err) == ERR_OK &&
	       chan_drain(c, patience(), &err) == ERR_OK;
}

static int hear(struct chan *c, enum msg_type type, void *m)
{
	struct frame f;
	struct err err;

	return chan_wait(c, &f, patience(), &err) == ERR_OK &&
	       msg_read(&f, type, m, &err) == ERR_OK;
}

/* The script number travels as the port, then as the descriptor's content. */
static int fake_connect(int chan_fd, int fd UNUSED)
{
	struct msg_connect m;
	struct msg_connected done = {.address = LIT("192.0.2.7:22")};
	struct chan c;
	struct buf b;
	struct err err;
	int fds[2];
	char port = 0;

	chan_init(&c, chan_fd);
	if (!hear(&c, MSG_CONNECT, &m) || pipe(fds) != 0)
		return 1;
	port = (char)m.port;
	if (write(fds[1], &port, 1) != 1)
		return 1;
	buf_init(&b, 4096);
	if (wire_encode(msg_type(MSG_CONNECTED), &done, &b, &err) != ERR_OK)
		return 1;
	return chan_send_fd(&c, MSG_CONNECTED, buf_bytes(&b), fds[0],
			    patience(), &err) != ERR_OK;
}

static void add(struct buf *b, enum rec_type type, const void *rec)
{
	struct err err;

	if (record_encode(type, rec, b, &err) != ERR_OK)
		_exit(9);
}

static void add_hello(struct buf *b)
{
	struct rec_hello hello = {.version = RECORD_VERSION,
				  .program = LIT("fake"),
				  .engine = LIT("none"),
				  .os = LIT("Linux 6.1"),
				  .arch = LIT("x86_64"),
				  .hostname = LIT("evil\x1b[31m"),
				  .clock_ns = time_now_ns(),
				  .unlinked = true};

	add(b, REC_HELLO, &hello);
}

static void add_coverage(struct buf *b, struct bytes outcome)
{
	struct rec_coverage cov = {.what = LIT("hunt"),
				   .outcome = outcome,
				   .path = LIT("/srv"),
				   .files = 3,
				   .bytes = 99};

	add(b, REC_COVERAGE, &cov);
}

static void write_script(enum script script, struct buf *b)
{
	struct rec_done done = {.files = 3, .bytes = 99, .complete = true};

	if (script == SCRIPT_GARBAGE) {
		(void)buf_add_str(b, "Last login: never\n");
		return;
	}
	if (script != SCRIPT_NO_HELLO)
		add_hello(b);
	for (int i = 0; i < (script == SCRIPT_FLOOD ? 3000 : 1); i++)
		add_coverage(b, script == SCRIPT_PARTIAL ? LIT("failed")
							 : LIT("scanned"));
	if (script != SCRIPT_NO_DONE)
		add(b, REC_DONE, &done);
	if (script == SCRIPT_AFTER_DONE)
		add_coverage(b, LIT("scanned"));
}

static int ask_for_secret(struct chan *c)
{
	struct msg_link_password ask = {.prompt = LIT("Password: ")};
	struct msg_link_secret got;

	return say(c, MSG_LINK_PASSWORD, &ask) &&
	       hear(c, MSG_LINK_SECRET, &got) && got.ok &&
	       bytes_eq(got.value, LIT("hunter2"));
}

static int ask_for_signature(struct chan *c)
{
	struct msg_sign ask = {.id = 5,
			       .blob = LIT("a public key"),
			       .data = LIT("to sign")};
	struct msg_signed got;

	return say(c, MSG_LINK_SIGN, &ask) && hear(c, MSG_LINK_SIGNED, &got) &&
	       got.id == 5 && got.ok &&
	       bytes_eq(got.signature, LIT("signed"));
}

static int log_in(struct chan *c, enum script script)
{
	struct msg_link_hostkey key = {.key_type = LIT("ssh-ed25519"),
				       .key = bytes_of(host_key,
						       sizeof host_key - 1)};
	struct msg_link_phase phase = {.phase = LINK_AUTH};
	struct err fault = {.code = ERR_AUTH, .msg = "tried 1 key"};
	struct msg_link_key offered;
	struct msg_link_verdict verdict;
	struct msg_link_start start;
	struct frame f;
	struct err err;
	bool judged = false, go = false;

	if (!hear(c, MSG_LINK_START, &start) ||
	    !say(c, MSG_LINK_HOSTKEY, &key))
		return 0;
	while (!judged || !go) {
		if (chan_wait(c, &f, patience(), &err) != ERR_OK)
			return 0;
		go |= f.type == MSG_LINK_GO;
		if (f.type == MSG_LINK_KEY &&
		    msg_read(&f, MSG_LINK_KEY, &offered, &err) != ERR_OK)
			return 0;
		if (f.type != MSG_LINK_VERDICT)
			continue;
		if (msg_read(&f, MSG_LINK_VERDICT, &verdict, &err) != ERR_OK ||
		    !verdict.accepted)
			return 0;
		judged = true;
	}
	if (!say(c, MSG_LINK_PHASE, &phase))
		return 0;
	if (script == SCRIPT_FAULT) {
		msg_send_fault(c, &fault);
		return 0;
	}
	return script == SCRIPT_SIGN	   ? ask_for_signature(c)
	       : script == SCRIPT_PASSWORD ? ask_for_secret(c)
					   : 1;
}

static int send_output(struct chan *c, const struct buf *b)
{
	struct bytes rest = buf_bytes(b);

	while (rest.n) {
		/* Odd pieces: records must not need a frame of their own. */
		struct msg_data piece = {.data = bytes_of(rest.p,
							  MIN(rest.n, 777u))};

		if (!say(c, MSG_LINK_OUTPUT, &piece))
			return 0;
		rest = bytes_skip(rest, piece.data.n);
	}
	return 1;
}

static int fake_link(int chan_fd, int fd)
{
	struct msg_link_placed placed = {.path = LIT("/dev/shm/.x"),
					 .bytes = 5,
					 .checked = true};
	struct msg_link_exit ended = {0};
	struct chan c;
	struct frame f;
	struct buf b;
	struct err err;
	char script;

	chan_init(&c, chan_fd);
	if (read(fd, &script, 1) != 1 || !log_in(&c, (enum script)script) ||
	    !say(&c, MSG_LINK_PLACED, &placed))
		return 1;
	buf_init(&b, 4u << 20);
	write_script((enum script)script, &b);
	if (script == SCRIPT_DIES)
		b.n /= 2;
	if (script == SCRIPT_HANGS)
		b.n = 0;
	if (!send_output(&c, &b) || script == SCRIPT_DIES)
		return 1;
	if (script == SCRIPT_NO_DONE)
		return !say(&c, MSG_LINK_EXIT, &ended);
	do /* the request, then the end of the probe's stdin */
		if (chan_wait(&c, &f, patience(), &err) != ERR_OK)
			return 1;
	while (f.type != MSG_LINK_INPUT || f.body.n > 100);
	return !say(&c, MSG_LINK_EXIT, &ended);
}

static int fake_keyring(int chan_fd, int fd UNUSED)
{
	struct msg_keyring_open open_;
	struct msg_keyring_key key = {.blob = LIT("a public key"),
				      .source = LIT("/h/.ssh/id"),
				      .locked = true};
	struct msg_empty listed = {0};
	struct chan c;
	bool locked = true;
	struct err err;
	struct frame f;

	chan_init(&c, chan_fd);
	if (!hear(&c, MSG_KEYRING_OPEN, &open_) ||
	    !say(&c, MSG_KEYRING_KEY, &key) ||
	    !say(&c, MSG_KEYRING_LISTED, &listed))
		return 1;
	while (chan_wait(&c, &f, patience(), &err) == ERR_OK) {
		struct msg_keyring_unlock unlock;
		struct msg_sign sign;

		if (msg_read(&f, MSG_KEYRING_SIGN, &sign, &err) == ERR_OK) {
			struct msg_signed m = {.id = sign.id,
					       .ok = !locked,
					       .locked = locked,
					       .path = LIT("/h/.ssh/id"),
					       .signature = LIT("signed")};

			(void)say(&c, MSG_KEYRING_SIGNED, &m);
		} else if (msg_read(&f, MSG_KEYRING_UNLOCK, &unlock, &err) ==
			   ERR_OK) {
			struct msg_keyring_unlocked m = {
				.path = LIT("/h/.ssh/id"),
				.message = LIT("wrong passphrase")};

			m.ok = bytes_eq(unlock.passphrase, LIT("sesame"));
			locked = !m.ok;
			(void)say(&c, MSG_KEYRING_UNLOCKED, &m);
		}
	}
	return 0;
}

static const struct child_kind fakes[] = {
	[CHILD_CONNECT] = {"connect", fake_connect},
	[CHILD_LINK] = {"link", fake_link},
	[CHILD_KEYRING] = {"keyring", fake_keyring},
};

/* ---- a sink that remembers, and refuses on demand ---- */

struct memory {
	struct sink sink;
	struct change *got[8192];
	size_t n;
	size_t room; /* how many more it takes before it says "full" */
	pthread_mutex_t lock;
};

static bool remember(struct sink *sink, struct change *c)
{
	struct memory *m = (struct memory *)sink;
	bool taken;

	pthread_mutex_lock(&m->lock);
	taken = m->room > 0 && m->n < ARRAY_SIZE(m->got);
	if (taken) {
		m->room--;
		m->got[m->n++] = c;
	}
	pthread_mutex_unlock(&m->lock);
	return taken;
}

static void make_room(struct memory *m, size_t n)
{
	uint64_t one = 1;

	pthread_mutex_lock(&m->lock);
	m->room += n;
	pthread_mutex_unlock(&m->lock);
	assert_int_equal(write(m->sink.room_fd, &one, sizeof one), sizeof one);
}

static size_t room_left(struct memory *m)
{
	size_t room;

	pthread_mutex_lock(&m->lock);
	room = m->room;
	pthread_mutex_unlock(&m->lock);
	return room;
}

static void set_room(struct memory *m, size_t room)
{
	pthread_mutex_lock(&m->lock);
	m->room = room;
	pthread_mutex_unlock(&m->lock);
}

static size_t count(struct memory *m, enum change_kind kind)
{
	size_t n = 0;

	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->n; i++)
		n += m->got[i]->kind == kind;
	pthread_mutex_unlock(&m->lock);
	return n;
}

static const struct change *last_of(struct memory *m, enum change_kind kind)
{
	const struct change *found = NULL;

	for (size_t i = 0; i < m->n; i++)
		if (m->got[i]->kind == kind)
			found = m->got[i];
	if (!found) {
		fail_msg("no %s", change_action(kind));
		abort(); /* fail_msg does not come back; compilers do not know */
	}
	return found;
}

/* ---- the fixture ---- */

struct bed {
	struct zygote zygote;
	struct memory memory;
	struct engine *engine;
	char dir[64];
};

static int set_up_patient(void **state, int64_t silence_ns)
{
	struct bed *bed = xcalloc(1, sizeof *bed);
	struct engine_config config = {.zygote = &bed->zygote,
				       .sink = &bed->memory.sink,
				       .ssh_dir = bed->dir,
				       .user = "tester",
				       .probe = LIT("probe"),
				       .probe_gz = LIT("probe"),
				       .silence_ns = silence_ns};
	struct err err;

	(void)snprintf(bed->dir, sizeof bed->dir, "/tmp/halligan-job.XXXXXX");
	assert_non_null(mkdtemp(bed->dir));
	bed->memory.sink.submit = remember;
	bed->memory.sink.room_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	bed->memory.room = SIZE_MAX / 2;
	pthread_mutex_init(&bed->memory.lock, NULL);
	assert_ok(zygote_start(&bed->zygote, fakes, ARRAY_SIZE(fakes), NULL,
			       &err), err);
	assert_ok(engine_start(&config, &bed->engine, &err), err);
	*state = bed;
	return 0;
}

static int set_up(void **state)
{
	return set_up_patient(state, 0);
}

static int set_up_impatient(void **state)
{
	return set_up_patient(state, 50 * NS_PER_MS);
}

static int tear_down(void **state)
{
	struct bed *bed = *state;
	struct err err;

	engine_stop(bed->engine);
	zygote_stop(&bed->zygote);
	for (size_t i = 0; i < bed->memory.n; i++)
		change_free(bed->memory.got[i]);
	pthread_mutex_destroy(&bed->memory.lock);
	close(bed->memory.sink.room_fd);
	assert_ok(fs_remove_tree(bed->dir, &err), err);
	free(bed);
	return 0;
}

static struct job *job_for(struct job_host **host, enum script script)
{
	struct job *job = job_new(JOB_HUNT);
	struct req_start start = {.scan = true};
	char target[32];
	struct err err;

	*host = job_add_host(job);
	(*host)->id = uuid_v7();
	(*host)->name = xstrdup("web01");
	(void)snprintf(target, sizeof target, "ir@host:%d", (int)script);
	(*host)->target = xstrdup(target);
	job->command = xstrdup("hunt web01");
	job->accept_new_host_keys = true;
	assert_ok(record_encode(REQ_START, &start, &job->request, &err), err);
	/* More than the fake reads as "end": see fake_link. */
	for (int i = 0; i < 20; i++)
		assert_ok(record_encode(REQ_PATH,
					&(struct req_path){LIT("/srv")},
					&job->request, &err), err);
	return job;
}

/* What the test answers to questions while it waits. */
struct answers {
	bool yes;
	struct bytes secret;
	unsigned asked;
	struct ask last;
};

/* Waits for news; true while the job goes on. */
static bool await_news(struct bed *bed, const struct uuid *run,
		       struct answers *answers, struct job_view *view)
{
	struct job_view all[4];
	struct notice *n;
	struct err err;
	size_t jobs;

	assert_ok(wait_fd(engine_fd(bed->engine), POLLIN, patience(), &err),
		  err);
	while ((n = engine_notice(bed->engine))) {
		if (n->kind == NOTICE_ASK) {
			answers->asked++;
			answers->last = n->ask;
			engine_answer(bed->engine, n->ask.id, answers->yes,
				      answers->secret);
		}
		free(n);
	}
	jobs = engine_jobs(bed->engine, all, ARRAY_SIZE(all));
	for (size_t i = 0; i < jobs; i++)
		if (strcmp(all[i].run.s, run->s) == 0) {
			*view = all[i];
			return !all[i].over;
		}
	return true;
}

static enum err_code finish(struct bed *bed, struct job *job,
			    struct answers *answers,
			    struct job_host_view *host)
{
	struct uuid run = job->run;
	struct job_view view;

	engine_submit(bed->engine, job);
	while (await_news(bed, &run, answers, &view))
		;
	assert_int_equal(engine_job_hosts(bed->engine, &run, host, 1), 1);
	return view.code;
}

static const struct {
	enum script script;
	enum err_code code, host_code;
	enum host_phase phase;
	const char *says;
} endings[] = {
	{SCRIPT_GOOD, ERR_OK, ERR_OK, HOST_DONE, ""},
	{SCRIPT_PARTIAL, ERR_PARTIAL, ERR_PARTIAL, HOST_PARTIAL, "/srv: "},
	{SCRIPT_FLOOD, ERR_OK, ERR_OK, HOST_DONE, ""},
	{SCRIPT_GARBAGE, ERR_FORMAT, ERR_FORMAT, HOST_FAILED, ""},
	{SCRIPT_NO_HELLO, ERR_FORMAT, ERR_FORMAT, HOST_FAILED, "hello"},
	{SCRIPT_DIES, ERR_REMOTE, ERR_REMOTE, HOST_FAILED, "died"},
	{SCRIPT_NO_DONE, ERR_REMOTE, ERR_REMOTE, HOST_FAILED, "before it was"},
	{SCRIPT_FAULT, ERR_AUTH, ERR_AUTH, HOST_FAILED, "tried 1 key"},
	{SCRIPT_AFTER_DONE, ERR_FORMAT, ERR_FORMAT, HOST_FAILED, "after the"},
};

static void every_ending_is_told(void **state)
{
	struct bed *bed = *state;

	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		struct answers answers = {.yes = true};
		struct job_host_view view;
		struct job_host *host;
		struct job *job = job_for(&host, endings[i].script);
		enum err_code code = finish(bed, job, &answers, &view);

		if (code != endings[i].code ||
		    view.phase != endings[i].phase ||
		    view.err.code != endings[i].host_code ||
		    !strstr(view.err.msg, endings[i].says))
			fail_msg("script %d: %s, %s: %s",
				 (int)endings[i].script, err_name(code),
				 host_phase_name(view.phase), view.err.msg);
		assert_int_equal(count(&bed->memory, CHANGE_RUN_BEGIN), i + 1);
		assert_int_equal(count(&bed->memory, CHANGE_RUN_END), i + 1);
	}
}

static void records_reach_the_sink_in_order(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_FLOOD);
	struct uuid id = host->id;

	assert_int_equal(finish(bed, job, &answers, &view), ERR_OK);
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 3000);
	assert_int_equal(count(&bed->memory, CHANGE_HOST_SEEN), 1);
	assert_string_equal(last_of(&bed->memory, CHANGE_RECORD)->host.s, id.s);
	assert_string_equal(
		last_of(&bed->memory, CHANGE_HOST_SEEN)->u.host_seen.hostname,
		"evil\\x1b[31m");
	assert_int_equal(bed->memory.got[0]->kind, CHANGE_RUN_BEGIN);
	assert_int_equal(bed->memory.got[bed->memory.n - 1]->kind,
			 CHANGE_RUN_END);
	assert_non_null(strstr(
		last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.footprint,
		"/dev/shm/.x"));
}

static void a_full_sink_makes_hosts_wait(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_FLOOD);
	struct uuid run = job->run;

	set_room(&bed->memory, 100);
	engine_submit(bed->engine, job);
	while (await_news(bed, &run, &answers, &view)) {
		size_t n = count(&bed->memory, CHANGE_RECORD);

		if (room_left(&bed->memory) == 0) {
			assert_true(n < 3000);
			make_room(&bed->memory, 400);
		}
	}
	while (room_left(&bed->memory) == 0 &&
	       count(&bed->memory, CHANGE_RUN_END) == 0)
		make_room(&bed->memory, 400);
	assert_int_equal(view.code, ERR_OK);
	make_room(&bed->memory, 4000);
	engine_stop(bed->engine);
	bed->engine = NULL;
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 3000);
	assert_int_equal(count(&bed->memory, CHANGE_RUN_END), 1);
}

static void an_unknown_key_is_refused_without_a_yes(void **state)
{
	struct bed *bed = *state;
	struct answers no = {.yes = false};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);

	job->accept_new_host_keys = false;
	assert_int_equal(finish(bed, job, &no, &view), ERR_HOSTKEY);
	assert_int_equal(no.asked, 1);
	assert_int_equal(no.last.kind, ASK_HOST_KEY);
	assert_non_null(strstr(no.last.fingerprint, "SHA256:"));
	assert_non_null(strstr(view.err.msg, "halligan host trust web01"));
	assert_int_equal(count(&bed->memory, CHANGE_HOST_KEY_REFUSED), 1);
	assert_int_equal(count(&bed->memory, CHANGE_HOST_TRUST), 0);
	assert_int_equal(count(&bed->memory, CHANGE_RECORD), 0);
}

static void an_answered_key_is_pinned(void **state)
{
	struct bed *bed = *state;
	struct answers yes = {.yes = true};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);

	job->accept_new_host_keys = false;
	assert_int_equal(finish(bed, job, &yes, &view), ERR_OK);
	assert_string_equal(
		last_of(&bed->memory, CHANGE_HOST_TRUST)->u.host_key.how,
		"answered");
}

static void a_changed_key_is_refused_unasked(void **state)
{
	struct bed *bed = *state;
	struct answers yes = {.yes = true};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);
	char fp[FINGERPRINT_MAX];

	key_fingerprint(bytes_of(host_key, sizeof host_key - 1), fp);
	host->pinned_fingerprint = xstrdup("SHA256:pinned");
	assert_int_equal(finish(bed, job, &yes, &view), ERR_HOSTKEY);
	assert_int_equal(yes.asked, 0);
	assert_non_null(strstr(view.err.msg, "SHA256:pinned"));
	assert_non_null(strstr(view.err.msg, fp));
	assert_string_equal(last_of(&bed->memory, CHANGE_HOST_KEY_REFUSED)
				    ->u.host_key.pinned_fingerprint,
			    "SHA256:pinned");
}

static void a_locked_key_is_asked_for_and_used(void **state)
{
	struct bed *bed = *state;
	struct answers good = {.yes = true, .secret = LIT("sesame")};
	struct job_host_view view;
	struct job_host *host;

	assert_int_equal(finish(bed, job_for(&host, SCRIPT_SIGN), &good, &view),
			 ERR_OK);
	assert_int_equal(good.asked, 1);
	assert_int_equal(good.last.kind, ASK_PASSPHRASE);
	/* It stays unlocked for the next host. */
	assert_int_equal(finish(bed, job_for(&host, SCRIPT_SIGN), &good, &view),
			 ERR_OK);
	assert_int_equal(good.asked, 1);
}

static void wrong_passphrases_end_after_three(void **state)
{
	struct bed *bed = *state;
	struct answers bad = {.yes = true, .secret = LIT("wrong")};
	struct job_host_view view;
	struct job_host *host;

	assert_int_not_equal(finish(bed, job_for(&host, SCRIPT_SIGN), &bad,
				    &view), ERR_OK);
	assert_int_equal(bad.asked, 3);
	assert_non_null(strstr(bad.last.prompt, "wrong passphrase"));
}

static void a_password_goes_to_the_link(void **state)
{
	struct bed *bed = *state;
	struct answers good = {.yes = true, .secret = LIT("hunter2")};
	struct job_host_view view;
	struct job_host *host;

	assert_int_equal(finish(bed, job_for(&host, SCRIPT_PASSWORD), &good,
				&view), ERR_OK);
	assert_int_equal(good.last.kind, ASK_PASSWORD);
	assert_non_null(strstr(good.last.prompt, "web01"));
}

static void a_cancel_ends_the_run(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host_view host_view;
	struct job_view view = {0};
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_HANGS);
	struct uuid run = job->run;

	engine_submit(bed->engine, job);
	do {
		assert_true(await_news(bed, &run, &answers, &view));
		(void)engine_job_hosts(bed->engine, &run, &host_view, 1);
	} while (!view.n_hosts || host_view.phase != HOST_RUNNING);
	engine_cancel(bed->engine, &run, NULL);
	while (await_news(bed, &run, &answers, &view))
		;
	assert_int_equal(view.code, ERR_CANCELLED);
	assert_int_equal(last_of(&bed->memory, CHANGE_RUN_HOST)->u.run_host.code,
			 ERR_CANCELLED);
}

static void a_silent_probe_is_given_up(void **state)
{
	struct answers answers = {0};
	struct job_host_view view;
	struct job_host *host;

	assert_int_equal(finish(*state, job_for(&host, SCRIPT_HANGS), &answers,
				&view), ERR_TIMEOUT);
	assert_non_null(strstr(view.err.msg, "stopped answering"));
}

static void many_hosts_share_few_places(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {0};
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);
	struct job_view view;
	struct uuid run = job->run;

	for (int i = 1; i < 30; i++) {
		char target[32];

		host = job_add_host(job);
		host->id = uuid_v7();
		host->name = xasprintf("h%d", i);
		(void)snprintf(target, sizeof target, "h%d:%d", i,
			       i % 10 == 0 ? SCRIPT_DIES : SCRIPT_GOOD);
		host->target = xstrdup(target);
	}
	job->parallel = 4;
	engine_submit(bed->engine, job);
	while (await_news(bed, &run, &answers, &view))
		;
	assert_int_equal(view.code, ERR_PARTIAL);
	assert_int_equal(view.n_done, 28);
	assert_int_equal(view.n_failed, 2);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BED(every_ending_is_told),
		BED(records_reach_the_sink_in_order),
		BED(a_full_sink_makes_hosts_wait),
		BED(an_unknown_key_is_refused_without_a_yes),
		BED(an_answered_key_is_pinned),
		BED(a_changed_key_is_refused_unasked),
		BED(a_locked_key_is_asked_for_and_used),
		BED(wrong_passphrases_end_after_three),
		BED(a_password_goes_to_the_link),
		BED(a_cancel_ends_the_run),
		cmocka_unit_test_setup_teardown(a_silent_probe_is_given_up,
						set_up_impatient, tear_down),
		BED(many_hosts_share_few_places),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("job", tests, NULL, NULL);
}
