/* SPDX-License-Identifier: Apache-2.0 */
/*
 * mlocate.db(5): folders with the time each was changed and the names that
 * were in it, which may be gone by now. Numbers are in big endian order.
 */
#include "base/base.h"
#include "parse/inside.h"

#define MAGIC     "\0mlocate"
#define MAGIC_LEN 8u

enum { ENTRY_FILE, ENTRY_FOLDER, ENTRY_END };

/* Up to a NUL, which is passed; false: there is none. */
static bool take_string(struct reader *r, struct bytes *s)
{
	const uint8_t *end = memchr(r->rest.p, 0, r->rest.n);

	if (r->rest.n == 0 || !end)
		return false;
	*s = bytes_of(r->rest.p, (size_t)(end - r->rest.p));
	r->rest = bytes_skip(r->rest, s->n + 1);
	return true;
}

/* "/folder: a, b, c/" as far as there is room; false: it is cut off. */
static bool take_folder(struct reader *r, struct buf *message)
{
	struct bytes name;
	size_t n = 0;

	if (!take_string(r, &name))
		return false;
	message_add(message, name);
	for (;;) {
		uint8_t type = rd_u8(r);

		if (r->bad || type > ENTRY_END)
			return false;
		if (type == ENTRY_END)
			return true;
		if (!take_string(r, &name))
			return false;
		message_add(message, bytes_str(n++ ? ", " : ": "));
		message_add(message, name);
		if (type == ENTRY_FOLDER)
			message_add(message, bytes_str("/"));
	}
}

static enum err_code take_folders(const struct parse_input *in,
				  const struct parse_out *out, struct reader *r,
				  struct buf *message, struct err *err)
{
	enum err_code code = ERR_OK;

	while (code == ERR_OK && r->rest.n) {
		struct parse_event e = {.offset = in->content.n - r->rest.n,
					.desc = DESC_CHANGED,
					.kind = "directory.listed"};
		uint64_t s = rd_u64be(r);
		uint32_t ns = rd_u32be(r);
		bool has_time;

		(void)rd_u32be(r);
		buf_clear(message);
		if (r->bad || !take_folder(r, message))
			return parse_problem(out, e.offset,
					     "a folder that was cut off", err);
		e.length = in->content.n - r->rest.n - e.offset;
		e.message = buf_bytes(message);
		has_time = s < (uint64_t)EPOCH_MAX && ns < NS_PER_S &&
			   epoch_event((int64_t)s, &e);
		if (has_time) {
			e.time_ns += ns;
			e.precision_ns = 1;
		} else {
			no_time(&e);
		}
		code = parse_say(out, &e, err);
	}
	return code;
}

enum err_code mlocate_run(const struct parse_input *in,
			  const struct parse_out *out, struct err *err)
{
	struct reader r = reader_of(in->content);
	struct bytes root, magic = rd_bytes(&r, MAGIC_LEN);
	uint32_t settings = rd_u32be(&r);
	struct buf message;
	enum err_code code;

	(void)rd_u32be(&r); /* version, visibility, nothing */
	if (magic.n != MAGIC_LEN || memcmp(magic.p, MAGIC, MAGIC_LEN) != 0 ||
	    r.bad || !take_string(&r, &root))
		return err_set(err, ERR_FORMAT, "no database of mlocate");
	(void)rd_bytes(&r, settings);
	if (r.bad)
		return err_set(err, ERR_FORMAT,
			       "a database of mlocate that was cut off in "
			       "its settings");
	buf_init(&message, PARSE_MESSAGE_MAX);
	code = take_folders(in, out, &r, &message, err);
	buf_release(&message);
	return code;
}

unsigned mlocate_score(const struct parse_input *in)
{
	return in->content.n > MAGIC_LEN &&
			       memcmp(in->content.p, MAGIC, MAGIC_LEN) == 0
		       ? 100
		       : 0;
}
