/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Units of systemd of all types, those of users too, and drop-ins: one fact
 * for each file. Specifiers stay as they are written; an empty assignment
 * takes back what lists had, as systemd has it.
 */
#include "base/base.h"
#include "parse/conf.h"

#define LINK_BYTES 4096u

static const char *const types[] = {"service", "socket", "timer",     "path",
				    "target",  "mount",  "automount", "swap",
				    "slice",   "scope",  "device"};

/* The type that its name ends in; NULL: it is none of a unit. */
static const char *type_of(struct bytes name)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		size_t n = strlen(types[i]);

		if (bytes_ends(name, types[i]) &&
		    (name.n == n || name.p[name.n - n - 1] == '.'))
			return types[i];
	}
	return NULL;
}

static struct bytes folder_name(struct bytes path)
{
	struct bytes name = bytes_file_name(path);

	path.n -= name.n;
	path.n -= path.n > 0;
	return bytes_file_name(path);
}

/* The unit it is or changes; empty: neither. */
static struct bytes unit_of(struct bytes path, bool *drop_in)
{
	struct bytes name = bytes_file_name(path), folder = folder_name(path);

	*drop_in = false;
	if (!bytes_find(path, "systemd/", NULL))
		return bytes_str("");
	if (type_of(name) && name.n > 2 && memchr(name.p, '.', name.n))
		return name;
	if (!bytes_ends(name, ".conf") || !bytes_ends(folder, ".d"))
		return bytes_str("");
	folder.n -= 2;
	*drop_in = true;
	return type_of(folder) ? folder : bytes_str("");
}

static bool is_unit_line(struct bytes line)
{
	struct bytes key, value;

	line = bytes_trim(line);
	/* Lines that go on may be many, and anything. */
	return (line.n && (line.p[0] == '[' || line.p[line.n - 1] == '\\')) ||
	       (memchr(line.p, '=', line.n) &&
		take_setting(line, "=", &key, &value) && key.p[0] >= 'A' &&
		key.p[0] <= 'Z');
}

static bool is_of_wants(struct bytes path)
{
	struct bytes folder = folder_name(path);

	return bytes_ends(folder, ".wants") || bytes_ends(folder, ".requires");
}

/* multi-user.target, of a file in multi-user.target.wants */
static struct bytes wanting(struct bytes path)
{
	struct bytes folder = folder_name(path), end = folder;

	while (end.n && end.p[end.n - 1] != '.')
		end.n--;
	return bytes_first(folder, end.n - (end.n > 0));
}

/* One by which a unit is enabled: what is in it is the path it leads to. */
static bool is_link(const struct parse_input *in)
{
	struct bytes to = in->content;

	return is_of_wants(in->path) && to.n < LINK_BYTES &&
	       (bytes_starts(to, "/") || bytes_starts(to, ".")) &&
	       !memchr(to.p, '\n', to.n) && type_of(bytes_file_name(to));
}

unsigned systemd_unit_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);
	bool drop_in;

	if (!unit_of(in->path, &drop_in).n)
		return 0;
	if (!in->content.n)
		return 60; /* masked: as good as a link to /dev/null */
	if (is_link(in))
		return 85;
	return looks_like_text(head) &&
			       (bytes_find(head, "[Unit]", NULL) ||
				bytes_find(head, "[Install]", NULL) ||
				share_of_lines(head, is_unit_line) >= 60)
		       ? 85
		       : 0;
}

/* ---- what it says ---- */

struct unit {
	struct word_list exec, wanted_by;
	uint8_t sort[WORDS_MAX]; /* of each in exec: which line it is of */
	struct buf texts;        /* what `exec` points into */
	struct buf schedule;
	struct bytes account, description;
	char account_room[256], description_room[512];
	sign_set signs;
};

/* A value that outlives its line. */
static struct bytes keep(char *room, size_t size, struct bytes value)
{
	size_t n = MIN(value.n, size);

	if (n)
		memcpy(room, value.p, n);
	return bytes_of(room, n);
}

static struct bytes without_prefix(struct bytes command)
{
	while (command.n && strchr("@-:+!|", command.p[0]) && command.p[0])
		command = bytes_skip(command, 1);
	return bytes_trim(command);
}

#define EXEC_MAX ((size_t)32 << 10)

/* Each has a list of its own, which an empty line empties. */
static uint8_t sort_of(struct bytes key)
{
	static const char *const keys[] = {
		"ExecStart",  "ExecStartPre", "ExecStartPost", "ExecCondition",
		"ExecReload", "ExecStop",     "ExecStopPost"};
	uint8_t i = 0;

	while (i < ARRAY_SIZE(keys) && !bytes_eq(key, bytes_str(keys[i])))
		i++;
	return i;
}

static void empty_list(struct unit *u, uint8_t sort)
{
	size_t n = 0;

	for (size_t i = 0; i < u->exec.n; i++) {
		if (u->sort[i] == sort)
			continue;
		u->exec.w[n] = u->exec.w[i];
		u->sort[n++] = u->sort[i];
	}
	u->exec.n = n;
}

