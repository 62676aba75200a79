/* SPDX-License-Identifier: Apache-2.0 */
/* Tags and groups of hosts, the servers on the way to them, pinned keys. */
#include "unit/case_util.h"

#include "base/time.h"

static enum err_code label(struct fix *f, enum change_kind kind,
			   const char *what, const char *name)
{
	struct change *c = change_new(kind);
	struct err err;

	c->host = f->host;
	c->u.label.kind = what;
	c->u.label.name = change_str(c, name);
	return case_apply(f->cf, c, &err);
}

static void a_host_has_labels(void **state)
{
	struct fix *f = *state;

	assert_code(label(f, CHANGE_HOST_LABEL, "tag", "web"), ERR_OK);
	assert_code(label(f, CHANGE_HOST_LABEL, "tag", "dmz"), ERR_OK);
	assert_code(label(f, CHANGE_HOST_LABEL, "tag", "web"), ERR_OK);
	assert_code(label(f, CHANGE_HOST_LABEL, "group", "prod"), ERR_OK);
	assert_sql(f, "SELECT tags || '|' || \"groups\" FROM host",
		   "dmz,web|prod");
	assert_code(label(f, CHANGE_HOST_UNLABEL, "tag", "web"), ERR_OK);
	assert_code(label(f, CHANGE_HOST_UNLABEL, "tag", "web"), ERR_NOTFOUND);
	assert_code(label(f, CHANGE_HOST_UNLABEL, "group", "dmz"),
		    ERR_NOTFOUND);
	assert_code(label(f, CHANGE_HOST_LABEL, "tag", "web"), ERR_OK);
	assert_sql(f, "SELECT tags || '|' || \"groups\" FROM host",
		   "dmz,web|prod");
	/* What was no news is not in the log. */
	assert_sql(f,
		   "SELECT group_concat(action || detail, ' ') FROM (SELECT *"
		   " FROM audit WHERE action LIKE 'host.%label' ORDER BY seq)",
		   "host.label{\"tag\":\"web\"} host.label{\"tag\":\"dmz\"}"
		   " host.label{\"group\":\"prod\"}"
		   " host.unlabel{\"tag\":\"web\"} host.label{\"tag\":\"web\"}");
	expect_sound(f);
}

static void a_label_is_one_word(void **state)
{
	static const char *const bad[] = {"", "a,b", "a b", "-x", "w*", "\x1b[",
					  "[x"};
	struct fix *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_code(label(f, CHANGE_HOST_LABEL, "tag", bad[i]),
			    ERR_USAGE);
	assert_code(label(f, CHANGE_HOST_LABEL, "colour", "x"), ERR_USAGE);
	assert_int_equal(sql_int(f, "SELECT count(*) FROM labels"), 0);
}

static void put_hop(struct fix *f, uint64_t position, const char *target,
		    const char *address)
{
	struct change *c = change_new(CHANGE_HOP);
	struct err err;

	c->host = f->host;
	c->run = f->run;
	c->u.hop = (struct change_hop){.position = position,
				       .target = target,
				       .address = address,
				       .user = "kim",
				       .key_type = "ssh-ed25519",
				       .fingerprint = "SHA256:x",
				       .how = "pinned",
				       .kex = "curve25519-sha256",
				       .host_key = "ssh-ed25519",
				       .cipher = "aes128-ctr",
				       .mac = "hmac-sha2-256"};
	assert_ok(case_apply(f->cf, c, &err), err);
}

static void servers_on_the_way_are_kept(void **state)
{
	struct fix *f = *state;

	put_hop(f, 0, "bastion", "192.0.2.1:22");
	put_hop(f, 1, "web01", NULL);
	assert_sql(f,
		   "SELECT group_concat(position || target ||"
		   " coalesce(address, '-') || key_fingerprint || how ||"
		   " cipher) FROM hop WHERE host = 'web01'",
		   "0bastion192.0.2.1:22SHA256:xpinnedaes128-ctr,"
		   "1web01-SHA256:xpinnedaes128-ctr");
	expect_sound(f);
	sql_tamper(f, "UPDATE hops SET key_fingerprint = 'SHA256:y'");
	assert_code(fix_verify(f).code, ERR_VERIFY);
}

static void pin(struct fix *f, const char *fingerprint)
{
	struct change *c = change_new(CHANGE_PIN);
	struct err err;

	c->u.pin = (struct change_pin){.name = "[bastion]:22",
				       .key_type = "ssh-ed25519",
				       .key = bytes_str("key"),
				       .fingerprint = fingerprint,
				       .how = "answered"};
	assert_ok(case_apply(f->cf, c, &err), err);
}

static void the_last_pin_of_a_server_holds(void **state)
{
	struct fix *f = *state;

	pin(f, "SHA256:x");
	pin(f, "SHA256:y");
	assert_sql(f, "SELECT name || key_fingerprint || how FROM pin",
		   "[bastion]:22SHA256:yanswered");
	assert_int_equal(sql_int(f, "SELECT count(*) FROM audit WHERE"
				    " action = 'pin' AND detail LIKE"
				    " '%bastion%'"), 2);
	expect_sound(f);
}

static void a_host_says_how_it_is_reached(void **state)
{
	struct fix *f = *state;
	struct change *c = change_new(CHANGE_HOST_ADD);
	struct case_host found;
	struct err err;

	c->u.host = (struct change_host){.name = "db01",
					 .target = "db01",
					 .jump = "bastion,inner",
					 .escalate = "sudo",
					 .mode = "shell"};
	assert_ok(case_apply(f->cf, c, &err), err);
	assert_ok(case_host_find(f->cf, "db01", &found, &err), err);
	assert_string_equal(found.jump, "bastion,inner");
	assert_string_equal(found.escalate, "sudo");
	assert_string_equal(found.mode, "shell");
	case_host_release(&found);
	assert_sql(f, "SELECT jump || escalate || mode FROM host"
		      " WHERE name = 'db01'",
		   "bastion,innersudoshell");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, host_and_run, fix_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_host_has_labels),
		TEST(a_label_is_one_word),
		TEST(servers_on_the_way_are_kept),
		TEST(the_last_pin_of_a_server_holds),
		TEST(a_host_says_how_it_is_reached),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
