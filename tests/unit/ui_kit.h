/* SPDX-License-Identifier: Apache-2.0 */
/* A console over an app in memory, without a terminal. */
#ifndef HALLIGAN_TESTS_UNIT_UI_KIT_H
#define HALLIGAN_TESTS_UNIT_UI_KIT_H

#include "unit/unit.h"

#include "base/time.h"
#include "ui/console.h"
#include "ui/words.h"
#include "unit/fake_app.h"

static struct ui *ui;
static char *shot;

static const char *screen(void)
{
	struct buf out;

	if (ui->case_changed)
		ui_refresh(ui);
	while (ui_work(ui))
		;
	ui_draw(ui);
	buf_init(&out, 1u << 20);
	grid_to_text(&ui->grid, &out);
	free(shot);
	shot = buf_detach(&out);
	return shot;
}

#define assert_shows(words)                                                    \
	do {                                                                   \
		if (!strstr(screen(), words))                                  \
			fail_msg("no \"%s\" in:\n%s", words, shot);            \
	} while (0)

#define assert_hides(words)                                                    \
	do {                                                                   \
		if (strstr(screen(), words))                                   \
			fail_msg("\"%s\" in:\n%s", words, shot);               \
	} while (0)

static void key(int32_t code)
{
	struct key k = {.code = code};

	ui_key(ui, &k);
}

static void type(const char *s)
{
	for (; *s; s++)
		key((uint8_t)*s);
}

UNUSED static void resize(unsigned rows, unsigned cols)
{
	grid_release(&ui->grid);
	grid_init(&ui->grid, rows, cols);
}

static void fill_case(void)
{
	fake.info = (struct case_info){.n_hosts = 3,
				       .n_findings = 2,
				       .n_new_findings = 1,
				       .n_evidence = 1,
				       .evidence_bytes = 1234567,
				       .n_audit = 2};
	(void)snprintf(fake.info.name, sizeof fake.info.name, "acme-26");
	(void)snprintf(fake.info.tlp, sizeof fake.info.tlp, "amber");
	fake_row("host", "id=h1", "name=web01", "state=done",
		 "target=ir@192.0.2.7", "findings=2", NULL);
	fake_row("host", "id=h2", "name=web02", "state=failed",
		 "target=192.0.2.8", NULL);
	fake_row("host", "id=h3", "name=db01", "state=done", NULL);
	fake_row("run", "id=run-1", "op=hunt", "state=done",
		 "command=hunt --all", "hosts=3", NULL);
	fake_row("run_host", "run_id=run-1", "host=web02", "state=failed",
		 "code=hostkey", "message=key SHA256:ff is not SHA256:ab",
		 NULL);
	fake_row("coverage", "id=1", "run_id=run-1", "host=web01", "what=hunt",
		 "outcome=skipped", "reason=permission", "path=/root/secret",
		 "files=3", NULL);
	fake_row("finding", "id=f-0001", "host=web01", "rule=wellmess",
		 "severity=high", "status=new", "path=/tmp/\x1b]52;c;QQ==\x07",
		 "offset=4098", "description=a backdoor", "evidence_id=e-0001",
		 NULL);
	fake_row("finding", "id=f-0002", "host=web01", "rule=webshell",
		 "severity=low", "status=benign", "path=/var/www/a.php", NULL);
	fake_row("hit", "id=1", "finding_id=f-0001", "identifier=$a",
		 "offset=4098", "length=4", "context=xxBOTYxx",
		 "context_offset=4096", NULL);
	fake_row("evidence", "id=e-0001", "host=web01", "path=/tmp/x",
		 "size=23", "mode=33188", "complete=1", NULL);
	fake_row("note", "id=n-0001", "author=kim", "body=line one\nline two",
		 "created_at=0", NULL);
	fake_row("audit", "seq=1", "at=0", "actor=kim@laptop",
		 "action=case.create", NULL);
}

static void open_ui(void)
{
	ui = xcalloc(1, sizeof *ui);
	/* Any pointer that is not NULL: the fakes do not look at it. */
	ui->app = (struct app *)(uintptr_t)&fake;
	ui->log = source_table(messages_view());
	ui->screen = 1;
	grid_init(&ui->grid, 24, 80);
	ui_refresh_info(ui);
	ui_go(ui, 1);
}

static int fresh(void **state UNUSED)
{
	fake_reset();
	fill_case();
	open_ui();
	return 0;
}

UNUSED static int fresh_empty(void **state UNUSED)
{
	fake_reset();
	open_ui();
	return 0;
}

static int done(void **state UNUSED)
{
	prompt_close(&ui->prompt);
	ui_free_pages(ui);
	free(ui->asks);
	history_release(&ui->commands);
	history_release(&ui->searches);
	source_close(ui->log);
	grid_release(&ui->grid);
	free(ui->note_host);
	free(ui);
	free(shot);
	shot = NULL;
	fake_reset();
	return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fresh, done)

#endif
