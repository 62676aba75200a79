/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle child: a file that a probe wrote when it worked alone, read in
 * place of a link. It is as hostile as a host: hashed first, so that the
 * engine can tell whether it was here before, then decrypted if need be and
 * unpacked, all of it in a jail. Any other file is one of a host that somebody
 * brought: evidence, and for a parser (given.c).
 */
#include "base/base.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/age.h"
#include "base/hash.h"
#include "base/jail.h"
#include "base/log.h"
#include "base/secret.h"
#include "base/time.h"
#include "remote/given.h"
#include "remote/msg.h"
#include "remote/remote.h"
#include "remote/unfold.h"
#include "remote/unpack.h"
#include "wire/stream.h"

#define MEMORY_MAX (UINT64_C(256) << 20)
#define ORDERS_NS  (60 * NS_PER_S)

#define PLAIN_PIECE ((size_t)256 << 10)
#define RECORD_BEGINS 0x82 /* an array of two, RFC 8949 */

struct bundle {
	struct chan chan;
	int fd;
	struct unpack unpack;
	struct buf read; /* what was read last */
	struct age_identity identity;
	bool has_identity, is_sealed;
	bool is_given; /* no bundle: a file of a host, as it is */
	struct msg_bundle_start order; /* its bytes are in `words` */
	struct buf words;
	struct age_reader seal;
	struct stat st; /* of fd */
	uint64_t size;
	char sha256[HASH_HEX_MAX];
};

/* A packed log, or a spool of them (which begins as records do). */
static bool starts_folded(int fd)
{
	uint8_t start[6];
	ssize_t n = pread(fd, start, sizeof start, 0);

	return n > 0 && (start[0] == RECORD_BEGINS ||
			 is_folded(bytes_of(start, (size_t)n)));
}

/* zip, tar: by what is in its first block. */
static bool starts_archive(int fd)
{
	uint8_t start[263];
	ssize_t n = pread(fd, start, sizeof start, 0);

	return (n > 4 && memcmp(start, "PK", 2) == 0) ||
	       (n == (ssize_t)sizeof start &&
		memcmp(start + 257, "ustar", 5) == 0);
}

static enum err_code enter_jail(struct bundle *b, struct err *err)
{
	struct jail_limits limits = {.memory_bytes = MEMORY_MAX};
	int keep[] = {b->chan.fd, b->fd, log_fd()};
	struct jail_report report;
	struct msg_link_jailed m;
	char what[128];
	enum err_code code;

	if (fstat(b->fd, &b->st) != 0)
		return err_errno(err, "looking at the file");
	limits.memory_bytes += (uint64_t)b->st.st_size; /* to be mapped */
	/* A buffer may move while it grows, and one log may look into its
	 * neighbour. Orders are read in the jail: a spool is told by how it
	 * begins. Members of an archive may be packed logs. */
	if (starts_folded(b->fd) || starts_archive(b->fd))
		limits.memory_bytes += 5 * (uint64_t)UNFOLD_MAX;
	code = jail_enter(&limits, keep, ARRAY_SIZE(keep), &report, err);
	if (code != ERR_OK)
		return code;
	m.what = bytes_str(jail_describe(&report, what, sizeof what));
	return msg_send(&b->chan, MSG_LINK_JAILED, &m, err);
}

/* A copy in our own buffer: the frame is wiped. */
static struct bytes keep(struct bundle *b, struct bytes word)
{
	size_t at = b->words.n;

	(void)buf_add_bytes(&b->words, word);
	return bytes_of(b->words.p + at, b->words.n - at);
}

static enum err_code read_orders(struct bundle *b, struct err *err)
{
	struct msg_bundle_start m;
	struct frame f;
	enum err_code code =
		chan_wait(&b->chan, &f, deadline_in(ORDERS_NS, NULL), err);

	if (code == ERR_OK)
		code = msg_read(&f, MSG_BUNDLE_START, &m, err);
	b->has_identity = code == ERR_OK &&
			  m.identity.n == sizeof b->identity.scalar;
	if (b->has_identity)
		memcpy(b->identity.scalar, m.identity.p, m.identity.n);
	if (code == ERR_OK) {
		b->order = m;
		b->order.identity = bytes_of(NULL, 0);
		(void)buf_reserve(&b->words,
				  m.path.n + m.parser.n + m.why.n +
					  m.zone.n + 1);
		b->order.path = keep(b, m.path);
		b->order.parser = keep(b, m.parser);
		b->order.why = keep(b, m.why);
		b->order.zone = keep(b, m.zone);
	}
	chan_wipe(&b->chan);
	return code;
}

