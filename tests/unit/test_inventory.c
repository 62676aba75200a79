/* SPDX-License-Identifier: Apache-2.0 */
/* Units of src/inventory: what people write becomes which hosts. */
#include "unit/unit.h"

#include "base/buf.h"
#include "inventory/inside.h"

/* All hosts as "name=target/jump/escalate/group+group" with blanks between. */
static const char *told(const struct inventory *inv)
{
	static struct buf out;

	buf_release(&out);
	buf_init(&out, 1u << 20);
	for (size_t i = 0; i < inv->n; i++) {
		const struct wanted_host *h = &inv->hosts[i];

		(void)buf_addf(&out, "%s%s=%s", i ? " " : "",
			       h->name ? h->name : "-", h->target);
		if (h->jump)
			(void)buf_addf(&out, "/%s", h->jump);
		if (h->escalate)
			(void)buf_addf(&out, "/%s", h->escalate);
		if (h->identity)
			(void)buf_addf(&out, "/%s", h->identity);
		for (size_t k = 0; k < h->n_groups; k++)
			(void)buf_addf(&out, "%c%s", k ? '+' : '/',
				       h->groups[k]);
	}
	return buf_str(&out);
}

static const char *names(const struct name_set *set)
{
	static struct buf out;

	buf_release(&out);
	buf_init(&out, 1u << 20);
	for (size_t i = 0; i < set->n; i++)
		(void)buf_addf(&out, "%s%s", i ? " " : "", set->v[i]);
	return buf_str(&out);
}

static void expect_text(const char *name, const char *text, const char *want)
{
	struct inventory inv = {0};
	struct err err = {0};

	assert_ok(inventory_read(&inv, name, bytes_str(text), INVENTORY_AUTO,
				 &err),
		  err);
	assert_string_equal(told(&inv), want);
	inventory_release(&inv);
}

static void expect_refused(const char *name, const char *text,
			   const char *says)
{
	struct inventory inv = {0};
	struct err err = {0};

	assert_int_not_equal(inventory_read(&inv, name, bytes_str(text),
					    INVENTORY_AUTO, &err),
			     ERR_OK);
	if (!strstr(err.msg, says))
		fail_msg("'%s' does not say '%s'", err.msg, says);
	inventory_release(&inv);
}

static void expect_word(const char *word, const char *want)
{
	struct inventory inv = {0};
	struct err err = {0};

	assert_ok(inventory_word(&inv, word, &err), err);
	assert_string_equal(told(&inv), want);
	inventory_release(&inv);
}

static void words_are_targets_ranges_and_networks(void **state UNUSED)
{
	expect_word("web01", "-=web01");
	expect_word("kim@web01:2222", "-=kim@web01:2222");
	expect_word("ssh://kim@web01:2222/", "-=kim@web01:2222");
	expect_word("[2001:db8::1]:22", "-=[2001:db8::1]:22");
	expect_word("web[08:11].x", "-=web08.x -=web09.x -=web10.x -=web11.x");
	expect_word("db[a:c]", "-=dba -=dbb -=dbc");
	expect_word("n[1:9:4]", "-=n1 -=n5 -=n9");
	expect_word("r[1:2]n[a:b]", "-=r1na -=r1nb -=r2na -=r2nb");
	expect_word("192.0.2.4/30", "-=192.0.2.5 -=192.0.2.6");
	expect_word("kim@192.0.2.7/30", "-=kim@192.0.2.5 -=kim@192.0.2.6");
	expect_word("192.0.2.4/31", "-=192.0.2.4 -=192.0.2.5");
	expect_word("192.0.2.4/32", "-=192.0.2.4");
	expect_word("2001:db8::f0/126",
		    "-=2001:db8::f0 -=2001:db8::f1 -=2001:db8::f2 "
		    "-=2001:db8::f3");
}

static void networks_are_counted_and_bounded(void **state UNUSED)
{
	static const char *const bad[] = {
		"10.0.0.0/8",	   "2001:db8::/64", "10.0.0.0/33",
		"a/24",		   "web[5:1]",	    "web[1:99999999]",
		"a[1:300]b[1:300]", "ssh://web/x",   "web[01:100]",
		"http://web/"};
	struct inventory inv = {0};
	struct err err;

	assert_ok(inventory_word(&inv, "10.0.0.0/16", &err), err);
	assert_int_equal(inv.n, 65534);
	assert_int_equal(inv.n_addresses, 65534);
	assert_string_equal(inv.hosts[0].target, "10.0.0.1");
	assert_string_equal(inv.hosts[65533].target, "10.0.255.254");
	inventory_release(&inv);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (inventory_word(&inv, bad[i], &err) == ERR_OK)
			fail_msg("%s is taken", bad[i]);
		inventory_release(&inv);
	}
}

