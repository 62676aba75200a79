/* SPDX-License-Identifier: Apache-2.0 */
/* The table of keys. Order within a context is the order of the hints. */
#include "base/base.h"

#include "ui/keymap.h"

static const struct {
	int32_t code;
	const char *name;
} names[] = {
	{K_TAB, "Tab"},           {K_ENTER, "Enter"},
	{K_ESC, "Esc"},           {K_BACKSPACE, "Backspace"},
	{' ', "Space"},           {K_UP, "Up"},
	{K_DOWN, "Down"},         {K_LEFT, "Left"},
	{K_RIGHT, "Right"},       {K_HOME, "Home"},
	{K_END, "End"},           {K_PGUP, "PgUp"},
	{K_PGDN, "PgDn"},         {K_INSERT, "Ins"},
	{K_DELETE, "Del"},        {K_BACKTAB, "S-Tab"},
	{K_CLICK, "click"},       {K_DOUBLE, "double click"},
	{K_WHEEL_UP, "wheel up"}, {K_WHEEL_DOWN, "wheel down"},
	{K_UNKNOWN, "that key"},
};

size_t key_utf8(int32_t code, char out[5])
{
	uint32_t c = (uint32_t)code;

	if (code < 0x20 || (code >= 0x7f && code < 0xa0) || code > 0x10ffff ||
	    (code >= 0xd800 && code < 0xe000))
		return 0;
	if (c < 0x80) {
		out[0] = (char)c;
		out[1] = '\0';
		return 1;
	}
	if (c < 0x800) {
		(void)snprintf(out, 5, "%c%c", (int)(0xc0 | c >> 6),
			       (int)(0x80 | (c & 0x3f)));
		return 2;
	}
	if (c < 0x10000) {
		(void)snprintf(out, 5, "%c%c%c", (int)(0xe0 | c >> 12),
			       (int)(0x80 | (c >> 6 & 0x3f)),
			       (int)(0x80 | (c & 0x3f)));
		return 3;
	}
	(void)snprintf(out, 5, "%c%c%c%c", (int)(0xf0 | c >> 18),
		       (int)(0x80 | (c >> 12 & 0x3f)),
		       (int)(0x80 | (c >> 6 & 0x3f)), (int)(0x80 | (c & 0x3f)));
	return 4;
}

const char *key_title(int32_t code, char out[KEY_NAME_MAX])
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].code == code) {
			(void)snprintf(out, KEY_NAME_MAX, "%s", names[i].name);
			return out;
		}
	if (code > K_F && code <= K_F + 12)
		(void)snprintf(out, KEY_NAME_MAX, "F%d", (int)(code - K_F));
	else if (code >= 0 && code < 0x20)
		(void)snprintf(out, KEY_NAME_MAX, "^%c", (int)(code + '@'));
	else if (code >= K_SPECIAL || key_utf8(code, out) == 0)
		(void)snprintf(out, KEY_NAME_MAX, "that key");
	return out;
}

#define ALWAYS(k, a, hint, help)                                               \
	{                                                                      \
		"", k, a, NULL, hint, help                                     \
	}
#define ON(context, k, a, hint, help)                                          \
	{                                                                      \
		context, k, a, NULL, hint, help                                \
	}
#define RUN(context, k, line, hint, help)                                      \
	{                                                                      \
		context, k, ACT_NONE, line, hint, help                         \
	}

