/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mapped file is cut while conditions read it: libyara leaves them by a
 * jump, and the next scans by the same scanner must be none the worse.
 */
#include "base/base.h"

#include <sys/mman.h>
#include <yara.h>

#define SIZE ((size_t)1 << 20)

/* `hash` is loaded with the evaluation begun. */
static const char source[] =
	"import \"hash\" "
	"rule far { condition: uint8(1048000) == 65 and "
	"hash.md5(0, 1) != \"\" } "
	"rule near { strings: $a = \"AAAB\" condition: $a }";

struct file {
	int fd; /* to be cut, or -1 */
	unsigned matches;
};

static int on_message(YR_SCAN_CONTEXT *context UNUSED, int message,
		      void *data UNUSED, void *user)
{
	struct file *file = user;

	if (message == CALLBACK_MSG_IMPORT_MODULE && file->fd >= 0 &&
	    ftruncate(file->fd, 4096) != 0)
		BUG("cannot cut the file");
	file->matches += message == CALLBACK_MSG_RULE_MATCHING;
	return CALLBACK_CONTINUE;
}

static YR_RULES *compile(void)
{
	YR_COMPILER *compiler;
	YR_RULES *rules;

	if (yr_initialize() != 0 || yr_compiler_create(&compiler) != 0 ||
	    yr_compiler_add_string(compiler, source, NULL) != 0 ||
	    yr_compiler_get_rules(compiler, &rules) != 0)
		BUG("no rules");
	yr_compiler_destroy(compiler);
	return rules;
}

static int scan(YR_SCANNER *scanner, const uint8_t *p, struct file *file)
{
	yr_scanner_set_callback(scanner, on_message, file);
	return yr_scanner_scan_mem(scanner, p, SIZE);
}

int main(void)
{
	FILE *tmp = tmpfile();
	struct file cut = {.fd = tmp ? fileno(tmp) : -1};
	uint8_t *whole = xmalloc(SIZE), *mapped;
	YR_RULES *rules = compile();
	YR_SCANNER *scanner;
	int got;

	memset(whole, 'A', SIZE);
	whole[3] = 'B';
	if (!tmp || fwrite(whole, 1, SIZE, tmp) != SIZE || fflush(tmp) != 0 ||
	    yr_scanner_create(rules, &scanner) != 0)
		BUG("cannot begin");
	mapped = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, cut.fd, 0);
	if (mapped == MAP_FAILED)
		BUG("cannot map");
	got = scan(scanner, mapped, &cut);
	if (got != ERROR_COULD_NOT_MAP_FILE) {
		printf("FAILED: the cut file ends %d\n", got);
		return 1;
	}
	for (int i = 0; i < 3; i++) {
		struct file file = {.fd = -1};

		got = scan(scanner, whole, &file);
		if (got != 0 || file.matches != 2) {
			printf("FAILED: afterwards %d, %u matches\n", got,
			       file.matches);
			return 1;
		}
	}
	yr_scanner_destroy(scanner);
	yr_rules_destroy(rules);
	return 0;
}