static void a_list_has_targets_and_names(void **state UNUSED)
{
	expect_text("hosts.txt",
		    "\xef\xbb\xbf# all of them\r\n"
		    "web01\r\n"
		    "  kim@192.0.2.9:2222\tdb  # the old one\n"
		    "\n"
		    "[2001:db8::1]:22 six\n"
		    "app[1:2]",
		    "-=web01 db=kim@192.0.2.9:2222 six=[2001:db8::1]:22 "
		    "-=app1 -=app2");
	expect_refused("hosts.txt", "web01\nweb02 name more\n",
		       "hosts.txt:2: a target and a name");
	expect_refused("hosts.txt", "a[1:2] name\n", "hosts.txt:1: name is");
	expect_refused("hosts.txt", "web01\n@other.txt\n", "hosts.txt:2:");
	expect_refused("hosts.txt", "\xff\xfew\0e\0b", "UTF-16");
	expect_refused("hosts", "#!/bin/sh\necho x\n", "is a program");
}

static void ini_has_groups_and_variables(void **state UNUSED)
{
	expect_text("hosts",
		    "alone:2222\n"
		    "[web]\n"
		    "web[01:02] ansible_host=192.0.2.1 # both\n"
		    "web03 ansible_user='kim' ansible_port=\"22\"\n"
		    "[db]\n"
		    "db-a ansible_become_method=doas\n"
		    "[2001:db8::5]:2200\n"
		    "[prod:children]\n"
		    "web\n"
		    "db # and that\n"
		    "[prod:vars]\n"
		    "ansible_user = 'ops'\n"
		    "ansible_ssh_common_args='-J bast.example:22'\n"
		    "[db:vars]\n"
		    "ansible_become=True\n"
		    "ansible_become_method=su\n"
		    "ansible_user=dba\n",
		    "alone=alone:2222 "
		    "web01=ops@192.0.2.1/bast.example:22/prod+web "
		    "web02=ops@192.0.2.1/bast.example:22/prod+web "
		    "web03=kim@web03:22/bast.example:22/prod+web "
		    "db-a=dba@db-a/bast.example:22/doas/prod+db "
		    "2001:db8::5=dba@[2001:db8::5]:2200/bast.example:22/su/"
		    "prod+db");
	expect_text("x.ini", "", "");
	expect_text("hosts",
		    "[a:children]\nb\n[b:children]\nc\n[c]\nh x=1\n"
		    "[a:vars]\nansible_user=a\n[all:vars]\nansible_user=all\n"
		    "ansible_port=7\n",
		    "h=a@h:7/a+b+c");
	expect_text("hosts",
		    "u\n[g]\nh\n[ungrouped:vars]\nansible_user=un\n",
		    "u=un@u h=h/g");
	expect_refused("hosts", "[a:children]\nb\n[b:children]\na\n",
		       "below itself");
	expect_refused("hosts", "[g]\nh x\n", "hosts:2: name=value");
	expect_refused("hosts", "[g:more]\n", "hosts:1: a section is");
	expect_refused("hosts", "[g]\nh x='1\n", "hosts:2: a quote");
	expect_refused("hosts", "[g]\nh ansible_port=x\n", "h: ");
}

static void what_is_not_taken_is_told(void **state UNUSED)
{
	static const char text[] =
		"[g]\n"
		"a ansible_password=x ansible_python_interpreter=/bin/p "
		"http_port=80\n"
		"b ansible_connection=winrm\n"
		"c ansible_host='{{ addresses.c }}'\n"
		"d ansible_user='{{ me }}' ansible_become=yes "
		"ansible_become_method=enable\n"
		"e ansible_become=yes ansible_become_user=oracle\n"
		"f ansible_ssh_common_args='-o ProxyCommand=\"nc %h\"'\n"
		"[g:vars]\n"
		"ansible_become_pass=y\n";
	struct inventory inv = {0};
	struct err err;

	assert_ok(inventory_read(&inv, "x", bytes_str(text), INVENTORY_AUTO,
				 &err),
		  err);
	assert_string_equal(told(&inv), "a=a/g d=d/g e=e/g f=f/g");
	assert_string_equal(names(&inv.secrets),
			    "ansible_password ansible_become_pass");
	assert_string_equal(names(&inv.not_honoured),
			    "ansible_python_interpreter ansible_user "
			    "ansible_become_method ansible_become_user");
	assert_int_equal(inv.n_left_options, 1);
	assert_string_equal(inv.left_options[0].text,
			    "-o ProxyCommand of ansible_ssh_common_args");
	assert_string_equal(names(&inv.left_out),
			    "b (its ansible_connection is not ssh) "
			    "c (its ansible_host is a template)");
	assert_int_equal(inv.n_other, 1);
	inventory_release(&inv);
}

