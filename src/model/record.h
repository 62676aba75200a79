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
#define RECORD_DETAIL_MAX  (64u << 10) /* the members of a fact, JSON */
#define RECORD_ID_MAX	   64u /* ids the console gives, hex hashes */

/* How a probe exits that heard nothing from its console for too long and could
 * not say so any more: as sysexits(3) has it, worth another try. */
#define PROBE_EXIT_UNHEARD 75
#define PROBE_WHY_UNHEARD  "console-unheard" /* and where it could */

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
	REC_PLAN = 11,
	REC_PROCESS = 12,
	REC_SOCKET = 13,
	REC_SIGHTING = 14,
	REC_CURSOR = 15,
	REC_CLOCK = 16,
	REC_EVENT = 17,
	REC_ITEM = 18,
	REC_FACT = 19,
	/* console -> probe */
	REQ_RULES = 64,
	REQ_PATH = 65,
	REQ_START = 66,
	REQ_CONTROL = 67, /* the only one after REQ_START */
	REQ_BUDGET = 68,
	REQ_FILTER = 69,
	REQ_GLOB = 70,
	REQ_MEMORY = 71,
	REQ_INDICATOR = 72,
	REQ_CURSOR = 73,
	REQ_ABOUT = 74,
	REQ_MAGIC = 75,
	REQ_HAVE = 76,
	REQ_PATTERN = 77,
	REQ_KNOWN = 78,
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
	struct bytes host_name;  /* whose it is to whoever started it; empty:
				    not said */
	struct bytes machine_id; /* machine-id(5); empty: there is none */
	struct bytes product_id; /* the UUID of the machine itself, which only
				    root may read; empty: not known */
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
	/* Where in an archive at `path`: names joined by "!/". Size and hash
	 * are the member's then, times and owner the archive's. */
	struct bytes member;
	uint64_t same_as; /* seq of a file with the same content (another name
			     of it, or a copy), scanned once; 0: none */
	struct bytes owner; /* user name there, empty when not known */
	/* With content: chunks begin here, since the console has what is
	 * before it, as REQ_HAVE said, and that is the same now. */
	uint64_t from;
	bool known; /* its content is one of REQ_KNOWN: none is sent */
	bool of_any; /* which any host may have brought; no host says so */
	uint64_t packaged; /* whether its path is a package's, if known */
	/* Of a program that no walk could find, at /proc/PID/exe: whose it is,
	 * and what that link says. pid 0: another file. */
	uint64_t pid;
	int64_t start_ns; /* of the process; TIME_UNKNOWN when not known */
	struct bytes exe;
};

enum file_packaged { FILE_PACKAGED_UNKNOWN, FILE_PACKAGED_NO,
		     FILE_PACKAGED_YES };

/* A rule that matched a file. Its strings follow as REC_HIT. */
struct rec_match {
	uint64_t seq;	   /* this stream's number for it, from 1 */
	uint64_t file_seq; /* REC_FILE sent before it; 0: a process */
	struct bytes rule;
	struct bytes ns;	  /* YARA namespace: the rule file's name */
	struct bytes tags;	  /* separated by blanks */
	struct bytes severity;	  /* meta of the rule, empty when it has none */
	struct bytes technique;	  /* meta "attack": T1105, ... */
	struct bytes description; /* meta */
	struct bytes author;	  /* meta */
	struct bytes reference;	  /* meta */
	uint64_t n_hits; /* in all; fewer may be sent */
	uint64_t process_seq; /* REC_PROCESS sent before it; 0: a file */
	struct bytes score;   /* meta "score", decimal; empty when none */
	struct bytes meta;    /* all of it as a JSON object, cut at
				 RECORD_META_MAX between members */
};

/* One matched string of a match. */
struct rec_hit {
	uint64_t match_seq;
	struct bytes identifier; /* "$a" */
	uint64_t offset;	 /* in the file, bytes */
	uint64_t length;	 /* of the match; context may hold less */
	struct bytes context;	 /* bytes around it */
	uint64_t context_offset; /* in the file, of context[0] */
	/* Of a process offsets are addresses, and this is the mapping they
	 * are in, as in /proc/PID/maps: "7f00-7f10 rw-p [heap]". */
	struct bytes region;
};

