/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What ssh_config says of a host, down to what its children are told and what
 * becomes of a host key that nobody vouches for.
 */
#include "unit/unit.h"

#include "base/fs.h"
#include "base/hash.h"
#include "unit/job_bed.h"

static const struct reach_us us = {
	.home = "/nonexistent", .user = "tester", .agent = "/run/agent"};

/* The settings of the host when this is the file. */
static void configure(struct bed *bed, struct job_host *host,
		      enum script script, const char *text)
{
	char *path = xasprintf("%s/config", bed->dir);
	char *target = xasprintf("ir@host:%d", (int)script);
	const struct reach_ask ask = {.target = target};
	struct ssh_config config;
	struct err err;

	assert_ok(fs_replace(path, bytes_str(text), 0600, &err), err);
	ssh_config_init(&config, us.home, path);
	reach_release(&host->reach);
	assert_ok(reach_make(&us, &config, &ask, &host->reach, &err), err);
	ssh_config_release(&config);
	free(target);
	free(path);
}

static void children_are_told(void **state)
{
	static const struct {
		enum script script;
		const char *config, *told;
	} cases[] = {
		{SCRIPT_TELLS_CONNECT, "", "family 0 from  within 10000 ms"},
		{SCRIPT_TELLS_CONNECT,
		 "AddressFamily inet6\nBindAddress ::1\nConnectTimeout 1m\n",
		 "family 2 from ::1 within 60000 ms"},
		{SCRIPT_TELLS_CONNECT, "AddressFamily inet\nConnectTimeout 0\n",
		 "family 1 from  within 10000 ms"},
		{SCRIPT_TELLS_LINK, "",
		 "ir, hands 15000 ms, alive 5 s, idle 30000 ms, by "
		 "publickey,keyboard-interactive,password"},
		{SCRIPT_TELLS_LINK,
		 "User late\nServerAliveInterval 7\nConnectTimeout 3\n"
		 "PreferredAuthentications password\n",
		 "ir, hands 3000 ms, alive 7 s, idle 21000 ms, by password"},
		{SCRIPT_TELLS_LINK,
		 "ServerAliveInterval 2\nServerAliveCountMax 4\n",
		 "ir, hands 15000 ms, alive 2 s, idle 8000 ms, by "},
	};
	struct bed *bed = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct answers answers = {.yes = true};
		struct job_host_view view;
		struct job_host *host;
		struct job *job = job_for(&host, cases[i].script);

		configure(bed, host, cases[i].script, cases[i].config);
		assert_int_equal(finish(bed, job, &answers, &view), ERR_NET);
		if (strncmp(view.err.msg, cases[i].told,
			    strlen(cases[i].told)) != 0)
			fail_msg("told: %s", view.err.msg);
	}
}

static void nobody_vouches(void **state)
{
	static const struct {
		const char *config;
		enum err_code code;
		unsigned asked;
		const char *how; /* that it is trusted; NULL: it is not */
	} cases[] = {
		{"StrictHostKeyChecking ask\n", ERR_OK, 1, "answered"},
		{"StrictHostKeyChecking yes\n", ERR_HOSTKEY, 0, NULL},
		{"StrictHostKeyChecking accept-new\n", ERR_OK, 0,
		 "StrictHostKeyChecking accept-new of "},
		{"StrictHostKeyChecking no\n", ERR_OK, 0,
		 "StrictHostKeyChecking no of "},
	};
	struct bed *bed = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct answers answers = {.yes = true};
		size_t n = count(&bed->memory, CHANGE_HOST_TRUST);
		struct job_host_view view;
		struct job_host *host;
		struct job *job = job_for(&host, SCRIPT_GOOD);
		const struct change *c;

		job->accept_new_host_keys = false;
		configure(bed, host, SCRIPT_GOOD, cases[i].config);
		assert_int_equal(finish(bed, job, &answers, &view),
				 cases[i].code);
		assert_int_equal(answers.asked, cases[i].asked);
		assert_int_equal(count(&bed->memory, CHANGE_HOST_TRUST),
				 n + (cases[i].how != NULL));
		if (!cases[i].how)
			continue;
		c = last_of(&bed->memory, CHANGE_HOST_TRUST);
		assert_non_null(strstr(c->u.host_key.how, cases[i].how));
		assert_non_null(strstr(c->u.host_key.fingerprint, "SHA256:"));
	}
}

