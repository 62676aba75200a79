/* SPDX-License-Identifier: Apache-2.0 */
/* The options that commands have, a list for each kind of command. */
#include "base/base.h"

#include "app/command.h"
#include "app/command_lists.h"
#include "app/command_options.h"

const struct option_spec global_options[] = {
	{.name = "case", .letter = 'C', .kind = OPTION_TEXT, .value = "CASE",
	 .help = "The case file to work on."},
	{.name = "json", .kind = OPTION_FLAG,
	 .help = "Print data as JSON, one object a line."},
	{.name = "no-color", .kind = OPTION_FLAG,
	 .help = "Print without colour or bold; NO_COLOR does the same."},
	{.name = "no-input", .kind = OPTION_FLAG,
	 .help = "Ask nothing: what needs an answer is refused."},
	{.name = "quiet", .letter = 'q', .kind = OPTION_FLAG,
	 .help = "Print errors and data only."},
	{.name = "log", .letter = 'v', .kind = OPTION_TEXT, .value = "FILE",
	 .help = "Append to FILE what the program does, for those who mend "
		 "it."},
	{.name = "password-fd", .kind = OPTION_NUMBER, .value = "N",
	 .help = "Read one line from descriptor N: it answers the first "
		 "question for a secret, and that alone."},
	{.name = "password-for", .kind = OPTION_TEXT, .value = "WHAT",
	 .help = "Which secret that line is, where there are several to be "
		 "asked for: key, login, sudo, su, doas or answer, or one of "
		 "them alone, such as \"key /home/kim/.ssh/id\" or \"login "
		 "kim\"."},
	{.name = "fail-empty", .kind = OPTION_FLAG,
	 .help = "Exit with 5 when nothing was found or listed."},
	{.name = "version", .kind = OPTION_FLAG,
	 .help = "Print the version and stop."},
	{.name = "help", .letter = 'h', .kind = OPTION_FLAG,
	 .help = "Say how a command is used and stop."},
	OPT_END,
};

const struct option_spec new_options[] = {
	{.name = "name", .kind = OPTION_TEXT, .value = "NAME",
	 .help = "Name of the case for people; the file's name otherwise."},
	{.name = "tlp", .kind = OPTION_TEXT, .value = "LABEL",
	 .help = "Traffic Light Protocol label: red, amber+strict, amber "
		 "(when none is given), green or clear."},
	OPT_END,
};

const struct option_spec host_add_options[] = {
	{.name = "identity", .letter = 'i', .kind = OPTION_TEXT,
	 .value = "FILE",
	 .help = "Private key to log in with, before those of ~/.ssh and "
		 "the agent."},
	OPT_ESCALATE,
	{.name = "name", .kind = OPTION_TEXT, .value = "NAME",
	 .help = "Name of the one host that is added."},
	{.name = "inventory", .kind = OPTION_TEXT, .repeats = true,
	 .value = "FILE",
	 .help = "Add the hosts of this inventory of Ansible, INI or YAML."},
	{.name = "tag", .kind = OPTION_TEXT, .repeats = true, .value = "TAG",
	 .help = "Give them this tag, those too that are there already."},
	{.name = "group", .kind = OPTION_TEXT, .repeats = true,
	 .value = "GROUP", .help = "Put them in this group, likewise."},
	OPT_JUMP,
	{.name = "no-probe", .kind = OPTION_FLAG,
	 .help = "Never put a program on them: work on them in shell mode."},
	{.name = "yes", .kind = OPTION_FLAG,
	 .help = "Add more than 256 addresses of networks without a "
		 "question."},
	OPT_END,
};

const struct option_spec explain_options[] = {OPT_SSH_CONFIG, OPT_JUMP, OPT_END};

const struct option_spec label_options[] = {
	OPT_ALL, OPT_SELECT, OPT_END,
};

