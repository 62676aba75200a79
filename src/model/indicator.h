/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Indicators of compromise: what kinds there are, how a value of each is
 * written, and the lists they come in. Console and probe read both alike.
 */
#ifndef HALLIGAN_MODEL_INDICATOR_H
#define HALLIGAN_MODEL_INDICATOR_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

#define INDICATOR_VALUE_MAX 2048u
#define INDICATOR_LIST_MAX  ((size_t)64 << 20) /* bytes of one list */

/* kind, name, what its values are */
#define INDICATOR_KINDS(X)                                                   \
	X(FILENAME, "filename", "a regular expression over whole paths")     \
	X(PATH, "path", "a path from the root, all of it")                   \
	X(MD5, "md5", "32 hex digits")                                       \
	X(SHA1, "sha1", "40 hex digits")                                     \
	X(SHA256, "sha256", "64 hex digits")                                 \
	X(SIZE, "size", "bytes of a file, a number")                         \
	X(IP, "ip", "an address, with a /prefix or a :port if it has one")   \
	X(DOMAIN, "domain", "a domain; those below it are meant too")        \
	X(URL, "url", "kept, and not looked for on hosts")

enum indicator_kind {
#define X(kind, name, help) INDICATOR_##kind,
	INDICATOR_KINDS(X)
#undef X
	INDICATOR_N_KINDS
};

const char *indicator_kind_name(enum indicator_kind kind);

/* Also by the names other tools have for it. False for none of ours. */
bool indicator_kind_of(struct bytes name, enum indicator_kind *kind);

/*
 * The one way to write the value, appended to out: lower case, no [.] or
 * hxxp, no host bits behind a prefix. ERR_FORMAT says why it is no such
 * value; a pattern is compiled to see.
 */
enum err_code indicator_normal(enum indicator_kind kind, struct bytes value,
			       struct buf *out, struct err *err) MUST_CHECK;

/* Kind of a value that speaks for itself: not a name, path or size. */
bool indicator_guess(struct bytes value, enum indicator_kind *kind);

/* A date or time; nothing is TIME_UNKNOWN. False for what is neither. */
bool indicator_time(struct bytes b, int64_t *when_ns);

/* What an address stands for. An IPv4 address is one mapped into IPv6. */
struct indicator_net {
	uint8_t addr[16];
	unsigned prefix; /* bits of it, up to 128 */
	uint64_t port;	 /* 0: any */
};

/* From the normal form. */
bool indicator_net(struct bytes value, struct indicator_net *net);

/* Bytes are borrowed from the list; the value is in its normal form. */
struct indicator {
	enum indicator_kind kind;
	struct bytes value, severity, technique, description, source;
	struct bytes exclude; /* a pattern; what it is in is not meant */
	int64_t valid_from_ns, valid_until_ns; /* TIME_UNKNOWN: always */
};

/* Where a list goes: take gets each indicator, bad each line that is none,
 * with the number of the line. A code of take's ends the reading. */
struct indicator_reader {
	const char *name; /* of the list; the source of what names none */
	enum err_code (*take)(void *arg, const struct indicator *indicator,
			      struct err *err);
	void (*bad)(void *arg, uint64_t line, const char *why);
	void *arg;
};

/*
 * A list of any of these forms, told apart by what is in it:
 *   a CSV with a header that names `value`, and kind, severity, ...
 *   REGEX;SCORE[;REGEX of false positives]   as Loki's filename-iocs
 *   HASH;COMMENT or HASH;SCORE;COMMENT       as Loki's hash-iocs
 *   ADDRESS, DOMAIN or URL [;SCORE]          as Loki's c2-iocs
 * Lines that begin with # are comments and describe what follows them up to
 * an empty line.
 */
enum err_code indicator_list_read(const struct indicator_reader *reader,
				  struct bytes list,
				  struct err *err) MUST_CHECK;

#endif
