/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UAC's files of artifacts. They look like YAML and are read line by line,
 * by a shell: what is behind a # is dropped wherever it stands, the first
 * word is the key, a dash begins the next entry, a text between lines of
 * three quotes is one value. Entries that find files become patterns
 * (uac_paths.c); what runs a program of the host is told of and not done.
 */
#include "base/base.h"

#include "artifact/uac.h"
#include "base/text.h"

#define QUOTES "\"\"\""

static struct bytes without_comment(struct bytes line)
{
	const uint8_t *hash = line.n ? memchr(line.p, '#', line.n) : NULL;

	if (hash)
		line.n = (size_t)(hash - line.p);
	return bytes_trim(line);
}

/* The next line that says something; false at the end. */
static bool next_line(struct uac *u, struct bytes *line)
{
	while (bytes_split(&u->rest, '\n', line)) {
		u->line++;
		*line = without_comment(*line);
		if (line->n)
			return true;
	}
	return false;
}

/* What is between quotes, a line each; the last one is in no value. */
static void read_block(struct uac *u, struct buf *out)
{
	struct bytes line;

	while (next_line(u, &line) && !bytes_eq(line, bytes_str(QUOTES))) {
		if (out->n)
			(void)buf_add_str(out, "; ");
		(void)buf_add_bytes(out, line);
	}
}

static char *value_of(struct uac *u, struct bytes value)
{
	struct buf out;

	buf_init(&out, UAC_VALUE_MAX);
	if (bytes_eq(value, bytes_str(QUOTES)))
		read_block(u, &out);
	else
		(void)buf_add_bytes(&out, value);
	if (out.full)
		problem(u->sink, u->file, u->line, true,
			"a value of more than %zu bytes", UAC_VALUE_MAX);
	return buf_detach(&out);
}

/* ---- lists ---- */

/* Commas are between them unless escaped; quotes mean nothing. */
static void add_list(struct words *out, struct bytes value)
{
	struct buf word;

	value = bytes_trim(value);
	if (value.n && value.p[0] == '[')
		value = bytes_skip(value, 1);
	if (value.n && value.p[value.n - 1] == ']')
		value.n--;
	buf_init(&word, ARTIFACT_WORD_MAX);
	for (size_t i = 0; i <= value.n; i++) {
		bool escaped = i + 1 < value.n && value.p[i] == '\\' &&
			       value.p[i + 1] == ',';

		if (i == value.n || value.p[i] == ',') {
			struct bytes b = bytes_trim(buf_bytes(&word));

			if (b.n)
				(void)words_add(out, b);
			buf_clear(&word);
		} else if (value.p[i] != '"' && value.p[i] != '\'') {
			i += escaped;
			(void)buf_add_byte(&word, value.p[i]);
		}
	}
	buf_release(&word);
}

/* As a shell splits them: blanks, quotes, backslashes. */
static void add_shell_words(struct words *out, struct bytes value)
{
	uint8_t quote = 0;
	struct buf word;

	buf_init(&word, ARTIFACT_WORD_MAX);
	for (size_t i = 0; i <= value.n; i++) {
		uint8_t c = i < value.n ? value.p[i] : ' ';

		if (quote && c == quote && i < value.n) {
			quote = 0;
		} else if (!quote && (c == '"' || c == '\'')) {
			quote = c;
		} else if (c == '\\' && quote != '\'' && i + 1 < value.n) {
			(void)buf_add_byte(&word, value.p[++i]);
		} else if ((!quote && (c == ' ' || c == '\t')) ||
			   i == value.n) {
			if (word.n)
				(void)words_add(out, buf_bytes(&word));
			buf_clear(&word);
		} else {
			(void)buf_add_byte(&word, c);
		}
	}
	buf_release(&word);
}

/* ---- keys ---- */

typedef void take_fn(struct uac *u, const char *value);

static void take_description(struct uac *u, const char *value)
{
	if (!u->a.doc && value[0])
		u->a.doc = xstrdup(value);
}

