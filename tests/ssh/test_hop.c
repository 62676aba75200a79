/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Servers on the way to a host: each a real sshd with settings of its own,
 * the first on a socket pair, the others on ports of loopback that only the
 * one before connects to.
 */
#include "ssh/sim.h"

#include <signal.h>

#include "base/fs.h"
#include "remote/reach.h"

#define HEAD "#!/bin/sh\nrm -f \"$0\"\n"
#define ECHO HEAD "exec cat\n"
#define LONG ((size_t)20 << 20)
#define SHORT ((size_t)3 << 20)

struct chain {
	const char *configs[SIM_JUMPS_MAX + 1]; /* of each, nearest first */
	size_t n;
	struct sim s;
	pid_t pids[SIM_JUMPS_MAX + 1];
};

static char names[SIM_JUMPS_MAX + 1][16]; /* hop0, hop1, ... */

/* Not of a server that other tests started. */
static void forget_log(const char *name)
{
	char log[32];

	(void)snprintf(log, sizeof log, "%s.log", name);
	(void)unlink(in_fixture(log));
}

static void add_server(struct chain *c, size_t i)
{
	struct sim *s = &c->s;
	uint16_t port;

	forget_log(names[i]);
	port = sshd_listen(names[i], c->configs[i], &c->pids[i]);
	if (i + 1 == c->n) {
		s->start.host = bytes_str("127.0.0.1");
		s->start.port = port;
	} else {
		s->jumps[i].host = bytes_str("127.0.0.1");
		s->jumps[i].port = port;
	}
}

/* With n servers, the last of which is the host. */
static void lay(struct chain *c, size_t n)
{
	c->n = n;
	sim_defaults(&c->s);
	c->s.n_jumps = n - 1;
	for (size_t i = 0; i < n; i++) {
		if (i + 1 < n)
			c->s.jumps[i] = (struct msg_link_jump){
				.name = bytes_str(names[i]),
				.user = bytes_str(user_name())};
		if (i > 0)
			add_server(c, i);
	}
}

static void start(struct chain *c, const char *probe, struct bytes input)
{
	sim_probe(&c->s, probe);
	c->s.input = input;
	sim_start(&c->s, sshd_start(c->configs[0], &c->pids[0]));
	sim_run(&c->s);
}

static void end(struct chain *c, int status)
{
	assert_int_equal(sim_end(&c->s), status);
	for (size_t i = 1; i < c->n; i++)
		(void)kill(-c->pids[i], SIGKILL);
	await_all_gone();
}

/* All that goes there comes back. */
static void pass_both_ways(struct chain *c, size_t n_servers, size_t n)
{
	uint8_t *p = xmalloc(n);
	struct buf z;

	fill_noise(p, n);
	compress_for_probe(bytes_of(p, n), &z);
	lay(c, n_servers);
	start(c, ECHO, buf_bytes(&z));
	if (c->s.fault.code != ERR_OK)
		fail_msg("%s", c->s.fault.msg);
	assert_true(c->s.exited);
	assert_int_equal(c->s.output.n, n);
	assert_memory_equal(c->s.output.p, p, n);
	assert_int_equal(c->s.n_host_keys, n_servers);
	assert_int_equal(c->s.n_signs, n_servers);
	end(c, 0);
	buf_release(&z);
	free(p);
}

/* As much as no window holds. */
static void streams_pass_any_number_of_servers(void **state UNUSED)
{
	for (size_t n = 2; n <= 5; n++) {
		struct chain c = {0};

		pass_both_ways(&c, n, LONG);
	}
}

static void as_many_as_there_may_be(void **state UNUSED)
{
	static struct chain c; /* too large for a stack */

	assert_int_equal(SIM_JUMPS_MAX, REACH_JUMPS_MAX);
	pass_both_ways(&c, REACH_JUMPS_MAX + 1, SHORT);
}

/* Whoever wants new keys in the midst of it: the host, those on the way, all
 * of them, who then do so at the same time. */
static void any_server_may_want_new_keys(void **state UNUSED)
{
	static const char rekey[] = "RekeyLimit 1M";

	for (unsigned who = 1; who < 8; who++) {
		struct chain c = {0};

		for (size_t i = 0; i < 3; i++)
			c.configs[i] = who & 1u << i ? rekey : NULL;
		pass_both_ways(&c, 3, LONG);
	}
}

/* How often the words are in that server's log. */
static unsigned said(const char *name, const char *words)
{
	char log[32];
	struct buf text;
	struct err err;
	unsigned n = 0;

	(void)snprintf(log, sizeof log, "%s.log", name);
	buf_init(&text, 16u << 20);
	if (fs_read(in_fixture(log), &text, &err) == ERR_OK && text.n)
		for (const char *at = buf_str(&text);
		     (at = strstr(at, words)); at++)
			n++;
	buf_release(&text);
	return n;
}

