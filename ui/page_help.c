/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help: made from the keymap and the table of commands, so it cannot be out
 * of date. Typing narrows it, Enter does what the line says.
 */
#include "base/base.h"

#include "ui/console.h"

#define COMMANDS_FROM 1000 /* targets from here on are commands */
#define OWN_FROM      3000 /* and from here on words of the console */

struct help_page {
	struct page page;
	struct doc doc;
	bool only_here;    /* not what works everywhere, no commands */
	const char *about; /* context and widget of the page below */
	const char *widget;
	char words[FIND_MAX]; /* typed */
	bool made;
};

static struct help_page *self(struct page *page)
{
	return (struct help_page *)page;
}

static bool wanted(const struct help_page *hp, const char *line)
{
	return !hp->words[0] || find_in(hp->words, line);
}

static void add_key(struct help_page *hp, size_t i)
{
	const struct binding *b = &keymap[i];
	char name[KEY_NAME_MAX], line[256];

	(void)snprintf(line, sizeof line, "%s %s %s", key_title(b->key, name),
		       b->help, b->line ? b->line : "");
	if (!wanted(hp, line))
		return;
	doc_begin(&hp->doc, (int)i);
	doc_putf(&hp->doc, ROLE_TITLE, "  %-12s ", key_title(b->key, name));
	doc_putf(&hp->doc, ROLE_NORMAL, "%s", b->help);
	if (b->line)
		doc_putf(&hp->doc, ROLE_DIM, "   :%s", b->line);
}

static void add_keys(struct help_page *hp, const char *title,
		     const char *context)
{
	size_t at = hp->doc.n, n;

	doc_line(&hp->doc, ROLE_TITLE, title);
	n = hp->doc.n;
	for (size_t i = 0; i < n_keymap; i++)
		if (strcmp(keymap[i].context, context) == 0 &&
		    keymap_reaches(&keymap[i], hp->about, hp->widget))
			add_key(hp, i);
	if (hp->doc.n == n)
		doc_cut(&hp->doc, at);
	else
		doc_line(&hp->doc, ROLE_NORMAL, "");
}

static void add_command(struct help_page *hp, int target, const char *name,
			const char *args, const char *help)
{
	char line[512];

	(void)snprintf(line, sizeof line, "%s %s %s", name, args, help);
	if (!wanted(hp, line))
		return;
	(void)snprintf(line, sizeof line, ":%s %s", name, args);
	doc_begin(&hp->doc, target);
	doc_putf(&hp->doc, ROLE_TITLE, "  %-24s ", line);
	doc_putf(&hp->doc, ROLE_NORMAL, "%s", help);
}

static void add_commands(struct help_page *hp)
{
	doc_line(&hp->doc, ROLE_TITLE, "COMMANDS (: or the shell)");
	for (size_t i = 0; i < n_commands; i++)
		if (!(commands[i].flags & COMMAND_CLI_ONLY))
			add_command(hp, COMMANDS_FROM + (int)i,
				    commands[i].name,
				    commands[i].args ? commands[i].args : "",
				    commands[i].help);
	for (size_t i = 0; i < n_ui_commands; i++)
		add_command(hp, OWN_FROM + (int)i, ui_commands[i].name,
			    ui_commands[i].args, ui_commands[i].help);
}

static void make(struct help_page *hp, unsigned width)
{
	doc_clear(&hp->doc, width);
	add_keys(hp, "HERE", hp->about);
	if (hp->widget[0])
		add_keys(hp,
			 strcmp(hp->widget, "list") == 0 ? "IN LISTS"
							 : "IN TEXT",
			 hp->widget);
	if (!hp->only_here) {
		add_keys(hp, "EVERYWHERE", "");
		add_commands(hp);
	}
	if (hp->doc.n == 0)
		doc_line(&hp->doc, ROLE_DIM,
			 "nothing has these words; Backspace takes one off");
	hp->made = true;
}

static void draw(struct page *page, struct grid *g, struct rect r)
{
	struct help_page *hp = self(page);

	if (!hp->made)
		make(hp, r.cols);
	doc_draw(&hp->doc, g, r);
	g->cursor_row = 1;
	g->cursor_col =
		(int)MIN(g->cols - 1, 8 + shown_cells(shown_str(hp->words).s));
}

static void context(struct page *page, struct pen *p)
{
	struct help_page *hp = self(page);

	(void)pen_put(p, ROLE_TITLE, hp->only_here ? "Do:     " : "Help:   ");
	(void)pen_put(p, ROLE_MARK, shown_str(hp->words).s);
	(void)pen_put(p, ROLE_DIM,
		      "   type to search, Enter does it, Esc leaves");
}

/* Leaves help and does what the line says on the page below. */
static void run_target(struct page *page, int target)
{
	struct ui *ui = page->ui;
	char *line = NULL;

	ui_back(ui);
	if (target >= OWN_FROM)
		line = xasprintf("%s ", ui_commands[target - OWN_FROM].name);
	else if (target >= COMMANDS_FROM)
		line = xasprintf("%s ", commands[target - COMMANDS_FROM].name);
	if (line) {
		ui_act(ui, ACT_COMMAND);
		prompt_set(&ui->prompt, line);
		free(line);
	} else if (target >= 0) {
		ui_binding(ui, &keymap[target], keymap[target].key);
	}
}

static bool act(struct page *page, enum action action)
{
	if (action == ACT_OPEN) {
		int target = doc_target(&self(page)->doc);

		if (target >= 0)
			run_target(page, target);
		return true;
	}
	return doc_act(&self(page)->doc, action);
}

static void narrow(struct help_page *hp, size_t n)
{
	hp->words[n] = '\0';
	hp->made = false;
	scroll_to(&hp->doc.scroll, 0);
}

/* Letters are a search here; the moving keys without letters still move. */
static bool key(struct page *page, const struct key *k)
{
	struct help_page *hp = self(page);
	size_t n = strlen(hp->words);
	char utf8[5];
	size_t len = key_utf8(k->code, utf8);

	if (k->code == K_ENTER)
		return act(page, ACT_OPEN);
	if (k->code == K_BACKSPACE) {
		while (n > 0 && ((uint8_t)hp->words[--n] & 0xc0) == 0x80)
			;
		narrow(hp, n);
		return true;
	}
	if (len == 0 || n + len >= sizeof hp->words)
		return false;
	memcpy(hp->words + n, utf8, len);
	narrow(hp, n + len);
	return true;
}

static void click(struct page *page, unsigned line)
{
	struct doc *d = &self(page)->doc;

	if (d->scroll.top + line < d->n)
		d->scroll.cursor = d->scroll.top + line;
}

static void free_page(struct page *page)
{
	doc_release(&self(page)->doc);
	free(page);
}

static const struct page_type help_type = {
	.name = "help",
	.widget = "",
	.draw = draw,
	.context = context,
	.act = act,
	.key = key,
	.click = click,
	.free = free_page,
};

struct page *page_help(struct ui *ui, bool only_here)
{
	struct help_page *hp = xcalloc(1, sizeof *hp);
	const struct page_type *below = ui_page(ui)->type;

	hp->page = (struct page){.type = &help_type, .ui = ui};
	hp->only_here = only_here;
	hp->about = below->name;
	hp->widget = below->widget;
	doc_init(&hp->doc, true);
	return &hp->page;
}
