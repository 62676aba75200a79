/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of the console, shared by its files: ten screens, each a stack
 * of pages; one prompt; one message; questions that wait. Front thread only.
 */
#ifndef HALLIGAN_UI_CONSOLE_H
#define HALLIGAN_UI_CONSOLE_H

#include "app/app.h"
#include "app/command.h"
#include "base/base.h"
#include "ui/doc.h"
#include "ui/grid.h"
#include "ui/key.h"
#include "ui/keymap.h"
#include "ui/list.h"
#include "ui/prompt.h"

#define UI_MIN_ROWS 15
#define UI_MIN_COLS 60
#define UI_WIDE     120 /* detail beside the list from here on */
#define UI_SCREENS  10
#define UI_MSG_MAX  512
#define UI_TOLD_MAX 64

struct ui;
struct page;

/* Called for a row that a command is about. */
typedef void each_row(void *arg, const struct view *view,
		      const struct row *row);

struct page_type {
	const char *name;   /* its context in the keymap, and for help */
	const char *widget; /* "list", "text" or "" : the second context */
	bool live;          /* shows jobs: drawn again while they run */
	void (*draw)(struct page *page, struct grid *g, struct rect r);
	void (*context)(struct page *page, struct pen *p); /* second row */
	/* false: not an action of this page. */
	bool (*act)(struct page *page, enum action action);
	/* Sees keys before the keymap; true: taken. May be NULL. */
	bool (*key)(struct page *page, const struct key *key);
	/* A click, lines counted from the top of the page; may be NULL. */
	void (*click)(struct page *page, unsigned line);
	void (*refresh)(struct page *page); /* the case has changed; NULL */
	void (*search)(struct page *page, const char *words); /* NULL */
	/* What the prompt of a search says; NULL: "/". */
	const char *(*search_label)(struct page *page);
	void (*filter)(struct page *page, const char *words); /* NULL */
	bool (*work)(struct page *page); /* true: there is more; NULL */
	/* Rows the keys are about: returns how many; NULL: none. */
	size_t (*chosen)(struct page *page, each_row *each, void *arg);
	void (*free)(struct page *page);
};

/* First member of every page. */
struct page {
	const struct page_type *type;
	struct ui *ui;
	struct page *below; /* in the stack of its screen; NULL at the ground */
	bool stale;         /* the case changed while it was not seen */
};

typedef void prompt_fn(struct ui *ui, const char *line);

struct ui {
	struct app *app;
	struct grid grid;
	struct rect body; /* of the page, as drawn last */
	struct page *tops[UI_SCREENS];
	unsigned screen, last_screen;

	struct prompt prompt;
	prompt_fn *prompt_done;    /* line NULL: it was left */
	prompt_fn *prompt_changed; /* NULL: nobody wants to know */
	bool completes;            /* Tab completes commands */
	struct history commands, searches;

	char message[UI_MSG_MAX]; /* fit to be shown; "" : none */
	enum role message_role;
	struct source *log; /* all messages of this session */
	struct err trouble; /* the case cannot be written; ERR_OK: it can */

	struct ask *asks;
	size_t n_asks, room_asks;
	bool asking;    /* the prompt is the answer to asks[0] */
	bool ask_later; /* somebody wants to look around first */

	size_t n_running;              /* jobs */
	struct uuid told[UI_TOLD_MAX]; /* ended jobs that were announced */
	size_t n_told;
	struct uuid stopping; /* the job a "stop?" is about */

	struct case_info info;
	char *note_host;   /* host of the note being written, NULL */
	bool exclude_by_path; /* the reason being typed is for that */
	struct {
		char *lines; /* being run a few at a time; NULL: none */
		size_t at, n, n_done, n_failed;
	} batch;
	bool changed;      /* something has to be drawn */
	bool case_changed; /* pages have to be refreshed */
	bool pasting;      /* a paste outside a prompt is being dropped */
	bool mouse;
	bool quit;
};

/* ---- page.c: screens and their stacks ---- */

extern const struct screen {
	const char *narrow, *wide;
	struct page *(*open)(struct ui *ui);
} screens[UI_SCREENS];

struct page *ui_page(struct ui *ui);            /* what is seen; never NULL */
void ui_push(struct ui *ui, struct page *page); /* takes it */
void ui_back(struct ui *ui);
void ui_go(struct ui *ui, unsigned screen); /* opens it if needed */
void ui_refresh(struct ui *ui);             /* the case has changed */
void ui_refresh_info(struct ui *ui);        /* the counts of the case alone */
void ui_key(struct ui *ui, const struct key *key);
void ui_act(struct ui *ui, enum action action);
void ui_binding(struct ui *ui, const struct binding *b, int32_t key);
bool ui_work(struct ui *ui); /* a slice of what is pending; true: more */
void ui_free_pages(struct ui *ui);

/* ---- status.c ---- */

void ui_draw(struct ui *ui); /* all of the grid */

/* ---- message.c ---- */

