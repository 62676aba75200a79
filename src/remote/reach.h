/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How one host is reached: what was typed, what the case has, ssh_config(5)
 * and our own defaults, made into the settings that count, each with where it
 * came from. Made once for each host of a job, in the front; whoever connects
 * afterwards looks here and nowhere else.
 */
#ifndef HALLIGAN_REMOTE_REACH_H
#define HALLIGAN_REMOTE_REACH_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"
#include "remote/ssh_config.h"

#define REACH_JUMPS_MAX	  32 /* servers on the way */
#define REACH_CONNECT_S	  10
#define REACH_ALIVE_S	  5
#define REACH_ALIVE_COUNT 6
/* As ssh(1) has them; hosts are not asked for what it has before. */
#define REACH_METHODS	  "publickey,keyboard-interactive,password"

enum reach_family { REACH_ANY, REACH_INET, REACH_INET6 };

/* What becomes of a host key that nobody vouches for. */
enum reach_strict {
	REACH_ASK,
	REACH_STRICT,	  /* refused without a question */
	REACH_ACCEPT_NEW, /* pinned */
	REACH_NOT_STRICT, /* ssh would take any; we as REACH_ACCEPT_NEW */
};

struct reach_file {
	char *path;
	enum ssh_setting what;
	const char *written, *where; /* of values; written NULL: nowhere */
};

struct reach_files {
	struct reach_file *v;
	size_t n;
};

struct reach {
	char name[256]; /* of the target, before HostName */
	char host[256]; /* the name or address to connect to */
	char alias[256]; /* the name its key is kept under; "": host and port */
	char user[256];
	uint16_t port;
	enum reach_family family;
	char *bind;	      /* address to connect from; NULL: any */
	uint64_t connect_s;   /* how long that may take */
	uint64_t alive_s;     /* between keepalives */
	uint64_t alive_count; /* unanswered ones until the link is dead */
	char *methods;	      /* of logging in, by commas, in order */
	enum reach_strict strict;
	char *identity;		   /* a key file that must be there; NULL */
	struct reach_files keys;   /* more of them, whether there or not */
	bool keys_only;		   /* no others that the agent has */
	char *agent;		   /* its socket; "": none */
	struct reach_files known;  /* known_hosts, the user's own first */
	char *jump;		   /* hosts between commas, nearest first; or */
	char *proxy_command;	   /* its input and output; NULL: neither */
	struct ssh_values values;  /* as they were written, and where */
};

/* Who asks, the same for all hosts. Borrowed. */
struct reach_us {
	const char *home;	/* ~ */
	const char *user;	/* name of the local user */
	const char *agent;	/* SSH_AUTH_SOCK; NULL */
};

/* What is known besides the files of ssh_config. NULL: nothing. */
struct reach_ask {
	const char *target;   /* [user@]host[:port] */
	const char *identity; /* of the case */
	const char *jump;     /* likewise */
};

/* config NULL: no file is read. Release out also after an error. */
enum err_code reach_make(const struct reach_us *us, struct ssh_config *config,
			 const struct reach_ask *ask, struct reach *out,
			 struct err *err) MUST_CHECK;
void reach_release(struct reach *r);

/* Where the setting came from: "FILE:LINE", "target", "case", "default". */
const char *reach_where(const struct reach *r, enum ssh_setting what);

/*
 * The effective values of a setting, one after the other: the i-th, or false.
 * `written` is what stands there when it is not the same (NULL otherwise).
 */
struct reach_line {
	char *value;
	const char *written, *where;
};
bool reach_line(const struct reach *r, enum ssh_setting what, size_t i,
		struct reach_line *line);

/* The name a key of that host is filed under: "web01", "[web01]:2222". */
#define REACH_KEY_NAME_MAX 272
void reach_key_name(const struct reach *r, char out[REACH_KEY_NAME_MAX]);

#endif
