/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the judge share. */
#ifndef HALLIGAN_PARSE_SIGNS_INSIDE_H
#define HALLIGAN_PARSE_SIGNS_INSIDE_H

#include "base/base.h"
#include "parse/shell_words.h"
#include "parse/words.h"

/* Word i is a command of one of those names. */
bool runs_any(const struct shell_line *l, size_t i, const char *const names[]);

/* The next argument of command `of` behind word i; SIZE_MAX: none. */
size_t next_arg(const struct shell_line *l, size_t of, size_t i);

bool writes_files(const struct shell_line *l, size_t i);

bool is_shell_name(struct bytes name);
bool is_interpreter(struct bytes name);

/* A long run of base64. */
bool has_code(struct bytes text);

/* ---- signs_commands.c ---- */

bool has_fetch(const struct shell_line *l);
bool has_pipe_to_shell(const struct shell_line *l);
bool has_base64(const struct shell_line *l);
bool has_dev_tcp(const struct shell_line *l);
bool has_netcat(const struct shell_line *l);
bool has_scratch_path(const struct shell_line *l);
bool has_hidden_path(const struct shell_line *l);
bool has_preload(const struct shell_line *l);
bool has_interpreter(const struct shell_line *l);
bool has_chmod_suid(const struct shell_line *l);
bool has_key_write(const struct shell_line *l);
bool has_cron_write(const struct shell_line *l);
bool has_reverse_shell(const struct shell_line *l);

/* ---- signs_startup.c ---- */

bool has_history_off(const struct shell_line *l);
bool has_alias(const struct shell_line *l);
bool has_trap_debug(const struct shell_line *l);
bool has_trap_exit(const struct shell_line *l);
bool has_prompt(const struct shell_line *l);
bool has_eval(const struct shell_line *l);

#endif
