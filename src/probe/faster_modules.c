/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modules only where they can tell anything. For each file and each module
 * the rules import, libyara builds some hundred objects before it evaluates
 * the first condition, and most files are neither PE nor Mach-O. Here a
 * module is loaded when a condition first asks for it; and what it looks
 * like for a file that is not of its format is built once a scanner.
 */
#include "base/base.h"

#include "probe/faster.h"

/* The same object as "pe", in a name space no rule can have. */
#define SHELF "\x01shelf"

struct format {
	const char *module;
	bool (*may_be)(const uint8_t *p, size_t n);
};

static bool starts_with(const uint8_t *p, size_t n, const char *magic,
			size_t magic_n)
{
	return n >= magic_n && memcmp(p, magic, magic_n) == 0;
}

static bool may_be_pe(const uint8_t *p, size_t n)
{
	return starts_with(p, n, "MZ", 2);
}

static bool may_be_elf(const uint8_t *p, size_t n)
{
	return starts_with(p, n, "\177ELF", 4);
}

static bool may_be_dex(const uint8_t *p, size_t n)
{
	return starts_with(p, n, "dex\n", 4);
}

/* Of either byte order, for 32 and 64 bits, fat and not. */
static bool may_be_macho(const uint8_t *p, size_t n)
{
	static const char magics[][4] = {
		"\xfe\xed\xfa\xce", "\xce\xfa\xed\xfe", "\xfe\xed\xfa\xcf",
		"\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe", "\xbe\xba\xfe\xca",
		"\xca\xfe\xba\xbf", "\xbf\xba\xfe\xca",
	};

	for (size_t i = 0; i < ARRAY_SIZE(magics); i++) {
		if (starts_with(p, n, magics[i], 4))
			return true;
	}
	return false;
}

/*
 * Modules whose load function sets the same constants for every file, and
 * looks for more only behind these first bytes. All others are loaded as
 * libyara does it.
 */
static const struct format formats[] = {
	{"pe", may_be_pe},   {"elf", may_be_elf},     {"dotnet", may_be_pe},
	{"dex", may_be_dex}, {"macho", may_be_macho},
};

#define N_FORMATS ARRAY_SIZE(formats)

/* Conditions being evaluated on this thread. */
struct evaluation {
	YR_SCAN_CONTEXT *context;
	const uint8_t *p; /* the file; NULL when it is not in one piece */
	size_t n;
	bool looked;           /* for p and n */
	bool loading;          /* libyara asks for its own sake */
	bool asked[N_FORMATS]; /* imported, not loaded yet */
	void *loaded[N_FORMATS];
	int error; /* of a module that did not load */
};

static _Thread_local struct evaluation now;

/*
 * Stands for a module that did not load: no field is found in it, which
 * ends the evaluation. libyara would have ended before it began.
 */
static YR_OBJECT_STRUCTURE nothing = {.type = OBJECT_TYPE_STRUCTURE,
				      .identifier = ""};

static bool in_one_piece(struct evaluation *e)
{
	YR_MEMORY_BLOCK_ITERATOR *blocks = e->context->iterator;
	YR_MEMORY_BLOCK *first;

	if (e->looked)
		return e->p != NULL;
	e->looked = true;
	if (!blocks->file_size) /* memory of a process */
		return false;
	first = blocks->first(blocks);
	if (!first || first->base != 0 ||
	    first->size != blocks->file_size(blocks))
		return false;
	e->p = first->fetch_data(first);
	e->n = first->size;
	return e->p != NULL;
}

static size_t format_of(const char *module)
{
	size_t i = 0;

	while (i < N_FORMATS && strcmp(formats[i].module, module) != 0)
		i++;
	return i;
}

static int load(struct evaluation *e, const char *module)
{
	int result;

	e->loading = true;
	result = __real_yr_modules_load(module, e->context);
	e->loading = false;
	return result;
}

/* Loads the module and puts it aside, where unloading does not find it. */
static void *put_on_shelf(struct evaluation *e, const char *module)
{
	YR_HASH_TABLE *table = e->context->objects_table;
	void *object;
	int result = load(e, module);

	if (result != ERROR_SUCCESS) {
		e->error = result;
		return &nothing;
	}
	object = yr_hash_table_remove(table, module, NULL);
	result = yr_hash_table_add(table, module, SHELF, object);
	if (result != ERROR_SUCCESS) {
		yr_object_destroy(object);
		e->error = result;
		return &nothing;
	}
	return object;
}

static void *find(struct evaluation *e, size_t i)
{
	const char *module = formats[i].module;
	YR_HASH_TABLE *table = e->context->objects_table;
	void *object;

	if (formats[i].may_be(e->p, e->n)) {
		e->error = load(e, module);
		if (e->error != ERROR_SUCCESS)
			return &nothing;
		return __real_yr_hash_table_lookup(table, module, NULL);
	}
	object = __real_yr_hash_table_lookup(table, module, SHELF);
	return object ? object : put_on_shelf(e, module);
}

/* The first thing conditions do: `import`. */
int __wrap_yr_modules_load(const char *name, YR_SCAN_CONTEXT *context)
{
	struct evaluation *e = &now;
	size_t i = format_of(name);

	if (i == N_FORMATS || e->context != context || !in_one_piece(e))
		return __real_yr_modules_load(name, context);
	e->asked[i] = true;
	return ERROR_SUCCESS;
}

/* How conditions get at an external variable or a module. */
void *__wrap_yr_hash_table_lookup(YR_HASH_TABLE *table, const char *key,
				  const char *ns)
{
	struct evaluation *e = &now;
	size_t i;

	if (!e->p || e->loading || ns || e->context->objects_table != table)
		return __real_yr_hash_table_lookup(table, key, ns);
	i = format_of(key);
	if (i == N_FORMATS || !e->asked[i])
		return __real_yr_hash_table_lookup(table, key, ns);
	if (!e->loaded[i])
		e->loaded[i] = find(e, i);
	return e->loaded[i];
}

int __wrap_yr_execute_code(YR_SCAN_CONTEXT *context)
{
	int result;

	now = (struct evaluation){.context = FASTER_FITS ? context : NULL};
	result = faster_execute(context);
	if (now.error != ERROR_SUCCESS)
		result = now.error;
	faster_forget();
	return result;
}

void faster_forget(void)
{
	now = (struct evaluation){0};
}