/* The question says what to run on the host, and which authority there is. */
static void the_question_says_how_to_confirm(void **state)
{
	struct bed *bed = *state;
	struct answers no = {.yes = false};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_GOOD);
	char *known = xasprintf("%s/known", bed->dir);
	char *config = xasprintf("UserKnownHostsFile %s\n", known);
	struct err err;

	assert_ok(fs_replace(known,
			     bytes_str("@cert-authority * x a2V5MQ==\n"), 0600,
			     &err),
		  err);
	job->accept_new_host_keys = false;
	configure(bed, host, SCRIPT_GOOD, config);
	assert_int_equal(finish(bed, job, &no, &view), ERR_HOSTKEY);
	assert_int_equal(no.asked, 1);
	assert_true(strncmp(no.last.confirm, "ssh-keygen -lf /etc/ssh/ssh_host_",
			    33) == 0);
	assert_non_null(strstr(no.last.prompt, "/known:1 covers it"));
	assert_non_null(strstr(view.err.msg, no.last.confirm));
	assert_non_null(strstr(view.err.msg, "/known:1 covers it"));
	free(config);
	free(known);
}

/* Each has its own keyring, and none stays that is not needed. */
static void hosts_have_their_own_keys(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {.yes = true};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_SIGN);

	for (size_t i = 1; i < 40; i++)
		add_host(job, SCRIPT_GOOD);
	for (size_t i = 0; i < job->n_hosts; i++) {
		char line[64];

		(void)snprintf(line, sizeof line, "IdentityFile /keys/%zu\n",
			       i);
		configure(bed, &job->hosts[i],
			  i ? SCRIPT_GOOD : SCRIPT_SIGN, line);
	}
	job->fleet.parallel = 4;
	answers.secret = bytes_str("sesame");
	assert_int_equal(finish(bed, job, &answers, &view), ERR_OK);
	assert_int_equal(answers.asked, 1);
	/* and once more, with those that are there and those that are not */
	job = job_for(&host, SCRIPT_GOOD);
	configure(bed, host, SCRIPT_GOOD, "IdentityFile /keys/0\n");
	assert_int_equal(finish(bed, job, &answers, &view), ERR_OK);
}

/* Nobody is let in without a key, and a key file that was named is none. */
static void a_file_without_a_key_is_named(void **state)
{
	struct bed *bed = *state;
	struct answers answers = {.yes = true};
	struct job_host_view view;
	struct job_host *host;
	struct job *job = job_for(&host, SCRIPT_FAULT);

	configure(bed, host, SCRIPT_FAULT, "");
	host->reach.identity = xstrdup("/keys/junk");
	assert_int_equal(finish(bed, job, &answers, &view), ERR_AUTH);
	assert_non_null(
		strstr(view.err.msg, "; /keys/junk is not a private key file"));
}

/* A shell sees names of others where the command has a place for them. */
static void odd_names_are_no_words_of_a_command(void **state)
{
	static const struct {
		const char *config;
		enum err_code code;
	} cases[] = {
		{"User DOM\\joe\nProxyCommand nc %h %p\n", ERR_OK},
		{"User \"a b\"\nProxyCommand nc %%r %h %p\n", ERR_OK},
		{"User DOM\\joe\nProxyJump %r@gate\n", ERR_OK},
		{"User DOM\\joe\nProxyCommand relay %r %h\n", ERR_FORMAT},
		{"User \"a b\"\nProxyCommand relay %%%r\n", ERR_FORMAT},
	};
	const struct reach_ask ask = {.target = "web"};
	struct bed *bed = *state;
	char *path = xasprintf("%s/config", bed->dir);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct ssh_config config;
		struct reach r;
		struct err err;

		assert_ok(fs_replace(path, bytes_str(cases[i].config), 0600,
				     &err),
			  err);
		ssh_config_init(&config, us.home, path);
		if (reach_make(&us, &config, &ask, &r, &err) != cases[i].code)
			fail_msg("%s", cases[i].config);
		reach_release(&r);
		ssh_config_release(&config);
	}
	free(path);
}

int main(void)
{
#define BED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		BED(children_are_told),
		BED(nobody_vouches),
		BED(the_question_says_how_to_confirm),
		BED(hosts_have_their_own_keys),
		BED(a_file_without_a_key_is_named),
		BED(odd_names_are_no_words_of_a_command),
	};

	hash_lib_init();
	return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
