/* SPDX-License-Identifier: Apache-2.0 */
/* The table of commands. Rows of one noun follow each other. */
#include "base/base.h"

#include "app/cmd.h"
#include "app/command.h"
#include "app/command_lists.h"

#define MANY COMMAND_VALUES_MAX

#define STEER(name_, help_)                                                 \
	{.name = (name_), .args = "[RUN] [HOST]", .max_args = 2,            \
	 .flags = COMMAND_NEEDS_CASE | COMMAND_CONSOLE_ONLY,                \
	 .run = cmd_run_control, .help = (help_),                           \
	 .details = "In the console, of what it runs. A lone word is a "    \
		    "run's last digits, or else a host. What runs on a "    \
		    "command line is steered by keys there: p, -, +, s; "   \
		    "Ctrl-C stops it."}
#define LIST (COMMAND_NEEDS_CASE | COMMAND_LISTS | COMMAND_CANCELS)
#define SHOW (COMMAND_NEEDS_CASE | COMMAND_LISTS | COMMAND_SHOWS)
#define JOB  (COMMAND_NEEDS_CASE | COMMAND_STARTS_JOB | COMMAND_LISTS)

const struct command commands[] = {
	{.name = "new", .args = "CASE", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_CLI_ONLY, .options = new_options, .run = cmd_new,
	 .help = "Make a new case file.",
	 .details = "The file is readable by you alone. Nothing that exists "
		    "is overwritten."},
	{.name = "host add", .args = "TARGET... [NAME]",
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .options = host_add_options, .run = cmd_host_add,
	 .help = "Add hosts to the case.",
	 .details = "TARGET is [user@]host[:port], ssh://[user@]host[:port], "
		    "a Host of ~/.ssh/config, names with a range such as "
		    "web[01:20] or db[a:f], a network such as 192.0.2.0/28, "
		    "or @FILE: a list with a target on each line, a name "
		    "behind it when it is to have another, or an inventory "
		    "of Ansible, whose groups the hosts get, with group_vars and "
		    "host_vars beside it; @- is standard "
		    "input. Of two words of which the first says a user, a "
		    "port or an address and the second does not, the second "
		    "is the name. Hosts that are in the case already are "
		    "left alone. Nothing is connected yet. With - NAME the "
		    "host is not reached: import tells of it."},
	{.name = "host list", .args = "[HOST...]", .max_args = MANY,
	 .flags = LIST, .options = hosts_list_options, .run = cmd_host_list,
	 .help = "List the hosts of the case.",
	 .details = "HOST is a name, an id or a pattern such as 'web*', here "
		    "and wherever hosts are named. What is said of them must "
		    "all hold."},
	{.name = "host tag", .args = "[HOST...] TAG", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .options = label_options, .run = cmd_host_label,
	 .help = "Give hosts a tag.",
	 .details = "Tags and groups are single words and are kept apart. "
		    "They choose hosts: hunt --tag TAG."},
	{.name = "host untag", .args = "[HOST...] TAG", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .options = label_options, .run = cmd_host_label,
	 .help = "Take a tag off hosts."},
	{.name = "host group", .args = "[HOST...] GROUP", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .options = label_options, .run = cmd_host_label,
	 .help = "Put hosts in a group."},
	{.name = "host ungroup", .args = "[HOST...] GROUP", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .options = label_options, .run = cmd_host_label,
	 .help = "Take hosts out of a group."},
	{.name = "host show", .args = "NAME", .min_args = 1, .max_args = 1,
	 .flags = SHOW | COMMAND_SHOWS_ALL, .run = cmd_host_show,
	 .help = "Show all that is known of a host, and of each server on "
		 "the way what the last connection negotiated."},
	{.name = "host explain", .args = "TARGET", .min_args = 1,
	 .max_args = 1, .flags = COMMAND_TAKES_CASE | COMMAND_LISTS,
	 .options = explain_options, .run = cmd_host_explain,
	 .help = "Say how a host would be reached, and why.",
	 .details = "TARGET is a host of the case or a target. Each setting "
		    "is printed with where it comes from: the line of an "
		    "ssh_config(5), the target, the case, or none. Keywords "
		    "that are not honoured follow. Nothing is connected."},
	{.name = "host trust", .args = "NAME", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE, .options = trust_options,
	 .run = cmd_host_trust,
	 .help = "Pin the key you vouch for, by its fingerprint.",
	 .details = "Works before the first contact and after a host got a "
		    "new key. It is recorded as your decision."},
	{.name = "host remove", .args = "NAME", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE, .run = cmd_host_remove,
	 .help = "Take a host out of the case; what it gave stays."},
	{.name = "connect", .args = "[HOST...]", .max_args = MANY,
	 .flags = JOB, .options = connect_options, .run = cmd_connect,
	 .help = "Log in and see who the host is; nothing is placed or read."},
	{.name = "hunt", .args = "[HOST...]", .max_args = MANY, .flags = JOB,
	 .options = hunt_options, .run = cmd_hunt,
	 .help = "Sweep hosts with YARA rules and indicators.",
	 .details = "Indicators of addresses and domains are held against the "
		    "sockets of the hosts; no name is looked up in the "
		    "DNS. The rules are compiled here first; files they include are "
		    "taken from below the folder that was named, and the "
		    "database that the module magic needs goes along. What "
		    "was scanned, "
		    "skipped or unreadable is recorded as coverage. With "
		    "--json the run is printed when it is over."},
	{.name = "hunt save", .args = "NAME [HOST...]", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .options = hunt_options, .run = cmd_hunt_save,
	 .help = "Save a hunt under a name; nothing is run.",
	 .details = "What follows the name is what `hunt` takes. Files are "
		    "kept by their whole path. Rules are compiled first, in "
		    "a jailed child: a hunt with bad ones is not saved."},
	{.name = "hunt list", .flags = LIST, .options = plain_list_options,
	 .run = cmd_hunt_list,
	 .help = "List the saved hunts and their last runs."},
	{.name = "hunt show", .args = "NAME", .min_args = 1, .max_args = 1,
	 .flags = SHOW, .run = cmd_hunt_show,
	 .help = "Show a saved hunt and its runs."},
	{.name = "hunt run", .args = "NAME [HOST...]", .min_args = 1,
	 .max_args = MANY, .flags = JOB, .options = hunt_options,
	 .run = cmd_hunt_run, .help = "Run a saved hunt.",
	 .details = "Hosts named here, --all, --tag and --group take the "
		    "place of those that were saved; --failed and --not-done "
		    "are of the last run of this hunt and narrow them. So do "
		    "options, but --rules and --path add to what was "
		    "saved."},
	{.name = "hunt remove", .args = "NAME", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE, .run = cmd_hunt_remove,
	 .help = "Take a saved hunt off the list; its runs stay."},
	{.name = "triage", .args = "[HOST...]", .max_args = MANY,
	 .flags = JOB, .options = triage_options, .run = cmd_triage,
	 .help = "Take the live picture of hosts: what runs and what is set.",
	 .details = "Processes, sockets, modules, mounts, accounts and all "
		    "else of halligan-facts(5), in the order in which it "
		    "would be lost. What the host's own programs say is held "
		    "against what its kernel says. With it come the files of "
		    "the profile triage, or of those that --profile and "
		    "--artifact name. The logs and configuration "
		    "that it brings are read at once, and the checks look for "
		    "what is wrong: findings are listed at the end. fact list "
		    "shows what is so, timeline what happened."},
	{.name = "collect", .args = "[HOST...]", .max_args = MANY,
	 .flags = JOB, .options = collect_options, .run = cmd_collect,
	 .help = "Bring files from hosts into the case as evidence.",
	 .details = "Named by --path, or by what it is: --artifact and "
		    "--profile. Each file is hashed on the host and again "
		    "here; one whose content the host has sent before is not "
		    "sent again. Secrets are overwritten before they leave "
		    "the host, byte by byte, wherever they are: of a hash of "
		    "a password its kind is left, of a private key its "
		    "fingerprint; of files that are nothing else only that "
		    "they are there. How many bytes were, and the hash of the "
		    "file as it is there, is part of the evidence. With "
		    "--json the run is printed when it is over."},
	{.name = "import", .args = "FILE...", .min_args = 1, .max_args = MANY,
	 .flags = JOB, .options = import_options, .run = cmd_import,
	 .help = "Bring in bundles that probes wrote alone, and logs.",
	 .details = "A file that is no bundle is one of the host that --host "
		    "names: it becomes evidence, and what a parser reads in "
		    "it becomes events of the timeline, each with where it "
		    "is said. Of an archive (tar, packed or not, zip, what "
		    "UAC wrote) that is each file in it, under the path it "
		    "had on the host. Each bundle becomes a run, checked like the word of a host. "
		    "Without --host it is of the host that has the name its "
		    "probe was given (--host-name), else the one it gives "
		    "itself, which is added when the case has none. A machine "
		    "that is seen to be another than the host of that name, "
		    "by the ids it tells, becomes a host of its own (NAME-2). "
		    "That, and a name of a host that is reached over SSH "
		    "which nothing but the bundle ties to it, is said; only "
		    "--host does not rest on what a bundle says. One "
		    "that was imported before is left alone. Exits with 3 "
		    "when some could not be imported or were cut off."},
	{.name = "parse", .args = "[HOST...]", .max_args = MANY, .flags = JOB,
	 .options = parse_options, .run = cmd_parse,
	 .help = "Read collected logs into the timeline.",
	 .details = "Of the hosts named, or of all, the evidence that no "
		    "events were read from yet goes to the parser its content "
		    "tells. What none knows is in coverage."},
	{.name = "parser list", .flags = COMMAND_LISTS, .run = cmd_parser_list,
	 .help = "List what import reads events from."},
	{.name = "walk", .args = "[HOST...]", .max_args = MANY, .flags = JOB,
	 .options = walk_options, .run = cmd_walk,
	 .help = "List files of hosts with their times, for the timeline.",
	 .details = "Files, folders and all else are listed by what the file "
		    "system says of them; without --hash none is read. With "
		    "--json the run is printed when it is over."},
	{.name = "check", .args = "[HOST...]", .max_args = MANY, .flags = LIST,
	 .options = check_options, .run = cmd_check,
	 .help = "Look for what is wrong in what was collected.",
	 .details = "Each check is one SELECT over the facts, processes, "
		    "sockets, files and events of a host, as its last triage "
		    "left them; nothing is connected. What it finds becomes a "
		    "finding that names its proof. What packages own, a "
		    "baseline has, too, or a list of hashes knows is quiet: "
		    "kept, and counted as information. Of all hosts when "
		    "none is named. A check without what it judges by is "
		    "named with the reason. Exits with 3 when some could not "
		    "be checked for it. See halligan-checks(5)."},
	{.name = "check list", .flags = COMMAND_LISTS,
	 .options = check_list_options, .run = cmd_check_list,
	 .help = "List the checks."},
	{.name = "check show", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_LISTS, .options = check_list_options,
	 .run = cmd_check_show,
	 .help = "Show what a check finds, why it matters, what is harmless."},
	{.name = "finding list", .flags = LIST,
	 .options = finding_list_options, .run = cmd_finding_list,
	 .help = "List the findings, the worst first.",
	 .details = "Those that an exclusion covers, and those that are "
		    "quiet, are left out and counted."},
	{.name = "finding show", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = SHOW, .run = cmd_finding_show,
	 .help = "Show a finding and the bytes that matched.",
	 .details = "The last digits of an id are enough, here and wherever "
		    "an ID is wanted."},
	{.name = "finding set", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE, .options = finding_set_options,
	 .run = cmd_finding_set, .help = "Judge a finding."},
	{.name = "exclusion add", .args = "[FINDING]", .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE, .options = exclusion_add_options,
	 .run = cmd_exclusion_add,
	 .help = "Say that findings are known to be harmless.",
	 .details = "All that is given must hold. With the id of a finding "
		    "it is the rule and the hash of that finding. It covers "
		    "what is there and what will come; nothing is deleted."},
	{.name = "exclusion list", .flags = LIST,
	 .options = plain_list_options, .run = cmd_exclusion_list,
	 .help = "List the exclusions that hold."},
	{.name = "exclusion show", .args = "ID", .min_args = 1,
	 .max_args = 1, .flags = SHOW, .run = cmd_exclusion_show,
	 .help = "Show an exclusion and the findings it covers."},
	{.name = "exclusion remove", .args = "ID", .min_args = 1,
	 .max_args = 1, .flags = COMMAND_NEEDS_CASE,
	 .run = cmd_exclusion_remove,
	 .help = "Take an exclusion back: what it covered counts again."},
	{.name = "indicator add", .args = "KIND VALUE", .min_args = 2,
	 .max_args = 2, .flags = COMMAND_NEEDS_CASE,
	 .options = indicator_add_options, .run = cmd_indicator_add,
	 .help = "Add something to look for on hosts.",
	 .details = "KIND is filename (a regular expression over whole "
		    "paths, (?i) in front makes it ignore case), path, md5, "
		    "sha1, sha256, size, ip (192.0.2.7, 192.0.2.0/24 or "
		    "192.0.2.7:443), domain, or url, which is kept and not "
		    "looked for on hosts. Values written so that nobody "
		    "clicks on them (hxxp, [.]) are understood."},
	{.name = "indicator import", .args = "FILE...", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_NEEDS_CASE,
	 .run = cmd_indicator_import,
	 .help = "Add all indicators of lists to the case.",
	 .details = "A list is a CSV with a header that names value (and "
		    "kind, description, source, severity, technique, "
		    "exclude, valid_from, valid_until), or has one a line as "
		    "Loki has them: REGEX;SCORE[;REGEX of false positives], "
		    "HASH;COMMENT, or addresses, domains and URLs. Lines that "
		    "are none are named and passed over; the exit status is 3 "
		    "then."},
	{.name = "indicator list", .flags = LIST,
	 .options = indicator_list_options, .run = cmd_list,
	 .help = "List what is looked for."},
	{.name = "indicator show", .args = "ID", .min_args = 1,
	 .max_args = 1, .flags = SHOW, .run = cmd_indicator_show,
	 .help = "Show an indicator and where it was seen."},
	{.name = "indicator remove", .args = "ID", .min_args = 1,
	 .max_args = 1, .flags = COMMAND_NEEDS_CASE,
	 .run = cmd_indicator_remove,
	 .help = "Look for it no more; where it was seen stays."},
	{.name = "sighting list", .flags = LIST, .options = run_list_options,
	 .run = cmd_list, .help = "List where indicators were seen."},
	{.name = "evidence list", .flags = LIST, .options = run_list_options,
	 .run = cmd_list, .help = "List the evidence."},
	{.name = "evidence show", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = SHOW, .run = cmd_show,
	 .help = "Show where an item comes from, its times and hashes."},
	{.name = "evidence get", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE | COMMAND_CANCELS,
	 .options = get_options, .run = cmd_evidence_get,
	 .help = "Copy the bytes of an item out of the case.",
	 .details = "The copy and its hash are recorded in the audit log."},
	{.name = "file list", .flags = LIST, .options = run_list_options,
	 .run = cmd_list,
	 .help = "List the files that matched, were collected or listed."},
	{.name = "fact list", .flags = LIST, .options = fact_options,
	 .run = cmd_list,
	 .help = "List what is so on the hosts: modules, mounts, jobs of cron.",
	 .details = "What there is of each kind: halligan-facts(5)."},
	{.name = "process list", .flags = LIST, .options = seen_options,
	 .run = cmd_list, .help = "List the processes that were seen last."},
	{.name = "socket list", .flags = LIST, .options = seen_options,
	 .run = cmd_list, .help = "List the sockets that were seen last."},
	{.name = "account list", .flags = LIST, .options = run_list_options,
	 .run = cmd_list, .help = "List the accounts that the hosts have."},
	{.name = "unit list", .flags = LIST, .options = run_list_options,
	 .run = cmd_list,
	 .help = "List services, timers and jobs that the hosts have."},
	{.name = "note add", .args = "TEXT", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_NEEDS_CASE, .options = note_add_options,
	 .run = cmd_note_add, .help = "Write a note.",
	 .details = "A TEXT of - is read from standard input."},
	{.name = "note list", .flags = LIST, .options = host_list_options,
	 .run = cmd_list, .help = "List the notes."},
	{.name = "note show", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = SHOW, .run = cmd_show, .help = "Show a note."},
	{.name = "note edit", .args = "ID TEXT", .min_args = 2,
	 .max_args = 2, .flags = COMMAND_NEEDS_CASE, .run = cmd_note_edit,
	 .help = "Replace the text of a note.",
	 .details = "A TEXT of - is read from standard input."},
	{.name = "run list", .flags = LIST, .options = plain_list_options,
	 .run = cmd_list, .help = "List hunts and collections."},
	{.name = "run show", .args = "ID", .min_args = 1, .max_args = 1,
	 .flags = SHOW, .options = run_show_options, .run = cmd_run_show,
	 .help = "Show a run, how each host fared, the servers on the "
		 "way and their keys, and its coverage in sum."},
	{.name = "run diff", .args = "RUN [OTHER]", .min_args = 1,
	 .max_args = 2, .flags = LIST, .run = cmd_run_diff,
	 .help = "Say which findings are new, changed or gone.",
	 .details = "Compared with OTHER, or on each host with the last run "
		    "before that did the same. changed: the same rule in the "
		    "same place, but the file has other content. no rule: what "
		    "found it is not among the rules any more, and says "
		    "nothing of the host. When the rules are others than those "
		    "of the run before, that is said."},
	{.name = "run resume", .args = "ID [HOST...]", .min_args = 1,
	 .max_args = MANY,
	 .flags = JOB, .options = resume_options, .run = cmd_run_resume,
	 .help = "Take up a run that was cut, where it was cut.",
	 .details = "A new run does what is left: hosts that were not done, "
		    "nor by another that took it up, each from where it had "
		    "come to. Files that it has whole "
		    "are not sent again, and of one that was cut only the "
		    "rest, if it is still the same. The rules must be the "
		    "same. How hosts were reached and spared then holds again; "
		    "options here take the place of those then. Hosts named "
		    "here are the only ones."},
	{.name = "coverage summary", .flags = LIST,
	 .options = run_list_options, .run = cmd_coverage_summary,
	 .help = "Count what was looked at and what was not, by host.",
	 .details = "Of the last run when none is named."},
	STEER("run pause", "Pause a run, or one host of it."),
	STEER("run continue", "Go on with what was paused."),
	STEER("run slower", "Work at half the pace."),
	STEER("run faster", "Work at twice the pace."),
	STEER("run skip", "Leave a host of a run out, or all that are not "
			  "begun."),
	STEER("run cancel", "Stop a run, or one host of it."),
	{.name = "coverage list", .flags = LIST, .options = coverage_options,
	 .run = cmd_list,
	 .help = "List what was looked at, and what was not and why."},
	{.name = "timeline", .flags = LIST, .options = timeline_options,
	 .run = cmd_list, .help = "List the events in order of time.",
	 .details = "What several sources tell, a line of sshd in auth.log and "
		    "in the journal for one, is one event; SRC counts them. "
		    "With --json `datetime` is ISO 8601 with its offset and "
		    "`timestamp` is in microseconds, as Timesketch reads "
		    "them."},
	{.name = "audit list", .flags = LIST, .options = plain_list_options,
	 .run = cmd_list, .help = "List all that was done to the case."},
	{.name = "export", .flags = COMMAND_NEEDS_CASE | COMMAND_CANCELS,
	 .options = export_options, .run = cmd_export,
	 .help = "Write a view for other tools.",
	 .details = "The formats: csv (RFC 4180, safe to open in a "
		    "spreadsheet), jsonl (one object a line, exact), bodyfile "
		    "(file times for mactime). It is recorded in the audit "
		    "log with the hash of what was written."},
	{.name = "verify", .args = "[CASE]", .max_args = 1,
	 .flags = COMMAND_LISTS, .run = cmd_verify,
	 .help = "Check the audit chain and all evidence.",
	 .details = "Exits with 4 when something does not hold, and names "
		    "it."},
	{.name = "key new", .args = "FILE", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_CLI_ONLY, .run = cmd_key_new,
	 .help = "Make a key for bundles that are to be encrypted.",
	 .details = "FILE, readable by you alone, opens them (import "
		    "--identity); what is printed is what probes are told "
		    "(halligan-probe --recipient). It is the format of "
		    "age-keygen."},
	{.name = "key show", .args = "FILE", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_CLI_ONLY, .run = cmd_key_show,
	 .help = "Print the public half of a key."},
	{.name = "rule lint", .args = "PATH...", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_LISTS, .run = cmd_rule_lint,
	 .help = "Compile YARA rules here and say what is wrong with them.",
	 .details = "As a compiler says it, FILE:LINE:COLUMN: what. Warned "
		    "of are rules that may be slow, and rules of one name in "
		    "several files. Slow are, besides what libyara calls so: "
		    "jumps in hex strings of 20,000 bytes or more, or without "
		    "an end; 1,000 or more repeats in an expression; loops "
		    "over all of a file, or over 100,000 numbers or more. "
		    "Checks (*.sql) are read, too: a header or a fixture "
		    "that is missing is an error."},
	{.name = "rule test", .args = "[PATH...]", .max_args = MANY,
	 .flags = COMMAND_LISTS, .run = cmd_rule_test,
	 .help = "Run each check over its own fixtures.",
	 .details = "Beside a check ID.sql are fixtures/ID.positive.json, in "
		    "which it has to find what is named there and nothing "
		    "else, and fixtures/ID.negative.json, in which it may "
		    "find nothing above info. Without PATH the checks that "
		    "come along are held against theirs."},
	{.name = "artifact list", .flags = COMMAND_LISTS,
	 .options = artifact_options, .run = cmd_artifact_list,
	 .help = "List the artifacts of Linux that can be collected.",
	 .details = "Profiles come first, with how many artifacts each names; "
		    "then artifacts, with how many patterns of paths each "
		    "comes to."},
	{.name = "artifact show", .args = "NAME", .min_args = 1,
	 .max_args = 1, .flags = COMMAND_LISTS, .options = artifact_options,
	 .run = cmd_artifact_show,
	 .help = "Show a definition and the paths that it stands for.",
	 .details = "What of it is not done, such as commands, which are "
		    "never run on a host, is told with the reason."},
	{.name = "artifact plan", .options = artifact_plan_options,
	 .run = cmd_artifact_plan,
	 .help = "Write what a probe that works alone is to collect.",
	 .details = "For halligan-probe collect --plan FILE, where no console "
		    "can be. It is what collect with the same options asks "
		    "for."},
	{.name = "artifact lint", .args = "PATH...", .min_args = 1,
	 .max_args = MANY, .flags = COMMAND_LISTS, .run = cmd_artifact_lint,
	 .help = "Read definitions here and say what is wrong with them.",
	 .details = "PATH is a file or folder of ForensicArtifacts "
		    "definitions (YAML) or UAC artifacts. Said is what could "
		    "not be read, as FILE:LINE: why, and, as warnings, what "
		    "no collection does."},
	{.name = "range up", .args = "SCENARIO", .min_args = 1,
	 .max_args = 1, .flags = COMMAND_CLI_ONLY, .options = range_options,
	 .run = cmd_range_up,
	 .help = "Start practice hosts on this machine.",
	 .details = "SCENARIO is one of rules/scenarios, such as "
		    "first-watch. The hosts listen on loopback only. "
		    "DIR/hosts.txt is a list of them for host add."},
	{.name = "range down", .flags = COMMAND_CLI_ONLY,
	 .options = range_options, .run = cmd_range_down,
	 .help = "Stop the practice hosts of a folder and remove them."},
	{.name = "completion", .args = "SHELL", .min_args = 1, .max_args = 1,
	 .flags = COMMAND_CLI_ONLY, .run = cmd_completion,
	 .help = "Print a completion script for bash, zsh or fish."},
	{.name = "help", .args = "[COMMAND]", .max_args = 2,
	 .options = help_options, .run = cmd_help,
	 .help = "Say which commands there are and how one is used."},
	{.name = "version", .run = cmd_version,
	 .help = "Print the version of the program and its libraries."},
};

const size_t n_commands = ARRAY_SIZE(commands);
