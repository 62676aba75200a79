/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rule sets as source: YARA files and folders, each file a namespace of its
 * own, with what they include put in its place, so that neither compiler, on
 * the console or on a host, opens a file. Includes are taken from below the
 * folder that was asked for and from nowhere else: whoever wrote a rule does
 * not choose which of our files are read.
 *
 * No function here compiles anything. One thread.
 */
#ifndef HALLIGAN_RULE_RULE_H
#define HALLIGAN_RULE_RULE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define RULES_TOTAL_MAX	  (48u << 20) /* bytes of source in one set */
#define RULES_FILES_MAX	  10000
#define RULES_MAGIC_MAX	  (16u << 20) /* magic.mgc has 8 MiB */
#define RULES_INCLUDE_MAX 16 /* files included by files that are included */

/* From this line of the source on, until the next span: that file. */
struct rule_span {
	unsigned at; /* from 1 */
	const char *path; /* of the rule file */
	unsigned line;
};

struct rule_file {
	char *path; /* as found, for messages */
	char *ns;   /* namespace: path below what was asked for, no suffix */
	struct buf source;
	char **paths; /* of the files in it, itself first */
	size_t n_paths;
	struct rule_span *spans; /* at least one */
	size_t n_spans;
};

struct ruleset {
	struct rule_file *files;
	size_t n_files;
	size_t n_bytes;
	uint64_t n_rules;    /* once checked */
	uint64_t n_warnings; /* once checked */
	char sha256[65];     /* over names and sources, hex */
	struct buf magic;    /* what the module of that name needs; empty */
};

/* Reads files and folders (*.yar, *.yara below them) in order of names; what
 * another one includes is no rule file of its own then. An empty result is
 * ERR_NOTFOUND. On failure set is released. */
enum err_code ruleset_load(struct ruleset *set, const char *const *paths,
			   size_t n_paths, struct err *err) MUST_CHECK;
void ruleset_release(struct ruleset *set);

/* Reads the database for the set's rules that import "magic": path, or the
 * one this system has when that is NULL. */
enum err_code ruleset_load_magic(struct ruleset *set, const char *path,
				 struct err *err) MUST_CHECK;

/* Appends the set as REQ_RULES and REQ_MAGIC records, for a compiler here. */
enum err_code ruleset_encode(const struct ruleset *set, struct buf *out,
			     struct err *err) MUST_CHECK;

/* The same for one on a host: the sources as rule/slim.h has them, each called
 * by its namespace. */
enum err_code ruleset_encode_slim(const struct ruleset *set, struct buf *out,
				  struct err *err) MUST_CHECK;

/* The same, of the whole set as libyara compiled it here. */
enum err_code ruleset_encode_compiled(const struct ruleset *set,
				      struct bytes compiled, struct buf *out,
				      struct err *err) MUST_CHECK;

/* Where in which file a person would look. Borrowed from the set. */
struct rule_place {
	const char *path;
	unsigned line, column; /* from 1; columns are bytes */
};

/* The place of a line of a file's source, at the first `token` in it. */
struct rule_place rule_place(const struct rule_file *file, unsigned line,
			     struct bytes token);

/* A rule as the source declares it. */
struct rule_name {
	struct bytes name; /* in the source */
	const struct rule_file *file;
	struct rule_place place;
};

/* All rules of a set, by name, then by where they are; the caller frees. */
struct rule_name *ruleset_names(const struct ruleset *set,
				size_t *n) MUST_CHECK;

/* The rule of that name in that namespace; NULL: there is none. */
const struct rule_name *rule_names_find(const struct rule_name *names, size_t n,
					struct bytes name, struct bytes ns);

/* ---- slow.c ---- */

typedef void rule_slow_fn(void *arg, struct rule_place place,
			  const char *message);

/*
 * What makes a rule slow on files that its author had none of, and libyara
 * does not warn of: long jumps in hex strings, large repeats in expressions,
 * loops over a whole file or very many numbers. In the order of the source;
 * the message may hold the name of a string, which is a word.
 */
void rule_slow_parts(const struct rule_file *file, rule_slow_fn *say,
		     void *arg);

/* ---- include.c ---- */

/*
 * Reads a file and what it includes into f->source. `below` is the folder, as
 * realpath(3) has it, that includes may not leave. ERR_FORMAT names the place.
 */
enum err_code rule_file_read(struct rule_file *f, const char *below,
			     struct err *err) MUST_CHECK;

#endif
