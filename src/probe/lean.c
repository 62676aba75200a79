/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the lean probe has in place of an engine: a plan that wants one is
 * refused, and so nothing below is ever asked of it.
 */
#include "base/base.h"
#include "probe/engine.h"
#include "probe/external.h"
#include "probe/rules.h"

const char *rules_engine(void)
{
	return "no engine";
}

enum err_code engine_start(const struct plan *plan UNUSED,
			   size_t n_scanners UNUSED,
			   struct engine **engine UNUSED, struct err *err)
{
	return err_set(err, ERR_UNSUPPORTED,
		       "this probe has no engine and cannot scan");
}

/* Where there is none, it uses nothing and has no rules. */
bool engine_uses(const struct engine *engine UNUSED, enum external e UNUSED)
{
	return false;
}

uint64_t engine_rules(const struct engine *engine UNUSED)
{
	return 0;
}

void engine_stop(struct engine *engine UNUSED)
{
}

void scanner_free(struct scanner *s UNUSED)
{
}

NORETURN static void no_engine(void)
{
	BUG("a probe without an engine was to scan");
}

enum err_code engine_await(struct engine *engine UNUSED,
			   struct deadline d UNUSED, struct err *err UNUSED)
{
	no_engine();
}

struct scanner *scanner_new(struct engine *engine UNUSED, size_t slot UNUSED)
{
	no_engine();
}

uint8_t *scanner_area(struct scanner *s UNUSED)
{
	no_engine();
}

enum reason scanner_scan(struct scanner *s UNUSED,
			 const struct scan_order *order UNUSED, int fd UNUSED,
			 struct deadline d UNUSED,
			 const struct scan_sink *sink UNUSED,
			 struct scan_end *end UNUSED)
{
	no_engine();
}

bool scanner_rule_name(struct scanner *s UNUSED, uint64_t number UNUSED,
		       struct deadline d UNUSED, struct buf *out UNUSED)
{
	no_engine();
}

enum reason scanner_scan_pieces(struct scanner *s UNUSED,
				const struct scan_order *order UNUSED,
				const struct scan_pieces *pieces UNUSED,
				struct deadline d UNUSED,
				const struct scan_sink *sink UNUSED)
{
	no_engine();
}

uint64_t scanner_take_cpu_ns(struct scanner *s UNUSED)
{
	no_engine();
}

void externals_names(struct bytes path UNUSED,
		     struct bytes values[N_EXTERNALS] UNUSED)
{
	no_engine();
}

bool externals_fill(struct externals *room UNUSED, struct file *f UNUSED,
		    struct bytes values[N_EXTERNALS] UNUSED)
{
	no_engine();
}
