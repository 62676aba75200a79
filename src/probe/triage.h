/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The live picture of a host: sources in the order of how fast they change,
 * each looked at within a time of its own. One that hangs costs its own row
 * of coverage and is left behind; what it says later is not heard.
 */
#ifndef HALLIGAN_PROBE_TRIAGE_H
#define HALLIGAN_PROBE_TRIAGE_H

#include "base/base.h"
#include "base/hash.h"
#include "base/time.h"
#include "probe/mounts.h"
#include "probe/packages.h"
#include "probe/socktable.h"
#include "probe/tell.h"

/* A process that was told of, for those who come later. */
struct seen_process {
	uint64_t pid, seq;
	char *exe, *cgroup, *note; /* note: its command line, shown */
};

/* A program's file, hashed once. */
struct seen_program {
	uint64_t dev, ino, size;
	int64_t ctime_ns;
	uint8_t sha256[SHA256_LEN];
	const char *kind; /* "elf", "script", "go", "upx"; "" */
	bool hashed;
};

/* A program of eBPF in somebody's hands. */
struct seen_bpf {
	uint64_t id, pid;
};

/* What sources share. Of who runs them, and of each thread that was lost. */
struct triage {
	atomic_uint owners_left;
	struct top top;
	bool is_image, with_secrets;
	bool is_fed; /* a shell tells of another host: nothing here is asked */
	struct packages packages;
	bool has_packages; /* databases were read, all that there are */
	struct mounts mounts;
	struct socktable sockets;
	struct seen_process *processes;
	size_t n_processes;
	struct seen_program *programs;
	size_t n_programs;
	struct seen_bpf *bpf;
	size_t n_bpf;
};

struct triage_source {
	const char *name;
	void (*look)(struct tell *t);
	unsigned seconds; /* that it may work */
	bool in_images;	  /* it is about files */
	bool steps;	  /* where it hangs another goes on behind it */
	bool always;	  /* others rest on it */
};

extern const struct triage_source triage_sources[];
extern const size_t n_triage_sources;

const struct triage_source *triage_source_find(const char *name); /* or NULL */

/* All of them, or those that the plan names. What they learned is kept with
 * the run for the files that are taken behind them. */
void triage_run(struct run *run);
void triage_release(struct run *run);

/* enum file_packaged */
uint64_t triage_file_packaged(const struct run *run, struct bytes path);

/* The row of coverage of a source: why it was not told, or "". */
void triage_say(struct run *run, const char *source, const char *why,
		uint64_t told);

/* Whether the path is a package's; false too where nobody can tell. */
bool triage_packaged(const struct tell *t, struct bytes path);

const struct seen_process *triage_process(const struct triage *t,
					  uint64_t pid);

/* ---- the sources: triage_X.c ---- */

void look_clock(struct tell *t);
void look_time_zone(struct tell *t);
void look_package_lists(struct tell *t);
void look_processes(struct tell *t);
void look_sockets(struct tell *t);
void look_sessions(struct tell *t);
void look_modules(struct tell *t);
void look_kernel(struct tell *t);
void look_mounts(struct tell *t);
void look_interfaces(struct tell *t);
void look_routes(struct tell *t);
void look_neighbours(struct tell *t);
void look_neighbours6(struct tell *t); /* the rest of them */
void look_bpf(struct tell *t);
void look_firewall(struct tell *t);
void look_containers(struct tell *t);
void look_kernel_log(struct tell *t);
void look_views(struct tell *t);
void look_path(struct tell *t);
void look_histories(struct tell *t);
void look_logs(struct tell *t);
void look_odd_files(struct tell *t);
void look_packages(struct tell *t);
void look_changed_files(struct tell *t);
void look_unpackaged(struct tell *t);

#endif
