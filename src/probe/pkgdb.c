/* SPDX-License-Identifier: Apache-2.0 */
/* Databases of package managers. */
#include "base/base.h"

#include "base/time.h"
#include "probe/pathsign.h"
#include "probe/pkgdb.h"
#include "probe/proctext.h"

#define MD5_LEN	 16u
#define SHA1_LEN 20u

static int64_t seconds(struct bytes text)
{
	uint64_t s;

	if (!bytes_to_u64(text, &s) || s > (uint64_t)(INT64_MAX / NS_PER_S))
		return TIME_UNKNOWN;
	return (int64_t)s * NS_PER_S;
}

/* ---- dpkg ---- */

/* " /etc/foo 0123... obsolete" */
static void take_conffile(struct bytes package, struct bytes line,
			  pkg_file_take *file, void *arg)
{
	struct pkg_file f = {.package = package,
			     .path = proc_word(line, 0),
			     .alg = HASH_MD5,
			     .n_hash = MD5_LEN,
			     .config = true};

	if (f.path.n && hex_decode(proc_word(line, 1), f.hash, MD5_LEN) &&
	    !bytes_eq(proc_word(line, 2), bytes_str("obsolete")) &&
	    !bytes_eq(proc_word(line, 2), bytes_str("remove-on-upgrade")))
		file(arg, &f);
}

/* One stanza. */
static void take_stanza(struct bytes stanza, pkg_take *take,
			pkg_file_take *file, void *arg)
{
	struct pkg p = {.installed_ns = TIME_UNKNOWN};
	struct bytes rest = stanza, line, status;
	bool in_files = false;

	if (!proc_value(stanza, "Package:", &p.name) ||
	    !proc_value(stanza, "Status:", &status))
		return;
	(void)proc_value(stanza, "Version:", &p.version);
	(void)proc_value(stanza, "Architecture:", &p.arch);
	p.status = proc_word(status, 2);
	if (take)
		take(arg, &p);
	while (file && bytes_split(&rest, '\n', &line)) {
		if (in_files && line.n && *line.p == ' ')
			take_conffile(p.name, line, file, arg);
		else
			in_files = bytes_starts(line, "Conffiles:");
	}
}

/* What is before the next empty line. */
static bool next_stanza(struct bytes *rest, struct bytes *stanza)
{
	size_t at;

	while (rest->n && *rest->p == '\n')
		*rest = bytes_skip(*rest, 1);
	if (!rest->n)
		return false;
	if (!bytes_find(*rest, "\n\n", &at))
		at = rest->n;
	*stanza = bytes_of(rest->p, at);
	*rest = bytes_skip(*rest, at);
	return true;
}

void pkgdb_dpkg(struct bytes status, pkg_take *take, pkg_file_take *file,
		void *arg)
{
	struct bytes stanza;

	while (next_stanza(&status, &stanza))
		take_stanza(stanza, take, file, arg);
}

/* "0123...  usr/bin/foo" */
void pkgdb_md5sums(struct bytes package, struct bytes text,
		   pkg_file_take *file, void *arg)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line)) {
		struct pkg_file f = {.package = package,
				     .alg = HASH_MD5,
				     .n_hash = MD5_LEN};

		if (line.n < 35 ||
		    !hex_decode(bytes_of(line.p, 32), f.hash, MD5_LEN))
			continue;
		f.path = bytes_skip(line, 34);
		file(arg, &f);
	}
}

struct bytes pkgdb_diverted(struct bytes diversions, struct bytes package,
			    struct bytes path)
{
	struct bytes from, to, by;

	while (bytes_split(&diversions, '\n', &from) &&
	       bytes_split(&diversions, '\n', &to) &&
	       bytes_split(&diversions, '\n', &by))
		if (bytes_eq(from, path) && !bytes_eq(by, package))
			return to;
	return path;
}

/* ---- apk ---- */

struct apk {
	struct pkg p;
	struct bytes folder, name;
	bool named;
};

/* Z:Q1 and the Base64 of a SHA-1. */
static void take_apk_hash(struct apk *a, struct bytes value,
			  pkg_file_take *file, void *arg)
{
	char path[4096];
	struct pkg_file f = {.package = a->p.name, .alg = HASH_SHA1};

	if (!bytes_starts(value, "Q1") || !a->name.n ||
	    !base64_decode(bytes_skip(value, 2), f.hash, sizeof f.hash,
			   &f.n_hash) ||
	    f.n_hash != SHA1_LEN)
		return;
	(void)snprintf(path, sizeof path, "%.*s/%.*s",
		       (int)MIN(a->folder.n, (size_t)2000),
		       (const char *)a->folder.p,
		       (int)MIN(a->name.n, (size_t)2000),
		       (const char *)a->name.p);
	f.path = bytes_str(path);
	file(arg, &f);
}

