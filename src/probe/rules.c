/* SPDX-License-Identifier: Apache-2.0 */
/* YARA source compiled on the host. */
#include "base/base.h"

#include <yara.h>

#include "base/text.h"
#include "probe/filemagic.h"
#include "probe/order.h"
#include "probe/rules.h"
#include "probe/yara.h"
#include "rule/need.h"

/* Modules are loaded before the first condition: a moment is enough. */
#define TRY_S 1

/* The first error of a compilation. */
struct first_error {
	const struct plan_rules *file;
	struct err *err;
	unsigned n;
};

const char *rules_engine(void)
{
	return "libyara " YR_VERSION;
}

static void on_message(int level, const char *file UNUSED, int line,
		       const YR_RULE *rule UNUSED, const char *message,
		       void *user)
{
	struct first_error *first = user;
	struct rule_place place;

	if (level != YARA_ERROR_LEVEL_ERROR || first->n++)
		return;
	place = (struct rule_place){.path = first->file->name,
				    .line = (unsigned)MAX(line, 1)};
	if (first->file->from)
		place = rule_place(first->file->from, place.line,
				   (struct bytes){0});
	err_set(first->err, ERR_FORMAT, "%s:%u: %s", shown_str(place.path).s,
		place.line, shown_str(message).s);
}

static enum err_code set_up(YR_COMPILER *compiler, struct first_error *first)
{
	yr_compiler_set_callback(compiler, on_message, first);
	yr_compiler_set_include_callback(compiler, NULL, NULL, NULL);
	for (size_t i = 0; i < N_EXTERNALS; i++) {
		if (yr_compiler_define_string_variable(
			    compiler, external_names[i], "") != ERROR_SUCCESS)
			return err_set(first->err, ERR_LIMIT,
				       "no memory for the rules");
	}
	return ERR_OK;
}

static enum err_code add_file(YR_COMPILER *compiler,
			      const struct plan_rules *file, struct buf *source,
			      struct first_error *first)
{
	int errors;

	first->file = file;
	if (source->n && memchr(source->p, 0, source->n))
		return err_set(first->err, ERR_FORMAT,
			       "%s: a NUL byte is no YARA source",
			       shown_str(file->name).s);
	errors = yr_compiler_add_string(compiler, buf_str(source),
					plan_namespace(file));
	if (errors == 0)
		return ERR_OK;
	if (first->n == 0) /* libyara says no more */
		err_set(first->err, ERR_FORMAT, "%s: cannot be compiled",
			shown_str(file->name).s);
	return first->err->code;
}

static int on_any(YR_SCAN_CONTEXT *context UNUSED, int message UNUSED,
		  void *data UNUSED, void *user UNUSED)
{
	return CALLBACK_CONTINUE;
}

/* Runs for every module the rules import, at the begin of each scan. */
static int on_import(YR_SCAN_CONTEXT *context UNUSED, int message, void *data,
		     void *user)
{
	const YR_MODULE_IMPORT *import = data;
	bool *wants_magic = user;

	if (message == CALLBACK_MSG_IMPORT_MODULE &&
	    strcmp(import->module_name, "magic") == 0) {
		*wants_magic = true;
		return CALLBACK_ERROR;
	}
	return CALLBACK_CONTINUE;
}

struct bytes filemagic;

/*
 * libmagic would read /etc/magic or /usr/share/misc/magic.mgc of the host,
 * which may have been put there for us; and without a database every scan
 * fails. So rules that need one come with it.
 */
static enum err_code try_out(YR_RULES *rules, struct err *err)
{
	bool wants_magic = false;
	int got = yr_rules_scan_mem(rules, (const uint8_t *)"", 0, 0, on_import,
				    &wants_magic, TRY_S);

