/* SPDX-License-Identifier: Apache-2.0 */
/*
 * scan [-p] RULES...: what libyara says about the files named on stdin; -p:
 * about their content in pieces, like the memory of a process. Each file of
 * rules is a name space of its own. Built twice, with libyara as it comes
 * and with what src/probe/faster.h puts in its place and probe/bounds.h leaves
 * out; the first takes a new scanner for each file, the second one for all.
 */
#include "base/base.h"

#include <yara.h>

#ifndef NEW_SCANNERS
#include "probe/yara.h"

#define RULE_BYTES_MAX ((size_t)1 << 20)

static struct rules known; /* and the bounds of them */
#endif

static const char *const externals[] = {"filename", "filepath"};

static int on_message(YR_SCAN_CONTEXT *context, int message, void *data,
		      void *path)
{
	const YR_RULE *rule = data;
	const YR_STRING *string;

	if (message == CALLBACK_MSG_CONSOLE_LOG)
		printf("%s says %s\n", (const char *)path, (char *)data);
	if (message != CALLBACK_MSG_RULE_MATCHING)
		return CALLBACK_CONTINUE;
	printf("%s %s:%s", (const char *)path, rule->ns->name,
	       rule->identifier);
	yr_rule_strings_foreach(rule, string)
	{
		const YR_MATCH *match;

		yr_string_matches_foreach(context, string, match)
		{
			printf(" %s@%" PRId64 "+%d", string->identifier,
			       match->base + match->offset,
			       match->match_length);
		}
	}
	puts("");
	return CALLBACK_CONTINUE;
}

static void on_error(int level, const char *file, int line,
		     const YR_RULE *rule UNUSED, const char *message,
		     void *user UNUSED)
{
	if (level == YARA_ERROR_LEVEL_ERROR)
		fprintf(stderr, "%s:%d: %s\n", file, line, message);
}

#ifndef NEW_SCANNERS
static void read_whole(const char *path, struct buf *source)
{
	FILE *f = fopen(path, "r");

	buf_init(source, RULE_BYTES_MAX);
	if (!f || !buf_reserve(source, RULE_BYTES_MAX))
		BUG("cannot read %s", path);
	source->n = fread(source->p, 1, RULE_BYTES_MAX, f);
	fclose(f);
}

static void find_bounds(char **files, YR_RULES *rules)
{
	struct plan_rules read[64] = {0};
	struct plan plan = {.rules = read};

	for (; *files && plan.n_rules < ARRAY_SIZE(read); files++) {
		struct plan_rules *file = &read[plan.n_rules++];

		file->ns = *files;
		read_whole(*files, &file->source);
	}
	bounds_release(&known.bounds);
	known.yr = rules;
	bounds_learn(&known, &plan);
	bounds_prepare(&known.bounds, rules);
	for (size_t i = 0; i < plan.n_rules; i++)
		buf_release(&read[i].source);
}
#endif

static YR_RULES *compile(char **files)
{
	YR_COMPILER *compiler;
	YR_RULES *rules;

	if (yr_initialize() != 0 || yr_compiler_create(&compiler) != 0)
		BUG("no libyara");
	yr_compiler_set_callback(compiler, on_error, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(externals); i++)
		if (yr_compiler_define_string_variable(compiler, externals[i],
						       "") != 0)
			BUG("cannot define %s", externals[i]);
	for (char **file = files; *file; file++) {
		FILE *f = fopen(*file, "r");

		if (!f || yr_compiler_add_file(compiler, f, *file, *file))
			BUG("cannot compile %s", *file);
		fclose(f);
	}
	if (yr_compiler_get_rules(compiler, &rules) != 0)
		BUG("no rules");
	yr_compiler_destroy(compiler);
#ifndef NEW_SCANNERS
	find_bounds(files, rules);
#endif
	return rules;
}

