/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys while a job runs in a terminal: p pauses it and lets it go on, - and +
 * make it slower and faster, s begins no more hosts. Only while it is in the foreground and nothing
 * is asked: a question needs the terminal as it was.
 */
#include "base/base.h"

#include <termios.h>

#include "cli/cli.h"

static const struct {
	char key;
	enum control action;
} keys[] = {
	{'-', CONTROL_SLOWER},
	{'<', CONTROL_SLOWER},
	{'+', CONTROL_FASTER},
	{'>', CONTROL_FASTER},
};

static bool is_foreground(int tty)
{
	return tty >= 0 && tcgetpgrp(tty) == getpgrp();
}

/* Looked at each time: whoever stopped us may have set the terminal anew. */
static void set_raw(struct keys *k, bool raw)
{
	const tcflag_t cooked = ICANON | ECHO;
	struct termios t;

	if (tcgetattr(k->tty, &t) != 0)
		return; /* gone */
	if (raw == !(t.c_lflag & cooked))
		return;
	if (raw)
		t.c_lflag &= ~cooked;
	else
		t.c_lflag |= cooked;
	(void)tcsetattr(k->tty, TCSANOW, &t);
}

int keys_fd(struct keys *k, int tty)
{
	k->tty = tty;
	if (!is_foreground(tty))
		return -1;
	set_raw(k, true);
	k->raw = true;
	return tty;
}

void keys_release(struct keys *k)
{
	if (k->raw && is_foreground(k->tty))
		set_raw(k, false);
	k->raw = false;
}

void keys_read(struct keys *k, struct cli *cli, const struct uuid *run)
{
	char typed[16];
	ssize_t n = read(k->tty, typed, sizeof typed);

	for (ssize_t i = 0; i < n; i++) {
		enum control action = 0;

		if (typed[i] == 'p') {
			k->paused = !k->paused;
			action = k->paused ? CONTROL_PAUSE : CONTROL_RESUME;
		}
		for (size_t j = 0; j < ARRAY_SIZE(keys); j++)
			if (keys[j].key == typed[i])
				action = keys[j].action;
		if (typed[i] == 's')
			app_skip_job(cli->app, run, NULL);
		if (action)
			app_control_job(cli->app, run, NULL, action);
	}
}
