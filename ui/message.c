/* SPDX-License-Identifier: Apache-2.0 */
/* What the console said, on its row and on the screen of messages. */
#include "base/base.h"

#include "base/log.h"
#include "base/time.h"
#include "ui/console.h"

#define LOG_ROWS 1000

static const struct column columns[] = {
	{.name = "at",
	 .kind = COLUMN_TIME,
	 .title = "TIME",
	 .min_cells = 20,
	 .help = "when"},
	{.name = "kind",
	 .kind = COLUMN_TEXT,
	 .title = "KIND",
	 .min_cells = 7,
	 .help = "error, warning, ok or info"},
	{.name = "message",
	 .kind = COLUMN_TEXT,
	 .title = "MESSAGE",
	 .min_cells = 20,
	 .help = "what"},
};

static const struct view view = {
	.name = "message",
	.help = "What the console said since it was started.",
	.columns = columns,
	.n_columns = ARRAY_SIZE(columns),
	.order = "at",
};

const struct view *messages_view(void)
{
	return &view;
}

static const char *kind_of(enum role role)
{
	switch (role) {
	case ROLE_BAD:
		return "error";
	case ROLE_WARN:
		return "warning";
	case ROLE_GOOD:
		return "ok";
	case ROLE_NORMAL:
	case ROLE_DIM:
	case ROLE_TITLE:
	case ROLE_SELECTED:
	case ROLE_MARK:
	case N_ROLES:
		break;
	}
	return "info";
}

void ui_say(struct ui *ui, enum role role, const char *fmt, ...)
{
	struct value values[ARRAY_SIZE(columns)];
	struct row row = {.values = values};
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(ui->message, sizeof ui->message, fmt, ap);
	va_end(ap);
	ui->message_role = role;
	ui->changed = true;
	values[0] = value_int_of(time_now_ns());
	values[1] = value_str_of(kind_of(role));
	values[2] = value_str_of(ui->message);
	source_add(ui->log, &row, LOG_ROWS);
	log_line(role == ROLE_BAD ? LOG_WARN : LOG_DEBUG, "ui", "%s",
		 ui->message);
}

void ui_say_err(struct ui *ui, const struct err *err)
{
	ui_say(ui, err->code == ERR_CANCELLED ? ROLE_WARN : ROLE_BAD, "%s",
	       err->msg);
}
