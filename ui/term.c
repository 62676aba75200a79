/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal. Colours follow the meaning of the eight roles: attributes
 * alone where there is no colour or NO_COLOR is set, 8 colours, or 256.
 */
#include "base/base.h"

#include <langinfo.h>
#include <locale.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <term.h>

#include "base/time.h"
#include "ui/rescue.h"
#include "ui/term.h"

#define ESC_DELAY_MS 25
#define RESCUE_MAX   512
#define DOUBLE_NS    (400 * NS_PER_MS)

/* What curses calls the brackets of a paste; codes it has no use for. */
#define CURSES_PASTE_BEGIN 600
#define CURSES_PASTE_END   601

static struct {
	SCREEN *screen;
	bool is_utf8;
	attr_t attrs[N_ROLES];
	struct grid last; /* what is on the screen */
	bool all;         /* draw every cell */
	bool mouse;
	const char *paste_on, *paste_off;
} term;

/* ---- roles ---- */

static void use_mono(void)
{
	term.attrs[ROLE_DIM] = A_NORMAL;
	term.attrs[ROLE_TITLE] = A_BOLD;
	term.attrs[ROLE_SELECTED] = A_REVERSE;
	term.attrs[ROLE_MARK] = A_BOLD;
	term.attrs[ROLE_GOOD] = A_NORMAL;
	term.attrs[ROLE_WARN] = A_UNDERLINE;
	term.attrs[ROLE_BAD] = A_BOLD | A_UNDERLINE;
}

static void use_colours(void)
{
	static const struct {
		enum role role;
		short few, many; /* of 8, of 256 */
		attr_t attr;
	} table[] = {
		{ROLE_DIM, -1, 245, A_NORMAL},
		{ROLE_TITLE, COLOR_CYAN, 37, A_BOLD},
		{ROLE_MARK, COLOR_CYAN, 37, A_BOLD},
		{ROLE_GOOD, COLOR_GREEN, 34, A_NORMAL},
		{ROLE_WARN, COLOR_YELLOW, 172, A_NORMAL},
		{ROLE_BAD, COLOR_RED, 160, A_BOLD},
	};

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		short colour = COLORS >= 256 ? table[i].many : table[i].few;
		short pair = (short)(i + 1);

		if (init_pair(pair, colour, -1) == OK)
			term.attrs[table[i].role] =
				table[i].attr | (attr_t)COLOR_PAIR(pair);
	}
}

static void choose_roles(void)
{
	const char *no_color = getenv("NO_COLOR");

	use_mono();
	if (no_color && *no_color)
		return;
	if (has_colors() && start_color() == OK && use_default_colors() == OK &&
	    COLORS >= 8)
		use_colours();
}

/* ---- opening and closing ---- */

static const char *capability(const char *name)
{
	const char *s = tigetstr(name);

	return s && s != (char *)-1 ? s : NULL;
}

/* Bracketed paste, where the terminal's description has it. */
static void prepare_paste(void)
{
	const char *begin = capability("PS"), *end = capability("PE");

	term.paste_on = capability("BE");
	term.paste_off = capability("BD");
	if (!begin || !end || !term.paste_on || !term.paste_off) {
		term.paste_on = NULL;
		return;
	}
	(void)define_key(begin, CURSES_PASTE_BEGIN);
	(void)define_key(end, CURSES_PASTE_END);
}

static void send(const char *s)
{
	if (!s)
		return;
	(void)putp(s);
	(void)fflush(stdout);
}

static void modes_on(void)
{
	(void)raw();
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)intrflush(stdscr, FALSE);
	(void)leaveok(stdscr, FALSE);
	if (term.paste_on)
		send(term.paste_on);
}

static bool open_screen(void)
{
	term.screen = newterm(NULL, stdout, stdin);
	if (!term.screen)
		return false;
	prepare_paste();
	modes_on();
	choose_roles();
	rescue_needed(true);
	term.all = true;
	return true;
}