/* What was (not) looked at. One for each reason and root, or for one path. */
struct rec_coverage {
	struct bytes what;    /* "hunt", "collect" */
	struct bytes outcome; /* "scanned", "collected", "skipped", "failed" */
	struct bytes reason;  /* "", "permission", "pseudo-fs", "size", ... */
	struct bytes path;    /* the root asked for, or the one path */
	uint64_t files;
	uint64_t bytes;
	struct bytes detail; /* more about it, for people; empty: nothing */
};

/* Bytes of a file, in order, without gaps unless coverage says so. */
struct rec_chunk {
	uint64_t file_seq;
	uint64_t offset;
	struct bytes data;
};

/* Why a file that is complete is not as it is there. */
#define RECORD_REDACTED "redacted"

/* The content of a file is whole, or as whole as it gets. */
struct rec_file_end {
	uint64_t file_seq;
	uint64_t size;	     /* bytes sent */
	struct bytes sha256; /* of the bytes sent, hashed on the host */
	bool complete;
	struct bytes reason; /* why not complete, "changed" when it changed
				while it was read; else empty */
	uint64_t redacted;   /* bytes that were secret, and were overwritten */
	struct bytes original; /* then: SHA-256 of what is there */
};

/* At most a few a second. */
struct rec_progress {
	uint64_t files, bytes; /* done so far */
	uint64_t matches;
	struct bytes path; /* being read */
	bool paused;
	uint64_t pace; /* percent of full speed that is allowed now; 0: full */
	struct bytes waiting; /* for people: why nothing is read now; or empty */
	/* Of large files that are under way, not in bytes: what was read of
	 * them, and what they are. */
	uint64_t part, whole;
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

/* What was asked for, before anything is done about it: a bundle says so of
 * itself. */
struct rec_plan {
	struct bytes op;      /* "hunt", "collect", "walk", "triage" */
	struct bytes command; /* as typed, for people */
	struct bytes rules_sha256; /* hex, of the rule set; empty: none */
	uint64_t n_rules;
	struct bytes form; /* of the rules: "source", "compiled" */
	struct bytes root; /* the folder that stood for /; empty: / itself */
};

/* A process that matters: something matched in it, or it holds a socket that
 * did. */
struct rec_process {
	uint64_t seq; /* this stream's number for it, from 1 */
	uint64_t pid, ppid, uid;
	int64_t start_ns; /* TIME_UNKNOWN when not known */
	struct bytes exe; /* path of its program, without " (deleted)" */
	bool exe_deleted; /* that file is gone, or never had a name */
	bool memfd;	  /* it runs from memory */
	struct bytes cmdline; /* arguments, NUL between them */
	struct bytes sha256;  /* of its program; empty when not read */
	uint64_t bytes_read, bytes_skipped; /* of its memory */
	struct bytes detail; /* members of model/fact.h, a JSON object; empty:
				not told */
};

/* A socket that was sighted. */
struct rec_socket {
	uint64_t seq;
	struct bytes proto;	    /* "tcp", "tcp6", "udp", ... */
	struct bytes local, remote; /* "192.0.2.7:443", "[2001:db8::7]:443" */
	struct bytes state;	    /* "established", ... */
	uint64_t uid, inode;
	uint64_t process_seq; /* who holds it; 0: not known */
	struct bytes detail;  /* as a process has it */
};

/* An indicator was seen. One of the three seqs says where. */
struct rec_sighting {
	struct bytes indicator; /* id, as REQ_INDICATOR gave it */
	uint64_t file_seq, process_seq, socket_seq;
	struct bytes context; /* what it was seen in: the path, the hash */
	/* for a stream without a console, as REQ_INDICATOR has them */
	struct bytes kind, value, severity, description;
};

/* Everything up to here was done and sent: where a walk may go on. */
struct rec_cursor {
	uint64_t root; /* number of the REQ_PATH, from 0 */
	struct bytes path;
};

/* What the host's clock showed when a REQ_CONTROL asked. */
struct rec_clock {
	uint64_t asked_ns; /* as that had it */
	int64_t heard_ns, said_ns;
};

/* Something that is so on the host: model/fact.h has the kinds. */
struct rec_fact {
	struct bytes kind;
	struct bytes name;
	struct bytes detail; /* its members, a JSON object */
	uint64_t process_seq; /* whose it is; 0: nobody's */
	uint64_t file_seq; /* the file it is about, or that says it; 0 */
	uint64_t offset, length; /* where that says it, bytes */
};

/* Evidence of the case that a parser reads; only a child of ours says so. */
struct rec_item {
	uint64_t seq; /* in the place of a REC_FILE's */
	struct bytes evidence; /* its id */
	struct bytes path;
	uint64_t size; /* of what the case has */
	int64_t mtime_ns, taken_ns;
	bool known; /* it is not here: only that there is such a file is said */
};

/* Something that a file says happened; a parser read it. */
struct rec_event {
	uint64_t file_seq; /* REC_FILE with content or REC_ITEM before it */
	int64_t time_ns;
	int64_t precision_ns; /* it was in [time_ns, time_ns + precision_ns) */
	struct bytes source;  /* of the time: "utc", "assumed utc, ..." */
	struct bytes desc;    /* timestamp_desc, in plaso's words */
	struct bytes kind;    /* "login", "ssh.failed" */
	struct bytes actor;
	struct bytes message;
	uint64_t offset, length; /* where the file says it, bytes */
};

/* A piece of YARA source. Pieces of one file come in order. */
struct req_rules {
	struct bytes ns;     /* namespace to compile it in */
	struct bytes name;   /* file name for messages */
	struct bytes source; /* piece; the file is whole when `last` */
	bool last;
	bool compiled; /* all rules at once, as libyara saves them */
};

/* A piece of the database that rules with `import "magic"` need. */
struct req_magic {
	struct bytes data; /* as in magic.mgc, magic(5) */
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
	bool walk;		/* send a REC_FILE for every file */
	bool archives;		/* look into archives and compressed files */
	uint64_t archive_depth; /* archives in archives; 0: the probe's own */
	uint64_t archive_bytes; /* unpacked from one, at most; 0: own */
	bool hash;		/* SHA-256 of every file, matched or not */
	uint64_t heard_s; /* end when nothing was heard from the console for
			     so long, which says something more often; 0:
			     only its end of file counts */
	bool triage;	  /* tell the live picture, before any file */
	bool secrets; /* collecting: what is secret, too */
};

/* ALIVE asks for nothing. */
enum control {
	CONTROL_PAUSE = 1,
	CONTROL_RESUME,
	CONTROL_SLOWER,
	CONTROL_FASTER,
	CONTROL_ALIVE,
};

struct req_control {
	uint64_t action; /* enum control */
	uint64_t asked_ns; /* of the console's clock: REC_CLOCK is wanted; 0 */
};

/* What the host can spare. 0: the probe's own choice. */
struct req_budget {
	uint64_t cpu_percent;	/* of one CPU, all scanners together */
	uint64_t read_bytes_s;	/* read from disk */
	uint64_t memory_bytes;	/* resident, beside the compiled rules */
	uint64_t load_centi;	/* wait while the load is over this / 100 */
	uint64_t file_timeout_s; /* scanning one file */
};

/* Which files; all conditions hold together. 0 and TIME_UNKNOWN: any. */
struct req_filter {
	uint64_t min_size;
	int64_t mtime_from_ns, mtime_until_ns;
	int64_t ctime_from_ns, ctime_until_ns;
	bool has_uid;
	uint64_t uid;
	uint64_t mode_any; /* one of these permission bits is set */
	bool one_fs;	   /* do not enter other file systems */
	uint64_t packaged; /* enum packaged */
	struct bytes owner; /* user name, looked up there; empty: any */
};

enum packaged { PACKAGED_ANY, PACKAGED_NO, PACKAGED_YES };

enum glob_use { GLOB_INCLUDE = 1, GLOB_EXCLUDE, GLOB_EXTENSION };

/* Of whole paths: `*` stays within a folder, `**` does not. An extension is
 * without its dot. With includes or extensions, one of them must match. */
struct req_glob {
	uint64_t use; /* enum glob_use */
	struct bytes pattern;
};

/* What is done with a file that a pattern names. */
enum pattern_use { PATTERN_CONTENT = 1, PATTERN_METADATA, PATTERN_HASH };

/* What does not leave the host unless secrets are asked for. */
enum req_secrecy {
	SECRECY_NONE,
	SECRECY_HASHES,	  /* of passwords, as shadow(5) has them; their kind
			     and all else does */
	SECRECY_KEY,	  /* a private key; what is public of it does */
	SECRECY_METADATA, /* the bytes, whatever they are */
	N_SECRECIES
};

#define ZONE_LINK     "/etc/localtime" /* keeps its name where it is a link */
#define ZONE_LINK_MAX 65536 /* bytes of it, at most */

/*
 * Files by where they lie, from / or, behind a ~, from each home of that
 * host. By segments: `*`, `?` and `[a-z]` within one, `**N` alone in one is
 * 1 to N folders. Only what some pattern names is looked at.
 */
struct req_pattern {
	uint64_t use; /* enum pattern_use */
	struct bytes pattern;
	uint64_t max_size; /* 0: no cap of its own */
	uint64_t secrecy;  /* enum req_secrecy */
	uint64_t mode_any; /* one of these permission bits is set; 0: any */
	struct bytes exclude; /* globs as in REQ_GLOB, a line each */
};

/*
 * Files of this host whose content the console has: for each its size and the
 * first bytes of its SHA-256, both big-endian. Of other hosts' only when the
 * responder said so, since a host can ask by it what was found elsewhere.
 */
#define KNOWN_HASH_LEN 8u
#define KNOWN_LEN      (8u + KNOWN_HASH_LEN)

struct req_known {
	struct bytes list;
};

/* Scan the memory of processes, too. */
struct req_memory {
	uint64_t pid;	  /* one; 0: all */
	bool only;	  /* no files */
	bool file_backed; /* also what is unchanged since it was mapped */
	uint64_t process_bytes; /* of one process, at most; 0: own */
	uint64_t total_bytes;	/* of all; 0: own */
};

/* Something to look for beside the rules. */
struct req_indicator {
	struct bytes id;
	struct bytes kind; /* "filename", "path", "md5", "sha1", "sha256",
			      "size", "ip", "domain" */
	struct bytes value;
	struct bytes severity, description;
	struct bytes exclude; /* a pattern; paths it is in are not meant */
};

/* Go on behind it. */
struct req_cursor {
	uint64_t root;
	struct bytes path;
};

/*
 * What the console has of a file that a cut collection brought it: nobody
 * needs to send that again if the file is still the same one.
 */
struct req_have {
	struct bytes path;
	uint64_t size, ino, dev; /* as they were */
	int64_t mtime_ns, ctime_ns;
	uint64_t bytes;	     /* from its begin */
	struct bytes sha256; /* of those */
	bool whole;	     /* and that was all, end and hash included */
};

/* For REC_PLAN. */
struct req_about {
	struct bytes command;
	struct bytes rules_sha256;
	struct bytes root; /* looked at in place of / */
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
		struct rec_plan plan;
		struct rec_process process;
		struct rec_socket socket;
		struct rec_sighting sighting;
		struct rec_cursor cursor;
		struct rec_clock clock;
		struct rec_event event;
		struct rec_item item;
		struct rec_fact fact;
		struct req_rules rules;
		struct req_path req_path;
		struct req_start start;
		struct req_control control;
		struct req_budget budget;
		struct req_filter filter;
		struct req_glob glob;
		struct req_memory memory;
		struct req_indicator indicator;
		struct req_cursor req_cursor;
		struct req_have have;
		struct req_pattern pattern;
		struct req_known known;
		struct req_about about;
		struct req_magic magic;
	} u;
};

#endif
