/* SPDX-License-Identifier: Apache-2.0 */
/* The engine's children, played: what each says to it is a script. */
#ifndef HALLIGAN_TESTS_UNIT_JOB_FAKES_H
#define HALLIGAN_TESTS_UNIT_JOB_FAKES_H

#include "base/wait.h"
#include "base/zygote.h"

enum script {
	SCRIPT_GOOD = 1, /* hello, one coverage, done */
	SCRIPT_PARTIAL,	 /* a path failed */
	SCRIPT_FLOOD,	 /* 3000 coverage records */
	SCRIPT_GARBAGE,	 /* no CBOR at all */
	SCRIPT_NO_HELLO,
	SCRIPT_DIES,	  /* in the middle */
	SCRIPT_NO_DONE,	  /* ends without its last record */
	SCRIPT_FAULT,	  /* the link fails: authentication */
	SCRIPT_SIGN,	  /* wants a signature first */
	SCRIPT_PASSWORD,  /* wants a password first: hunter2, in 3 tries */
	SCRIPT_OWN_PASSWORD, /* the same: its-own */
	SCRIPT_CODE,	  /* wants hunter2, which it calls a code */
	SCRIPT_HANGS,	  /* runs until it is cancelled */
	SCRIPT_AFTER_DONE, /* records after the last one */
	SCRIPT_OTHER_RULES, /* plans to use rules it was not sent */
	SCRIPT_CLOCK,	   /* says five times what its clock shows */
	SCRIPT_TELLS_TIME, /* says it without being asked */
	SCRIPT_INVENTS,	   /* a match of a rule it was not sent */
	SCRIPT_VAX,	   /* a machine there is no probe for */
	SCRIPT_ARM,	   /* another machine than all the others */
	SCRIPT_STEERED,	   /* says back what it is told; faster: done */
	SCRIPT_LISTENS,	   /* floods, and dies when it hears nothing */
	SCRIPT_RESUMES,	   /* wants a cursor before anything else */
	SCRIPT_REFUSED,	   /* no connection, ever */
	SCRIPT_FLAKY,	   /* no connection twice, then one */
	SCRIPT_CUT,	   /* cut off behind a cursor; the next goes on */
	SCRIPT_CUT_OFTEN,  /* cut off with no step forward, always */
	SCRIPT_CUT_DONE,   /* cut off behind its last record */
	SCRIPT_CUT_CHANGED, /* cut off; another host key after that */
	SCRIPT_TELLS_CONNECT, /* fails with what connect was told */
	SCRIPT_TELLS_LINK,    /* fails with what the link was told */
};

/* In the order of enum child_kind_index, but for the rule compiler. */
#define JOB_FAKES 3
extern const struct child_kind job_fakes[JOB_FAKES];

size_t fake_flood_len(void); /* bytes that SCRIPT_FLOOD sends */

/* Of SCRIPT_CLOCK: its clock minus ours. */
#define FAKE_CLOCK_NS (3600 * NS_PER_S)

#define FAKE_HOST_KEY_LEN 23
extern const uint8_t fake_host_key[FAKE_HOST_KEY_LEN];

/* Logins with a wrong one, so far. */
unsigned fake_wrong_passwords(void);

/* Before the zygote: what its children count in common. */
void fake_prepare(void);

/* Lays out probes of their own for x86_64 and armhf in a folder: small texts,
 * FAKE_PROBE and the architecture. */
#define FAKE_PROBE "a probe for "
void fake_bundle(const char *dir);
/* One of them: halligan-probe-NAME.zst, and what it unpacks to. */
void fake_packed(const char *dir, const char *name, const char *plain);

/* How long a test waits for what should come at once. */
struct deadline patience(void);

#endif