/* clang-format off */
const struct binding keymap[] = {
	ON("case", K_ENTER, ACT_OPEN, "open", "go where this needs you"),
	RUN("case", 'a', "host add ", "add host", "add a host to the case"),
	RUN("case", 'H', "hunt --all --rules ", "hunt",
	    "sweep hosts with YARA rules"),
	ON("case", 'p', ACT_PICTURE, "picture",
	   "what runs and what is set on all hosts, as triages saw it"),
	RUN("case", 'L', "triage --all ", "triage",
	    "take the live picture of all hosts"),
	RUN("case", 'c', "collect --all --path ", "collect",
	    "bring files as evidence"),

	ON("hosts", K_ENTER, ACT_OPEN, "open", "all that is known of the host"),
	RUN("hosts", 'a', "host add ", "add", "add a host to the case"),
	RUN("hosts", 'H', "hunt %{name*} --rules ", "hunt",
	    "sweep these hosts with YARA rules"),
	ON("hosts", 'p', ACT_PICTURE, "picture",
	   "what runs and what is set there, as the last triage saw it"),
	RUN("hosts", 'L', "triage %{name*} ", "triage",
	    "take the live picture of these hosts"),
	RUN("hosts", 'c', "collect %{name*} --path ", "collect",
	    "bring files of these hosts as evidence"),
	RUN("hosts", 't', "host trust %{name} --fingerprint ", "trust",
	    "pin the host key you got by another route"),
	RUN("hosts", 'T', "host tag %{name*} ", "tag",
	    "give these hosts a tag; :host group puts them in a group"),
	RUN("hosts", 'U', "host untag %{name*} ", NULL,
	    "take a tag off these hosts"),
	RUN("hosts", 'C', "connect %{name*}", NULL,
	    "log in and see who they are; place nothing"),
	RUN("hosts", 'D', "host remove %{name} ", NULL,
	    "take hosts out of the case; their evidence stays"),

	ON("jobs", K_ENTER, ACT_OPEN, "hosts", "what each host of it does"),
	RUN("jobs", 'p', "run pause %{id}", "pause",
	    "pause it on all its hosts; nothing is read there meanwhile"),
	RUN("jobs", 'P', "run continue %{id}", "go on", "go on with it"),
	RUN("jobs", '<', "run slower %{id}", "slower", "half as fast"),
	RUN("jobs", '>', "run faster %{id}", "faster", "twice as fast"),
	RUN("jobs", 's', "run skip %{id}", "skip",
	    "begin no more hosts of it; those at work finish"),
	ON("jobs", 'X', ACT_STOP_JOB, "stop", "stop the job under the cursor"),
	RUN("jobs", 'd', "run diff %{id}", "changes",
	    "new, changed, gone since the last run of the same hunt"),
	RUN("jobs", 'F', "run resume %{id} --failed", "retry",
	    "do it again on the hosts that failed, and no others"),
	RUN("jobs", 'R', "run resume %{id} ", "resume",
	    "take up a run that was cut, where it was cut"),
	ON("jobs", 'S', ACT_HUNTS, "saved", "saved hunts"),
	RUN("jobs", 'H', "hunt --all --rules ", "hunt",
	    "sweep hosts with YARA rules"),
	RUN("jobs", 'c', "collect --all --path ", "collect",
	    "bring files as evidence"),

	ON("evidence", K_ENTER, ACT_OPEN, "open", "read it: text, hex, times"),
	RUN("evidence", 'V', "verify", "verify",
	    "check every hash and the audit chain"),
	RUN("evidence", 'w', "evidence get %{id} -o ", "write",
	    "write the bytes to a file"),

	ON("findings", K_ENTER, ACT_OPEN, "open", "rule, strings, context"),
	ON("findings", 's', ACT_STATUS, "status", "say what you make of it"),
	ON("findings", 'b', ACT_EVIDENCE, "bytes",
	   "the evidence at the offset of the match"),
	ON("findings", 'F', ACT_EXCLUDE, "false positive",
	   "known to be harmless: exclude it, and its like"),
	ON("findings", 'e', ACT_HIDDEN, "excluded",
	   "show what is excluded too; again: not"),
	ON("findings", 'S', ACT_STACK, "stack",
	   "one row for what is the same on several hosts"),
	ON("findings", 'I', ACT_INDICATORS, "indicators",
	   "what is looked for, and where it was seen"),
	RUN("findings", 'c', "collect %{host=} %{--path path*} ", "collect",
	    "bring the file itself as evidence"),

	ON("stack", K_ENTER, ACT_OPEN, "rows", "each of them, host by host"),
	ON("stack", 'S', ACT_STACK, "unstack", "a row for each host again"),

	ON("indicators", K_ENTER, ACT_OPEN, "sightings", "where it was seen"),
	RUN("indicators", 'a', "indicator add ", "add",
	    "add something to look for"),
	RUN("indicators", 'i', "indicator import ", "import",
	    "add all of a list"),
	RUN("indicators", 'H', "hunt --all --case-indicators --path ", "hunt",
	    "look for all of them on the hosts"),
	RUN("indicators", 'D', "indicator remove %{id}", NULL,
	    "look for it no more; where it was seen stays"),
	ON("indicators", 'e', ACT_HIDDEN, NULL,
	   "show what was removed too; again: not"),

	ON("notes", 'a', ACT_NOTE, "add", "write a note"),
	ON("notes", 'e', ACT_EDIT, "edit", "rewrite it in $EDITOR"),
	ON("notes", 'E', ACT_EDIT, NULL, "the same"),

	ON("timeline", 'b', ACT_EVIDENCE, "bytes",
	   "the evidence, where it says so"),
	RUN("timeline", 'w', "export --format csv -o ", "write",
	    "write the timeline to a file"),
	RUN("findings", 'w', "export --view finding --format csv -o ", NULL,
	    "write the findings to a file"),
	RUN("audit", 'V', "verify", "verify",
	    "check every hash and the audit chain"),
	RUN("audit", 'w', "export --view audit --format csv -o ", "write",
	    "write the audit log to a file"),
	ON("coverage", K_ENTER, ACT_OPEN, "paths", "the paths behind the sum"),
	ON("coverage", 'u', ACT_UNSEEN, "unseen only",
	   "only what we did not see, and why"),
	RUN("coverage", 'w', "export --view coverage_sum --format csv -o ",
	    "write", "write the sums to a file"),
	ON("paths", 'u', ACT_UNSEEN, "unseen only",
	   "only what we did not see, and why"),
	RUN("paths", 'w', "export --view coverage --format csv -o ", "write",
	    "write the coverage to a file"),

	ON("hunts", K_ENTER, ACT_OPEN, "run",
	   "run it on the marked hosts, or those it was saved with"),
	RUN("hunts", 'a', "hunt save ", "save", "save a hunt under a name"),
	RUN("hunts", 'D', "hunt remove %{name} ", "remove",
	    "take it off the list; its runs stay"),
	ON("hunts", 'e', ACT_HIDDEN, NULL,
	   "show those that were removed too; again: not"),

	ON("item", K_TAB, ACT_NEXT_TAB, "text/hex/meta", "the next way to see it"),
	ON("item", ']', ACT_NEXT_TAB, NULL, "the next way to see it"),
	ON("item", '[', ACT_PREV_TAB, NULL, "the one before"),

	/* widgets */
	ON("list", ' ', ACT_MARK, "mark", "mark or unmark the row"),
	ON("list", '*', ACT_MARK_ALL, NULL, "mark all shown; again: none"),
	ON("list", 'f', ACT_FILTER, "filter",
	   "show rows with these words (column=value, !word) only"),
	ON("list", '\\', ACT_CLEAR_FILTER, NULL, "show all rows again"),
	ON("list", 'o', ACT_REVERSE, NULL, "turn the order round"),
	ON("list", 'S', ACT_STACK, NULL,
	   "one row for what is the same on several hosts; again: each"),
	ON("list", K_TAB, ACT_PANE, NULL, "the row's detail on the whole page"),
	ON("list", K_ENTER, ACT_OPEN, "open", "open the row"),
	ON("list", 'r', ACT_REFRESH, NULL, "read it again"),
	ON("text", 'J', ACT_NEXT_ITEM, "next", "the next row of the list"),
	ON("text", 'K', ACT_PREV_ITEM, NULL, "the row before"),

	/* everywhere */
	ALWAYS('?', ACT_HELP, NULL, "this page; type to search, Enter runs"),
	ALWAYS(K_F + 1, ACT_HELP, NULL, "help"),
	ALWAYS('x', ACT_MENU, NULL, "all that can be done here"),
	ALWAYS(':', ACT_COMMAND, "command", "a command line, as in the shell"),
	ALWAYS('m', ACT_NOTE, "note", "write a note about this"),
	ALWAYS('/', ACT_SEARCH, "search", "search while you type"),
	ALWAYS('n', ACT_NEXT_HIT, NULL, "next hit"),
	ALWAYS('N', ACT_PREV_HIT, NULL, "previous hit"),
	ALWAYS('j', ACT_DOWN, NULL, "down"),
	ALWAYS(K_DOWN, ACT_DOWN, NULL, "down"),
	ALWAYS(K_WHEEL_DOWN, ACT_DOWN, NULL, "down"),
	ALWAYS('k', ACT_UP, NULL, "up"),
	ALWAYS(K_UP, ACT_UP, NULL, "up"),
	ALWAYS(K_WHEEL_UP, ACT_UP, NULL, "up"),
	ALWAYS('g', ACT_FIRST, NULL, "first"),
	ALWAYS(K_HOME, ACT_FIRST, NULL, "first"),
	ALWAYS('G', ACT_LAST, NULL, "last"),
	ALWAYS(K_END, ACT_LAST, NULL, "last"),
	ALWAYS(K_PGDN, ACT_PAGE_DOWN, NULL, "a page down"),
	ALWAYS(KEY_CTRL_('f'), ACT_PAGE_DOWN, NULL, "a page down"),
	ALWAYS(K_PGUP, ACT_PAGE_UP, NULL, "a page up"),
	ALWAYS(KEY_CTRL_('b'), ACT_PAGE_UP, NULL, "a page up"),
	ALWAYS(KEY_CTRL_('d'), ACT_HALF_DOWN, NULL, "half a page down"),
	ALWAYS(KEY_CTRL_('u'), ACT_HALF_UP, NULL, "half a page up"),
	ALWAYS(K_LEFT, ACT_LEFT, NULL, "scroll left, or back"),
	ALWAYS('h', ACT_LEFT, NULL, "scroll left, or back"),
	ALWAYS(K_RIGHT, ACT_RIGHT, NULL, "scroll right"),
	ALWAYS('l', ACT_RIGHT, NULL, "scroll right"),
	ALWAYS('1', ACT_SCREEN, "screens", "screens 1 to 9 and 0"),
	ALWAYS('2', ACT_SCREEN, NULL, "hosts"),
	ALWAYS('3', ACT_SCREEN, NULL, "jobs: hunts and collections"),
	ALWAYS('4', ACT_SCREEN, NULL, "coverage: what we did not see"),
	ALWAYS('5', ACT_SCREEN, NULL, "evidence"),
	ALWAYS('6', ACT_SCREEN, NULL, "findings"),
	ALWAYS('7', ACT_SCREEN, NULL, "notes"),
	ALWAYS('8', ACT_SCREEN, NULL, "timeline"),
	ALWAYS('9', ACT_SCREEN, NULL, "audit log"),
	ALWAYS('0', ACT_MESSAGES, NULL, "messages and errors so far"),
	ALWAYS('M', ACT_MESSAGES, NULL, "messages and errors so far"),
	ALWAYS('-', ACT_LAST_SCREEN, NULL, "the screen before"),
	ALWAYS('q', ACT_BACK, "back", "one step back"),
	ALWAYS(K_ESC, ACT_BACK, NULL, "one step back"),
	ALWAYS('!', ACT_ANSWER, NULL, "answer the host that waits"),
	ALWAYS('X', ACT_STOP_JOB, NULL, "stop the running job"),
	ALWAYS(KEY_CTRL_('l'), ACT_REDRAW, NULL, "draw the screen again"),
	ALWAYS(KEY_CTRL_('z'), ACT_SUSPEND, NULL, "suspend; fg comes back"),
	ALWAYS('Q', ACT_QUIT, "quit", "quit; asks when jobs run"),
	ALWAYS(K_F + 10, ACT_QUIT, NULL, "quit"),
};
/* clang-format on */
const size_t n_keymap = ARRAY_SIZE(keymap);

static const struct binding *find_in(const char *context, int32_t key)
{
	for (size_t i = 0; i < n_keymap; i++)
		if (keymap[i].key == key &&
		    strcmp(keymap[i].context, context) == 0)
			return &keymap[i];
	return NULL;
}

const struct binding *keymap_find(const char *page, const char *widget,
				  int32_t key)
{
	const struct binding *b = find_in(page, key);

	if (!b)
		b = find_in(widget, key);
	return b ? b : find_in("", key);
}

bool keymap_reaches(const struct binding *b, const char *page,
		    const char *widget)
{
	return keymap_find(page, widget, b->key) == b;
}
