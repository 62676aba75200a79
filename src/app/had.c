/* SPDX-License-Identifier: Apache-2.0 */
/* What the case has from a host, for the probe there: what a cut run brought,
 * to go on behind it, and all content, which it need not send again. */
#include "base/base.h"

#include "app/inside.h"
#include "wire/records.h"

static enum err_code add(void *user, const struct req_have *have,
			 struct err *err)
{
	return record_encode(REQ_HAVE, have, user, err);
}

/* As many as go into a record of their own. */
#define KNOWN_BYTES ((size_t)8192 * KNOWN_LEN)

struct known {
	struct buf list;
	struct buf *out;
};

static enum err_code flush_known(struct known *k, struct err *err)
{
	const struct req_known req = {.list = buf_bytes(&k->list)};
	enum err_code code = ERR_OK;

	if (req.list.n)
		code = record_encode(REQ_KNOWN, &req, k->out, err);
	buf_clear(&k->list);
	return code;
}

static enum err_code add_known(void *user, uint64_t size, struct bytes sha256,
			       struct err *err)
{
	struct known *k = user;

	(void)buf_add_u64be(&k->list, size);
	(void)buf_add(&k->list, sha256.p, KNOWN_HASH_LEN);
	return k->list.n >= KNOWN_BYTES ? flush_known(k, err) : ERR_OK;
}

enum err_code app_known(void *casefile, const struct uuid *host,
			struct buf *out, struct err *err)
{
	struct known k = {.out = out};
	const struct known_sink sink = {.take = add_known, .user = &k};
	enum err_code code;

	buf_init(&k.list, KNOWN_BYTES + KNOWN_LEN);
	code = case_known(casefile, host, &sink, err);
	if (code == ERR_OK)
		code = flush_known(&k, err);
	buf_release(&k.list);
	return code;
}

enum err_code app_had(void *casefile, const struct uuid *run,
		      const struct uuid *host, struct buf *out,
		      struct err *err)
{
	const struct had_sink sink = {.take = add, .user = out};

	return case_had(casefile, run, host, &sink, err);
}
