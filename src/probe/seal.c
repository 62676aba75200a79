/* SPDX-License-Identifier: Apache-2.0 */
/* Between what is packed and the file. */
#include "base/base.h"
#include "probe/seal.h"

#define SEALED_MAX \
	(OUT_PACKED_MAX + OUT_PACKED_MAX / 256) /* a tag for each chunk */

static struct bytes cipher(void *arg, struct bytes packed, bool last)
{
	struct seal *s = arg;
	enum err_code code;

	buf_consume(&s->ciphered, s->given);
	code = age_writer_add(&s->writer, packed, &s->ciphered, &s->err);
	if (code == ERR_OK && last)
		code = age_writer_end(&s->writer, &s->ciphered, &s->err);
	if (code != ERR_OK)
		BUG("what is encrypted does not fit: %s", s->err.msg);
	s->given = s->ciphered.n;
	return buf_bytes(&s->ciphered);
}

enum err_code seal_begin(struct seal *s, struct out *out,
			 const struct age_recipient *to, size_t n,
			 struct err *err)
{
	enum err_code code;

	buf_init(&s->ciphered, SEALED_MAX);
	code = age_writer_begin(&s->writer, to, n, &s->ciphered, err);
	out->cipher = cipher;
	out->seal = s;
	return code;
}

void seal_release(struct seal *s)
{
	buf_release(&s->ciphered);
	age_writer_release(&s->writer);
}