/* The next bytes of the file; *n 0: there are no more. */
static enum err_code read_some(struct bundle *b, struct hash *hash, size_t *n,
			       struct err *err)
{
	uint8_t *to;
	ssize_t got;

	buf_clear(&b->read);
	to = buf_reserve(&b->read, UNPACK_READ_LEN);
	do
		got = read(b->fd, to, UNPACK_READ_LEN);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return err_errno(err, "reading the bundle");
	*n = (size_t)got;
	hash_add(hash, bytes_of(to, *n));
	buf_commit(&b->read, *n);
	return ERR_OK;
}

static void finish_hash(struct hash *hash, char out[HASH_HEX_MAX])
{
	uint8_t digest[HASH_LEN_MAX];

	(void)hash_final(hash, digest);
	(void)hex_encode(bytes_of(digest, SHA256_LEN), out, HASH_HEX_MAX);
}

/*
 * Bundles are zstd, and what is in them begins with the array of a record, as
 * no log does; a zstd file that is too short to tell is a
 * bundle that was cut off.
 */
static bool is_bundle(struct bytes start)
{
	struct zreader z;
	struct buf plain;
	struct err err;
	bool yes;

	if (!bytes_starts(start, "\x28\xb5\x2f\xfd"))
		return false;
	zreader_init(&z);
	buf_init(&plain, UNPACK_READ_LEN);
	yes = zreader_add(&z, &start, &plain, &err) != ERR_OK ||
	      plain.n == 0 || plain.p[0] == RECORD_BEGINS;
	zreader_release(&z);
	buf_release(&plain);
	return yes;
}

static struct given given_of(struct bundle *b)
{
	return (struct given){.chan = &b->chan,
			      .fd = b->fd,
			      .st = &b->st,
			      .order = &b->order,
			      .sha256 = b->sha256,
			      .size = b->size};
}

static enum err_code tell_sum(struct bundle *b, struct err *err)
{
	struct msg_bundle_sum m;
	struct given given;
	struct hash hash;
	size_t n = 1;
	enum err_code code = ERR_OK;

	hash_init(&hash, HASH_SHA256);
	while (code == ERR_OK && n) {
		code = read_some(b, &hash, &n, err);
		if (b->size == 0) {
			b->is_sealed = age_is_encrypted(buf_bytes(&b->read));
			b->is_given = !b->is_sealed &&
				      (b->order.parser.n || b->order.spool ||
				       !is_bundle(buf_bytes(&b->read)));
		}
		b->size += n;
	}
	finish_hash(&hash, b->sha256);
	if (code != ERR_OK)
		return code;
	if (lseek(b->fd, 0, SEEK_SET) != 0)
		return err_errno(err, "reading the bundle again");
	given = given_of(b);
	m = (struct msg_bundle_sum){
		.sha256 = bytes_str(b->sha256),
		.size = b->size,
		.is_file = b->is_given && !b->order.spool &&
			   given_is_file(&given),
		.given = b->is_given};
	return msg_send(&b->chan, MSG_BUNDLE_SUM, &m, err);
}

/* As fast as the engine takes it. */
static enum err_code pass_on(struct bundle *b, struct err *err)
{
	struct deadline never = deadline_in(INT64_MAX, NULL);
	bool moved;
	enum err_code code = ERR_OK;

	while (code == ERR_OK && unpack_is_busy(&b->unpack)) {
		moved = false;
		code = unpack_run(&b->unpack, &b->chan, &moved, err);
		if (code == ERR_OK && unpack_is_held_up(&b->chan))
			code = chan_drain(&b->chan, never, err);
		else if (!moved)
			break; /* zstd waits for more */
	}
	return code;
}

/* What was read, decrypted if it has to be, to the end of raw. Cut off before
 * its end, or damaged there, which nobody can tell apart, it is like any bundle
 * that was: the engine misses the end. */
static enum err_code decrypt(struct bundle *b, struct err *err)
{
	struct buf *raw = &b->unpack.raw;
	enum err_code code;

	if (!b->is_sealed)
		return buf_add_bytes(raw, buf_bytes(&b->read))
			       ? ERR_OK
			       : err_set(err, ERR_LIMIT, "no room");
	if (b->read.n)
		code = age_reader_add(&b->seal, buf_bytes(&b->read), raw, err);
	else
		code = age_reader_end(&b->seal, raw, err);
	if (code == ERR_PARTIAL)
		return ERR_OK;
	return code == ERR_OK ? code : err_wrap(err, "decrypting the bundle");
}

