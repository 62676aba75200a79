/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The static probe's libyara, made faster from outside: the linker puts our
 * functions in place of some of libyara's (--wrap, see local.mk), which do
 * the same with less work. What a rule sees and what matches stays the same;
 * tests/engine/same.sh holds the probe against libyara as it comes.
 *
 * They lean on how libyara is made inside. That was read for the versions
 * named here; in any other they only pass calls on.
 */
#ifndef HALLIGAN_PROBE_FASTER_H
#define HALLIGAN_PROBE_FASTER_H

#include <stdatomic.h>
#include <yara.h>
#include <yara/bitmask.h>
#include <yara/exec.h>
#include <yara/hash.h>
#include <yara/object.h>
#include <yara/scan.h>

#define FASTER_FITS (YR_VERSION_HEX >= 0x040200 && YR_VERSION_HEX < 0x040600)

/* What a call to FUNCTION(...) inside libyara becomes, and what it was. */
#define WRAPPED(type, function, ...)                                           \
	type __wrap_##function(__VA_ARGS__);                                   \
	type __real_##function(__VA_ARGS__)

WRAPPED(int, yr_execute_code, YR_SCAN_CONTEXT *context);
WRAPPED(int, yr_modules_load, const char *name, YR_SCAN_CONTEXT *context);
WRAPPED(void *, yr_hash_table_lookup, YR_HASH_TABLE *table, const char *key,
	const char *ns);
WRAPPED(int, yr_scanner_scan_mem, YR_SCANNER *scanner, const uint8_t *data,
	size_t n);
WRAPPED(int, yr_scanner_scan_mem_blocks, YR_SCANNER *scanner,
	YR_MEMORY_BLOCK_ITERATOR *iterator);
WRAPPED(int, yr_scan_verify_match, YR_SCAN_CONTEXT *context, YR_AC_MATCH *match,
	const uint8_t *data, size_t n, uint64_t base, size_t offset);
WRAPPED(int, yr_rules_destroy, YR_RULES *rules);
WRAPPED(void *, memset, void *to, int byte, size_t n);

/* Scans content in one piece. */
int faster_scan(YR_SCANNER *scanner, const uint8_t *p, size_t n);

/* Changes when rules are destroyed: others may come to lie where they were. */
unsigned faster_generation(void);

/* Evaluates conditions, of the rules alone that can match. */
int faster_execute(YR_SCAN_CONTEXT *context);

/*
 * A mapped file that is cut while it is read makes libyara leave an
 * evaluation by a jump. After a scan, these undo what it could not.
 */
void faster_restore(YR_SCAN_CONTEXT *context);
void faster_forget(void);

#endif
