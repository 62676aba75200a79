/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's side of a link, for tests: answers what the link asks by a
 * plan and notes what it says.
 */
#ifndef HALLIGAN_TESTS_SSH_SIM_H
#define HALLIGAN_TESTS_SSH_SIM_H

#include "ssh/harness.h"

#define SIM_KEYS_MAX 8
#define SIM_JUMPS_MAX 32

struct sim {
	/* the plan */
	struct msg_link_start start; /* defaults by sim_init */
	struct msg_link_jump jumps[SIM_JUMPS_MAX]; /* on the way, nearest first */
	size_t n_jumps;
	const char *identity;        /* key file in the fixture */
	const char *agent;           /* SSH_AUTH_SOCK for it */
	bool no_keyring;
	const char *passphrase;     /* for a locked key; NULL: refuse */
	const char *const *answers; /* to passwords, NULL ends */
	bool refuse_host_key;
	struct msg_link_offer offer; /* of the probe, by sim_probe */
	struct bytes forms[PROBE_FORMS];
	size_t probe_cut;      /* stop sending it after so many bytes */
	struct bytes input;    /* for the probe, once it runs */
	enum msg_type stop_at; /* return when this arrives */

	char sha256[65]; /* of probe */
	struct buf gz_form, zst_form;

	/* what happened */
	struct chan link, keyring;
	pid_t link_pid, keyring_pid;
	size_t n_keys;
	char jail[128], system[128], path[256], methods[256], key_type[64];
	struct {
		char text[200];
		uint64_t secret;
		bool echo;
	} prompts[8]; /* the first of them */
	char prompt[128], machine[64], hostname[128];
	char cleared[256]; /* what earlier connections left */
	uint64_t clock_ns, asked_ns;
	char sign_message[300]; /* why there was no signature */
	unsigned n_signs, n_prompts;
	unsigned n_host_keys; /* that were shown, one hop after the other */
	uint64_t last_phase;
	enum probe_form form; /* that the host asked for */
	bool checked, placed, exited;
	uint64_t exit_status;
	struct buf key, output, errors;
	struct err fault; /* ERR_OK: none came */
};

/* fd: the connection, taken. */
void sim_start(struct sim *s, int fd);
void sim_defaults(struct sim *s);
void sim_run(struct sim *s);
/* The link ended by that, in words that have this part. */
void assert_fault(const struct sim *s, enum err_code code, const char *part);
/* Lets go of the children and waits for them; the link's exit status. */
int sim_end(struct sim *s);

/* The probe to be placed, in all forms; sim_probe: a script that stands in
 * for it. The bytes are borrowed. */
void sim_probe_bytes(struct sim *s, struct bytes probe);
void sim_probe(struct sim *s, const char *script);

/* What a probe would write for the engine to hear plain. */
void compress_for_probe(struct bytes plain, struct buf *out);

#endif