static enum err_code check_identity(struct bundle *b, struct err *err)
{
	if (!b->is_sealed)
		return ERR_OK;
	if (!b->has_identity)
		return err_set(err, ERR_AUTH,
			       "the bundle is encrypted: name the file of the "
			       "key it was encrypted to with --identity FILE");
	age_reader_init(&b->seal, &b->identity);
	return ERR_OK;
}

static enum err_code unpack_all(struct bundle *b, struct err *err)
{
	char again[HASH_HEX_MAX];
	struct hash hash;
	size_t n = 1;
	enum err_code code = ERR_OK;

	hash_init(&hash, HASH_SHA256);
	while (code == ERR_OK && n) {
		code = read_some(b, &hash, &n, err);
		if (code == ERR_OK)
			code = decrypt(b, err);
		if (code == ERR_OK)
			code = pass_on(b, err);
	}
	finish_hash(&hash, again);
	if (code == ERR_OK && strcmp(again, b->sha256) != 0)
		code = err_set(err, ERR_VERIFY,
			       "the bundle changed while it was read");
	return code;
}

static enum err_code tell_given(struct bundle *b, struct err *err)
{
	struct given given = given_of(b);

	return given_tell(&given, err);
}

/* Somebody looks at a packed log. */
static enum err_code tell_plain(struct bundle *b, struct err *err)
{
	size_t size = (size_t)b->st.st_size;
	void *packed = size ? mmap(NULL, size, PROT_READ, MAP_PRIVATE, b->fd,
				   0)
			    : MAP_FAILED;
	enum err_code code = ERR_OK;
	struct bytes rest;
	struct buf plain;
	const char *missing;

	if (packed == MAP_FAILED)
		return err_errno(err, "mapping the file");
	buf_init(&plain, UNFOLD_MAX);
	missing = unfold(bytes_of(packed, size), &plain);
	rest = buf_bytes(&plain);
	while (code == ERR_OK && rest.n) {
		struct msg_data m = {.data = bytes_first(rest, PLAIN_PIECE)};

		code = msg_send(&b->chan, MSG_LINK_OUTPUT, &m, err);
		if (code == ERR_OK)
			code = chan_drain(&b->chan,
					  deadline_in(INT64_MAX, NULL), err);
		rest = bytes_skip(rest, m.data.n);
	}
	if (code == ERR_OK && missing)
		code = msg_send(&b->chan, MSG_LINK_STDERR,
				&(struct msg_data){.data = bytes_str(missing)},
				err);
	buf_release(&plain);
	return code;
}

/* The child before this one hashed it, and it is nobody's but ours. */
static enum err_code go_on(struct bundle *b)
{
	b->is_given = true;
	b->size = (uint64_t)b->st.st_size;
	return ERR_OK;
}

static enum err_code tell_all(struct bundle *b, struct err *err)
{
	enum err_code code;

	if (b->order.plain)
		return tell_plain(b, err);
	code = b->order.after ? go_on(b) : tell_sum(b, err);
	if (code == ERR_OK)
		code = check_identity(b, err);
	if (code == ERR_OK)
		code = b->is_given ? tell_given(b, err) : unpack_all(b, err);
	return code;
}

static enum err_code run(struct bundle *b, struct err *err)
{
	struct msg_link_exit end = {0};
	enum err_code code = enter_jail(b, err);

	if (code == ERR_OK)
		code = read_orders(b, err);
	if (code == ERR_OK)
		code = tell_all(b, err);
	if (code == ERR_OK)
		code = msg_send(&b->chan, MSG_LINK_EXIT, &end, err);
	if (code == ERR_OK)
		code = chan_drain(&b->chan, deadline_in(INT64_MAX, NULL), err);
	return code;
}

int bundle_main(int chan_fd, int fd)
{
	struct bundle b = {.fd = fd};
	struct err err;
	int status = 0;

	secret_harden_process();
	(void)signal(SIGPIPE, SIG_IGN);
	chan_init(&b.chan, chan_fd);
	unpack_init(&b.unpack, 2 * AGE_CHUNK);
	buf_init(&b.read, UNPACK_READ_LEN);
	buf_init(&b.words, 2 * UNPACK_READ_LEN);
	if (run(&b, &err) != ERR_OK) {
		struct err late;

		status = 1;
		/* The records before it count, however long they take. */
		if (chan_drain(&b.chan, deadline_in(INT64_MAX, NULL), &late) ==
		    ERR_OK)
			msg_send_fault(&b.chan, &err);
	}
	unpack_release(&b.unpack);
	age_reader_release(&b.seal);
	age_identity_wipe(&b.identity);
	buf_wipe(&b.read);
	buf_release(&b.read);
	buf_release(&b.words);
	return status;
}
