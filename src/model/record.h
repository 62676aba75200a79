/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records: what the probe says about a host and what it is asked. One stream
 * format for live SSH, offline bundles and tests; wire/ turns them into CBOR
 * and back. Every integer is 64 bits wide and every string is bytes, so that
 * one table per record describes it whole. Byte members are borrowed from
 * whoever made the record. Ids and field keys are stored in bundles: only add.
 */
#ifndef HALLIGAN_MODEL_RECORD_H
#define HALLIGAN_MODEL_RECORD_H

#include "base/base.h"
#include "base/bytes.h"

#define RECORD_VERSION	   1
#define RECORD_PATH_MAX	   (64u << 10)
#define RECORD_CHUNK_MAX   (256u << 10) /* file bytes in one record */
#define RECORD_CONTEXT_MAX 256u	    /* bytes either side of a match */
#define RECORD_MATCH_MAX   512u	    /* bytes of a match in its context */
#define RECORD_WORD_MAX	   1024u    /* words, names, short meta values */
#define RECORD_META_MAX	   4096u    /* long meta values, messages */
#define RECORD_RULES_MAX   (512u << 10) /* rule source in one record */
#define RECORD_BODY_MAX	   (768u << 10) /* encoded record, whole */

enum rec_type {
	/* probe -> console */
	REC_HELLO = 1,
	REC_FILE = 2,
	REC_MATCH = 3,
	REC_HIT = 4,
	REC_COVERAGE = 5,
	REC_CHUNK = 6,
	REC_FILE_END = 7,
	REC_PROGRESS = 8,
	REC_DONE = 9,
	REC_FAULT = 10,
	/* console -> probe */
	REQ_RULES = 64,
	REQ_PATH = 65,
	REQ_START = 66,
};

/* First record of a stream: who speaks. */
struct rec_hello {
	uint64_t version;      /* RECORD_VERSION */
	struct bytes program;  /* "halligan-probe 0.1.0" */
	struct bytes engine;   /* "libyara 4.2.3" */
	struct bytes os;       /* uname -s, -r joined by a space */
	struct bytes arch;     /* uname -m */
	struct bytes hostname; /* uname -n */
	uint64_t uid;	       /* effective */
	uint64_t pid;
	int64_t clock_ns;      /* the host's wall clock when this was made */
	bool unlinked;	       /* its own file is gone (or never was one) */
};

/* A file that matters: it matched, or its content follows. */
struct rec_file {
	uint64_t seq; /* this stream's number for it, from 1 */
	struct bytes path;
	uint64_t mode; /* st_mode, type included */
	uint64_t uid, gid, nlink, ino, dev;
	uint64_t size;
	int64_t mtime_ns, atime_ns, ctime_ns;
	int64_t btime_ns;    /* TIME_UNKNOWN when the host gives none */
	struct bytes sha256; /* of what was read; empty when not hashed */
	bool changed;	     /* size or mtime differed after reading */
	bool content;	     /* chunks follow, then REC_FILE_END */
};

/* A rule that matched a file. Its strings follow as REC_HIT. */
struct rec_match {
	uint64_t seq;	   /* this stream's number for it, from 1 */
	uint64_t file_seq; /* REC_FILE sent before it */
	struct bytes rule;
	struct bytes ns;	  /* YARA namespace: the rule file's name */
	struct bytes tags;	  /* separated by blanks */
	struct bytes severity;	  /* meta of the rule, empty when it has none */
	struct bytes technique;	  /* meta "attack": T1105, ... */
	struct bytes description; /* meta */
	struct bytes author;	  /* meta */
	struct bytes reference;	  /* meta */
	uint64_t n_hits; /* in all; fewer may be sent */
};

/* One matched string of a match. */
struct rec_hit {
	uint64_t match_seq;
	struct bytes identifier; /* "$a" */
	uint64_t offset;	 /* in the file, bytes */
	uint64_t length;	 /* of the match; context may hold less */
	struct bytes context;	 /* bytes around it */
	uint64_t context_offset; /* in the file, of context[0] */
};

/* What was (not) looked at. One for each reason and root, or for one path. */
struct rec_coverage {
	struct bytes what;    /* "hunt", "collect" */
	struct bytes outcome; /* "scanned", "collected", "skipped", "failed" */
	struct bytes reason;  /* "", "permission", "pseudo-fs", "size", ... */
	struct bytes path;    /* the root asked for, or the one path */
	uint64_t files;
	uint64_t bytes;
};

/* Bytes of a file, in order, without gaps unless coverage says so. */
struct rec_chunk {
	uint64_t file_seq;
	uint64_t offset;
	struct bytes data;
};

/* The content of a file is whole, or as whole as it gets. */
struct rec_file_end {
	uint64_t file_seq;
	uint64_t size;	     /* bytes sent */
	struct bytes sha256; /* of the bytes sent, hashed on the host */
	bool complete;
	struct bytes reason; /* why not complete, "changed" when it changed
				while it was read; else empty */
};

/* At most a few a second. */
struct rec_progress {
	uint64_t files, bytes; /* done so far */
	uint64_t matches;
	struct bytes path; /* being read */
};

/* Last record: what was asked has been done. */
struct rec_done {
	uint64_t files, bytes, matches, skipped;
	int64_t clock_ns; /* the host's wall clock */
	uint64_t cpu_ns;  /* used on the host */
	uint64_t rss_bytes;
	bool complete; /* false: stopped by a limit or a cancel */
	struct bytes reason;
};

/* The probe cannot go on; nothing follows. */
struct rec_fault {
	struct bytes code; /* err_name() */
	struct bytes message;
};

/* A piece of YARA source. Pieces of one file come in order. */
struct req_rules {
	struct bytes ns;     /* namespace to compile it in */
	struct bytes name;   /* file name for messages */
	struct bytes source; /* piece; the file is whole when `last` */
	bool last;
};

struct req_path {
	struct bytes path;
};

/* Everything was sent: begin. */
struct req_start {
	bool scan;    /* match the rules against the files */
	bool collect; /* send the files' bytes */
	uint64_t context;	/* bytes either side of a match */
	uint64_t max_file_size; /* larger files are skipped; 0: no limit for
				   collecting, the probe's own for scanning */
	uint64_t deadline_s;	/* wall time for all of it; 0: none */
	uint64_t threads;	/* scanners; 0: the probe chooses */
};

/* A record of any kind. */
struct record {
	enum rec_type type;
	union {
		struct rec_hello hello;
		struct rec_file file;
		struct rec_match match;
		struct rec_hit hit;
		struct rec_coverage coverage;
		struct rec_chunk chunk;
		struct rec_file_end file_end;
		struct rec_progress progress;
		struct rec_done done;
		struct rec_fault fault;
		struct req_rules rules;
		struct req_path req_path;
		struct req_start start;
	} u;
};

#endif