void ui_say(struct ui *ui, enum role role, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
void ui_say_err(struct ui *ui, const struct err *err);
struct page *page_messages(struct ui *ui);
const struct view *messages_view(void);

/* ---- run.c: commands ---- */

/* Puts a `:` line at the prompt, to be looked at and run with Enter. */
void ui_propose(struct ui *ui, const char *line);

/* Runs a `:` line. */
void ui_line(struct ui *ui, const char *line);
/* The same from words; no splitting, so a word may hold anything. */
enum err_code ui_words(struct ui *ui, size_t n, const char *const *words);
/* Runs many lines, a few each turn of the loop; takes them. */
void ui_batch(struct ui *ui, char *lines, size_t n);
bool ui_batch_work(struct ui *ui); /* true: there is more */
void ui_batch_stop(struct ui *ui); /* what was done stays */
/* Completions of a `:` line. */
void ui_complete(struct ui *ui, const char *line, struct buf *out);

/* Words of the console itself: set, quit, ... for help. */
struct ui_command {
	const char *name, *args, *help;
	void (*run)(struct ui *ui, size_t n, const char *const *args);
};
extern const struct ui_command ui_commands[];
extern const size_t n_ui_commands;

/*
 * The command lines a binding's template means for the rows of the page: one
 * for each row, or one in all when it joins them with %{column*}. Words are
 * quoted. NULL, said why, when a row cannot be put into words.
 */
char *ui_expand(struct ui *ui, const char *line, size_t *n_lines);

/* ---- ask.c: prompts and questions ---- */

void ui_prompt(struct ui *ui, enum prompt_kind kind, const char *label,
	       struct history *history, prompt_fn *done);
void ui_prompt_key(struct ui *ui, const struct key *key);
void ui_asked(struct ui *ui, const struct ask *ask);
void ui_unasked(struct ui *ui, uint64_t id);
void ui_next_ask(struct ui *ui); /* shows a waiting question */
/* Whose question it is, not sanitised: a run's has no host. */
const char *ui_asker_name(const struct ask *ask);
void ui_answer(struct ui *ui);   /* takes up a question that was put off */
void ui_draw_ask(struct ui *ui, struct grid *g);
void ui_stop_job(struct ui *ui, const char *run_id); /* NULL: the newest */
void ui_quit(struct ui *ui);
void ui_set_status(struct ui *ui);
void ui_exclude(struct ui *ui); /* the rows are known false positives */

/* ---- edit.c: notes and $EDITOR ---- */

void ui_note_add(struct ui *ui);
void ui_note_edit(struct ui *ui);
/* Lets the responder edit `text` in place; false: said why not. */
bool ui_editor(struct ui *ui, struct buf *text);

/* ---- jobs.c ---- */

/* Takes a look at the jobs: how many run, which ended. */
void ui_watch_jobs(struct ui *ui);
/* One line on the running jobs for the message row; false: none. */
bool ui_progress(struct ui *ui, struct pen *p);
void doc_job(struct doc *d, const struct job_view *job);
/* The hosts of a run as far as the engine still knows them. */
void doc_job_hosts(struct ui *ui, struct doc *d, const struct uuid *run);

/* ---- detail.c: a row as a page of lines ---- */

void detail_row(struct ui *ui, const struct view *view, const struct row *row,
		struct doc *d);
/* "finding 9f3a1c02" */
void detail_title(const struct view *view, const struct row *row, char *out,
		  size_t room);

/* ---- pages ---- */

struct list_spec {
	const char *name;  /* context of its keys */
	const char *view;  /* in the case */
	const char *what;  /* "finding" */
	const char *empty; /* what to do when there are none */
	const char *const *columns;
	/* Rows in which this column is set are left out until asked for;
	 * NULL: none are. hides_what: "excluded" */
	const char *hides, *hides_what;
	bool newest_first;
	bool has_detail;
	bool live;
	/* Enter; NULL: the detail on a page of its own. */
	struct page *(*open)(struct ui *ui, const struct view *view,
			     const struct row *row);
};

struct page *page_case(struct ui *ui);
/* The rows that query->where lets through, NULL: the usual ones. NULL (said
 * why) when it cannot be read. */
struct page *page_list(struct ui *ui, const struct list_spec *spec,
		       const struct row_query *query);
const struct list_spec *list_spec_for(const char *view);
/* A table in memory, taken. */
struct page *page_table(struct ui *ui, struct source *table, const char *what);
/* The list of a page, NULL when it has none. */
struct list *page_rows(struct page *page);
/* Puts the cursor on the first row that has the value, if it is near. */
void page_seek(struct page *page, const char *column, const char *value);
/* All of the row under the cursor of the page that is seen now; the keys of
 * that page work on it. */
struct page *page_detail(struct ui *ui);
struct page *page_item(struct ui *ui, const char *evidence_id, uint64_t offset,
		       uint64_t n);
/* The same where an event or a fact says so: in what is in a packed log. */
struct page *page_said(struct ui *ui, const char *evidence_id, uint64_t offset,
		       uint64_t n);
/* A doc (from malloc, taken) as it is. */
struct page *page_doc(struct ui *ui, const char *title, struct doc *doc);
struct page *page_text(struct ui *ui, const char *title, struct bytes b);
struct page *page_help(struct ui *ui, bool only_here);

#endif