const struct option_spec hosts_list_options[] = {
	OPT_SELECT, OPT_STACK, OPT_LIMIT, OPT_REVERSE, OPT_END,
};

const struct option_spec trust_options[] = {
	{.name = "fingerprint", .kind = OPTION_TEXT, .value = "SHA256:...",
	 .help = "Fingerprint of the key, as `ssh-keygen -lf` prints it on "
		 "the host."},
	OPT_END,
};

#define OPT_PID                                                        \
	{.name = "pid", .kind = OPTION_NUMBER, .value = "PID",         \
	 .help = "Of the processes only this one."}

const struct option_spec hunt_options[] = {
	{.name = "rules", .kind = OPTION_TEXT, .repeats = true,
	 .value = "PATH",
	 .help = "YARA rule file, or a folder of *.yar and *.yara files."},
	OPT_CONTENT,
	OPT_SECRETS,
	OPT_PATH,
	OPT_ALL,
	OPT_SELECT,
	{.name = "indicators", .kind = OPTION_TEXT, .repeats = true,
	 .value = "FILE",
	 .help = "Look for the indicators of this list, too; they go into the "
		 "case first."},
	{.name = "case-indicators", .kind = OPTION_FLAG,
	 .help = "Look for all indicators of the case that are valid now."},
	{.name = "take-hits", .kind = OPTION_FLAG,
	 .help = "Bring every file that matches or is sighted into the case as evidence."},
	{.name = "memory", .kind = OPTION_FLAG,
	 .help = "Scan the memory of processes, too, and programs that run "
		 "and were deleted or never were a file."},
	OPT_PID,
	{.name = "memory-only", .kind = OPTION_FLAG,
	 .help = "Scan processes and no files."},
	{.name = "memory-all", .kind = OPTION_FLAG,
	 .help = "Also memory that is as in the file it was mapped from."},
	{.name = "memory-process", .kind = OPTION_SIZE, .value = "SIZE",
	 .help = "Read at most SIZE of one process (1G)."},
	{.name = "memory-total", .kind = OPTION_SIZE, .value = "SIZE",
	 .help = "Read at most SIZE of all processes of a host (16G)."},
	OPT_CHANGED_ONLY,
	{.name = "rules-form", .kind = OPTION_TEXT, .value = "FORM",
	 .help = "Send the rules as \"source\" (the default), \"compiled\", "
		 "or \"auto\": compiled when that costs little more."},
	OPT_REACH,
	OPT_MAX_SIZE,
	OPT_FILTERS,
	OPT_WORK,
	OPT_END,
};

const struct option_spec resume_options[] = {
	OPT_SELECT, OPT_CHANGED_ONLY, OPT_REACH, OPT_PARALLEL, OPT_CARE,
	OPT_END,
};

const struct option_spec collect_options[] = {
	{.name = "parse", .kind = OPTION_FLAG,
	 .help = "Read what it brings into the timeline, once it is over; what "
		 "--artifact and --profile bring is read anyway."},
	{.name = "no-parse", .kind = OPTION_FLAG,
	 .help = "Do not; parse does that later."},
	{.name = "memory", .kind = OPTION_FLAG,
	 .help = "Take the programs that run and were deleted or never were a "
		 "file."},
	OPT_ARTIFACTS,
	OPT_SECRETS,
	OPT_SHARE_KNOWN,
	OPT_PID,
	OPT_PATH,
	OPT_ALL,
	OPT_SELECT,
	OPT_REACH,
	OPT_MAX_SIZE,
	OPT_FILTERS,
	OPT_WORK,
	OPT_END,
};

const struct option_spec triage_options[] = {
	OPT_ARTIFACTS,
	OPT_SECRETS,
	OPT_SHARE_KNOWN,
	{.name = "no-parse", .kind = OPTION_FLAG,
	 .help = "Do not read what it brings; parse does that later, and "
		 "check looks through it."},
	{.name = "no-checks", .kind = OPTION_FLAG,
	 .help = "Do not look for what is wrong; check does that later."},
	OPT_BASELINE,
	OPT_PATH,
	OPT_ALL,
	OPT_SELECT,
	OPT_REACH,
	OPT_MAX_SIZE,
	OPT_WORK,
	OPT_END,
};