	if (wants_magic && filemagic.n == 0)
		return err_set(err, ERR_UNSUPPORTED,
			       "a rule imports the module \"magic\", and no "
			       "magic database came with the rules");
	if (wants_magic)
		got = yr_rules_scan_mem(rules, (const uint8_t *)"", 0, 0,
					on_any, NULL, TRY_S);
	if (wants_magic && got == ERROR_INTERNAL_FATAL_ERROR)
		return err_set(err, ERR_UNSUPPORTED,
			       "the magic database that came with the rules is "
			       "none that this probe's libmagic reads");
	if (got != ERROR_SUCCESS && got != ERROR_SCAN_TIMEOUT)
		return err_set(err, ERR_FORMAT,
			       "the rules do not run: libyara error %d", got);
	return ERR_OK;
}

/*
 * Whether the compiled conditions load that variable. Names are stored once,
 * so that an instruction to load it holds the address its table row has. A
 * chance likeness would only give a variable its value for nothing.
 */
static bool is_used(const YR_RULES *rules, const char *name)
{
	const YR_ARENA_BUFFER *code = &rules->arena->buffers[YR_CODE_SECTION];
	const YR_EXTERNAL_VARIABLE *v = rules->ext_vars_table;
	uint8_t load[1 + sizeof v->identifier] = {OP_OBJ_LOAD};

	while (!EXTERNAL_VARIABLE_IS_NULL(v) &&
	       strcmp(v->identifier, name) != 0)
		v++;
	if (EXTERNAL_VARIABLE_IS_NULL(v))
		return false;
	memcpy(load + 1, &v->identifier, sizeof v->identifier);
	return memmem(code->data, code->used, load, sizeof load) != NULL;
}

static uint64_t find_uses(const YR_RULES *rules)
{
	uint64_t uses = 0;

	for (unsigned i = 0; i < N_EXTERNALS; i++)
		uses |= (uint64_t)is_used(rules, external_names[i]) << i;
	return uses;
}

static enum err_code compile(const struct plan *plan, struct buf *sources,
			     YR_RULES **rules, struct err *err)
{
	struct first_error first = {.err = err};
	YR_COMPILER *compiler = NULL;
	enum err_code code;

	if (yr_compiler_create(&compiler) != ERROR_SUCCESS)
		return err_set(err, ERR_LIMIT, "no memory for the rules");
	code = set_up(compiler, &first);
	for (size_t i = 0; code == ERR_OK && i < plan->n_rules; i++)
		code = add_file(compiler, &plan->rules[i],
				sources ? &sources[i] : &plan->rules[i].source,
				&first);
	if (code == ERR_OK &&
	    yr_compiler_get_rules(compiler, rules) != ERROR_SUCCESS)
		code = err_set(err, ERR_LIMIT, "no memory for the rules");
	yr_compiler_destroy(compiler);
	return code;
}

/* Rules of one namespace in several files may speak of each other. */
static bool is_alone(const struct plan *plan, size_t file)
{
	for (size_t i = 0; i < plan->n_rules; i++)
		if (i != file && strcmp(plan->rules[i].ns,
					plan->rules[file].ns) == 0)
			return false;
	return true;
}

/* Fewer are not worth compiling the others a second time. */
#define NEEDY_MIN 64

/*
 * The same without the rules that only few files can match, whatever else is
 * in them: the most common public set has 2,500 of those among 5,900, with
 * half of the strings. Should that not compile, all are used, as ever.
 */
static void compile_lean(const struct plan *plan, struct rules *rules)
{
	struct buf *sources = xcalloc(plan->n_rules, sizeof *sources);
	struct err ignored;
	size_t n = 0;

	for (size_t i = 0; i < plan->n_rules; i++) {
		buf_init(&sources[i], PLAN_SOURCE_MAX + 1);
		(void)buf_add_bytes(&sources[i],
				    buf_bytes(&plan->rules[i].source));
		if (is_alone(plan, i))
			n += rule_blank_needy(&sources[i]);
	}
	if (n >= NEEDY_MIN &&
	    compile(plan, sources, &rules->lean, &ignored) != ERR_OK)
		rules->lean = NULL;
	for (size_t i = 0; i < plan->n_rules; i++)
		buf_release(&sources[i]);
	free(sources);
}

