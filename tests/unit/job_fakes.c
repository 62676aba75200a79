/* SPDX-License-Identifier: Apache-2.0 */
/* Children that follow a script; the port of the target says which. */
#include "unit/unit.h"

#include "unit/job_fakes.h"

#include <stdatomic.h>
#include <sys/mman.h>

#include "base/chan.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"
#include "job/job.h"
#include "remote/msg.h"
#include "wire/records.h"
#include "wire/stream.h"

#define LIT(s)	  bytes_of(s, sizeof(s) - 1)
#define FLAKY_FAILS 2
#define PATIENCE (20 * NS_PER_S)

const uint8_t fake_host_key[FAKE_HOST_KEY_LEN] =
	"\0\0\0\013ssh-ed25519\0\0\0\004keyA";

struct deadline patience(void)
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

static _Atomic unsigned *connects, *wrong_passwords;

void fake_prepare(void)
{
	_Atomic unsigned *p = mmap(NULL, 2 * sizeof *connects, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(p, MAP_FAILED);
	connects = p; /* the last test's is left to the process */
	wrong_passwords = p + 1;
}

unsigned fake_wrong_passwords(void)
{
	return *wrong_passwords;
}

static bool refuses(char script)
{
	return script == SCRIPT_REFUSED ||
	       (script == SCRIPT_FLAKY &&
		atomic_fetch_add(connects, 1) < FLAKY_FAILS);
}

/* Whether this connection is to be cut: each of them, or the first. */
static bool cuts(enum script script)
{
	return script == SCRIPT_CUT_OFTEN ||
	       ((script == SCRIPT_CUT || script == SCRIPT_CUT_CHANGED) &&
		atomic_load(connects) == 0);
}

static int cut_off(struct chan *c)
{
	struct err err;

	atomic_fetch_add(connects, 1);
	err_set(&err, ERR_NET, "the cable is out");
	msg_send_fault(c, &err);
	return 1;
}

static int tell_connect(struct chan *c, const struct msg_connect *m)
{
	struct err err;

	err_set(&err, ERR_NET, "family %u from %s within %u ms",
		(unsigned)m->family, shown(m->from).s,
		(unsigned)m->timeout_ms);
	msg_send_fault(c, &err);
	return 1;
}

static void tell_link(struct chan *c, const struct msg_link_start *m)
{
	struct err err;

	err_set(&err, ERR_NET, "%s, hands %u ms, alive %u s, idle %u ms, by %s",
		shown(m->user).s, (unsigned)m->handshake_ms,
		(unsigned)m->keepalive_s,
		(unsigned)m->idle_ms, shown(m->methods).s);
	msg_send_fault(c, &err);
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
	if (port == SCRIPT_TELLS_CONNECT)
		return tell_connect(&c, &m);
	if (refuses(port)) {
		err_set(&err, ERR_NET, "connection refused");
		msg_send_fault(&c, &err);
		return 1;
	}
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

static void add_coverage(struct buf *b, struct bytes outcome,
			 const char *detail)
{
	struct rec_coverage cov = {.what = LIT("hunt"),
				   .outcome = outcome,
				   .path = LIT("/srv"),
				   .files = 3,
				   .bytes = 99,
				   .detail = bytes_str(detail)};

	add(b, REC_COVERAGE, &cov);
}

static void add_plan(struct buf *b)
{
	struct rec_plan plan = {.op = LIT("hunt"),
				.rules_sha256 = LIT("abcd"),
				.n_rules = 1,
				.form = LIT("source")};

	add(b, REC_PLAN, &plan);
}

static void add_match(struct buf *b)
{
	struct rec_file file = {.seq = 1, .path = LIT("/srv/x")};
	struct rec_match match = {.seq = 1, .file_seq = 1,
				  .rule = LIT("invented"), .ns = LIT("r"),
				  .severity = LIT("critical")};

	add(b, REC_FILE, &file);
	add(b, REC_MATCH, &match);
}

static void write_script(enum script script, struct buf *b)
{
	struct rec_done done = {.files = 3, .bytes = 99, .complete = true,
				.cpu_ns = 11, .rss_bytes = 12};
	bool is_flood = script == SCRIPT_FLOOD || script == SCRIPT_LISTENS;

	if (script == SCRIPT_GARBAGE) {
		(void)buf_add_str(b, "Last login: never\n");
		return;
	}
	if (script != SCRIPT_NO_HELLO)
		add_hello(b);
	if (script == SCRIPT_OTHER_RULES)
		add_plan(b);
	if (script == SCRIPT_TELLS_TIME)
		add(b, REC_CLOCK, &(struct rec_clock){.asked_ns = 1});
	if (script == SCRIPT_INVENTS)
		add_match(b);
	if (script == SCRIPT_STEERED || script == SCRIPT_CLOCK)
		return;
	if (script == SCRIPT_CUT && cuts(script)) {
		struct rec_progress p = {.files = 20, .bytes = 2000};
		struct rec_cursor cursor = {.path = LIT("/srv/x")};

		add(b, REC_PROGRESS, &p);
		add(b, REC_CURSOR, &cursor);
		p.files = 25; /* of them 5 are read again */
		add(b, REC_PROGRESS, &p);
	}
	if (cuts(script))
		return;
	for (int i = 0; i < (is_flood ? 3000 : 1); i++)
		add_coverage(b, LIT("scanned"), "");
	if (script == SCRIPT_PARTIAL) {
		add_coverage(b, LIT("failed"), "");
		add_coverage(b, LIT("failed"), "rule r:slow took 9.0 s alone");
	}
	if (script != SCRIPT_NO_DONE && script != SCRIPT_LISTENS)
		add(b, REC_DONE, &done);
	if (script == SCRIPT_AFTER_DONE)
		add_coverage(b, LIT("scanned"), "");
}

size_t fake_flood_len(void)
{
	struct buf b;
	size_t n;

	buf_init(&b, 4u << 20);
	write_script(SCRIPT_FLOOD, &b);
	n = b.n;
	buf_release(&b);
	return n;
}

static int ask_for_secret(struct chan *c, enum script script)
{
	struct msg_link_password ask = {.prompt = LIT("Password: "),
					.secret = SECRET_LOGIN};
	struct bytes good = script == SCRIPT_OWN_PASSWORD ? LIT("its-own")
							   : LIT("hunter2");
	struct msg_link_secret got;

	if (script == SCRIPT_CODE)
		ask = (struct msg_link_password){.prompt = LIT("Code: "),
						 .echo = true};
	for (int i = 0; i < 3; i++) {
		if (!say(c, MSG_LINK_PASSWORD, &ask) ||
		    !hear(c, MSG_LINK_SECRET, &got) || !got.ok)
			return 0;
		if (bytes_eq(got.value, good))
			return 1;
		(*wrong_passwords)++;
	}
	return 0;
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
				       .key = bytes_of(fake_host_key,
						       FAKE_HOST_KEY_LEN)};
	struct msg_link_phase phase = {.phase = LINK_AUTH};
	struct err fault = {.code = ERR_AUTH, .msg = "tried 1 key"};
	struct msg_link_key offered;
	struct msg_link_verdict verdict;
	struct msg_link_start start;
	struct frame f;
	struct err err;
	bool judged = false, go = false;

	if (!hear(c, MSG_LINK_START, &start))
		return 0;
	if (script == SCRIPT_TELLS_LINK) {
		tell_link(c, &start);
		return 0;
	}
	if (script == SCRIPT_CUT_CHANGED && !cuts(script))
		key.key.n--;
	if (!say(c, MSG_LINK_HOSTKEY, &key))
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
	if (script == SCRIPT_SIGN)
		return ask_for_signature(c);
	return script == SCRIPT_PASSWORD || script == SCRIPT_OWN_PASSWORD ||
			       script == SCRIPT_CODE
		       ? ask_for_secret(c, script)
		       : 1;
}

static int send_output(struct chan *c, const struct buf *b)
{
	struct bytes rest = buf_bytes(b);

	while (rest.n) {
		/* Odd pieces: records must not need a frame of their own. */
		struct msg_data piece = {.data = bytes_first(rest, 777)};

		piece.wire = piece.data.n;
		if (!say(c, MSG_LINK_OUTPUT, &piece))
			return 0;
		rest = bytes_skip(rest, piece.data.n);
	}
	return 1;
}

/* zstd frames that hold whole requests, the last of them a start, the first
 * a cursor for a host that goes on. */
static int is_request(const struct buf *packed, bool resumes)
{
	struct bytes in = buf_bytes(packed), rest;
	enum rec_type first = 0, last = 0;
	struct zreader z;
	struct buf plain;
	struct err err;

	buf_init(&plain, 1u << 20);
	zreader_init(&z);
	if (zreader_add(&z, &in, &plain, &err) != ERR_OK || in.n)
		return 0;
	for (rest = buf_bytes(&plain); rest.n;) {
		struct record rec;
		size_t used;

		if (record_next(rest, &used, &rec, &err) != ERR_OK || !used)
			return 0;
		if (rec.type != REQ_CONTROL)
			last = rec.type;
		first = first ? first : rec.type;
		rest = bytes_skip(rest, used);
	}
	return last == REQ_START && (first == REQ_CURSOR) == resumes;
}

/* Everything the probe's stdin would get, to its end. */
static int take_request(struct chan *c, bool resumes)
{
	struct msg_data m = {0};
	struct buf packed;

	buf_init(&packed, 1u << 20);
	while (!m.last)
		if (!hear(c, MSG_LINK_INPUT, &m) ||
		    !buf_add_bytes(&packed, m.data))
			return 0;
	return is_request(&packed, resumes);
}

/* What the host would run must be what the engine says it is. */
static int take_probe(struct chan *c, const char *machine, const char *arch)
{
	struct msg_link_want want = {.system = LIT("Linux"),
				     .machine = bytes_str(machine),
				     .form = PROBE_ZST};
	struct buf packed, plain, expected;
	char sha256[2 * SHA256_LEN + 1];
	uint8_t digest[SHA256_LEN];
	struct msg_link_offer offer;
	struct msg_data m = {0};
	struct zreader z;
	struct bytes in;
	struct err err;

	buf_init(&packed, 4096);
	buf_init(&plain, 4096);
	buf_init(&expected, 4096);
	zreader_init(&z);
	(void)buf_addf(&expected, FAKE_PROBE "%s", arch);
	hash_sha256(buf_bytes(&expected), digest);
	(void)hex_encode(bytes_of(digest, sizeof digest), sha256,
			 sizeof sha256);
	if (!say(c, MSG_LINK_WANT, &want) || !hear(c, MSG_LINK_OFFER, &offer))
		return 0;
	if (offer.none.n) { /* and no shell that would do, either */
		(void)err_set(&err, ERR_UNSUPPORTED, "%s",
			      shown(offer.none).s);
		msg_send_fault(c, &err);
		return 0;
	}
	if (offer.len != expected.n ||
	    !bytes_eq(offer.sha256, bytes_str(sha256)))
		return 0;
	while (!m.last)
		if (!hear(c, MSG_LINK_PROBE, &m) ||
		    !buf_add_bytes(&packed, m.data))
			return 0;
	in = buf_bytes(&packed);
	return packed.n == offer.packed_len &&
	       zreader_add(&z, &in, &plain, &err) == ERR_OK &&
	       bytes_eq(buf_bytes(&plain), buf_bytes(&expected));
}

static int place(struct chan *c, enum script script)
{
	switch (script) {
	case SCRIPT_VAX:
		return take_probe(c, "vax", "vax");
	case SCRIPT_ARM:
		return take_probe(c, "armv7l", "armhf");
	default:
		return take_probe(c, "x86_64", "x86_64");
	}
}

void fake_packed(const char *dir, const char *name, const char *plain)
{
	char *path = xasprintf("%s/halligan-probe-%s.zst", dir, name);
	struct zwriter z;
	struct buf packed;
	struct err err;

	buf_init(&packed, 4096);
	zwriter_init(&z, 1);
	assert_ok(zwriter_add(&z, bytes_str(plain), ZFLUSH_END, &packed, &err),
		  err);
	assert_ok(fs_replace(path, buf_bytes(&packed), 0644, &err), err);
	zwriter_release(&z);
	buf_release(&packed);
	free(path);
}

static void put_probe(const char *dir, const char *arch, struct buf *list)
{
	char *plain = xasprintf(FAKE_PROBE "%s", arch);

	fake_packed(dir, arch, plain);
	assert_true(buf_addf(list, "%s %zu libyara 4.5.2\n", arch,
			     strlen(plain)));
	free(plain);
}

void fake_bundle(const char *dir)
{
	char *path = xasprintf("%s/halligan-probes", dir);
	struct buf list;
	struct err err;

	buf_init(&list, 4096);
	put_probe(dir, "x86_64", &list);
	put_probe(dir, "armhf", &list);
	assert_ok(fs_replace(path, buf_bytes(&list), 0644, &err), err);
	buf_release(&list);
	free(path);
}

static int say_record(struct chan *c, enum rec_type type, const void *rec)
{
	struct buf b;

	buf_init(&b, 4096);
	add(&b, type, rec);
	return send_output(c, &b);
}

/* What a probe would answer; -1 when it is to be done. */
static int heed(struct chan *c, uint64_t action)
{
	static struct rec_progress p;

	if (action == CONTROL_FASTER)
		return -1;
	if (action == CONTROL_SLOWER)
		p.pace = 50;
	else if (action != CONTROL_ALIVE)
		p.paused = action == CONTROL_PAUSE;
	return say_record(c, REC_PROGRESS, &p);
}

/* Its clock is an hour ahead, and it takes its time. */
static int say_clock(struct chan *c, uint64_t asked_ns)
{
	int64_t now = time_now_ns() + FAKE_CLOCK_NS;
	struct rec_clock clock = {.asked_ns = asked_ns,
				  .heard_ns = now,
				  .said_ns = now + 1};

	return say_record(c, REC_CLOCK, &clock);
}

/* Reads requests; `wanted` alive signs or a "faster" end it well. */
static int take_controls(struct chan *c, unsigned wanted, bool tells_time)
{
	int64_t silence = JOB_HEARD_S * NS_PER_S;
	struct rec_done done = {.files = 3000, .complete = true};
	struct bytes rest;
	struct zreader z;
	struct msg_data m;
	struct buf plain;
	struct frame f;
	struct err err;

	zreader_init(&z);
	buf_init(&plain, 1u << 20);
	for (;;) {
		struct record rec;
		size_t used = 0;
		int how = 1;

		if (record_next(buf_bytes(&plain), &used, &rec, &err) != ERR_OK)
			return 0;
		if (used && rec.type == REQ_CONTROL && tells_time &&
		    rec.u.control.asked_ns)
			how = say_clock(c, rec.u.control.asked_ns);
		else if (used && rec.type == REQ_CONTROL)
			how = heed(c, rec.u.control.action);
		if (used && rec.type == REQ_CONTROL && wanted &&
		    rec.u.control.action == CONTROL_ALIVE && --wanted == 0)
			how = -1;
		if (how < 0)
			return say_record(c, REC_DONE, &done);
		buf_consume(&plain, used);
		if (used)
			continue;
		if (chan_wait(c, &f, deadline_in(silence, NULL), &err) !=
			    ERR_OK ||
		    msg_read(&f, MSG_LINK_INPUT, &m, &err) != ERR_OK)
			return 0;
		rest = m.data;
		if (zreader_add(&z, &rest, &plain, &err) != ERR_OK || rest.n)
			return 0;
	}
}

static int fake_link(int chan_fd, int fd)
{
	struct msg_link_placed placed = {.path = LIT("/dev/shm/.x"),
					 .bytes = 5,
					 .checked = true};
	struct msg_link_exit ended = {0};
	struct chan c;
	struct buf b;
	char script;

	chan_init(&c, chan_fd);
	if (read(fd, &script, 1) != 1 || !log_in(&c, (enum script)script) ||
	    !place(&c, (enum script)script) || !say(&c, MSG_LINK_PLACED, &placed))
		return 1;
	buf_init(&b, 4u << 20);
	write_script((enum script)script, &b);
	if (script == SCRIPT_DIES)
		b.n /= 2;
	if (script == SCRIPT_HANGS)
		b.n = 0;
	if (!send_output(&c, &b) || script == SCRIPT_DIES)
		return 1;
	if (cuts((enum script)script) || script == SCRIPT_CUT_DONE)
		return cut_off(&c);
	if (script == SCRIPT_NO_DONE)
		return !say(&c, MSG_LINK_EXIT, &ended);
	if (script == SCRIPT_STEERED || script == SCRIPT_LISTENS ||
	    script == SCRIPT_CLOCK)
		return !take_controls(&c,
				      script == SCRIPT_LISTENS ? 4
				      : script == SCRIPT_CLOCK ? 6
							       : 0,
				      script == SCRIPT_CLOCK) ||
		       !say(&c, MSG_LINK_EXIT, &ended);
	return !take_request(&c, script == SCRIPT_RESUMES ||
					 script == SCRIPT_CUT) ||
	       !say(&c, MSG_LINK_EXIT, &ended);
}

static int fake_keyring(int chan_fd, int fd UNUSED)
{
	struct msg_keyring_open open_;
	struct msg_keyring_key key = {.blob = LIT("a public key"),
				      .source = LIT("/h/.ssh/id"),
				      .locked = true};
	struct msg_keyring_listed listed = {0};
	struct err junk = {.code = ERR_FORMAT,
			   .msg = "/keys/junk is not a private key file"};
	struct chan c;
	bool locked = true;
	struct err err;
	struct frame f;

	chan_init(&c, chan_fd);
	if (!hear(&c, MSG_KEYRING_OPEN, &open_))
		return 1;
	if (bytes_eq(open_.identity, LIT("/keys/junk"))) {
		msg_send_fault(&c, &junk);
		return 1;
	}
	if (!say(&c, MSG_KEYRING_KEY, &key) ||
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

const struct child_kind job_fakes[] = {
	[CHILD_CONNECT] = {"connect", fake_connect},
	[CHILD_LINK] = {"link", fake_link},
	[CHILD_KEYRING] = {"keyring", fake_keyring},
};