const struct option_spec walk_options[] = {
	OPT_PATH,
	OPT_ALL,
	OPT_SELECT,
	{.name = "hash", .kind = OPTION_FLAG,
	 .help = "Read every file for its SHA-256, too."},
	OPT_REACH,
	OPT_MAX_SIZE,
	OPT_FILTERS,
	OPT_WORK,
	OPT_END,
};

const struct option_spec parse_options[] = {
	OPT_AS,
	OPT_ZONE,
	{.name = "again", .kind = OPTION_FLAG,
	 .help = "Also what events were read from already; the new ones take "
		 "their place."},
	OPT_END,
};

const struct option_spec import_options[] = {
	{.name = "host", .kind = OPTION_TEXT, .value = "NAME",
	 .help = "The host that the files are of; bundles say who they are "
		 "otherwise."},
	OPT_AS,
	OPT_ZONE,
	OPT_SECRETS,
	{.name = "again", .kind = OPTION_FLAG,
	 .help = "Import what was imported before."},
	{.name = "identity", .letter = 'i', .kind = OPTION_TEXT,
	 .value = "FILE",
	 .help = "The key that opens bundles which are encrypted, of key new "
		 "or age-keygen."},
	OPT_END,
};

const struct option_spec connect_options[] = {
	OPT_ALL, OPT_SELECT, OPT_REACH, OPT_PARALLEL, OPT_END,
};

const struct option_spec artifact_options[] = {
	OPT_DEFINITIONS, OPT_END,
};

const struct option_spec artifact_plan_options[] = {
	OPT_ARTIFACTS, OPT_OUTPUT, OPT_END,
};

const struct option_spec plain_list_options[] = {
	OPT_LIMIT, OPT_REVERSE, OPT_END,
};

const struct option_spec host_list_options[] = {
	OPT_HOST, OPT_LIMIT, OPT_REVERSE, OPT_END,
};

const struct option_spec timeline_options[] = {
	OPT_HOST,
	{.name = "since", .kind = OPTION_TEXT, .value = "TIME",
	 .help = "Only from then on: 2026-11-21, 2026-11-21T22:14:05Z, or 2d "
		 "for two days ago."},
	{.name = "until", .kind = OPTION_TEXT, .value = "TIME",
	 .help = "Only before that."},
	{.name = "kind", .kind = OPTION_TEXT, .value = "KIND",
	 .help = "Only events of that kind: ssh.failed, sudo, login..."},
	{.name = "actor", .kind = OPTION_TEXT, .value = "NAME",
	 .help = "Only what that account did."},
	{.name = "all-sources", .kind = OPTION_FLAG,
	 .help = "An event that several sources tell once for each of them."},
	OPT_STACK,
	OPT_LIMIT,
	OPT_REVERSE,
	OPT_END,
};

const struct option_spec fact_options[] = {
	OPT_HOST, OPT_RUN,   OPT_FACT_KIND, OPT_OLD,
	OPT_STACK, OPT_LIMIT, OPT_REVERSE,  OPT_END,
};

const struct option_spec seen_options[] = {
	OPT_HOST, OPT_RUN, OPT_OLD, OPT_STACK, OPT_LIMIT, OPT_REVERSE, OPT_END,
};

const struct option_spec run_show_options[] = {OPT_STACK, OPT_END};

const struct option_spec run_list_options[] = {
	OPT_HOST, OPT_RUN, OPT_STACK, OPT_LIMIT, OPT_REVERSE, OPT_END,
};

