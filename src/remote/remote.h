/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reaching a host: targets, known_hosts, and the mains of the children that
 * do the work (their protocol is remote/msg.h). The functions here are pure
 * or run in a child; nothing here calls up.
 */
#ifndef HALLIGAN_REMOTE_REMOTE_H
#define HALLIGAN_REMOTE_REMOTE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/err.h"

/* [user@]host[:port], [user@][v6]:port, either behind ssh:// */
struct target {
	char user[65]; /* "" when not given */
	char host[256];
	uint16_t port; /* 22 when not given */
	bool has_port; /* it was given */
};

enum err_code target_parse(const char *s, struct target *t,
			   struct err *err) MUST_CHECK;

/*
 * Children, for the zygote's table. A passphrase reaches ssh-add by its
 * standard input, so no front has to play the part of an askpass program.
 */
int connect_main(int chan_fd, int fd);
int proxy_main(int chan_fd, int fd);
int link_main(int chan_fd, int fd);
int keyring_main(int chan_fd, int fd);
int bundle_main(int chan_fd, int fd); /* fd: the bundle */
int local_main(int chan_fd, int fd);  /* fd: the probe */

/* libssh2_init and friends, in the zygote before the first fork. */
void remote_warm_up(void);
const char *remote_library(void); /* "libssh2 1.10.0" */
/* Whether it can verify host keys of any of the types, by commas. */
bool remote_verifies(struct bytes types);

/* known_hosts(5), our own matcher. Names of hosts are those of
 * reach_key_name (remote/reach.h): "web01", "[web01]:2222", an alias. */
struct known_file {
	char *path;
	unsigned lines_before; /* in all files before it */
};

struct known_hosts {
	struct buf text; /* all files, one after the other */
	struct known_file *files;
	size_t n_files;
};

/* Reads one more file; a missing one is fine, an unreadable one is not. */
void known_hosts_init(struct known_hosts *kh);
enum err_code known_hosts_add(struct known_hosts *kh, const char *path,
			      struct err *err) MUST_CHECK;
void known_hosts_release(struct known_hosts *kh);

enum known_verdict {
	KNOWN_UNKNOWN,    /* no line for this host */
	KNOWN_MATCH,      /* this very key */
	KNOWN_OTHER_TYPE, /* lines for the host, none with this key's type */
	KNOWN_CHANGED,    /* a line of this type with another key */
	KNOWN_REVOKED,    /* @revoked names this key */
};

/* A line of a file; path is borrowed from the known_hosts, NULL: none. */
struct known_place {
	const char *path;
	unsigned line;
};

struct known_result {
	enum known_verdict verdict;
	char fingerprint[64]; /* of the key on file, when CHANGED */
	struct known_place place; /* of the line that decided */
	/* A @cert-authority that covers the host: its certificate would have
	 * vouched for it, and we take none. */
	struct known_place authority;
	bool without_port; /* the line names the host without its port */
};

void known_hosts_check(const struct known_hosts *kh, const char *name,
		       struct bytes key_type, struct bytes key,
		       struct known_result *result);
/*
 * The same of a host on a port of its own, whose name without it is `plain`
 * (NULL: it has none). As to ssh, that name vouches for this very key when
 * none is filed under the other; what else it has says nothing. A key that is
 * revoked under either is.
 */
void known_hosts_check_port(const struct known_hosts *kh, const char *name,
			    const char *plain, struct bytes key_type,
			    struct bytes key, struct known_result *result);

/* The key types on file for that host, by commas, for the handshake. */
void known_hosts_types(const struct known_hosts *kh, const char *name,
		       struct buf *types);

/* "SHA256:..." of a public key blob (RFC 4253 6.6), as ssh-keygen -l. */
#define FINGERPRINT_MAX 64
const char *key_fingerprint(struct bytes blob, char out[FINGERPRINT_MAX]);

#endif
