/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a file somebody wrote, and where. */
#include "base/base.h"

#include "app/cmd.h"
#include "base/json.h"
#include "base/text.h"

#define PROBLEM_MAX ((size_t)256 << 10)

static void add_json(struct buf *out, const struct cmd_problem *p)
{
	struct json j = json_to(out);

	json_begin_object(&j, NULL);
	json_bytes(&j, "file", bytes_str(p->file));
	json_int(&j, "line", p->line);
	if (p->column)
		json_int(&j, "column", p->column);
	json_str(&j, "severity", p->is_error ? "error" : "warning");
	json_str(&j, "message", p->message);
	json_end_object(&j);
}

/* As compilers say it, so that editors find the place. */
static void add_line(struct buf *out, const struct cmd_problem *p)
{
	(void)buf_addf(out, "%s:%u:", shown_str(p->file).s, p->line);
	if (p->column)
		(void)buf_addf(out, "%u:", p->column);
	(void)buf_addf(out, " %s: %s", p->is_error ? "error" : "warning",
		       p->message);
}

void cmd_problem(struct invocation *inv, const struct cmd_problem *p)
{
	struct buf out;

	buf_init(&out, PROBLEM_MAX);
	if (inv->front->json)
		add_json(&out, p);
	else
		add_line(&out, p);
	(void)buf_add_byte(&out, '\n');
	(void)inv->front->data(inv->front, buf_bytes(&out));
	buf_release(&out);
}