const struct option_spec coverage_options[] = {
	OPT_HOST,
	OPT_RUN,
	{.name = "outcome", .kind = OPTION_TEXT, .value = "OUTCOME",
	 .help = "Only scanned, collected, listed, redacted, parsed, "
		 "unknown, skipped or failed."},
	OPT_STACK,
	OPT_LIMIT,
	OPT_REVERSE,
	OPT_END,
};

const struct option_spec finding_list_options[] = {
	OPT_HOST,
	OPT_RUN,
	{.name = "status", .kind = OPTION_TEXT, .value = "STATUS",
	 .help = "Only findings with this status."},
	{.name = "severity", .kind = OPTION_TEXT, .value = "SEVERITY",
	 .help = "Only findings of this severity."},
	{.name = "rule", .kind = OPTION_TEXT, .value = "RULE",
	 .help = "Only findings of this rule."},
	{.name = "min-score", .kind = OPTION_NUMBER, .value = "N",
	 .help = "Only findings whose rule gives a score of N or more."},
	{.name = "since-run", .kind = OPTION_TEXT, .value = "ID",
	 .help = "Only what was found first in this run or later."},
	{.name = "excluded", .kind = OPTION_FLAG,
	 .help = "Those that an exclusion covers, instead of the others."},
	{.name = "gone", .kind = OPTION_FLAG,
	 .help = "Only those that the last run which looked there again did "
		 "not see any more."},
	{.name = "present", .kind = OPTION_FLAG,
	 .help = "Only the others: what was not looked at again is one."},
	{.name = "quieted", .kind = OPTION_FLAG,
	 .help = "Those that are quiet, instead of the others: a package or a "
		 "baseline explains what a check found."},
	OPT_CHANGED_ONLY,
	OPT_STACK,
	{.name = "sort", .kind = OPTION_TEXT, .value = "KEY",
	 .help = "severity (the worst first), score or found (the newest "
		 "first)."},
	OPT_LIMIT,
	OPT_REVERSE,
	OPT_END,
};

const struct option_spec exclusion_add_options[] = {OPT_EXCLUSION, OPT_END};

const struct option_spec finding_set_options[] = {
	{.name = "status", .kind = OPTION_TEXT, .value = "STATUS",
	 .help = "new, confirmed, benign or false-positive."},
	{.name = "severity", .kind = OPTION_TEXT, .value = "SEVERITY",
	 .help = "info, low, medium, high or critical."},
	OPT_END,
};

const struct option_spec indicator_add_options[] = {OPT_INDICATOR, OPT_END};

const struct option_spec indicator_list_options[] = {
	{.name = "kind", .kind = OPTION_TEXT, .value = "KIND",
	 .help = "Only this kind, such as sha256 or ip."},
	OPT_LIMIT,
	OPT_REVERSE,
	OPT_END,
};

const struct option_spec check_options[] = {
	OPT_CHECKS, OPT_BASELINE, OPT_KNOWN, OPT_ALL, OPT_SELECT, OPT_END,
};

const struct option_spec check_list_options[] = {OPT_CHECKS, OPT_END};

const struct option_spec note_add_options[] = {
	{.name = "host", .kind = OPTION_TEXT, .value = "NAME",
	 .help = "The host the note is about."},
	OPT_END,
};

const struct option_spec get_options[] = {OPT_OUTPUT, OPT_END};

const struct option_spec export_options[] = {
	{.name = "format", .letter = 'f', .kind = OPTION_TEXT,
	 .value = "FORMAT", .help = "csv, jsonl or bodyfile."},
	OPT_OUTPUT,
	{.name = "view", .kind = OPTION_TEXT, .value = "VIEW",
	 .help = "Which view of halligan-case(5); the timeline (event) when "
		 "none is given."},
	OPT_HOST,
	OPT_END,
};

const struct option_spec range_options[] = {OPT_DIR, OPT_END};

const struct option_spec help_options[] = {
	{.name = "mdoc", .kind = OPTION_FLAG,
	 .help = "Print all of it as the manual page has it."},
	OPT_END,
};
