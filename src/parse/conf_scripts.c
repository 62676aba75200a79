/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts that run by themselves: at a start, a login, an event. The path
 * says which; the judge of signs says what in it is odd.
 */
#include "base/base.h"
#include "parse/conf.h"

struct role {
	const char *name;
	enum sign_manner manner;
	const char *const *where;
};

/* The first that fits is it. */
static const struct role roles[] = {
	{"ssh-rc", MANNER_COMMAND, PATHS(".ssh/rc", "etc/ssh/sshrc")},
	{"git-hook", MANNER_COMMAND,
	 PATHS(".git/hooks/*", "*.git/hooks/*", "git/hooks/*",
	       "git-core/templates/hooks/*")},
	{"cron", MANNER_COMMAND,
	 PATHS("cron.hourly/*", "cron.daily/*", "cron.weekly/*",
	       "cron.monthly/*", "cron.yearly/*", "periodic/15min/*",
	       "periodic/hourly/*", "periodic/daily/*", "periodic/weekly/*",
	       "periodic/monthly/*")},
	{"generator", MANNER_COMMAND, PATHS("systemd/*-generators/*")},
	{"rc", MANNER_COMMAND,
	 PATHS("etc/rc.local", "rc.d/rc.local", "etc/boot.local",
	       "etc/rc.local.shutdown", "etc/conf.d/local*", "local.d/*.start",
	       "local.d/*.stop", "etc/init.d/boot.local", "etc/after.local",
	       "etc/rc")},
	{"init", MANNER_COMMAND,
	 PATHS("etc/init.d/*", "rc.d/init.d/*", "etc/rc*.d/*", "rc.d/rc*.d/*",
	       "etc/init/*.conf", "systemd/system-shutdown/*",
	       "systemd/system-sleep/*", "etc/sv/*/run", "etc/service/*/run",
	       "etc/runit/*")},
	{"motd", MANNER_COMMAND,
	 PATHS("update-motd.d/*", "etc/profile.d/motd.sh")},
	{"profile", MANNER_STARTUP,
	 PATHS("etc/profile", "profile.d/*", "etc/bash.bashrc", "etc/bashrc",
	       "etc/bash.bash_logout", "etc/zshenv", "etc/zprofile",
	       "etc/zshrc", "etc/zlogin", "etc/zlogout", "etc/zsh/*",
	       "etc/csh.cshrc", "etc/csh.login", "etc/csh.logout",
	       "etc/csh/*/*", "etc/fish/config.fish", "fish/conf.d/*.fish",
	       "etc/ksh.kshrc", "etc/mkshrc", "bash_completion.d/*",
	       "bashrc.d/*", "etc/skel/.*")},
	{"shell", MANNER_STARTUP,
	 PATHS(".bashrc", ".bash_profile", ".bash_login", ".bash_logout",
	       ".bash_aliases", ".bash_completion", ".profile", ".zshrc",
	       ".zshenv", ".zprofile", ".zlogin", ".zlogout", ".cshrc",
	       ".tcshrc", ".login", ".logout", ".kshrc", ".mkshrc", ".shrc",
	       ".xprofile", ".xsession", ".xsessionrc", ".xinitrc",
	       ".xserverrc", "fish/config.fish", ".bashrc.d/*")},
	{"dispatcher", MANNER_COMMAND,
	 PATHS("NetworkManager/dispatcher.d/*", "dispatcher.d/*/*",
	       "networkd-dispatcher/*/*", "ppp/ip-up.d/*", "ppp/ip-down.d/*",
	       "etc/ppp/ip-up", "etc/ppp/ip-down", "etc/acpi/*.sh",
	       "pm/sleep.d/*", "pm/power.d/*")},
	{"dhcp", MANNER_COMMAND,
	 PATHS("dhclient-enter-hooks.d/*", "dhclient-exit-hooks.d/*",
	       "etc/dhclient-enter-hooks", "etc/dhclient-exit-hooks",
	       "dhcp/dhclient-enter-hooks", "dhcp/dhclient-exit-hooks",
	       "dhclient.d/*", "dhcpcd-hooks/*", "etc/dhcpcd.enter-hook",
	       "etc/dhcpcd.exit-hook")},
	{"ifup", MANNER_COMMAND,
	 PATHS("network/if-up.d/*", "network/if-down.d/*",
	       "network/if-pre-up.d/*", "network/if-post-down.d/*",
	       "sbin/ifup-local", "sbin/ifdown-local", "sbin/ifup-pre-local",
	       "network-scripts/ifup-*", "network-scripts/ifdown-*",
	       "etc/netplan/hooks/*")},
	{"initramfs", MANNER_COMMAND,
	 PATHS("initramfs-tools/hooks/*", "initramfs-tools/scripts/*",
	       "initramfs-tools/scripts/*/*", "modules.d/*/*.sh",
	       "kernel/postinst.d/*", "kernel/prerm.d/*", "kernel/postrm.d/*",
	       "kernel/preinst.d/*", "kernel/install.d/*", "etc/grub.d/*")},
	{"apt", MANNER_PYTHON, PATHS("dnf-plugins/*.py", "yum-plugins/*.py")},
	{"apt", MANNER_COMMAND,
	 PATHS("zypp/plugins/*/*", "apk/commit_hooks.d/*")},
	{"python-start", MANNER_PYTHON,
	 PATHS("*.pth", "sitecustomize.py", "usercustomize.py")},
	{"xdg", MANNER_STARTUP,
	 PATHS("X11/Xsession.d/*", "X11/xinit/xinitrc.d/*", "X11/Xsession",
	       "xinit/xinitrc", "plasma-workspace/env/*.sh",
	       "autostart-scripts/*", "etc/gdm3/*/Default",
	       "etc/gdm/*/Default")},
};