static YR_SCANNER *scanner_for(YR_RULES *rules)
{
	static YR_SCANNER *scanner;

#ifdef NEW_SCANNERS
	if (scanner)
		yr_scanner_destroy(scanner);
	scanner = NULL;
#endif
	if (!scanner && yr_scanner_create(rules, &scanner) != 0)
		BUG("no scanner");
	scanner->entry_point = YR_UNDEFINED; /* libyara keeps the last one's */
	return scanner;
}

/* ---- in pieces ---- */

#define PIECE 1000u
#define BASE  UINT64_C(0x400000)

struct pieces {
	uint8_t *p;
	size_t n, at;
	YR_MEMORY_BLOCK block;
};

static const uint8_t *fetch_piece(YR_MEMORY_BLOCK *block)
{
	const struct pieces *pieces = block->context;

	return pieces->p + pieces->at;
}

static YR_MEMORY_BLOCK *piece_at(YR_MEMORY_BLOCK_ITERATOR *iterator, size_t at)
{
	struct pieces *pieces = iterator->context;

	iterator->last_error = ERROR_SUCCESS;
	if (at >= pieces->n)
		return NULL;
	pieces->at = at;
	pieces->block = (YR_MEMORY_BLOCK){
		.base = BASE + at,
		.size = MIN(PIECE, pieces->n - at),
		.context = pieces,
		.fetch_data = fetch_piece,
	};
	return &pieces->block;
}

static YR_MEMORY_BLOCK *first_piece(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	return piece_at(iterator, 0);
}

static YR_MEMORY_BLOCK *next_piece(YR_MEMORY_BLOCK_ITERATOR *iterator)
{
	const struct pieces *pieces = iterator->context;

	return piece_at(iterator, pieces->at + PIECE);
}

static int scan_pieces(YR_SCANNER *scanner, uint8_t *p, size_t n, int flags)
{
	struct pieces pieces = {.p = p, .n = n};
	YR_MEMORY_BLOCK_ITERATOR iterator = {
		.context = &pieces,
		.first = first_piece,
		.next = next_piece,
	};

	yr_scanner_set_flags(scanner, flags | SCAN_FLAGS_PROCESS_MEMORY);
	return yr_scanner_scan_mem_blocks(scanner, &iterator);
}

static bool in_pieces;

static void scan(YR_RULES *rules, char *path)
{
	int flags = 0, result;
	static uint8_t content[1 << 23];
	YR_SCANNER *scanner = scanner_for(rules);
	const char *slash = strrchr(path, '/');
	FILE *f = fopen(path, "rb");
	size_t n;

	if (!f)
		BUG("cannot open %s", path);
	n = fread(content, 1, sizeof content, f);
	fclose(f);
	yr_scanner_set_callback(scanner, on_message, path);
	if (yr_scanner_define_string_variable(scanner, "filename",
					      slash ? slash + 1 : path) ||
	    yr_scanner_define_string_variable(scanner, "filepath", path))
		BUG("cannot define the names of %s", path);
#ifndef NEW_SCANNERS
	flags = SCAN_FLAGS_NO_TRYCATCH;
	bounds_apply(&known.bounds, scanner, in_pieces ? UINT64_MAX : n);
#endif
	yr_scanner_set_flags(scanner, flags);
	result = in_pieces ? scan_pieces(scanner, content, n, flags)
			   : yr_scanner_scan_mem(scanner, content, n);
	printf("%s ends %d\n", path, result);
}

int main(int argc, char **argv)
{
	YR_RULES *rules;
	char path[512];

	in_pieces = argc > 1 && strcmp(argv[1], "-p") == 0;
	argv += in_pieces;
	argc -= in_pieces;
	rules = compile(argv + MIN(argc, 1));

	while (fgets(path, sizeof path, stdin)) {
		path[strcspn(path, "\n")] = 0;
		scan(rules, path);
	}
	/* Another set, maybe where the first one was. */
	yr_rules_destroy(rules);
	rules = compile(argv + MIN(argc, 2));
	yr_rules_destroy(rules);
	return 0;
}