static void start_quiet(struct chain *c)
{
	lay(c, 3);
	c->s.start.keepalive_s = 1;
	c->s.start.idle_ms = 2500;
	c->s.stop_at = MSG_LINK_PLACED;
	start(c, ECHO, (struct bytes){0});
	if (!c->s.placed)
		fail_msg("%s", c->s.fault.msg);
	c->s.stop_at = 0;
}

/* Each of them hears that we are there while nobody says anything. */
static void every_server_is_kept_alive(void **state UNUSED)
{
	static const char words[] = "rtype keepalive@libssh2.org";
	const struct msg_data last = {.last = true};
	struct chain c = {.configs = {"LogLevel DEBUG1", "LogLevel DEBUG1",
				      "LogLevel DEBUG1"}};
	int64_t begun = time_mono_ns();

	forget_log("sshd");
	start_quiet(&c);
	while ((said("sshd", words) < 2 || said("hop1", words) < 2 ||
		said("hop2", words) < 2) &&
	       time_mono_ns() - begun < 60 * NS_PER_S)
		;
	assert_true(said("sshd", words) >= 2);
	assert_true(said("hop1", words) >= 2);
	assert_true(said("hop2", words) >= 2);
	tell(&c.s.link, MSG_LINK_INPUT, &last);
	sim_run(&c.s);
	assert_true(c.s.exited);
	end(&c, 0);
}

static void one_on_the_way_that_stops_is_named(void **state UNUSED)
{
	struct chain c = {0};

	start_quiet(&c);
	assert_int_equal(kill(-c.pids[0], SIGSTOP), 0);
	sim_run(&c.s);
	assert_fault(&c.s, ERR_TIMEOUT, "jump host hop0: no sign of life");
	assert_int_equal(kill(-c.pids[0], SIGKILL), 0);
	end(&c, 1);
}

static void one_on_the_way_that_ends_is_named(void **state UNUSED)
{
	struct chain c = {0};

	start_quiet(&c);
	assert_int_equal(kill(-c.pids[0], SIGKILL), 0);
	sim_run(&c.s);
	assert_fault(&c.s, ERR_NET, "jump host hop0: ");
	end(&c, 1);
}

static void what_is_refused_is_told_of_the_one_who_did(void **state UNUSED)
{
	struct chain c = {.configs = {NULL, "AllowTcpForwarding no"}};

	lay(&c, 3);
	start(&c, ECHO, (struct bytes){0});
	assert_fault(&c.s, ERR_REMOTE, "jump host hop1: it does not let ");
	assert_int_equal(c.s.n_host_keys, 2); /* the host was not reached */
	end(&c, 1);

	c = (struct chain){.configs = {NULL, "PubkeyAuthentication no"}};
	lay(&c, 3);
	start(&c, ECHO, (struct bytes){0});
	assert_fault(&c.s, ERR_AUTH, "jump host hop1: ");
	end(&c, 1);

	/* The last is the host itself: nobody on the way is to blame. */
	c = (struct chain){.configs = {NULL, NULL, "PubkeyAuthentication no"}};
	lay(&c, 3);
	start(&c, ECHO, (struct bytes){0});
	assert_fault(&c.s, ERR_AUTH, "was not let in");
	assert_null(strstr(c.s.fault.msg, "jump host"));
	end(&c, 1);
}

/* Nobody listens there: it is the one before who says so. */
static void a_way_that_leads_nowhere_is_told(void **state UNUSED)
{
	struct chain c = {0};

	lay(&c, 2);
	assert_int_equal(kill(-c.pids[1], SIGKILL), 0);
	(void)child_wait(c.pids[1]);
	start(&c, ECHO, (struct bytes){0});
	assert_fault(&c.s, ERR_NET,
		     "jump host hop0: connecting from there to 127.0.0.1:");
	end(&c, 1);
}

static void a_refused_key_ends_the_way_there(void **state UNUSED)
{
	struct chain c = {0};

	lay(&c, 3);
	c.s.refuse_host_key = true;
	start(&c, ECHO, (struct bytes){0});
	assert_fault(&c.s, ERR_HOSTKEY, "jump host hop0: ");
	assert_int_equal(c.s.n_host_keys, 1);
	assert_int_equal(c.s.n_signs, 0);
	end(&c, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(streams_pass_any_number_of_servers),
		cmocka_unit_test(as_many_as_there_may_be),
		cmocka_unit_test(any_server_may_want_new_keys),
		cmocka_unit_test(every_server_is_kept_alive),
		cmocka_unit_test(one_on_the_way_that_stops_is_named),
		cmocka_unit_test(one_on_the_way_that_ends_is_named),
		cmocka_unit_test(what_is_refused_is_told_of_the_one_who_did),
		cmocka_unit_test(a_way_that_leads_nowhere_is_told),
		cmocka_unit_test(a_refused_key_ends_the_way_there),
	};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		(void)snprintf(names[i], sizeof names[i], "hop%zu", i);
	if (!sshd_is_there()) {
		print_message("no sshd here: skipped\n");
		return 77;
	}
	return cmocka_run_group_tests_name("hop", tests, fixture_make,
					   fixture_remove);
}