static const struct role *role_of(struct bytes path)
{
	for (size_t i = 0; i < ARRAY_SIZE(roles); i++)
		if (path_ends_any(path, roles[i].where))
			return &roles[i];
	return NULL;
}

/* What no script is, though it lies among them. */
static bool is_program(struct bytes content)
{
	return bytes_starts(content, "\177ELF");
}

/* What python runs of a .pth; other lines are folders. */
static bool is_import(struct bytes line)
{
	return bytes_starts(line, "import ") || bytes_starts(line, "import\t");
}

unsigned script_score(const struct parse_input *in)
{
	const struct role *role = role_of(in->path);

	if (bytes_ends(in->path, ".pth") &&
	    share_of_lines(in->content, is_import) == 0)
		return 0;
	return role && !bytes_ends(in->path, "/README") &&
			       looks_like_text(in->content)
		       ? 70
		       : 0;
}

static void tell_script(struct conf *c, const char *role,
			const struct judged *j)
{
	struct conf_line whole = conf_whole(c);

	fact_begin(c, "script", c->in->path, &whole);
	fact_str(c, "role", role);
	fact_text(c, "account", path_account(c->in->path));
	fact_int(c, "lines", (int64_t)MIN(j->lines, (uint64_t)INT64_MAX));
	fact_signs(c, j->signs);
	fact_text(c, "sample", bytes_first(j->sample, 512));
	fact_tell(c);
}

/* cron.daily and the like are jobs too. */
static void tell_periodic(struct conf *c)
{
	static const struct {
		const char *where, *source, *schedule;
	} kinds[] = {{"cron.hourly/*", "cron.hourly", "@hourly"},
		     {"cron.daily/*", "cron.daily", "@daily"},
		     {"cron.weekly/*", "cron.weekly", "@weekly"},
		     {"cron.monthly/*", "cron.monthly", "@monthly"},
		     {"cron.yearly/*", "cron.yearly", "@yearly"}};
	struct conf_line whole = conf_whole(c);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!path_ends(c->in->path, kinds[i].where))
			continue;
		fact_begin(c, "cron", c->in->path, &whole);
		fact_str(c, "schedule", kinds[i].schedule);
		fact_str(c, "account", "root");
		fact_str(c, "source", kinds[i].source);
		fact_tell(c);
	}
}

enum err_code script_run(const struct parse_input *in,
			 const struct parse_out *out, struct err *err)
{
	const struct role *role = role_of(in->path);
	enum sign_manner manner = role ? role->manner : MANNER_COMMAND;
	struct judged j = {.signs = 0};
	struct conf c;

	conf_begin(&c, in, out, err);
	if (!is_program(in->content))
		j = signs_of_script(in->content, manner);
	tell_script(&c, role ? role->name : "init", &j);
	tell_periodic(&c);
	return conf_end(&c);
}

/* ---- pages of the web that are programs ---- */

static const char *const php_names[] = {"*.php",  "*.phtml", "*.php3", "*.php4",
					"*.php5", "*.php7",  "*.php8", "*.phar",
					"*.pht",  "*.inc",   NULL};
static const char *const jsp_names[] = {"*.jsp",  "*.jspx", "*.jspf",
					"*.jsw",  "*.asp",  "*.aspx",
					"*.ashx", "*.asmx", NULL};