/* What gives the terminal back, for when there is no time for curses. */
static void arm_rescue(void)
{
	static const char *const names[] = {"sgr0", "cnorm", "rmkx", "BD",
					    "rmcup"};
	struct buf all;

	buf_init(&all, RESCUE_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (capability(names[i]))
			(void)buf_add_str(&all, capability(names[i]));
	rescue_arm(buf_bytes(&all));
	buf_release(&all);
}

enum err_code term_open(struct err *err)
{
	const char *name = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return err_set(err, ERR_UNSUPPORTED,
			       "the console needs a terminal; `halligan help` "
			       "lists commands for scripts");
	if (!name || !*name || strcmp(name, "dumb") == 0)
		return err_set(err, ERR_UNSUPPORTED,
			       "the console cannot draw on a dumb terminal; "
			       "set TERM, or use the commands of `halligan "
			       "help`");
	(void)setlocale(LC_CTYPE, "");
	term.is_utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	if (rescue_remember(err) != ERR_OK)
		return err->code;
	(void)set_escdelay(ESC_DELAY_MS);
	if (!open_screen())
		return err_set(err, ERR_UNSUPPORTED,
			       "no description of terminal '%s'; set TERM to "
			       "one that exists, such as vt100",
			       shown_str(name).s);
	if (!capability("cup")) {
		term_leave();
		return err_set(err, ERR_UNSUPPORTED,
			       "terminal '%s' cannot move its cursor; use the "
			       "commands of `halligan help`",
			       shown_str(name).s);
	}
	arm_rescue();
	return ERR_OK;
}

/* All of the screen goes: ncurses would take it up again with an OSC that
 * sets the palette back, which some terminals do not know. */
void term_leave(void)
{
	if (term.paste_on)
		send(term.paste_off);
	if (term.mouse)
		(void)mousemask(0, NULL);
	(void)endwin();
	delscreen(term.screen);
	term.screen = NULL;
	rescue_needed(false);
}

void term_return(void)
{
	if (!open_screen())
		BUG("the terminal opened before and does not now");
	term_mouse(term.mouse);
	term_resized();
}

void term_close(void)
{
	if (!term.screen)
		return;
	rescue_disarm();
	term_leave();
	grid_release(&term.last);
	term.mouse = false;
}

void term_suspend(void)
{
	sigset_t stop, old;

	term_leave();
	(void)sigemptyset(&stop);
	(void)sigaddset(&stop, SIGTSTP);
	(void)sigprocmask(SIG_UNBLOCK, &stop, &old);
	(void)kill(getpid(), SIGTSTP);
	(void)sigprocmask(SIG_SETMASK, &old, NULL);
	term_return();
}

void term_size(unsigned *rows, unsigned *cols)
{
	*rows = LINES > 0 ? (unsigned)LINES : 0;
	*cols = COLS > 0 ? (unsigned)COLS : 0;
}

void term_resized(void)
{
	struct winsize ws;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_row &&
	    ws.ws_col)
		(void)resizeterm(ws.ws_row, ws.ws_col);
	term_forget();
}

void term_forget(void)
{
	term.all = true;
}

void term_mouse(bool on)
{
	term.mouse = on;
	(void)mouseinterval(0);
	(void)mousemask(on ? BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED
			   : 0,
			NULL);
}

/* ---- drawing ---- */

/* What stands for a character that this locale cannot draw. */
static wchar_t plain_for(const char *s)
{
	if (strcmp(s, "─") == 0)
		return L'-';
	return strcmp(s, "│") == 0 ? L'|' : L'?';
}

/* The characters of a cell as the terminal will count them: where libc and we
 * disagree about the width, a question mark keeps the columns right. */
static void cell_wide(const struct cell *cell, wchar_t *out, size_t room)
{
	mbstate_t state = {0};
	const char *s = cell->s;
	size_t n = 0;

	out[0] = *s ? (wchar_t)(uint8_t)*s : L' ';
	out[1] = L'\0';
	if ((uint8_t)*s < 0x80 && (!*s || !s[1]))
		return;
	while (term.is_utf8 && *s && n + 1 < room) {
		size_t took = mbrtowc(&out[n], s, strlen(s), &state);

		if (took == (size_t)-1 || took == (size_t)-2)
			break;
		s += took;
		n++;
	}
	out[n] = L'\0';
	if (n == 0 || wcwidth(out[0]) != cell->cells) {
		out[0] = term.is_utf8 ? L'?' : plain_for(cell->s);
		out[1] = L'\0';
	}
}

static void draw_cell(const struct grid *g, unsigned row, unsigned col)
{
	const struct cell *cell = &g->cells[(size_t)row * g->cols + col];
	wchar_t chars[CCHARW_MAX + 1];
	attr_t attrs = term.attrs[cell->role];
	cchar_t cc;

	if (cell->cells == 0)
		return; /* the wide one before it covers this */
	cell_wide(cell, chars, CCHARW_MAX);
	if (setcchar(&cc, chars, attrs & ~(attr_t)A_COLOR,
		     (short)PAIR_NUMBER(attrs), NULL) == OK)
		(void)mvadd_wch((int)row, (int)col, &cc);
	if (cell->cells == 2 && chars[0] == L'?') {
		(void)setcchar(&cc, L" ", attrs & ~(attr_t)A_COLOR,
			       (short)PAIR_NUMBER(attrs), NULL);
		(void)mvadd_wch((int)row, (int)col + 1, &cc);
	}
}

static void remember(const struct grid *g)
{
	if (term.last.rows != g->rows || term.last.cols != g->cols) {
		grid_release(&term.last);
		grid_init(&term.last, g->rows, g->cols);
	}
	memcpy(term.last.cells, g->cells,
	       (size_t)g->rows * g->cols * sizeof *g->cells);
}