static void add_exec(struct unit *u, struct bytes value, uint8_t sort)
{
	size_t at = u->texts.n;

	value = without_prefix(value);
	u->signs |= signs_of_command(value);
	/* The buffer does not move: it has all its memory. */
	if (!value.n || u->exec.n == WORDS_MAX ||
	    !buf_add_bytes(&u->texts, value))
		return;
	u->sort[u->exec.n] = sort;
	list_add(&u->exec, bytes_of(u->texts.p + at, value.n));
}

static void take_schedule(struct unit *u, struct bytes key, struct bytes value)
{
	if (!value.n) {
		buf_clear(&u->schedule);
		return;
	}
	if (u->schedule.n)
		(void)buf_add_str(&u->schedule, "; ");
	(void)buf_add_bytes(&u->schedule, key);
	(void)buf_add_byte(&u->schedule, '=');
	(void)buf_add_bytes(&u->schedule, value);
}

static void add_wanted(struct unit *u, struct bytes value)
{
	struct word_list names = {.n = 0};

	list_split(&names, value, "");
	for (size_t i = 0; i < names.n; i++) {
		size_t at = u->texts.n;

		if (buf_add_bytes(&u->texts, names.w[i]))
			list_add(&u->wanted_by,
				 bytes_of(u->texts.p + at, names.w[i].n));
	}
}

static void take_line(struct unit *u, struct bytes key, struct bytes value)
{
	if (bytes_starts(key, "Exec")) {
		if (value.n)
			add_exec(u, value, sort_of(key));
		else
			empty_list(u, sort_of(key));
	} else if (bytes_eq(key, bytes_str("User"))) {
		u->account =
			keep(u->account_room, sizeof u->account_room, value);
	} else if (bytes_eq(key, bytes_str("Description"))) {
		u->description = keep(u->description_room,
				      sizeof u->description_room, value);
	} else if (bytes_eq(key, bytes_str("WantedBy")) ||
		   bytes_eq(key, bytes_str("RequiredBy")) ||
		   bytes_eq(key, bytes_str("UpheldBy"))) {
		add_wanted(u, value);
	} else if (bytes_starts(key, "On") || bytes_starts(key, "Path") ||
		   bytes_starts(key, "DirectoryNotEmpty")) {
		take_schedule(u, key, value);
	} else if (bytes_eq(key, bytes_str("Environment"))) {
		u->signs |=
			signs_of_command(unquoted(value)) & SIGN(SIGN_PRELOAD);
	}
}

static bool is_user_scope(struct bytes path)
{
	return bytes_find(path, "systemd/user", NULL);
}

static void tell_unit(struct conf *c, const struct unit *u)
{
	bool drop_in;
	struct conf_line whole = conf_whole(c);
	struct bytes path = c->in->path, name = unit_of(path, &drop_in);
	const char *type = type_of(name);

	fact_begin(c, "unit", name.n ? name : bytes_file_name(path), &whole);
	fact_str(c, "type", type ? type : "service");
	fact_list(c, "exec", &u->exec);
	fact_text(c, "account", u->account);
	fact_list(c, "wanted_by", &u->wanted_by);
	fact_text(c, "description", u->description);
	fact_bool(c, "drop_in", drop_in);
	fact_bool(c, "masked", !c->in->content.n && !drop_in);
	if (u->schedule.n)
		fact_text(c, "schedule", buf_bytes(&u->schedule));
	if (is_of_wants(path))
		fact_str(c, "state", "enabled");
	fact_str(c, "scope", is_user_scope(path) ? "user" : "system");
	if (path_account(path).n)
		fact_text(c, "account_home", path_account(path));
	fact_signs(c, u->signs);
	if (is_link(c->in))
		fact_text(c, "leads_to", c->in->content);
	fact_tell(c);
}

enum err_code systemd_unit_run(const struct parse_input *in,
			       const struct parse_out *out, struct err *err)
{
	struct unit u = {.signs = 0};
	struct bytes key, value;
	struct conf_line line;
	enum err_code code;
	struct conf c;

	conf_begin(&c, in, out, err);
	buf_init(&u.texts, EXEC_MAX);
	buf_init(&u.schedule, 1024);
	(void)buf_reserve(&u.texts, EXEC_MAX); /* it must not move */
	if (is_link(in))
		add_wanted(&u, wanting(in->path));
	while (!is_link(in) && conf_next_said(&c, " ", &line)) {
		if (line.text.p[0] == '[')
			continue;
		if (!memchr(line.text.p, '=', line.text.n) ||
		    !take_setting(line.text, "=", &key, &value))
			conf_problem(&c, line.offset, "no line of a unit");
		else
			take_line(&u, key, value);
	}
	tell_unit(&c, &u);
	code = conf_end(&c);
	buf_release(&u.texts);
	buf_release(&u.schedule);
	return code;
}
