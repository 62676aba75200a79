/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Putting practice hosts up and taking them down. Everything lies in one
 * folder: home/ is the client's, servers/ the servers', hosts/ what they
 * show, hosts.txt how to reach them, .halligan-range what to undo.
 */
#include "base/base.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <shadow.h>
#include <sys/stat.h>

#include "base/bytes.h"
#include "base/fs.h"
#include "base/text.h"
#include "range/marker.h"
#include "range/range.h"
#include "range/scenario.h"
#include "range/server.h"

#define RUN_SSHD  "/run/sshd" /* where a root sshd on Debian locks itself in */
#define LISTS_MAX 65536

struct range {
	char *dir; /* absolute */
	char *user;
	struct server_set set;
	struct scenario scenario;
	struct marker marker;
	struct server servers[SCENARIO_HOSTS_MAX];
};

/* Everything range_up makes in dir, besides the marker. */
static const char *const made[] = {"home", "hosts", "servers", "hosts.txt",
				   "authorized_keys"};

static bool is_plain_user(const char *name)
{
	return name[0] && name[0] != '-' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV"
			    "WXYZ0123456789._-") == strlen(name);
}

/* We log in as ourselves, so we need a name and a shell. */
static enum err_code find_user(struct range *r, struct err *err)
{
	const struct passwd *pw = getpwuid(geteuid());
	const struct spwd *sp;

	if (!pw || !is_plain_user(pw->pw_name))
		return err_set(err, ERR_UNSUPPORTED,
			       "user id %u has no plain name to log in with",
			       (unsigned)geteuid());
	if (pw->pw_shell[0] && access(pw->pw_shell, X_OK) != 0)
		return err_set(err, ERR_UNSUPPORTED,
			       "%s cannot log in: no shell %s", pw->pw_name,
			       shown_str(pw->pw_shell).s);
	if (strstr(pw->pw_shell, "nologin") || strstr(pw->pw_shell, "/false"))
		return err_set(err, ERR_UNSUPPORTED,
			       "%s cannot log in: the shell is %s", pw->pw_name,
			       shown_str(pw->pw_shell).s);
	r->user = xstrdup(pw->pw_name);
	r->set.user = r->user;
	sp = geteuid() == 0 ? getspnam(r->user) : NULL;
	r->set.use_pam = sp && sp->sp_pwdp && sp->sp_pwdp[0] == '!';
	return ERR_OK;
}

static enum err_code refuse_in_use(const char *dir, struct err *err)
{
	enum err_code code = ERR_OK;
	struct dirent *d;
	DIR *list;

	if (marker_is_there(dir))
		return err_set(err, ERR_EXISTS,
			       "there are practice hosts in %s already; end "
			       "them with: halligan range down --dir %s",
			       shown_str(dir).s, shown_str(dir).s);
	list = opendir(dir);
	if (!list)
		return err_errno(err, "opening %s", shown_str(dir).s);
	while ((d = readdir(list)))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			code = err_set(err, ERR_EXISTS,
				       "%s is not empty; give a new folder",
				       shown_str(dir).s);
	closedir(list);
	return code;
}

/* Makes dir and takes it: from here on it is ours to remove. */
static enum err_code take_dir(struct range *r, const char *dir, struct err *err)
{
	enum err_code code = ERR_OK;

	if (server_dir_is_usable(dir))
		code = fs_make_dirs(dir, 0700, err);
	if (code != ERR_OK)
		return code;
	r->dir = realpath(dir, NULL);
	if (!server_dir_is_usable(r->dir ? r->dir : dir))
		return err_set(err, ERR_USAGE,
			       "%s: quotes, backslashes and %% have no place "
			       "in the name of this folder",
			       shown_str(r->dir ? r->dir : dir).s);
	if (!r->dir)
		return err_errno(err, "finding %s", shown_str(dir).s);
	r->set.dir = r->dir;
	code = refuse_in_use(r->dir, err);
	return code == ERR_OK ? marker_create(r->dir, &r->marker, err) : code;
}

/* Only root's sshd wants this folder; the package's service makes it. */
static enum err_code make_run_sshd(struct range *r, struct err *err)
{
	if (geteuid() != 0 || access(RUN_SSHD, F_OK) == 0)
		return ERR_OK;
	r->marker.made_run_sshd = true;
	if (marker_save(r->dir, &r->marker, err) != ERR_OK)
		return err->code;
	if (mkdir(RUN_SSHD, 0755) != 0 && errno != EEXIST)
		return err_errno(err, "making %s", RUN_SSHD);
	return ERR_OK;
}

/* The servers' own copy: what a user does to the keys in home is no answer
 * to who may log in. */