static bool row_changed(const struct grid *g, unsigned row)
{
	size_t at = (size_t)row * g->cols;

	return memcmp(term.last.cells + at, g->cells + at,
		      g->cols * sizeof *g->cells) != 0;
}

void term_draw(const struct grid *g)
{
	bool all = term.all || term.last.rows != g->rows ||
		   term.last.cols != g->cols;

	for (unsigned row = 0; row < g->rows; row++) {
		if (!all && !row_changed(g, row))
			continue;
		for (unsigned col = 0; col < g->cols; col++)
			draw_cell(g, row, col);
	}
	if (term.all)
		(void)clearok(curscr, TRUE);
	term.all = false;
	remember(g);
	(void)curs_set(g->cursor_row >= 0 ? 1 : 0);
	if (g->cursor_row >= 0)
		(void)move(g->cursor_row, g->cursor_col);
	(void)refresh();
}

/* ---- keys ---- */

static const struct {
	wint_t curses;
	int32_t code;
} specials[] = {
	{KEY_UP, K_UP},
	{KEY_DOWN, K_DOWN},
	{KEY_LEFT, K_LEFT},
	{KEY_RIGHT, K_RIGHT},
	{KEY_HOME, K_HOME},
	{KEY_END, K_END},
	{KEY_PPAGE, K_PGUP},
	{KEY_NPAGE, K_PGDN},
	{KEY_IC, K_INSERT},
	{KEY_DC, K_DELETE},
	{KEY_BTAB, K_BACKTAB},
	{KEY_BACKSPACE, K_BACKSPACE},
	{KEY_ENTER, K_ENTER},
	{CURSES_PASTE_BEGIN, K_PASTE_BEGIN},
	{CURSES_PASTE_END, K_PASTE_END},
};

static int32_t special_code(wint_t c)
{
	for (size_t i = 0; i < ARRAY_SIZE(specials); i++)
		if (specials[i].curses == c)
			return specials[i].code;
	if (c > KEY_F0 && c <= KEY_F(12))
		return K_F + (int32_t)(c - KEY_F0);
	return K_UNKNOWN;
}

/* Double clicks are two presses on one cell; curses would wait for them. */
static bool mouse_key(struct key *key)
{
	static unsigned last_row, last_col;
	static int64_t last_ns;
	MEVENT ev;

	if (getmouse(&ev) != OK || ev.x < 0 || ev.y < 0)
		return false;
	key->row = (unsigned)ev.y;
	key->col = (unsigned)ev.x;
	if (ev.bstate & BUTTON4_PRESSED) {
		key->code = K_WHEEL_UP;
	} else if (ev.bstate & BUTTON5_PRESSED) {
		key->code = K_WHEEL_DOWN;
	} else {
		bool twice = key->row == last_row && key->col == last_col &&
			     time_mono_ns() - last_ns < DOUBLE_NS;

		key->code = twice ? K_DOUBLE : K_CLICK;
		last_row = key->row;
		last_col = key->col;
		last_ns = time_mono_ns();
	}
	return true;
}

/*
 * UTF-8 is put together here: get_wch() of ncurses swallows up to 15 keys
 * after a byte that is none. -1: the rest has not come yet.
 */
static int32_t utf8_key(int c)
{
	static uint8_t bytes[4];
	static size_t n;
	size_t want;
	int32_t cp;

	for (;; c = getch()) {
		if (c == ERR)
			return -1;
		if (n && (c & ~0x3f) != 0x80) {
			n = 0;
			(void)ungetch(c);
			return K_UNKNOWN;
		}
		bytes[n++] = (uint8_t)c;
		want = bytes[0] >= 0xf0 ? 4 : bytes[0] >= 0xe0 ? 3 : 2;
		if (bytes[0] < 0xc2 || !term.is_utf8 || n == want)
			break;
	}
	if (text_first_char(bytes_of(bytes, n), &cp) != n || cp < 0x80)
		cp = K_UNKNOWN;
	n = 0;
	return cp;
}

static int32_t plain_key(int c)
{
	if (c == '\n')
		return K_ENTER;
	return c == '\b' ? K_BACKSPACE : c;
}

bool term_key(struct key *key)
{
	static bool in_utf8;
	int c = getch();

	*key = (struct key){0};
	if (c == ERR)
		return false;
	if (c == KEY_RESIZE)
		return term_key(key); /* SIGWINCH tells us itself */
	if (c == KEY_MOUSE)
		return mouse_key(key) || term_key(key);
	if (c > 0xff) {
		key->code = special_code((wint_t)c);
	} else if (c >= 0x80 || in_utf8) {
		key->code = utf8_key(c);
		in_utf8 = key->code < 0;
		return !in_utf8;
	} else {
		key->code = plain_key(c);
	}
	return true;
}
