/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that SQL of checks has besides SQLite's own. What they are given
 * came from hosts; all of them run in time linear in it.
 */
#include "base/base.h"
#include "base/regex.h"
#include "case/book.h"
#include "case/judge_functions.h"

static struct bytes argument(sqlite3_value *v)
{
	const void *p = sqlite3_value_blob(v);

	return bytes_of(p, p ? (size_t)sqlite3_value_bytes(v) : 0);
}

static void give(sqlite3_context *to, struct bytes b)
{
	sqlite3_result_text64(to, b.n ? (const char *)b.p : "", b.n,
			      SQLITE_TRANSIENT, SQLITE_UTF8);
}

static void free_regex(void *p)
{
	regex_free(p);
}

/* text REGEXP pattern: SQLite puts the pattern first. */
static void run_regexp(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct regex *r = sqlite3_get_auxdata(to, 0);
	bool is_new = !r;
	struct err err;

	if (sqlite3_value_type(v[0]) == SQLITE_NULL ||
	    sqlite3_value_type(v[1]) == SQLITE_NULL)
		return;
	if (is_new && regex_compile(argument(v[0]), &r, &err) != ERR_OK) {
		sqlite3_result_error(to, err.msg, -1);
		return;
	}
	sqlite3_result_int(to, regex_search(r, argument(v[1])));
	if (is_new)
		sqlite3_set_auxdata(to, 0, r, free_regex);
}

/* Bytes as text; a NUL is a blank, as between arguments. */
static void run_words(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct bytes b = argument(v[0]);
	uint8_t *copy;
	char *words;

	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	while (b.n && b.p[b.n - 1] == '\0')
		b.n--;
	copy = xmemdup(b.n ? b.p : (const uint8_t *)"", b.n);
	for (size_t i = 0; i < b.n; i++)
		if (copy[i] == '\0')
			copy[i] = ' ';
	words = words_of(bytes_of(copy, b.n));
	give(to, bytes_str(words));
	free(words);
	free(copy);
}

/* How many bytes are before the last `sign`; n when there is none. */
static size_t before_last(struct bytes b, uint8_t sign)
{
	for (size_t i = b.n; i > 0; i--)
		if (b.p[i - 1] == sign)
			return i - 1;
	return b.n;
}

static void run_base_name(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	if (sqlite3_value_type(v[0]) != SQLITE_NULL)
		give(to, bytes_file_name(argument(v[0])));
}

/* "/usr" of "/usr/x"; "/" of "/x"; "" of "x" */
static void run_dir_name(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct bytes b = argument(v[0]);
	size_t at = before_last(b, '/');

	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	if (at == 0)
		at = 1;
	give(to, bytes_of(b.p, at >= b.n ? 0 : at));
}

/* "/a/b" of "/a/b/c" and 2: the folder of so many parts that it is in. */
static void run_top_of(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct bytes b = argument(v[0]);
	int parts = sqlite3_value_int(v[1]);
	size_t at = 0;

	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	for (; at < b.n; at++)
		if (b.p[at] == '/' && at > 0 && --parts == 0)
			break;
	give(to, bytes_of(b.p, at));
}

/* Of 192.0.2.7:443 or [2001:db8::7]:443; an IPv4 address that is mapped to
 * IPv6 is told as itself. */
static void run_address_of(sqlite3_context *to, int n UNUSED,
			   sqlite3_value **v)
{
	static const char mapped[] = "::ffff:";
	struct bytes b = argument(v[0]);

	if (sqlite3_value_type(v[0]) == SQLITE_NULL)
		return;
	b.n = before_last(b, ':');
	if (b.n > 1 && b.p[0] == '[' && b.p[b.n - 1] == ']')
		b = bytes_of(b.p + 1, b.n - 2);
	if (bytes_starts(b, mapped) && memchr(b.p, '.', b.n))
		b = bytes_skip(b, sizeof mapped - 1);
	give(to, b);
}

static void run_port_of(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct bytes b = argument(v[0]);
	uint64_t port;

	if (bytes_to_u64(bytes_skip(b, before_last(b, ':') + 1), &port) &&
	    port <= UINT16_MAX)
		sqlite3_result_int(to, (int)port);
}

/* Folders that anybody may write to, and nobody installs into. */
static void run_is_scratch(sqlite3_context *to, int n UNUSED,
			   sqlite3_value **v)
{
	static const char *const folders[] = {
		"/tmp/",     "/var/tmp/",  "/dev/",	  "/run/user/",
		"/run/lock/", "/run/shm/", "/var/crash/", "/var/lock/"};
	struct bytes b = argument(v[0]);
	bool is = false;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		is |= bytes_starts(b, folders[i]);
	sqlite3_result_int(to, is);
}

/* Hidden by custom: where programs of people live. */
static bool is_custom(struct bytes part)
{
	static const char *const names[] = {
		".local",  ".config", ".cache",	 ".cargo", ".rustup", ".nvm",
		".npm",	   ".yarn",   ".bun",	 ".deno",  ".volta",  ".pyenv",
		".venv",   ".rvm",    ".rbenv",	 ".asdf",  ".sdkman", ".dotnet",
		".vscode", ".git",    ".vscode-server"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (bytes_eq(part, bytes_str(names[i])))
			return true;
	return false;
}

/* A part of it begins with a dot. */
static void run_is_hidden(sqlite3_context *to, int n UNUSED, sqlite3_value **v)
{
	struct bytes rest = argument(v[0]), part;
	bool is = false, has_slash = before_last(rest, '/') < rest.n;

	while (has_slash && bytes_split(&rest, '/', &part))
		is |= part.n > 1 && part.p[0] == '.' &&
		      !(part.n == 2 && part.p[1] == '.') && !is_custom(part);
	sqlite3_result_int(to, is);
}

/* What a command runs: up to the first blank, without systemd's signs. */
static void run_program_of(sqlite3_context *to, int n UNUSED,
			   sqlite3_value **v)
{
	struct bytes b = bytes_trim(argument(v[0])), word;

	while (b.n && b.p[0] && strchr("-@:+!|", b.p[0]))
		b = bytes_skip(b, 1);
	if (bytes_split(&b, ' ', &word))
		give(to, word);
}

static const struct {
	const char *name;
	int n;
	void (*run)(sqlite3_context *to, int n, sqlite3_value **v);
} functions[] = {
	{"regexp", 2, run_regexp},	   {"words", 1, run_words},
	{"base_name", 1, run_base_name},   {"dir_name", 1, run_dir_name},
	{"address_of", 1, run_address_of}, {"port_of", 1, run_port_of},
	{"is_scratch", 1, run_is_scratch}, {"is_hidden", 1, run_is_hidden},
	{"program_of", 1, run_program_of}, {"top_of", 2, run_top_of},
};

enum err_code judge_functions(struct db *db, struct err *err)
{
	const int flags =
		SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	int rc = SQLITE_OK;

	for (size_t i = 0; rc == SQLITE_OK && i < ARRAY_SIZE(functions); i++)
		rc = sqlite3_create_function_v2(
			db->handle, functions[i].name, functions[i].n, flags,
			NULL, functions[i].run, NULL, NULL, NULL);
	return rc == SQLITE_OK ? ERR_OK : db_error(db, rc, "reading", err);
}