static enum err_code compile_all(const struct plan *plan, struct rules *rules,
				 struct err *err)
{
	enum err_code code = compile(plan, NULL, &rules->yr, err);

	if (code != ERR_OK)
		return code;
	compile_lean(plan, rules);
	bounds_learn(rules, plan);
	return ERR_OK;
}

static size_t read_bytes(void *p, size_t size, size_t count, void *user)
{
	struct bytes *rest = user;

	if (size == 0 || rest->n / size < count)
		return 0;
	memcpy(p, rest->p, size * count);
	*rest = bytes_skip(*rest, size * count);
	return count;
}

/* What the console compiled, with its own libyara; it came on stdin. */
static enum err_code take_compiled(const struct plan *plan, YR_RULES **rules,
				   struct err *err)
{
	struct bytes rest = buf_bytes(&plan->rules[0].source);
	YR_STREAM stream = {.user_data = &rest, .read = read_bytes};
	int got = yr_rules_load_stream(&stream, rules);

	if (got == ERROR_SUCCESS)
		return ERR_OK;
	return err_set(err, ERR_FORMAT,
		       "the compiled rules are none of %s's: error %d",
		       rules_engine(), got);
}

/* libyara begun, for the plan's rules. */
static enum err_code begin(const struct plan *plan, struct rules **rules,
			   struct err *err)
{
	*rules = NULL;
	if (yr_initialize() != ERROR_SUCCESS)
		return err_set(err, ERR_LIMIT, "libyara does not start");
	filemagic = buf_bytes(&plan->magic);
	*rules = xcalloc(1, sizeof **rules);
	return ERR_OK;
}

/* Rules that are there have to run, too. */
static enum err_code finish(struct rules **rules, enum err_code code,
			    struct err *err)
{
	if (code == ERR_OK)
		code = try_out((*rules)->yr, err);
	if (code == ERR_OK) {
		(*rules)->uses = find_uses((*rules)->yr);
		bounds_prepare(&(*rules)->bounds, (*rules)->yr);
		if ((*rules)->lean)
			bounds_prepare(&(*rules)->lean_bounds, (*rules)->lean);
	} else {
		rules_free(*rules);
		*rules = NULL;
	}
	return code;
}

enum err_code rules_compile(const struct plan *plan, struct rules **rules,
			    struct err *err)
{
	enum err_code code = begin(plan, rules, err);

	if (code == ERR_OK)
		code = finish(rules,
			      plan->n_rules && plan->rules[0].compiled
				      ? take_compiled(plan, &(*rules)->yr, err)
				      : compile_all(plan, *rules, err),
			      err);
	return code;
}

enum err_code rules_save(const struct rules *rules, int fd, struct err *err)
{
	if (!rules_put(rules, fd))
		return err_set(err, ERR_IO, "the rules cannot be passed on");
	return ERR_OK;
}

enum err_code rules_load(const struct plan *plan, int fd, struct rules **rules,
			 struct err *err)
{
	enum err_code code = begin(plan, rules, err);
	int got;

	if (code != ERR_OK)
		return code;
	got = rules_get(*rules, fd);
	if (got == ERROR_INSUFFICIENT_MEMORY)
		code = err_set(err, ERR_LIMIT, "no memory for the rules");
	else if (got != ERROR_SUCCESS || !(*rules)->yr)
		code = err_set(err, ERR_FORMAT,
			       "libyara crashes on these rules");
	return finish(rules, code, err);
}

uint64_t rules_uses(const struct rules *rules)
{
	return rules->uses;
}

uint64_t rules_count(const struct rules *rules)
{
	return rules->yr->num_rules;
}

void rules_free(struct rules *rules)
{
	if (!rules)
		return;
	if (rules->yr)
		(void)yr_rules_destroy(rules->yr); /* frees, cannot fail */
	if (rules->lean)
		(void)yr_rules_destroy(rules->lean);
	(void)yr_finalize();                       /* pairs yr_initialize */
	bounds_release(&rules->bounds);
	bounds_release(&rules->lean_bounds);
	free(rules);
}