/* Those that have no bit of their own are none of ours. */
static void take_os(struct uac *u, const char *value)
{
	static const struct {
		const char *name;
		unsigned bit;
	} names[] = {
		{"linux", ARTIFACT_LINUX},   {"macos", ARTIFACT_DARWIN},
		{"esxi", ARTIFACT_ESXI},     {"aix", UAC_OTHER_OS},
		{"freebsd", UAC_OTHER_OS},   {"netbsd", UAC_OTHER_OS},
		{"netscaler", UAC_OTHER_OS}, {"openbsd", UAC_OTHER_OS},
		{"solaris", UAC_OTHER_OS},   {"all", UAC_ALL_OS},
		{"android", ARTIFACT_ANDROID},
	};
	struct words list = {0};

	add_list(&list, bytes_str(value));
	for (size_t i = 0; i < list.n; i++) {
		unsigned bit = 0;

		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			if (strcmp(list.v[i], names[j].name) == 0)
				bit = names[j].bit;
		u->entry.os |= bit;
		if (!bit)
			problem(u->sink, u->file, u->line, true,
				"%s is no operating system",
				shown_str(list.v[i]).s);
	}
	words_free(list.v, list.n);
}

static void take_collector(struct uac *u, const char *value)
{
	free(u->entry.collector);
	u->entry.collector = xstrdup(value);
}

static void take_command(struct uac *u, const char *value)
{
	free(u->entry.command);
	u->entry.command = xstrdup(value);
}

static void take_foreach(struct uac *u, const char *value UNUSED)
{
	u->entry.loops = true;
}

static void take_condition(struct uac *u, const char *value)
{
	if (u->in_entries)
		u->entry.has_condition = value[0] != '\0';
	else
		u->has_condition = value[0] != '\0';
}

static void take_path(struct uac *u, const char *value)
{
	add_shell_words(&u->entry.paths, bytes_str(value));
}

static void take_name_pattern(struct uac *u, const char *value)
{
	add_list(&u->entry.names, bytes_str(value));
}

static void take_path_pattern(struct uac *u, const char *value)
{
	add_list(&u->entry.in_paths, bytes_str(value));
}

static void take_not_name(struct uac *u, const char *value)
{
	add_list(&u->entry.not_names, bytes_str(value));
}

static void take_not_path(struct uac *u, const char *value)
{
	add_list(&u->entry.not_paths, bytes_str(value));
}

static void take_file_type(struct uac *u, const char *value)
{
	struct words list = {0};

	add_list(&list, bytes_str(value));
	u->entry.only_folders = list.n > 0;
	for (size_t i = 0; i < list.n; i++)
		u->entry.only_folders &= strcmp(list.v[i], "d") == 0;
	words_free(list.v, list.n);
}

/* "-4000": those with all of its bits. One bit each can be asked for. */
static void take_permissions(struct uac *u, const char *value)
{
	struct words list = {0};

	add_list(&list, bytes_str(value));
	for (size_t i = 0; i < list.n; i++) {
		char *end;
		unsigned long bits = strtoul(list.v[i] + (list.v[i][0] == '-'),
					     &end, 8);

		if (list.v[i][0] != '-' || *end || !bits || bits > 07777 ||
		    (bits & (bits - 1)))
			u->entry.why = "permissions of more than a bit";
		else
			u->entry.mode_any |= bits;
	}
	words_free(list.v, list.n);
}

static void take_number(struct uac *u, const char *value, uint64_t *out,
			const char *key)
{
	if (!bytes_to_size(bytes_str(value), out) || *out > INT64_MAX)
		problem(u->sink, u->file, u->line, true, "%s: %s is no number",
			key, shown_str(value).s);
}

static void take_max_depth(struct uac *u, const char *value)
{
	take_number(u, value, &u->entry.max_depth, "max_depth");
}

static void take_max_size(struct uac *u, const char *value)
{
	take_number(u, value, &u->entry.max_size, "max_file_size");
}

static void take_no_owner(struct uac *u, const char *value)
{
	if (strcmp(value, "true") == 0)
		u->entry.why = "files without a user or a group";
}

static void take_file_list(struct uac *u, const char *value)
{
	if (strcmp(value, "true") == 0)
		u->entry.why = "a list that a command wrote";
}

/* Of how and where it writes, which is not our business. */
static void take_nothing(struct uac *u UNUSED, const char *value UNUSED)
{
}

