/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the judge share. */
#ifndef HALLIGAN_PARSE_SIGNS_INSIDE_H
#define HALLIGAN_PARSE_SIGNS_INSIDE_H

#include "base/base.h"
#include "parse/shell_words.h"

#define LIST(...) (const char *const[]){__VA_ARGS__, NULL}

bool has_any(struct bytes text, const char *const words[]);
bool is_any(struct bytes word, const char *const words[]);

/* Word i is a command of one of those names. */
bool runs(const struct shell_line *l, size_t i, const char *const names[]);

/* The next argument of command `of` behind word i; SIZE_MAX: none. */
size_t next_arg(const struct shell_line *l, size_t of, size_t i);

bool writes(const struct shell_line *l, size_t i);

bool is_shell(struct bytes name);
bool is_interpreter(struct bytes name);

/* ---- signs_startup.c ---- */

bool has_history_off(const struct shell_line *l);
bool has_alias(const struct shell_line *l);
bool has_trap_debug(const struct shell_line *l);
bool has_trap_exit(const struct shell_line *l);
bool has_prompt(const struct shell_line *l);
bool has_eval(const struct shell_line *l);

#endif