static enum err_code authorize(const struct range *r, const char *key,
			       struct err *err)
{
	char *pub = xasprintf("%s.pub", key);
	char *path = xasprintf("%s/authorized_keys", r->dir);
	enum err_code code;
	struct buf b;

	buf_init(&b, 4096);
	code = fs_read(pub, &b, err);
	if (code == ERR_OK)
		code = fs_replace(path, buf_bytes(&b), 0600, err);
	buf_release(&b);
	free(path);
	free(pub);
	return code;
}

static enum err_code make_home(const struct range *r, struct err *err)
{
	char *ssh = xasprintf("%s/home/.ssh", r->dir);
	char *key = xasprintf("%s/id_ed25519", ssh);
	enum err_code code = fs_make_dirs(ssh, 0700, err);

	if (code == ERR_OK)
		code = server_make_key(&r->set, key, "practice", err);
	if (code == ERR_OK)
		code = authorize(r, key, err);
	free(ssh);
	free(key);
	return code;
}

static enum err_code record_server(const struct server *s, void *arg,
				   struct err *err)
{
	struct range *r = arg;

	if (r->marker.n_servers == MARKER_SERVERS_MAX)
		return err_set(err, ERR_LIMIT, "too many servers");
	r->marker.servers[r->marker.n_servers++] = s->process;
	return marker_save(r->dir, &r->marker, err);
}

static enum err_code start_servers(struct range *r, struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < r->scenario.n_hosts && code == ERR_OK; i++) {
		r->servers[i].name = r->scenario.hosts[i];
		code = server_start(&r->set, &r->servers[i], record_server, r,
				    err);
	}
	return code;
}

/* "ssh-ed25519 AAAA..." of one host, without the comment. */
static enum err_code add_known_host(const struct range *r,
				    const struct server *s, struct buf *out,
				    struct err *err)
{
	char *path = xasprintf("%s/servers/%s/host_key.pub", r->dir, s->name);
	enum err_code code;
	struct bytes rest, type = {0}, key = {0};
	struct buf b;

	buf_init(&b, 4096);
	code = fs_read(path, &b, err);
	rest = buf_bytes(&b);
	if (code == ERR_OK &&
	    (!bytes_split(&rest, ' ', &type) || !bytes_split(&rest, ' ', &key)))
		code = err_set(err, ERR_FORMAT, "%s is no public key",
			       shown_str(path).s);
	buf_addf(out, "[127.0.0.1]:%u ", s->port);
	buf_add_bytes(out, type);
	buf_add_str(out, " ");
	buf_add_bytes(out, bytes_trim(key));
	buf_add_str(out, "\n");
	buf_release(&b);
	free(path);
	return code;
}

/* The list is one that `host add` takes; behind each host what it shows. */
static enum err_code write_lists(const struct range *r, struct err *err)
{
	char *known = xasprintf("%s/home/.ssh/known_hosts", r->dir);
	char *list = xasprintf("%s/hosts.txt", r->dir);
	enum err_code code = ERR_OK;
	struct buf keys, hosts;

	buf_init(&keys, LISTS_MAX);
	buf_init(&hosts, LISTS_MAX);
	for (size_t i = 0; i < r->scenario.n_hosts && code == ERR_OK; i++) {
		const struct server *s = &r->servers[i];

		buf_addf(&hosts, "%s@127.0.0.1:%u\t%s\t# %s/hosts/%s\n",
			 r->user, s->port, s->name, r->dir, s->name);
		code = add_known_host(r, s, &keys, err);
	}
	if (code == ERR_OK)
		code = fs_replace(known, buf_bytes(&keys), 0600, err);
	if (code == ERR_OK)
		code = fs_replace(list, buf_bytes(&hosts), 0600, err);
	buf_release(&keys);
	buf_release(&hosts);
	free(known);
	free(list);
	return code;
}

/* " --path DIR/hosts/web01/srv" for each item of that kind. */
static void say_paths(const struct range *r, size_t host, enum item_kind kind,
		      struct buf *say)
{
	for (size_t i = 0; i < r->scenario.n_items; i++) {
		const struct scenario_item *item = &r->scenario.items[i];

		if (item->host == host && item->kind == kind)
			buf_addf(say, " --path '%s/hosts/%s%s'", r->dir,
				 r->scenario.hosts[host], item->path);
	}
}

/* The rules that belong to the scenario's installation. */
static char *rules_folder(const struct scenario *s)
{
	char *beside = xasprintf("%s/../../yara", s->folder);
	char *full = realpath(beside, NULL);

	free(beside);
	return full ? full : xstrdup("rules/yara");
}