static const struct {
	const char *key;
	take_fn *take;
} keys[] = {
	{"description:", take_description},
	{"supported_os:", take_os},
	{"collector:", take_collector},
	{"command:", take_command},
	{"foreach:", take_foreach},
	{"condition:", take_condition},
	{"path:", take_path},
	{"name_pattern:", take_name_pattern},
	{"path_pattern:", take_path_pattern},
	{"exclude_name_pattern:", take_not_name},
	{"exclude_path_pattern:", take_not_path},
	{"file_type:", take_file_type},
	{"permissions:", take_permissions},
	{"max_depth:", take_max_depth},
	{"max_file_size:", take_max_size},
	{"no_user:", take_no_owner},
	{"no_group:", take_no_owner},
	{"is_file_list:", take_file_list},
	{"min_file_size:", take_nothing},
	{"exclude_file_system:", take_nothing}, /* none is entered by itself */
	{"exclude_nologin_users:", take_nothing},
	{"ignore_date_range:", take_nothing},
	{"version:", take_nothing},
	{"modifier:", take_nothing},
	{"output_directory:", take_nothing},
	{"output_file:", take_nothing},
	{"compress_output_file:", take_nothing},
	{"redirect_stderr_to_stdout:", take_nothing},
};

static void take_line(struct uac *u, struct bytes line)
{
	size_t n = 0;
	char *value;

	while (n < line.n && line.p[n] != ' ' && line.p[n] != '\t')
		n++;
	value = value_of(u, bytes_trim(bytes_skip(line, n)));
	line.n = n;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		if (!bytes_eq(line, bytes_str(keys[i].key)))
			continue;
		keys[i].take(u, value);
		free(value);
		return;
	}
	problem(u->sink, u->file, u->line, true, "no key of an artifact: %s",
		shown(line).s);
	free(value);
}

/* ---- entries ---- */

static void entry_release(struct uac_entry *e)
{
	free(e->collector);
	free(e->command);
	words_free(e->paths.v, e->paths.n);
	words_free(e->names.v, e->names.n);
	words_free(e->in_paths.v, e->in_paths.n);
	words_free(e->not_names.v, e->not_names.n);
	words_free(e->not_paths.v, e->not_paths.n);
	*e = (struct uac_entry){0};
}

static void end_entry(struct uac *u)
{
	if (u->in_entries && u->entry.collector)
		uac_add_source(u);
	else if (u->in_entries && (u->entry.os || u->entry.paths.n))
		problem(u->sink, u->file, u->entry.line, true,
			"an entry without a collector");
	entry_release(&u->entry);
	u->entry.line = u->line;
}

static void begin_entries(struct uac *u)
{
	struct bytes line;

	u->in_entries = true;
	if (next_line(u, &line) && bytes_eq(line, bytes_str("-"))) {
		u->entry.line = u->line;
		return;
	}
	problem(u->sink, u->file, u->line, true,
		"behind artifacts: comes a dash");
	u->broken = true;
}

/* "files/shell/history" of ".../artifacts/files/shell/history.yaml" */
static char *name_of(const char *file)
{
	const char *at = file, *next, *slash = strrchr(file, '/');
	size_t n;

	while ((next = strstr(at, "artifacts/")))
		at = next + strlen("artifacts/");
	if (at == file && slash)
		at = slash + 1;
	n = strlen(at);
	if (n > 5 && strcmp(at + n - 5, ".yaml") == 0)
		n -= 5;
	return xasprintf("uac/%.*s", (int)MIN(n, (size_t)1000), at);
}

void artifacts_read_uac(struct artifact_set *set, const char *file,
			struct bytes text, const struct artifact_sink *sink)
{
	struct uac u = {.sink = sink, .file = file, .rest = text};
	struct bytes line;

	u.a = (struct artifact){.name = name_of(file),
				.file = xstrdup(file),
				.line = 1,
				.extra.volatility = -1};
	while (!u.broken && next_line(&u, &line)) {
		if (bytes_eq(line, bytes_str("-")))
			end_entry(&u);
		else if (bytes_eq(line, bytes_str("artifacts:")))
			begin_entries(&u);
		else
			take_line(&u, line);
	}
	end_entry(&u);
	if (u.a.n_sources == 0)
		problem(sink, file, 1, true, "no entry of it can be used");
	else if (!u.a.doc)
		u.a.doc = xstrdup("An artifact of UAC.");
	if (u.a.n_sources && !set_add(set, &u.a))
		problem(sink, file, 1, true, "more than %u definitions",
			ARTIFACTS_MAX);
	artifact_release(&u.a);
	entry_release(&u.entry);
}
