/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options for the table of commands alone: those that several commands take,
 * so that what is said the same way means the same everywhere, and those that
 * would fill the table.
 */
#ifndef HALLIGAN_APP_COMMAND_OPTIONS_H
#define HALLIGAN_APP_COMMAND_OPTIONS_H

#include "app/command.h"

#define OPT_HOST                                                   \
	{.name = "host",                                           \
	 .kind = OPTION_TEXT,                                      \
	 .value = "NAME",                                          \
	 .help = "Only what is about this host."}
#define OPT_RUN                                                    \
	{.name = "run",                                            \
	 .kind = OPTION_TEXT,                                      \
	 .value = "ID",                                            \
	 .help = "Only what this run brought; the last digits of its id do."}
#define OPT_LIMIT                                                  \
	{.name = "limit",                                          \
	 .letter = 'n',                                            \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "N",                                             \
	 .help = "Print at most N rows."}
#define OPT_REVERSE                                                \
	{.name = "reverse",                                        \
	 .letter = 'r',                                            \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Print the last row first."}
#define OPT_STACK                                                  \
	{.name = "stack",                                          \
	 .kind = OPTION_FLAG,                                      \
	 .help = "One row for what is the same on several hosts, with how " \
		 "many and which, the rarest first; --json names them all."}
#define OPT_ROOT                                                   \
	{.name = "root",                                           \
	 .kind = OPTION_TEXT,                                      \
	 .value = "DIR",                                           \
	 .help = "Look at DIR on this machine, such as a mounted image, " \
		 "as the host that --host names; nothing is connected."}, \
	{.name = "host",                                           \
	 .kind = OPTION_TEXT,                                      \
	 .value = "NAME",                                          \
	 .help = "With --root: the host that DIR is of; added when new."}
#define OPT_OUTPUT                                                 \
	{.name = "output",                                         \
	 .letter = 'o',                                            \
	 .kind = OPTION_TEXT,                                      \
	 .value = "FILE",                                          \
	 .help = "Write to FILE (whole or not at all, mode 0600), or to " \
		 "standard output for -."}
#define OPT_ALL                                                    \
	{.name = "all",                                            \
	 .letter = 'a',                                            \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Work on all hosts of the case."}
/* Which hosts: the names of app/select_words.c. */
#define OPT_SELECT                                                 \
	{.name = "tag",                                            \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "TAG",                                           \
	 .help = "Only hosts with this tag; of several, any."},    \
	{.name = "group",                                          \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "GROUP",                                         \
	 .help = "Only hosts of this group; of several, any."},    \
	{.name = "failed",                                         \
	 .kind = OPTION_RUN,                                       \
	 .value = "[RUN]",                                         \
	 .help = "Only hosts that failed in RUN, or last where that was taken " \
		 "up; of the last run when none is named. --failed=ID takes " \
		 "any id."},                                       \
	{.name = "not-done",                                       \
	 .kind = OPTION_RUN,                                       \
	 .value = "[RUN]",                                         \
	 .help = "Only hosts of RUN that neither it nor what took it up did, " \
		 "or in part only."}
#define OPT_ACCEPT                                                 \
	{.name = "accept-new-host-keys",                           \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Trust hosts seen for the first time without a question; " \
		 "each is recorded. A changed key is refused all the same."}, \
	{.name = "share-password",                                 \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Ask for a password once for all hosts that want the " \
		 "same one: of this user, or for sudo, su or doas. One " \
		 "host tries it before the others get it."},       \
	{.name = "no-probe",                                       \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Put no program on the hosts: their own shells read " \
		 "what is wanted, which this machine then looks at " \
		 "(shell mode; also used by itself where no probe runs)."}
#define OPT_SSH_CONFIG                                             \
	{.name = "ssh-config",                                     \
	 .letter = 'F',                                            \
	 .kind = OPTION_TEXT,                                      \
	 .value = "FILE",                                          \
	 .help = "Read FILE in place of ~/.ssh/config and "        \
		 "/etc/ssh/ssh_config; none reads neither."}
#define OPT_ESCALATE                                               \
	{.name = "sudo",                                           \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Become root there by sudo; its password is asked for when " \
		 "it wants one."},                                 \
	{.name = "su",                                             \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Become root there by su."},                      \
	{.name = "doas",                                           \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Become root there by doas."}
#define OPT_DEFINITIONS                                            \
	{.name = "definitions",                                    \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "PATH",                                          \
	 .help = "Beside halligan's own: a file or folder of "     \
		 "ForensicArtifacts definitions (YAML) or UAC artifacts."}
#define OPT_ARTIFACTS                                              \
	{.name = "artifact",                                       \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "NAME",                                          \
	 .help = "What this artifact is on a host; see `artifact " \
		 "list`. Homes are those of the host's accounts."}, \
	{.name = "profile",                                        \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "NAME",                                          \
	 .help = "All artifacts of a profile: quick, triage, full, " \
		 "logs, web or persistence."},                     \
	OPT_DEFINITIONS
#define OPT_SHARE_KNOWN                                            \
	{.name = "share-known",                                    \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Do not have sent again what any host brought, not " \
		 "only what this one did: it spares the way, and tells " \
		 "each host which files were found on others."}
#define OPT_SECRETS                                                \
	{.name = "with-secrets",                                   \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Also take hashes of passwords, private keys and " \
		 "tokens, which are overwritten by themselves, " \
		 "wherever they are; the audit log has it."}
#define OPT_JUMP                                                   \
	{.name = "jump",                                           \
	 .letter = 'J',                                            \
	 .kind = OPTION_TEXT,                                      \
	 .value = "SERVERS",                                       \
	 .help = "Go through SERVERS ([user@]host[:port], between " \
		 "commas, the nearest first); none: straight there."}
/* How hosts are reached, and as whom. */
#define OPT_REACH OPT_ACCEPT, OPT_SSH_CONFIG, OPT_JUMP, OPT_ESCALATE
#define OPT_PARALLEL                                               \
	{.name = "parallel",                                       \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "N",                                             \
	 .help = "Work on at most N hosts at once, 1 to 256 (32)."},      \
	{.name = "canary",                                         \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "N",                                             \
	 .help = "Do the first N of the hosts first, in the order of " \
		 "`host list`; then ask, or without a terminal go on " \
		 "when none of them failed."},                     \
	{.name = "canary-go",                                      \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Do not ask after the canaries: go on when none of " \
		 "them failed."},                                  \
	{.name = "max-failures",                                   \
	 .kind = OPTION_TEXT,                                      \
	 .value = "N",                                             \
	 .help = "Begin no more hosts once N, or N% of them, have " \
		 "failed; those at work may finish."},             \
	{.name = "retry",                                          \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "N",                                             \
	 .help = "Try a host again up to N times that could not be " \
		 "reached; a refused key or login is not tried again."}, \
	{.name = "rate",                                           \
	 .kind = OPTION_SIZE,                                      \
	 .value = "SIZE",                                          \
	 .help = "Move at most SIZE (such as 500K) a second over the " \
		 "network, to and from each host."},               \
	{.name = "total-rate",                                     \
	 .kind = OPTION_SIZE,                                      \
	 .value = "SIZE",                                          \
	 .help = "The same for all hosts together, each in its turn."}, \
	{.name = "reconnect",                                      \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "N",                                             \
	 .help = "Reconnect up to N times in a row to a host that was cut " \
		 "off, and go on where it was (3; 0: not at all)."}
#define OPT_MAX_SIZE                                               \
	{.name = "max-size",                                       \
	 .kind = OPTION_SIZE,                                      \
	 .value = "SIZE",                                          \
	 .help = "Skip files larger than SIZE (such as 64M); coverage says " \
		 "which."}
#define OPT_CARE                                                   \
	{.name = "cpu",                                            \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "PERCENT",                                       \
	 .help = "Use at most this share of one CPU of a host."},  \
	{.name = "read-rate",                                      \
	 .kind = OPTION_SIZE,                                      \
	 .value = "SIZE",                                          \
	 .help = "Read at most SIZE (such as 10M) a second."},     \
	{.name = "memory-limit",                                   \
	 .kind = OPTION_SIZE,                                      \
	 .value = "SIZE",                                          \
	 .help = "Leave hosts alone that have less memory than "   \
		 "SIZE to spare (150M)."},                         \
	{.name = "max-load",                                       \
	 .kind = OPTION_TEXT,                                      \
	 .value = "LOAD",                                          \
	 .help = "Wait while the load of a host is over LOAD, "    \
		 "such as 2.5."},                                  \
	{.name = "file-timeout",                                   \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "SECONDS",                                       \
	 .help = "Scan no file for longer than this (60)."},       \
	{.name = "deadline",                                       \
	 .kind = OPTION_NUMBER,                                    \
	 .value = "SECONDS",                                       \
	 .help = "Stop on each host after this long, paused or not."}
/* How many at once, where else, and at what cost. */
#define OPT_WORK OPT_PARALLEL, OPT_ROOT, OPT_CARE
#define OPT_PATH                                                   \
	{.name = "path",                                           \
	 .letter = 'p',                                            \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "PATH",                                          \
	 .help = "File or folder on the hosts, with all below it."}
#define OPT_CONTENT \
	{.name = "context", .kind = OPTION_NUMBER, .value = "N", \
	 .help = "Keep N bytes either side of a matched string, 32 (when " \
		 "none is given) to 256."}, \
	{.name = "archives", .kind = OPTION_FLAG, \
	 .help = "Look into archives and compressed files: tar, zip, gz, " \
		 "xz, zst, bz2; with indicators too."}, \
	{.name = "archive-depth", .kind = OPTION_NUMBER, .value = "N", \
	 .help = "Look into archives in archives down to N, 1 to 16 (2)."}, \
	{.name = "archive-bytes", .kind = OPTION_SIZE, .value = "SIZE", \
	 .help = "Unpack at most SIZE of one file (256M)."}
#define OPT_DIR                                                    \
	{.name = "dir",                                            \
	 .letter = 'd',                                            \
	 .kind = OPTION_TEXT,                                      \
	 .value = "DIR",                                           \
	 .help = "Folder of the practice hosts; must be new or empty for up."}
#define OPT_CHANGED_ONLY                                           \
	{.name = "changed-only",                                   \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Print what is new, changed or gone since the last run of " \
		 "the same hunt on the same host, and nothing else."}
/* Which files: the rows of model/filter.c. */
#define OPT_FILTERS                                                \
	{.name = "min-size",                                       \
	 .kind = OPTION_SIZE,                                      \
	 .value = "SIZE",                                          \
	 .help = "Only files of SIZE or larger."},                 \
	{.name = "mtime-after",                                    \
	 .kind = OPTION_TEXT,                                      \
	 .value = "TIME",                                          \
	 .help = "Only files modified at TIME or later: 2026-11-21 " \
		 "(UTC), 2026-11-21T22:14:05Z, or 7d (ago; m, h, d, w)."}, \
	{.name = "mtime-before",                                   \
	 .kind = OPTION_TEXT,                                      \
	 .value = "TIME",                                          \
	 .help = "Only files last modified before TIME."},         \
	{.name = "ctime-after",                                    \
	 .kind = OPTION_TEXT,                                      \
	 .value = "TIME",                                          \
	 .help = "Only files whose metadata changed at TIME or later; " \
		 "unlike mtime it cannot be set."},                \
	{.name = "ctime-before",                                   \
	 .kind = OPTION_TEXT,                                      \
	 .value = "TIME",                                          \
	 .help = "Only files whose metadata last changed before TIME."}, \
	{.name = "owner",                                          \
	 .kind = OPTION_TEXT,                                      \
	 .value = "USER",                                          \
	 .help = "Only files of this user: an id, or a name of the host's " \
		 "own passwd(5)."},                                \
	{.name = "mode",                                           \
	 .kind = OPTION_TEXT,                                      \
	 .value = "BITS",                                          \
	 .help = "Only files with one of these permission bits: octal, or " \
		 "setuid, setgid, sticky, world-writable, group-writable, " \
		 "executable, with commas between them."},         \
	{.name = "ext",                                            \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "EXT",                                           \
	 .help = "Only files with this extension, in capitals or not."}, \
	{.name = "include",                                        \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "GLOB",                                          \
	 .help = "Only files whose path matches: * stays within a folder, " \
		 "** does not; without a slash in front it may begin in " \
		 "any folder."},                                   \
	{.name = "exclude",                                        \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "GLOB",                                          \
	 .help = "Skip files whose path matches, and folders with all in " \
		 "them."},                                         \
	{.name = "one-fs",                                         \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Stay on the file system of each path."},         \
	{.name = "packaged",                                       \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Only files that belong to packages of dpkg, apk or " \
		 "pacman."},                                       \
	{.name = "not-packaged",                                   \
	 .kind = OPTION_FLAG,                                      \
	 .help = "Only files that belong to none."}
#define OPT_CHECKS                                                 \
	{.name = "checks",                                         \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "PATH",                                          \
	 .help = "Also the checks of this file or folder; one with the " \
		 "id of one that comes along takes its place."}
#define OPT_FACT_KIND                                              \
	{.name = "kind", .kind = OPTION_TEXT, .value = "KIND",     \
	 .help = "Only facts of that kind: module, mount, cron..."}
#define OPT_OLD                                                    \
	{.name = "old", .kind = OPTION_FLAG,                       \
	 .help = "Also those that a later triage, or a later copy of " \
		 "their file, took the place of."}
#define OPT_BASELINE                                               \
	{.name = "baseline",                                       \
	 .kind = OPTION_TEXT,                                      \
	 .value = "HOST|CASE",                                     \
	 .help = "What this host, or any host of this case file, has too " \
		 "is quiet: only what differs is to alarm."}
#define OPT_KNOWN                                                  \
	{.name = "known",                                          \
	 .kind = OPTION_TEXT,                                      \
	 .repeats = true,                                          \
	 .value = "FILE",                                          \
	 .help = "Files whose SHA-256 this list has, as sha256sum prints " \
		 "them, are quiet, too."}
#define OPT_EXCLUSION \
	{.name = "rule", .kind = OPTION_TEXT, .value = "RULE", \
	 .help = "What this rule finds."}, \
	{.name = "sha256", .kind = OPTION_TEXT, .value = "HASH", \
	 .help = "Files with this content."}, \
	{.name = "path", .kind = OPTION_TEXT, .value = "GLOB", \
	 .help = "Files with such a path: * and ? stay within a folder, ** " \
		 "does not."}, \
	{.name = "host", .kind = OPTION_TEXT, .value = "NAME", \
	 .help = "On this host only."}, \
	{.name = "by-path", .kind = OPTION_FLAG, \
	 .help = "Take the finding's path, whatever the file holds, not its " \
		 "hash."}, \
	{.name = "reason", .kind = OPTION_TEXT, .value = "TEXT", \
	 .help = "Why it is harmless; it must be given."}
#define OPT_INDICATOR \
	{.name = "severity", .kind = OPTION_TEXT, .value = "SEVERITY", \
	 .help = "info, low, medium (when none is given), high, critical, or " \
		 "a score of 0 to 100."}, \
	{.name = "technique", .kind = OPTION_TEXT, .value = "ID", \
	 .help = "ATT&CK technique it points to, such as T1105."}, \
	{.name = "description", .kind = OPTION_TEXT, .value = "TEXT", \
	 .help = "What it stands for."}, \
	{.name = "source", .kind = OPTION_TEXT, .value = "TEXT", \
	 .help = "Where it comes from."}, \
	{.name = "valid-from", .kind = OPTION_TEXT, .value = "TIME", \
	 .help = "Hunts before this date or time do not look for it."}, \
	{.name = "valid-until", .kind = OPTION_TEXT, .value = "TIME", \
	 .help = "Hunts after this date or time do not look for it."}
#define OPT_END {.name = NULL}

#define OPT_AS                                                                 \
	{.name = "as", .kind = OPTION_TEXT, .value = "PARSER",                 \
	 .help = "What files are that are no bundles: parser list has which. " \
		 "Their content tells otherwise."}
#define OPT_ZONE                                                               \
	{.name = "zone", .kind = OPTION_TEXT, .value = "ZONE",                 \
	 .help = "Of times in them that are local: Europe/Berlin, or +02:00. " \
		 "Otherwise it is the zone that the host's /etc/localtime or " \
		 "/etc/timezone has, else the --zone given for it last, else " \
		 "UTC; each event says which."}

#endif