/* What an inventory says of one host whose arguments of ssh these are, and
 * which of them are not honoured. */
static void expect_args(const char *args, const char *want, const char *left)
{
	char *text = xasprintf("g:\n  hosts:\n    h:\n"
			       "      ansible_ssh_common_args: >-\n"
			       "        %s\n",
			       args);
	struct inventory inv = {0};
	struct buf got;
	struct err err;

	buf_init(&got, 1000);
	assert_ok(inventory_read(&inv, "x.yml", bytes_str(text),
				 INVENTORY_AUTO, &err),
		  err);
	for (size_t i = 0; i < inv.n_left_options; i++) {
		const char *one = inv.left_options[i].text;

		assert_string_equal(inv.left_options[i].first[0], "h");
		(void)buf_addf(&got, "%s%.*s", i ? ", " : "",
			       (int)(strstr(one, " of ansible_") - one), one);
	}
	if (strcmp(told(&inv), want) != 0 || strcmp(buf_str(&got), left) != 0)
		fail_msg("%s: %s, left: %s", args, told(&inv), buf_str(&got));
	buf_release(&got);
	inventory_release(&inv);
	free(text);
}

static void arguments_of_ssh_are_read(void **state UNUSED)
{
	static const struct {
		const char *args, *want, *left;
	} cases[] = {
		{"-J b", "h=h/b/g", ""},
		{"-Jb1,u@b2:22", "h=h/b1,u@b2:22/g", ""},
		{"-o proxyjump=b", "h=h/b/g", ""},
		{"-o 'ProxyJump b' -J c", "h=h/b/g", ""},
		{"-oProxyJump=none", "h=h/none/g", ""},
		{"-o StrictHostKeyChecking=no -J b", "h=h/b/g",
		 "-o StrictHostKeyChecking"},
		{"-i /k -p 2200 -J b1,b2 -l kim", "h=kim@h:2200/b1,b2//k/g",
		 ""},
		{"-o User=kim -oPort=2200 -o IdentityFile=/k -i /more",
		 "h=kim@h:2200//k/g", "-i"},
		{"-o ControlMaster=auto -o ControlPersist=60s -qCJ b",
		 "h=h/b/g", ""},
		{"-F /x -4 there -o Port=x", "h=h/g",
		 "-F, -4, -o Port, there"},
		{"-o ProxyCommand=\"ssh -W %h:%p -q bastion\"",
		 "h=h/bastion/g", ""},
		{"-o 'ProxyCommand exec /usr/bin/ssh -l u -p 22 b "
		 "-W [%h]:%p -J a'",
		 "h=h/a,u@b:22/g", ""},
		{"-o ProxyCommand='ssh -i /k -oCiphers=x -W %h:%p u@b:1'",
		 "h=h/g", "-o ProxyCommand"},
		{"-o ProxyCommand='ssh -i /k -oCiphers=x -W %h:%p u@b'",
		 "h=h/u@b/g",
		 "-o Ciphers of its ProxyCommand, -i of its ProxyCommand"},
		{"-o ProxyCommand='ssh -W %h:%p ssh://u@b:1'", "h=h/u@b:1/g",
		 ""},
		{"-o ProxyCommand='ssh b nc %h %p'", "h=h/g",
		 "-o ProxyCommand"},
		{"-o ProxyCommand='ssh -W %h:%p b; x' -J b", "h=h/b/g",
		 "-o ProxyCommand"},
		{"-o ProxyCommand='ssh -o ProxyCommand=x -W %h:%p b'", "h=h/g",
		 "-o ProxyCommand"},
		{"-o ProxyCommand='ssh -W other:22 b'", "h=h/g",
		 "-o ProxyCommand"},
		{"-o ProxyCommand=\"ssh -W %h:%p", "h=h/g", "all of it"},
		{"-W %h:%p", "h=h/g", "-W"},
		{"-J {{ b }}", "h=h/g", "all, which is a template,"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_args(cases[i].args, cases[i].want, cases[i].left);
}

/* Variables stand before arguments, and what is for all before the others;
 * the first hosts of many are named. */
static void arguments_have_their_place(void **state UNUSED)
{
	static const char text[] =
		"[g]\n"
		"a[1:5]\n"
		"b ansible_port=7 ansible_ssh_extra_args='-p 8 -J no -l kim'\n"
		"[g:vars]\n"
		"ansible_ssh_common_args='-o ProxyCommand=\"ssh -W %h:%p j\" "
		"-p 22 -o Ciphers=x'\n";
	struct inventory inv = {0};
	struct left_option *left = &inv.left_options[0];
	struct err err;

	assert_ok(inventory_read(&inv, "x.ini", bytes_str(text),
				 INVENTORY_AUTO, &err),
		  err);
	assert_string_equal(told(&inv),
			    "a1=a1:22/j/g a2=a2:22/j/g a3=a3:22/j/g "
			    "a4=a4:22/j/g a5=a5:22/j/g b=kim@b:7/j/g");
	assert_int_equal(inv.n_left_options, 1);
	assert_string_equal(left->text,
			    "-o Ciphers of ansible_ssh_common_args");
	assert_string_equal(left->first[2], "a3");
	assert_int_equal(left->n, 6);
	inventory_release(&inv);
}

static void yaml_says_the_same(void **state UNUSED)
{
	expect_text("hosts",
		    "---\n"
		    "all:\n"
		    "  hosts:\n"
		    "    alone:2222:\n"
		    "  vars: {ansible_user: ops}\n"
		    "  children:\n"
		    "    prod:\n"
		    "      children:\n"
		    "        web:\n"
		    "          hosts:\n"
		    "            web[01:02]: {ansible_host: 192.0.2.1}\n"
		    "        db:\n"
		    "          vars: &db\n"
		    "            ansible_become: yes\n"
		    "            ansible_become_method: su\n"
		    "          hosts:\n"
		    "            db-a:\n"
		    "              <<: *db\n"
		    "              ansible_become_method: doas\n"
		    "            db-b:\n",
		    "alone=ops@alone:2222 "
		    "web01=ops@192.0.2.1/prod+web web02=ops@192.0.2.1/prod+web "
		    "db-a=ops@db-a/doas/prod+db db-b=ops@db-b/su/prod+db");
	expect_text("x.yml", "web:\n  hosts:\n    a:\n", "a=a/web");
	expect_refused("x.yml", "all:\n  hosts:\n  - a\n", "x.yml:2: ");
	expect_refused("x.yml", "all:\n  host:\n", "x.yml:2: a group has");
	expect_refused("x.yml", "plugin: aws_ec2\n", "made by a plugin");
	expect_refused("x.yml", "a: [\n", "not YAML");
	expect_refused("x.yml", "- hosts: all\n", "no inventory");
	expect_refused("x.yml", "", "no inventory");
}

static void secrets_of_yaml_are_not_taken(void **state UNUSED)
{
	static const char text[] =
		"g:\n  hosts:\n    a:\n"
		"      ansible_user: !vault |\n"
		"        $ANSIBLE_VAULT;1.1;AES256\n"
		"      ansible_ssh_pass: 'x'\n";
	struct inventory inv = {0};
	struct err err;

	assert_ok(inventory_read(&inv, "x.yml", bytes_str(text),
				 INVENTORY_AUTO, &err),
		  err);
	assert_string_equal(told(&inv), "a=a/g");
	assert_string_equal(names(&inv.secrets),
			    "ansible_user ansible_ssh_pass");
	inventory_release(&inv);
}

/* Each level names the one before it ten times: 10^9 groups in a kilobyte;
 * and a mapping that is in itself. */
static void aliases_are_no_bombs(void **state UNUSED)
{
	struct buf bomb;

	buf_init(&bomb, 1u << 16);
	(void)buf_add_str(&bomb, "a0: &a0 {hosts: {h: }}\n");
	for (int i = 1; i < 10; i++) {
		(void)buf_addf(&bomb, "a%d: &a%d {children: {", i, i);
		for (int k = 0; k < 10; k++)
			(void)buf_addf(&bomb, "g%d%d: *a%d, ", i, k, i - 1);
		(void)buf_add_str(&bomb, "}}\n");
	}
	expect_refused("x.yml", buf_str(&bomb), "aliases counted");
	buf_release(&bomb);
	expect_refused("x.yml", "a: &a {children: {b: *a}}\n", "nested deeper");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_targets_ranges_and_networks),
		cmocka_unit_test(networks_are_counted_and_bounded),
		cmocka_unit_test(a_list_has_targets_and_names),
		cmocka_unit_test(ini_has_groups_and_variables),
		cmocka_unit_test(what_is_not_taken_is_told),
		cmocka_unit_test(arguments_of_ssh_are_read),
		cmocka_unit_test(arguments_have_their_place),
		cmocka_unit_test(yaml_says_the_same),
		cmocka_unit_test(secrets_of_yaml_are_not_taken),
		cmocka_unit_test(aliases_are_no_bombs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