static const char *const cgi_names[] = {"*.cgi", "cgi-bin/*", "cgi-bin/*/*",
					NULL};
/* These are pages where the web begins, and programs elsewhere. */
static const char *const rooted[] = {"*.pl", "*.py", NULL};

static bool is_rooted(struct bytes path)
{
	return path_ends_any(path, rooted) &&
	       (bytes_find(path, "/www/", NULL) ||
		bytes_find(path, "/htdocs/", NULL) ||
		bytes_find(path, "/cgi-bin/", NULL) ||
		bytes_find(path, "/webapps/", NULL));
}

static const char *const settings[] = {".htaccess", ".user.ini", "php.ini",
				       "conf.d/*.ini", NULL};

static bool is_php(struct bytes head)
{
	return bytes_find(head, "<?php", NULL) ||
	       bytes_find(head, "<?=", NULL) ||
	       bytes_find(head, "<?\n", NULL) ||
	       bytes_find(head, "<? ", NULL) || bytes_find(head, "<?PHP", NULL);
}

static bool is_jsp(struct bytes head)
{
	return bytes_find(head, "<%", NULL) ||
	       bytes_find(head, "<jsp:", NULL) || bytes_find(head, "${", NULL);
}

/* Pages may have bytes of a picture in front of them, to pass for one. */
unsigned web_page_score(const struct parse_input *in)
{
	struct bytes head = bytes_first(in->content, SCORE_BYTES);

	if (path_ends_any(in->path, php_names))
		return is_php(head) ? 75 : 0;
	if (path_ends_any(in->path, jsp_names))
		return is_jsp(head) ? 75 : 0;
	if (path_ends_any(in->path, cgi_names))
		return bytes_starts(head, "#!") ? 75 : 0;
	if (is_rooted(in->path))
		return looks_like_text(head) ? 60 : 0;
	if (path_ends_any(in->path, settings))
		return looks_like_text(head) ? 60 : 0;
	return bytes_find(in->path, "/www/", NULL) && is_php(head) ? 55 : 0;
}

static enum sign_manner manner_of(const struct parse_input *in)
{
	if (path_ends_any(in->path, jsp_names))
		return MANNER_JSP;
	if ((bytes_starts(in->content, "#!") &&
	     !path_ends_any(in->path, php_names)) ||
	    is_rooted(in->path))
		return MANNER_CGI;
	return MANNER_PHP;
}

/* A file of PHP in front of or behind each page; or what has pictures run as
 * pages. */
static sign_set judge_setting(struct bytes line)
{
	struct bytes key, value;

	line = bytes_trim(line);
	if (!line.n || line.p[0] == '#' || line.p[0] == ';')
		return 0;
	if (bytes_starts_nocase(line, "php_value ") ||
	    bytes_starts_nocase(line, "php_admin_value "))
		(void)take_word(&line);
	if (!take_setting(line, " \t=", &key, &value))
		return 0;
	value = unquoted(value);
	if ((bytes_eq_nocase(key, "auto_prepend_file") ||
	     bytes_eq_nocase(key, "auto_append_file")) &&
	    value.n && !bytes_eq_nocase(value, "none"))
		return SIGN(SIGN_AUTO_PREPEND);
	if ((bytes_eq_nocase(key, "addtype") ||
	     bytes_eq_nocase(key, "addhandler")) &&
	    bytes_find(value, "php", NULL) &&
	    (bytes_find(value, ".jp", NULL) ||
	     bytes_find(value, ".png", NULL) ||
	     bytes_find(value, ".gif", NULL) ||
	     bytes_find(value, ".txt", NULL) ||
	     bytes_find(value, ".ico", NULL)))
		return SIGN(SIGN_AUTO_PREPEND);
	return 0;
}

static struct judged judge_settings(struct bytes content)
{
	struct judged j = {.signs = 0};
	struct line line;
	uint64_t at = 0;

	while (next_line(content, &at, &line)) {
		sign_set set = judge_setting(line.text);

		j.lines++;
		if (set && !j.signs)
			j.sample = bytes_trim(line.text);
		j.signs |= set;
	}
	return j;
}

enum err_code web_page_run(const struct parse_input *in,
			   const struct parse_out *out, struct err *err)
{
	struct judged j = path_ends_any(in->path, settings)
				  ? judge_settings(in->content)
				  : signs_of_script(in->content, manner_of(in));
	struct conf c;

	conf_begin(&c, in, out, err);
	tell_script(&c, "web", &j);
	return conf_end(&c);
}
