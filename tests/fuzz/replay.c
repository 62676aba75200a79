/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target over its seeds: whole, cut after every byte, and with
 * every byte damaged. Takes files or folders; without arguments the seeds in
 * the source tree.
 */
#include "base/base.h"
#include "base/buf.h"
#include "base/fs.h"
#include "fuzz/fuzz.h"

#define SEED_MAX ((size_t)1 << 20)
#define CUT_MAX  ((size_t)4096) /* larger ones would take too long */
#define WHOLE_MAX ((size_t)256) /* of larger ones a byte is damaged once */

static unsigned n_seeds;

/* A copy of exactly that length, for ASan to watch over. */
static void run(const uint8_t *p, size_t n)
{
	uint8_t *copy = xmemdup(p, n);

	(void)LLVMFuzzerTestOneInput(copy, n); /* always 0 */
	free(copy);
}

static enum err_code replay(const char *path, void *arg UNUSED, struct err *err)
{
	static const uint8_t damage[] = {0x01, 0x80, 0xff, 0x1f};
	struct buf seed;
	enum err_code code;

	buf_init(&seed, SEED_MAX);
	code = fs_read(path, &seed, err);
	if (code == ERR_OK) {
		n_seeds++;
		run(seed.p, seed.n);
	}
	for (size_t i = 0; seed.n <= CUT_MAX && i < seed.n; i++) {
		run(seed.p, i);
		for (size_t k = 0; k < sizeof damage; k++) {
			if (seed.n > WHOLE_MAX && k != i % sizeof damage)
				continue;
			seed.p[i] ^= damage[k];
			run(seed.p, seed.n);
			seed.p[i] ^= damage[k];
		}
	}
	buf_release(&seed);
	return code;
}

int main(int argc, char **argv)
{
	const char *top = getenv("HALLIGAN_SRCDIR");
	char *seeds =
		xasprintf("%s/tests/fuzz/seeds/%s", top ? top : ".", fuzz_name);
	enum err_code code = ERR_OK;
	struct err err;

	for (int i = 1; code == ERR_OK && i < argc; i++)
		code = fs_each_file(argv[i], replay, NULL, &err);
	if (argc == 1)
		code = fs_each_file(seeds, replay, NULL, &err);
	free(seeds);
	if (code == ERR_OK && n_seeds == 0)
		code = err_set(&err, ERR_NOTFOUND, "no seeds");
	if (code != ERR_OK)
		fprintf(stderr, "%s: %s\n", fuzz_name, err.msg);
	else
		printf("%s: %u seeds\n", fuzz_name, n_seeds);
	return code != ERR_OK;
}