/* What to type next, ready to be copied. */
static void say_next(const struct range *r, struct buf *say)
{
	const struct scenario *s = &r->scenario;
	char *rules = rules_folder(s);

	buf_addf(say, "%s: %zu practice hosts are up in %s\n", s->title,
		 s->n_hosts, r->dir);
	for (size_t i = 0; i < s->n_hosts; i++)
		buf_addf(say, "  %-8s %s@127.0.0.1:%u  shows %s/hosts/%s\n",
			 s->hosts[i], r->user, r->servers[i].port, r->dir,
			 s->hosts[i]);
	buf_addf(say, "Their key and known_hosts lie in %s/home/.ssh. Next:\n",
		 r->dir);
	buf_addf(say, "  export HOME='%s/home' HALLIGAN_CASE=practice.case\n",
		 r->dir);
	buf_add_str(say, "  halligan new practice.case\n");
	buf_addf(say, "  halligan host add '@%s/hosts.txt'\n", r->dir);
	for (size_t i = 0; i < s->n_hosts; i++) {
		buf_addf(say, "  halligan hunt %s --rules '%s'", s->hosts[i],
			 rules);
		say_paths(r, i, ITEM_HUNT, say);
		buf_addf(say, "\n  halligan collect %s", s->hosts[i]);
		say_paths(r, i, ITEM_COLLECT, say);
		buf_add_str(say, "\n");
	}
	buf_addf(say,
		 "  halligan practice.case\nTo end them: halligan range "
		 "down --dir '%s'\n",
		 r->dir);
	free(rules);
}

/* The servers, their children and all files; the marker goes last. */
static enum err_code undo(const char *dir, const struct marker *m,
			  struct err *err)
{
	enum err_code code = ERR_OK;

	if (marker_is_of_this_boot(m))
		for (size_t i = 0; i < m->n_servers && code == ERR_OK; i++)
			code = process_end_tree(m->servers[i], err);
	for (size_t i = 0; i < ARRAY_SIZE(made) && code == ERR_OK; i++) {
		char *path = xasprintf("%s/%s", dir, made[i]);

		code = fs_remove_tree(path, err);
		free(path);
	}
	/* Another sshd may have come to rely on it. */
	if (code == ERR_OK && m->made_run_sshd && !process_named_runs("sshd"))
		(void)rmdir(RUN_SSHD); /* not ours if something is in it */
	return code == ERR_OK ? marker_remove(dir, err) : code;
}

static enum err_code build(struct range *r, struct err *err)
{
	char *hosts = xasprintf("%s/hosts", r->dir);
	enum err_code code = scenario_lay(&r->scenario, hosts, err);

	free(hosts);
	if (code == ERR_OK)
		code = make_run_sshd(r, err);
	if (code == ERR_OK)
		code = make_home(r, err);
	if (code == ERR_OK)
		code = start_servers(r, err);
	return code == ERR_OK ? write_lists(r, err) : code;
}

/* What has to be true before anything is made. */
static enum err_code prepare(struct range *r, const char *scenario,
			     struct err *err)
{
	enum err_code code = scenario_open(&r->scenario, scenario, err);

	if (code == ERR_OK)
		code = server_find_sshd(&r->set.sshd, err);
	if (code == ERR_OK)
		code = server_find_keygen(&r->set.ssh_keygen, err);
	return code == ERR_OK ? find_user(r, err) : code;
}

enum err_code range_up(const char *scenario, const char *dir, struct buf *say,
		       struct err *err)
{
	struct range r = {0};
	struct err ignored;
	enum err_code code = prepare(&r, scenario, err);

	if (code != ERR_OK)
		goto out;
	code = take_dir(&r, dir, err);
	if (code != ERR_OK)
		goto out;
	code = build(&r, err);
	if (code == ERR_OK)
		say_next(&r, say);
	else if (undo(r.dir, &r.marker, &ignored) == ERR_OK)
		(void)rmdir(r.dir);
out:
	scenario_release(&r.scenario);
	free(r.dir);
	free(r.user);
	return code;
}

enum err_code range_down(const char *dir, struct buf *say, struct err *err)
{
	struct marker m;
	enum err_code code = marker_load(dir, &m, err);

	if (code == ERR_OK)
		code = undo(dir, &m, err);
	if (code != ERR_OK)
		return code;
	if (rmdir(dir) == 0)
		buf_addf(say, "ended the practice hosts; %s is gone\n",
			 shown_str(dir).s);
	else
		buf_addf(say,
			 "ended the practice hosts; %s stays, as something "
			 "else is in it\n",
			 shown_str(dir).s);
	return ERR_OK;
}
