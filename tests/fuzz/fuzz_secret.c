/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken out of any bytes: as much comes out as went in, however it is
 * cut into pieces, and what was taken out once is not found again. */
#include "base/base.h"
#include "fuzz/fuzz.h"
#include "model/redact.h"

const char fuzz_name[] = "secret";

static void run(enum secret_form form, struct bytes text, size_t step,
		struct buf *out)
{
	uint8_t sent[HASH_LEN_MAX], original[HASH_LEN_MAX];
	struct redactor r;

	buf_init(out, text.n + 1);
	redactor_init(&r, form, false);
	do {
		struct bytes piece = bytes_first(text, step);

		text = bytes_skip(text, piece.n);
		(void)buf_add_bytes(out,
				    redactor_next(&r, piece, text.n == 0));
	} while (text.n);
	FUZZ_CHECK(!redactor_hashes(&r, sent, original) || r.bytes);
	redactor_release(&r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum secret_form forms[] = {FORM_ANY, FORM_SHADOW,
						 FORM_VALUES};
	uint8_t *copy = xmemdup(data, size);

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct buf out, pieces;

		run(forms[i], bytes_of(data, size), REDACT_PIECE, &out);
		run(forms[i], bytes_of(data, size), 61, &pieces);
		FUZZ_CHECK(out.n == size && pieces.n == size);
		/* What is so long may be judged before its end is there. */
		FUZZ_CHECK(size > 900 ||
			   bytes_eq(buf_bytes(&out), buf_bytes(&pieces)));
		buf_release(&pieces);
		buf_release(&out);
	}
	(void)redact_arguments(copy, size);
	free(copy);
	for (enum req_secrecy s = SECRECY_NONE; s < N_SECRECIES; s++)
		(void)secret_whole(secret_place_of(bytes_str("/x")), s,
				   bytes_of(data, size), size);
	return 0;
}