static void take_apk_line(struct apk *a, struct bytes line,
			  pkg_file_take *file, void *arg)
{
	struct bytes value = bytes_skip(line, 2);

	switch (line.p[0]) {
	case 'P':
		a->p.name = value;
		break;
	case 'V':
		a->p.version = value;
		break;
	case 'A':
		a->p.arch = value;
		break;
	case 'F':
		a->folder = value;
		a->name.n = 0;
		break;
	case 'R':
		a->name = value;
		break;
	case 'Z':
		if (file)
			take_apk_hash(a, value, file, arg);
		break;
	default:
		break;
	}
}

void pkgdb_apk(struct bytes text, pkg_take *take, pkg_file_take *file,
	       void *arg)
{
	struct bytes stanza, line;

	while (next_stanza(&text, &stanza)) {
		struct apk a = {.p = {.status = bytes_str("installed"),
				      .installed_ns = TIME_UNKNOWN}};

		while (bytes_split(&stanza, '\n', &line))
			if (line.n >= 2 && line.p[1] == ':')
				take_apk_line(&a, line, file, arg);
		if (take && a.p.name.n)
			take(arg, &a.p);
	}
}

/* ---- pacman ---- */

static struct bytes after_heading(struct bytes text, const char *heading)
{
	struct bytes line, value;

	while (bytes_split(&text, '\n', &line))
		if (bytes_eq(line, bytes_str(heading)) &&
		    bytes_split(&text, '\n', &value))
			return value;
	return (struct bytes){0};
}

bool pkgdb_pacman(struct bytes text, struct pkg *p)
{
	*p = (struct pkg){
		.name = after_heading(text, "%NAME%"),
		.version = after_heading(text, "%VERSION%"),
		.arch = after_heading(text, "%ARCH%"),
		.status = bytes_str("installed"),
		.installed_ns = seconds(after_heading(text, "%INSTALLDATE%")),
	};
	return p->name.n != 0;
}

/* ---- rpm ---- */

void pkgdb_rpm(struct bytes text, pkg_take *take, void *arg)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line)) {
		struct pkg p = {.status = bytes_str("installed")};

		if (!bytes_split(&line, '\t', &p.name) ||
		    !bytes_split(&line, '\t', &p.version) ||
		    !bytes_split(&line, '\t', &p.arch))
			continue;
		p.installed_ns = seconds(line);
		take(arg, &p);
	}
}

/* "S.5....T.  c /etc/foo", "missing     /usr/bin/foo" */
bool pkgdb_rpm_verify(struct bytes line, struct bytes *path, bool *config,
		      bool *missing)
{
	struct bytes flags = proc_word(line, 0);
	size_t at;

	*missing = bytes_eq(flags, bytes_str("missing"));
	*config = bytes_eq(proc_word(line, 1), bytes_str("c"));
	if ((!*missing && (flags.n < 8 || flags.p[2] != '5')) ||
	    !bytes_find(line, " /", &at))
		return false;
	*path = bytes_skip(line, at + 1);
	return true;
}

/* ---- which files ---- */

static bool in_list(struct bytes name, const char *const *names)
{
	for (; *names; names++)
		if (bytes_eq(name, bytes_str(*names)))
			return true;
	return false;
}

static bool has_begin(struct bytes name, const char *const *begins)
{
	for (; *begins; begins++)
		if (bytes_starts(name, *begins))
			return true;
	return false;
}

bool pkgdb_is_critical(struct bytes path)
{
	static const char *const names[] = {
		"sshd",	  "sshd-session", "sshd-auth", "ssh",	"login",
		"su",	  "sudo",	  "passwd",    "ps",	"ls",
		"dir",	  "ss",		  "netstat",   "lsof",	"top",
		"find",	  "lsmod",	  "kmod",      "who",	"w",
		"last",	  "bash",	  "dash",      "sh",	"cron",
		"crond",  "crontab",	  "systemd",   "init",	"agetty",
		"getty",  "ip",		  "ifconfig",  "md5sum", "sha256sum",
		"dpkg",	  "rpm",	  "apk",       "mount",	"ssh-agent",
		"ssh-add", "scp",	  "doas",      "pkexec", NULL};
	static const char *const libraries[] = {
		"ld-linux", "ld-musl",	"libc.so",    "libc-",
		"libpam",   "libnss_",	"liblzma.so", "libkeyutils",
		"libcrypt", "libselinux", "libproc",  "libaudit",
		"libsystemd", NULL};
	struct bytes name = bytes_file_name(path);

	return bytes_find(path, "/security/pam_", NULL) ||
	       in_list(name, names) ||
	       (bytes_find(path, "/lib", NULL) && has_begin(name, libraries) &&
		bytes_find(name, ".so", NULL));
}

bool pkgdb_is_checked(struct bytes path)
{
	static const char *const folders[] = {
		"/usr/bin", "/usr/sbin", "/bin", "/sbin", "/usr/libexec",
		"/usr/lib/openssh", "/usr/lib/systemd", "/lib/systemd",
		"/usr/lib/sudo", "/usr/lib/cron"};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (path_is_below(path, folders[i]))
			return true;
	return bytes_find(path, "/security/", NULL) || pkgdb_is_critical(path);
}
