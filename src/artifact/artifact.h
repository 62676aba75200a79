/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Definitions of artifacts: names for what is worth taking from a host, and
 * where it lies there. Read from ForensicArtifacts (YAML) and from UAC's
 * files (lines); what a probe is asked for is made of them. Nothing here
 * looks at a host.
 */
#ifndef HALLIGAN_ARTIFACT_ARTIFACT_H
#define HALLIGAN_ARTIFACT_ARTIFACT_H

#include "base/base.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/record.h"

enum artifact_os {
	ARTIFACT_ANDROID = 1 << 0,
	ARTIFACT_DARWIN = 1 << 1,
	ARTIFACT_ESXI = 1 << 2,
	ARTIFACT_IOS = 1 << 3,
	ARTIFACT_LINUX = 1 << 4,
	ARTIFACT_WINDOWS = 1 << 5,
};

enum artifact_type {
	ARTIFACT_FILE,
	ARTIFACT_PATH,
	ARTIFACT_DIRECTORY,
	ARTIFACT_COMMAND,
	ARTIFACT_GROUP,
	ARTIFACT_REGISTRY_KEY,
	ARTIFACT_REGISTRY_VALUE,
	ARTIFACT_WMI,
};

struct artifact_source {
	enum artifact_type type;
	unsigned os; /* bits; 0: those of the definition */
	unsigned line;
	char **values; /* paths, names, keys; a command and its arguments */
	size_t n;
	char *exclude; /* globs of paths that are not meant, a line each; or
			  NULL */
	uint64_t max_size; /* 0: no cap of its own */
	uint64_t mode_any; /* one of these permission bits is set; 0: any */
	bool hash;	   /* its SHA-256, not the bytes */
};

/* What the overlay says of a definition. */
struct artifact_extra {
	char *parser; /* of parse/; NULL: its content tells */
	char **attack;
	size_t n_attack;
	enum req_secrecy secrecy;
	uint64_t max_size;
	int volatility; /* 0 (gone first) to 7; -1: not said */
};

struct artifact {
	char *name, *doc;
	char **aliases, **urls;
	size_t n_aliases, n_urls;
	unsigned os; /* bits; 0: any */
	struct artifact_source *sources;
	size_t n_sources;
	char *file;
	unsigned line;
	struct artifact_extra extra;
};

struct artifact_profile {
	char *name, *doc, *file;
	unsigned line, seconds; /* the time it is meant to take */
	char **names;		/* of definitions, and of other profiles */
	size_t n;
};

struct artifact_set {
	struct artifact *v;
	size_t n, cap;
	struct artifact_profile *profiles;
	size_t n_profiles;
};

/* Hears of what is not understood or will not be done. */
struct artifact_sink {
	void (*problem)(void *arg, const char *file, unsigned line,
			bool is_error, const char *why);
	void *arg;
};

void artifacts_release(struct artifact_set *set); /* zeroed is fine */

/*
 * Adds what text holds, which is of that file, told by its form. A definition
 * that cannot be read is a problem; the others are added all the same.
 */
void artifacts_read(struct artifact_set *set, const char *file,
		    struct bytes text, const struct artifact_sink *sink);

/* One form of them each. */
void artifacts_read_yaml(struct artifact_set *set, const char *file,
			 struct bytes text, const struct artifact_sink *sink);
void artifacts_read_uac(struct artifact_set *set, const char *file,
			struct bytes text, const struct artifact_sink *sink);

/* What is said of definitions that are there, and lists of their names. */
void artifacts_read_overlay(struct artifact_set *set, const char *file,
			    struct bytes text,
			    const struct artifact_sink *sink);
void artifacts_read_profiles(struct artifact_set *set, const char *file,
			     struct bytes text,
			     const struct artifact_sink *sink);

/* The same of a file, or of all .yaml and .yml files below a folder, whose
 * subfolder `halligan` holds an overlay.yaml and a profiles.yaml. */
enum err_code artifacts_load(struct artifact_set *set, const char *path,
			     const struct artifact_sink *sink,
			     struct err *err) MUST_CHECK;

/* Those that come with halligan. */
enum err_code artifacts_load_own(struct artifact_set *set,
				 const struct artifact_sink *sink,
				 struct err *err) MUST_CHECK;

/* By its name or an alias; NULL: there is none. */
const struct artifact *artifacts_find(const struct artifact_set *set,
				      const char *name);
const struct artifact_profile *
artifacts_find_profile(const struct artifact_set *set, const char *name);

/* What does not hold together: names of groups, of the overlay and of
 * profiles that nobody has, groups in circles, names that are taken twice. */
void artifacts_check(const struct artifact_set *set,
		     const struct artifact_sink *sink);

/* One of the patterns that a definition comes to on Linux. */
typedef enum err_code artifact_pattern_fn(void *arg,
					  const struct artifact *of,
					  const struct artifact_source *source,
					  const struct req_pattern *pattern,
					  struct err *err);

/* Each pattern of a definition and, when it is a group, of those that it
 * names, each once. What is no file is a problem, not an error. */
enum err_code artifact_each_pattern(const struct artifact_set *set,
				    const struct artifact *a,
				    artifact_pattern_fn *each, void *arg,
				    const struct artifact_sink *sink,
				    struct err *err) MUST_CHECK;

/* Which of them are meant. */
struct artifact_choice {
	const char *const *names; /* definitions */
	size_t n_names;
	const char *const *profiles;
	size_t n_profiles;
	const struct artifact_sink *sink; /* NULL: nobody hears */
};

/*
 * The requests for a probe, appended to out: REQ_PATTERN, of each definition
 * once, in the order in which they are named. ERR_NOTFOUND for a name that nothing has, which says
 * what comes close; ERR_USAGE when nothing of it is a file of Linux.
 */
enum err_code artifacts_request(const struct artifact_set *set,
				const struct artifact_choice *choice,
				struct buf *out, struct err *err) MUST_CHECK;

const char *artifact_type_name(enum artifact_type type);
const char *artifact_secrecy_name(enum req_secrecy secrecy);

/* Whether Linux has it, or that source of it; NULL: as a whole. */
bool artifact_is_of_linux(const struct artifact *a,
			  const struct artifact_source *s);

/* "Linux, Darwin" */
void artifact_add_os(struct buf *out, unsigned os);

#endif
