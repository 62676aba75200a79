/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The public views of a case, column by column. The SQL that makes them is
 * in case/schema*.c; a test holds the two, and halligan-case(5), together.
 * Only ever add: people's notebooks read these.
 */
#include "base/base.h"
#include "model/rows.h"

/* name, how shown, title in lists (NULL: not there), narrowest, meaning */
#define COL(n, k, t, w, h)                                                 \
	{.name = n, .kind = COLUMN_##k, .title = t, .min_cells = w, .help = h}

static const struct column host_columns[] = {
	COL("id", ID, NULL, 8, "The host's id."),
	COL("name", TEXT, "HOST", 8, "Its name in the case, unique."),
	COL("target", TEXT, "TARGET", 12,
	    "Where it is: [user@]host[:port], as it was given."),
	COL("identity", TEXT, NULL, 8, "Path of the private key to use."),
	COL("state", TEXT, "STATE", 11,
	    "State in its last run, as in run_host; before the first run "
	    "\"trusted\" once a key is pinned, else \"new\"; \"removed\"."),
	COL("address", TEXT, NULL, 12, "Address and port last connected to."),
	COL("os", TEXT, "OS", 8, "System and release it told."),
	COL("arch", TEXT, "ARCH", 6, "Machine type it told."),
	COL("hostname", BYTES, NULL, 8, "The name it calls itself."),
	COL("key_type", TEXT, NULL, 8, "Type of the pinned host key."),
	COL("key_fingerprint", TEXT, NULL, 20,
	    "SHA-256 fingerprint of the pinned host key."),
	COL("clock_offset_ns", SPAN, "CLOCK", 6,
	    "Its clock minus ours, nanoseconds."),
	COL("clock_error_ns", SPAN, NULL, 6,
	    "The offset is known to plus or minus this."),
	COL("last_seen_at", TIME, "LAST SEEN", 20, "When it last answered."),
	COL("added_at", TIME, NULL, 20, "When it joined the case."),
	COL("added_by", TEXT, NULL, 8, "Who added it."),
	COL("removed_at", TIME, NULL, 20,
	    "When it left the case; what it gave stays."),
	COL("findings", INT, "FINDINGS", 8,
	    "Findings on it that no exclusion covers."),
	COL("tags", TEXT, "TAGS", 6, "Its tags, by commas."),
	COL("groups", TEXT, "GROUPS", 6, "The groups it is in, by commas."),
	COL("jump", TEXT, NULL, 8, "SSH servers to go through, by commas."),
	COL("escalate", TEXT, NULL, 6,
	    "\"sudo\", \"su\" or \"doas\": how to become root there."),
	COL("mode", TEXT, NULL, 6, "\"shell\": to be worked on without a probe."),
	COL("zone", TEXT, NULL, 10,
	    "Its time zone: Europe/Berlin, or its rules if no name is known."),
	COL("zone_rules", TEXT, NULL, 10,
	    "The rules of that zone as TZ has them, or what --zone said."),
	COL("zone_source", TEXT, NULL, 8,
	    "Who says so: \"/etc/localtime\", \"/etc/timezone\", \"live\" (a "
	    "triage) or \"--zone\"."),
	COL("zone_evidence_id", ID, NULL, 8, "The evidence that has it."),
	COL("machine_id", TEXT, NULL, 8,
	    "The machine-id(5) it told, by which hosts of one name are told "
	    "apart."),
	COL("product_id", TEXT, NULL, 8,
	    "The UUID of its board, which only root may read there."),
};

static const struct column run_columns[] = {
	COL("id", ID, "RUN", 8, "The run's id."),
	COL("op", TEXT, "WHAT", 7,
	    "\"hunt\", \"collect\", \"walk\", \"triage\", \"parse\", \"check\", ..."),
	COL("command", TEXT, "COMMAND", 20, "The command as typed."),
	COL("started_at", TIME, "STARTED", 20, "When it began."),
	COL("started_by", TEXT, NULL, 8, "Who began it."),
	COL("ended_at", TIME, "ENDED", 20, "When it was over."),
	COL("state", TEXT, "STATE", 11,
	    "\"running\", \"done\", \"partial\", \"failed\", \"cancelled\", or "
	    "\"interrupted\" when the program ended before it."),
	COL("code", TEXT, NULL, 8, "Name of the error, \"ok\" when none."),
	COL("message", TEXT, NULL, 20, "The error in words."),
	COL("hosts", INT, "HOSTS", 5, "Hosts that took part."),
	COL("rules_sha256", HASH, NULL, 12, "SHA-256 of the rule set."),
	COL("probe_sha256", HASH, NULL, 12,
	    "SHA-256 of the probes used, by commas when they differ."),
	COL("hunt", TEXT, "HUNT", 8, "Name of the saved hunt it repeats."),
	COL("n_rules", INT, NULL, 6, "Rules in the set."),
	COL("rules_form", TEXT, NULL, 8,
	    "How the rules were sent: \"source\" or \"compiled\"."),
	COL("source", TEXT, NULL, 12,
	    "What was imported, when no host was reached."),
	COL("source_sha256", HASH, NULL, 12, "SHA-256 of what was imported."),
	COL("words", TEXT, NULL, 20,
	    "The command without its hosts, with whole paths of files here."),
	COL("resumes", ID, NULL, 8, "The run it takes up where that was cut."),
	COL("n_done", INT, "DONE", 5, "Hosts that were done, all of it."),
	COL("n_failed", INT, "FAILED", 6, "Hosts that failed."),
	COL("n_partial", INT, "PARTLY", 6,
	    "Hosts that were done in part; coverage says what is missing."),
	COL("n_cancelled", INT, "CANCELLED", 6,
	    "Hosts that were cancelled, interrupted or not begun."),
};

static const struct column run_host_columns[] = {
	COL("run_id", ID, "RUN", 8, "The run."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("state", TEXT, "STATE", 11,
	    "\"queued\", \"connecting\", \"running\", \"reconnecting\", "
	    "\"done\", \"partial\", \"failed\", \"cancelled\" or \"interrupted\"."),
	COL("code", TEXT, NULL, 8, "Name of the error, \"ok\" when none."),
	COL("message", TEXT, "MESSAGE", 20, "The error in words."),
	COL("footprint", TEXT, NULL, 20, "What was changed on the host."),
	COL("jail", TEXT, NULL, 20,
	    "What confined the process that faced the host."),
	COL("files", INT, "FILES", 7, "Files looked at."),
	COL("bytes", SIZE, "BYTES", 6, "Bytes read on the host."),
	COL("matches", INT, "MATCHES", 7, "Rules that matched a file."),
	COL("changed_at", TIME, NULL, 20, "When this row last changed."),
	COL("engine", TEXT, NULL, 12, "What scanned there."),
	COL("cpu_ns", SPAN, NULL, 6, "CPU time used on the host."),
	COL("rss_bytes", SIZE, NULL, 6, "Memory used there, at most."),
	COL("cursor_root", INT, NULL, 4,
	    "Which of the paths asked for the walk had come to, from 0."),
	COL("cursor", BYTES, NULL, 12,
	    "Where in it; all before this is done and in the case."),
	COL("probe_sha256", HASH, NULL, 12,
	    "SHA-256 of the probe that was sent there."),
	COL("mode", TEXT, "MODE", 5,
	    "What worked there: \"probe\", or \"shell\" commands."),
	COL("ran_as", TEXT, "AS", 4, "As whom, such as \"root by sudo\"."),
	COL("attempts", INT, NULL, 4, "Connections made or tried."),
	COL("zone", TEXT, NULL, 10,
	    "The time zone that local times of the host were read in."),
	COL("zone_source", TEXT, NULL, 8, "Who says so, as in host."),
	COL("zone_evidence_id", ID, NULL, 8, "The evidence that has it."),
};

static const struct column hop_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("run_id", ID, NULL, 8, "The run."),
	COL("host", TEXT, "HOST", 8, "Name of the host this was on the way to."),
	COL("position", INT, "HOP", 3,
	    "0 for the server that was connected to, and so on."),
	COL("target", TEXT, "SERVER", 12, "The server, as it was asked for."),
	COL("address", TEXT, NULL, 12,
	    "Address and port, or \"by command\" and the ProxyCommand; empty "
	    "when the hop before connected to it."),
	COL("user", TEXT, "USER", 6, "Who logged in there."),
	COL("key_type", TEXT, "KEY", 11, "Type of its host key."),
	COL("key_fingerprint", TEXT, "FINGERPRINT", 20,
	    "SHA-256 fingerprint of its host key."),
	COL("how", TEXT, NULL, 8, "Why that key was accepted."),
	COL("kex", TEXT, NULL, 8, "Key exchange, as negotiated."),
	COL("host_key", TEXT, NULL, 8, "Algorithm of the host key's signature."),
	COL("cipher", TEXT, "CIPHER", 8, "Cipher of what came from it."),
	COL("mac", TEXT, NULL, 8, "Its message authentication."),
	COL("at", TIME, NULL, 20, "When it was verified."),
};

static const struct column pin_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("name", TEXT, "SERVER", 12, "Where it is: [name]:port."),
	COL("key_type", TEXT, "KEY", 11, "Type of the pinned host key."),
	COL("key_fingerprint", TEXT, "FINGERPRINT", 20,
	    "SHA-256 fingerprint of the pinned host key."),
	COL("how", TEXT, "HOW", 8, "Why that key was accepted."),
	COL("at", TIME, "SINCE", 20, "When it was pinned."),
	COL("by", TEXT, NULL, 8, "By whom."),
};

static const struct column coverage_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("run_id", ID, NULL, 8, "The run."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("what", TEXT, "WHAT", 7, "What was being done."),
	COL("outcome", TEXT, "OUTCOME", 9,
	    "\"scanned\", \"collected\", \"listed\", \"parsed\", \"unknown\" "
	    "(no parser reads files of its kind), \"skipped\" or "
	    "\"failed\"."),
	COL("reason", TEXT, "REASON", 10,
	    "Why, when not done; \"refused\" when some of what the host said "
	    "made no sense, \"contradiction\" when some of it denies the "
	    "rest."),
	COL("path", BYTES, "PATH", 20, "The root asked for, or one path."),
	COL("files", INT, "FILES", 7, "How many files this is about."),
	COL("bytes", SIZE, "BYTES", 6, "Their size."),
	COL("at", TIME, NULL, 20, "When it was recorded."),
	COL("detail", TEXT, "DETAIL", 6,
	    "More about it: the rule that took the time of a file that took "
	    "too long, and how long alone."),
};

static const struct column evidence_columns[] = {
	COL("id", ID, "ID", 8, "The item's id."),
	COL("host", TEXT, "HOST", 8, "Name of the host it came from."),
	COL("run_id", ID, NULL, 8, "The run that brought it."),
	COL("path", BYTES, "PATH", 20, "Where it was on the host."),
	COL("size", SIZE, "SIZE", 6, "Bytes held in the case."),
	COL("sha256", HASH, "SHA256", 12,
	    "SHA-256 of the bytes held, computed after the transfer."),
	COL("sha256_source", HASH, NULL, 12,
	    "SHA-256 computed on the host while it was read."),
	COL("size_source", SIZE, NULL, 6, "Size the host gave for the file."),
	COL("mode", MODE, NULL, 6, "st_mode, type included."),
	COL("uid", INT, NULL, 5, "Owner."),
	COL("gid", INT, NULL, 5, "Group."),
	COL("mtime_ns", TIME, "MODIFIED", 20, "Content modification."),
	COL("atime_ns", TIME, NULL, 20, "Last access."),
	COL("ctime_ns", TIME, NULL, 20, "Metadata modification."),
	COL("btime_ns", TIME, NULL, 20, "Creation, where the host tells."),
	COL("acquired_at", TIME, "ACQUIRED", 20, "When it was taken."),
	COL("acquired_by", TEXT, NULL, 8, "Who took it."),
	COL("method", TEXT, NULL, 8, "What read it on the host."),
	COL("complete", BOOL, "WHOLE", 5,
	    "1: all of it is here and both hashes agree."),
	COL("reason", TEXT, NULL, 10, "Why it is not complete."),
	COL("member", BYTES, NULL, 12, "Where in the archive at path it was."),
	COL("events", INT, "EVENTS", 6, "Events that a parser read in it."),
	COL("facts", INT, NULL, 5, "Facts that a parser read in it."),
	COL("assumed_utc", BOOL, NULL, 3,
	    "1: local times in it were taken for UTC, as the zone of the host "
	    "was not known."),
	COL("redacted", SIZE, NULL, 8,
	    "Bytes of it that were secret and were overwritten; NULL: none."),
	COL("original_sha256", HASH, NULL, 12,
	    "Then: SHA-256 of the file as it is there."),
};

static const struct column file_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that saw it first like this."),
	COL("path", BYTES, "PATH", 20, "Where it is on the host."),
	COL("size", SIZE, "SIZE", 6, "Size."),
	COL("mode", MODE, NULL, 6, "st_mode, type included."),
	COL("uid", INT, "UID", 5, "Owner."),
	COL("gid", INT, NULL, 5, "Group."),
	COL("nlink", INT, NULL, 3, "Hard links."),
	COL("ino", INT, NULL, 8, "Inode number."),
	COL("dev", INT, NULL, 5, "Device number."),
	COL("mtime_ns", TIME, "MODIFIED", 20, "Content modification."),
	COL("atime_ns", TIME, NULL, 20, "Last access."),
	COL("ctime_ns", TIME, NULL, 20, "Metadata modification."),
	COL("btime_ns", TIME, NULL, 20, "Creation, where the host tells."),
	COL("sha256", HASH, "SHA256", 12, "SHA-256 of what was read."),
	COL("changed", BOOL, NULL, 3, "1: it changed while it was read."),
	COL("seen_at", TIME, NULL, 20, "When it was recorded."),
	COL("member", BYTES, NULL, 12, "Where in the archive at path it is."),
	COL("owner", TEXT, NULL, 8, "User name of the owner there."),
};

static const struct column process_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that saw it."),
	COL("pid", INT, "PID", 6, "Process id."),
	COL("ppid", INT, "PPID", 6, "Parent's process id."),
	COL("uid", INT, "UID", 5, "Effective user."),
	COL("start_ns", TIME, "STARTED", 20, "When it started."),
	COL("exe", BYTES, "EXE", 16, "Path of the program it runs."),
	COL("exe_deleted", BOOL, NULL, 3, "1: that file was deleted."),
	COL("cmdline", ARGS, "COMMAND", 20, "Arguments, NUL between them."),
	COL("sha256", HASH, NULL, 12, "SHA-256 of the program."),
	COL("memfd", BOOL, NULL, 3, "1: it runs from memory, not a file."),
	COL("bytes_read", SIZE, NULL, 6, "Bytes of its memory scanned."),
	COL("bytes_skipped", SIZE, NULL, 6, "Bytes of it not read."),
	COL("detail", TEXT, NULL, 12,
	    "The members that halligan-facts(5) has, a JSON object."),
	COL("current", BOOL, NULL, 3, "1: no triage began since."),
};

static const struct column socket_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that saw it."),
	COL("proto", TEXT, "PROTO", 5, "\"tcp\", \"udp\", \"unix\", ..."),
	COL("local", BYTES, "LOCAL", 16, "Address and port on the host."),
	COL("remote", BYTES, "REMOTE", 16, "Address and port of the peer."),
	COL("state", TEXT, "STATE", 8, "State of the connection."),
	COL("pid", INT, "PID", 6, "Process that holds it."),
	COL("uid", INT, NULL, 5, "User that made it."),
	COL("inode", INT, NULL, 8, "Its number in the kernel."),
	COL("detail", TEXT, NULL, 12,
	    "The members that halligan-facts(5) has, a JSON object."),
	COL("current", BOOL, NULL, 3, "1: no triage began since."),
};

static const struct column fact_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that told or read it."),
	COL("kind", TEXT, "KIND", 9, "\"module\", \"mount\", \"cron\", ..."),
	COL("name", BYTES, "NAME", 16, "What it is called among its kind."),
	COL("detail", TEXT, "DETAIL", 24,
	    "The members that halligan-facts(5) has, a JSON object."),
	COL("pid", INT, NULL, 6, "The process it is about."),
	COL("path", BYTES, "PATH", 16, "The file it is about or read in."),
	COL("evidence_id", ID, NULL, 8, "The evidence it was read in."),
	COL("offset", INT, NULL, 8, "Where in that evidence."),
	COL("length", INT, NULL, 6, "Bytes of the evidence that say it."),
	COL("current", BOOL, NULL, 3,
	    "1: no triage began and no such file was taken since."),
};

static const struct column fact_sum_columns[] = {
	COL("id", INT, NULL, 6, "Number of the first of them."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("kind", TEXT, "WHAT", 12, "The kind of facts, or process, socket."),
	COL("facts", INT, "HOW MANY", 8, "How many there are now."),
};

static const struct column account_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that saw it."),
	COL("name", BYTES, "NAME", 10, "Login name."),
	COL("uid", INT, "UID", 5, "User id."),
	COL("gid", INT, "GID", 5, "Group id."),
	COL("home", BYTES, "HOME", 12, "Home folder."),
	COL("shell", BYTES, "SHELL", 10, "Login shell."),
};

static const struct column unit_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that saw it."),
	COL("name", BYTES, "NAME", 16, "Name of the unit or job."),
	COL("kind", TEXT, "KIND", 7, "\"service\", \"timer\", \"cron\", ..."),
	COL("state", TEXT, "STATE", 8, "Whether it is enabled."),
	COL("path", BYTES, "PATH", 16, "The file that defines it."),
	COL("command", BYTES, "COMMAND", 20, "What it runs."),
};

#define EVENT_FIRST                                                            \
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),    \
	COL("host", TEXT, "HOST", 8, "Name of the host."),                     \
	COL("time_ns", TIME, "TIME", 20, "When it happened."),                 \
	COL("datetime", TEXT, NULL, 32, "The same as ISO 8601 text."),         \
	COL("timestamp_desc", TEXT, "WHICH TIME", 12,                          \
	    "What kind of time it is, in the words plaso uses."),              \
	COL("kind", TEXT, "KIND", 7, "\"file\", \"finding\", \"note\", ..."),  \
	COL("actor", TEXT, NULL, 8, "Who did it, where that is known.")

#define EVENT_REST                                                             \
	COL("message", TEXT, "MESSAGE", 20, "What happened, one line."),       \
	COL("path", BYTES, NULL, 20, "The file it is about."),                 \
	COL("evidence_id", ID, NULL, 8, "The evidence it was read from."),     \
	COL("offset", INT, NULL, 8, "Where in that evidence."),                \
	COL("finding_id", ID, NULL, 8, "The finding it tells of."),            \
	COL("note_id", ID, NULL, 8, "The note it tells of."),                  \
	COL("precision_ns", INT, NULL, 10,                                     \
	    "It was in so many nanoseconds from time_ns on."),                 \
	COL("time_source", TEXT, NULL, 11,                                     \
	    "What the time rests on: \"utc\", \"offset\" (the text has "       \
	    "it), \"host zone\", \"assumed utc\", \"none\" (only the "         \
	    "order is known); with \", year deduced\"; of a local time with "   \
	    "\", twice there: ...\" or \", no such time there\", when clocks "  \
	    "were set around it."),                                            \
	COL("length", INT, NULL, 6, "Bytes of the evidence that say it."),     \
	COL("run_id", ID, NULL, 8, "The run that read it."),                   \
	COL("zone", TEXT, NULL, 10,                                            \
	    "The time zone of a \"host zone\": Europe/Berlin."),               \
	COL("zone_from", TEXT, NULL, 10,                                       \
	    "Who says so: the id of the evidence, \"--zone\" or \"live\".")

static const struct column event_columns[] = {
	EVENT_FIRST,
	COL("sources", INT, "SRC", 3,
	    "How many rows tell this event: one each in event_source."),
	EVENT_REST,
};

static const struct column event_source_columns[] = {
	EVENT_FIRST,
	COL("event_id", INT, "EVENT", 6,
	    "The row of event that is shown for it: itself, or one that tells "
	    "the same."),
	EVENT_REST,
};

static const struct column fold_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row."),
	COL("event_id", INT, "EVENT", 6, "The row of event that is shown."),
	COL("source_id", INT, "SOURCE", 6,
	    "The row of event_source that tells the same."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("time_ns", TIME, "TIME", 20, "When it was, as that row has it."),
	COL("path", BYTES, "PATH", 20, "The log that says it, too."),
	COL("evidence_id", ID, NULL, 8, "The evidence it was read from."),
	COL("offset", INT, NULL, 8, "Where in that evidence."),
	COL("length", INT, NULL, 6, "Bytes of the evidence that say it."),
};

static const struct column finding_columns[] = {
	COL("id", ID, "ID", 8, "The finding's id."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("kind", TEXT, NULL, 6,
	    "\"yara\" of a file, \"memory\" of a process, \"indicator\", "
	    "\"check\"."),
	COL("severity", TEXT, "SEVERITY", 8,
	    "\"critical\", \"high\", \"medium\", \"low\" or \"info\"."),
	COL("severity_rank", INT, NULL, 1,
	    "The same as a number, 4 critical to 0 info."),
	COL("status", TEXT, "STATUS", 9,
	    "\"new\" until a person judged it: \"confirmed\", \"benign\", ..."),
	COL("rule", TEXT, "RULE", 14, "Name of the rule."),
	COL("namespace", TEXT, NULL, 10, "The rule's file."),
	COL("tags", TEXT, NULL, 10, "Tags of the rule, blanks between."),
	COL("path", BYTES, "OBJECT", 20, "The file."),
	COL("sha256", HASH, NULL, 12, "SHA-256 of the file as scanned."),
	COL("size", SIZE, "SIZE", 6, "Size of the file."),
	COL("mtime_ns", TIME, NULL, 20, "Its last content modification."),
	COL("offset", OFFSET, NULL, 8, "Of the first matched string."),
	COL("technique", TEXT, "ATT&CK", 9, "ATT&CK technique ids."),
	COL("description", TEXT, NULL, 20, "What the rule says it finds."),
	COL("author", TEXT, NULL, 10, "Author of the rule."),
	COL("reference", TEXT, NULL, 20, "Reference the rule gives."),
	COL("found_at", TIME, "FOUND", 20, "When it was found first."),
	COL("last_seen_at", TIME, NULL, 20, "When it was found last."),
	COL("run_id", ID, NULL, 8, "The run that found it last."),
	COL("evidence_id", ID, NULL, 8, "The file's content, if collected."),
	COL("score", INT, "SCORE", 5, "Score the rule gives, 0 to 100."),
	COL("meta", TEXT, NULL, 20, "All the rule says of itself, JSON."),
	COL("rules_sha256", HASH, NULL, 12,
	    "SHA-256 of the rule set that found it last."),
	COL("member", BYTES, NULL, 12, "Where in the archive at path it is."),
	COL("pid", INT, NULL, 6,
	    "The process it was found in, or whose program it is."),
	COL("process_start_ns", TIME, NULL, 20, "When that process started."),
	COL("indicator_id", ID, NULL, 8, "The indicator that was seen."),
	COL("exclusion_id", ID, NULL, 8,
	    "The exclusion that calls it a false positive."),
	COL("object", TEXT, NULL, 16, "What a check found, in words."),
	COL("quiet", TEXT, NULL, 10,
	    "Why it is not to alarm anybody: \"package\", \"baseline NAME\"."),
	COL("fact_id", INT, NULL, 6, "The fact that proves it."),
	COL("remote", BYTES, NULL, 16, "The peer of the socket it is about."),
	COL("aside", TEXT, NULL, 10,
	    "Not NULL: it is excluded or quiet, and left out at first."),
	COL("gone_run_id", ID, "GONE", 8,
	    "Not NULL: the last run that looked there again, and did not see "
	    "it any more."),
	COL("exe", BYTES, NULL, 20,
	    "The program of that process, as /proc/PID/exe says it."),
	COL("ctime_ns", TIME, NULL, 20, "The file's metadata modification."),
	COL("atime_ns", TIME, NULL, 20, "Its last access."),
	COL("btime_ns", TIME, NULL, 20, "Its creation, where the host tells."),
	COL("mode", MODE, NULL, 6, "Its st_mode, type included."),
	COL("uid", INT, NULL, 5, "Its owner."),
	COL("gid", INT, NULL, 5, "Its group."),
	COL("owner", TEXT, NULL, 8, "User name of the owner there."),
	COL("packaged", BOOL, NULL, 3,
	    "1: a package of the host has a file of that path; NULL: nobody "
	    "said."),
};

static const struct column hit_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("finding_id", ID, "FINDING", 8, "The finding."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("identifier", TEXT, "STRING", 6, "The rule's name for it: $a."),
	COL("offset", OFFSET, "OFFSET", 10,
	    "Where in the file, bytes; of a process the address."),
	COL("length", INT, "LENGTH", 6, "Length of the match."),
	COL("context", BYTES, "CONTEXT", 20, "The bytes around it."),
	COL("context_offset", OFFSET, NULL, 10, "Where the context begins."),
	COL("region", TEXT, "REGION", 12,
	    "Of a process: the mapping, as in /proc/PID/maps."),
};

static const struct column indicator_columns[] = {
	COL("id", ID, "ID", 8, "The indicator's id."),
	COL("kind", TEXT, "KIND", 8, "\"sha256\", \"domain\", \"ip\", ..."),
	COL("value", TEXT, "VALUE", 20, "What to look for."),
	COL("severity", TEXT, "SEVERITY", 8, "As in finding."),
	COL("technique", TEXT, NULL, 9, "ATT&CK technique ids."),
	COL("description", TEXT, "DESCRIPTION", 16, "What it stands for."),
	COL("source", TEXT, NULL, 10, "Where it came from."),
	COL("valid_from", TIME, NULL, 20, "Not before this."),
	COL("valid_until", TIME, NULL, 20, "Not after this."),
	COL("added_at", TIME, NULL, 20, "When it was added."),
	COL("added_by", TEXT, NULL, 8, "Who added it."),
	COL("exclude", TEXT, NULL, 12,
	    "A pattern: paths it matches are not meant."),
	COL("removed_at", TIME, NULL, 20, "Since when it is not looked for."),
	COL("sightings", INT, "SEEN", 5, "How often it was seen."),
};

static const struct column sighting_columns[] = {
	COL("id", ID, "ID", 8, "The sighting's id."),
	COL("indicator_id", ID, "INDICATOR", 9, "What was seen."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("run_id", ID, NULL, 8, "The run that saw it."),
	COL("finding_id", ID, NULL, 8, "The finding made of it."),
	COL("context", BYTES, "CONTEXT", 20, "The line or bytes it was in."),
	COL("seen_at", TIME, "SEEN", 20, "When it was seen."),
	COL("kind", TEXT, "KIND", 8, "Kind of the indicator."),
	COL("value", TEXT, "VALUE", 20, "What the indicator looks for."),
	COL("path", BYTES, "PATH", 20, "The file it was seen in or as."),
	COL("pid", INT, "PID", 6, "The process it was seen in."),
	COL("remote", BYTES, NULL, 16, "The peer it was seen as."),
};

static const struct column note_columns[] = {
	COL("id", ID, "ID", 8, "The note's id."),
	COL("host", TEXT, "HOST", 8, "The host it is about, if one."),
	COL("created_at", TIME, "WRITTEN", 20, "When it was written."),
	COL("changed_at", TIME, NULL, 20, "When it was last rewritten."),
	COL("author", TEXT, "AUTHOR", 10, "Who wrote it."),
	COL("body", TEXT, "NOTE", 24, "Its text."),
};

static const struct column audit_columns[] = {
	COL("seq", INT, "SEQ", 6, "Number of the row, from 1, no gaps."),
	COL("at", TIME, "TIME", 20, "When it was done."),
	COL("actor", TEXT, "ACTOR", 12, "Who did it: user@machine."),
	COL("action", TEXT, "ACTION", 14, "What was done."),
	COL("host", TEXT, "HOST", 8, "The host it is about, if one."),
	COL("object", TEXT, "OBJECT", 8, "The table it changed."),
	COL("object_id", TEXT, NULL, 8,
	    "Id of the changed row, or its numbers: first..last."),
	COL("detail", TEXT, "DETAIL", 20, "More of it, a JSON object."),
	COL("hash", HASH, NULL, 12, "Hash of this row and all before it."),
	COL("prev", HASH, NULL, 12, "Hash of the row before."),
};

static const struct column hunt_columns[] = {
	COL("id", ID, NULL, 8, "The hunt's id."),
	COL("name", TEXT, "NAME", 8, "Its name in the case, unique."),
	COL("command", TEXT, "COMMAND", 24, "What is done, as it was typed."),
	COL("created_at", TIME, NULL, 20, "When it was saved."),
	COL("created_by", TEXT, NULL, 8, "Who saved it."),
	COL("removed_at", TIME, NULL, 20, "When it was taken off the list."),
	COL("runs", INT, "RUNS", 5, "How often it was run."),
	COL("last_run_at", TIME, "LAST RUN", 20, "When it was run last."),
	COL("last_run_id", ID, "RUN", 8, "That run."),
	COL("last_state", TEXT, "STATE", 8, "Its state, as in run."),
	COL("findings", INT, "FINDINGS", 8,
	    "Findings it saw that no exclusion covers."),
};

static const struct column exclusion_columns[] = {
	COL("id", ID, "ID", 8, "The exclusion's id."),
	COL("rule", TEXT, "RULE", 14, "Name of the rule; NULL: any."),
	COL("sha256", HASH, "SHA256", 12, "SHA-256 of the file; NULL: any."),
	COL("path", TEXT, "PATH", 16, "Path, * and ? as in a shell; NULL: any."),
	COL("host", TEXT, "HOST", 8, "Name of the host; NULL: any."),
	COL("reason", TEXT, "REASON", 16, "Why it is known to be harmless."),
	COL("added_at", TIME, NULL, 20, "When it was added."),
	COL("added_by", TEXT, NULL, 8, "Who added it."),
	COL("removed_at", TIME, NULL, 20, "Since when it no longer holds."),
	COL("findings", INT, "FINDINGS", 8, "Findings it covers."),
};

static const struct column finding_run_columns[] = {
	COL("id", INT, NULL, 6, "Number of the row, in order of arrival."),
	COL("finding_id", ID, "FINDING", 8, "The finding."),
	COL("run_id", ID, "RUN", 8, "A run that saw it."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("rule", TEXT, "RULE", 14, "Name of the rule."),
	COL("path", BYTES, "PATH", 20, "The file."),
	COL("sha256", HASH, NULL, 12, "SHA-256 of the file in that run."),
};

static const struct column coverage_sum_columns[] = {
	COL("id", INT, NULL, 6, "Least number of its rows in coverage."),
	COL("run_id", ID, "RUN", 8, "The run."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("what", TEXT, "WHAT", 7, "What was being done."),
	COL("outcome", TEXT, "OUTCOME", 9, "As in coverage."),
	COL("reason", TEXT, "REASON", 10, "Why, when not done."),
	COL("files", INT, "FILES", 7, "Files it is about."),
	COL("bytes", SIZE, "BYTES", 6, "Their size."),
	COL("rank", INT, NULL, 1, "0 done, 1 skipped, 2 failed: for sorting."),
	COL("percent", INT, "%", 5,
	    "Of all files met on the host in that run, rounded down; NULL when "
	    "it was stopped before it had met all."),
};

#define VIEW(n, ord, h)                                                    \
	{.name = #n, .help = h, .columns = n##_columns,                    \
	 .n_columns = ARRAY_SIZE(n##_columns), .order = ord}
#define SUMS(n, ord, h)                                                    \
	{.name = #n, .help = h, .columns = n##_columns,                    \
	 .n_columns = ARRAY_SIZE(n##_columns), .order = ord, .sums = true}

/* All columns of an order run the same way, so that rows page by key. */
const struct view views[] = {
	VIEW(host, "name", "The hosts of the case."),
	VIEW(run, "id DESC", "Hunts, collections and walks, the newest first."),
	VIEW(run_host, "run_id DESC, host DESC",
	     "How each host fared in each run."),
	VIEW(coverage, "id", "What was looked at, and what was not and why."),
	VIEW(evidence, "id", "What was brought from the hosts."),
	VIEW(file, "id", "Files that matched, were collected or listed, as seen."),
	VIEW(process, "id", "Processes seen on the hosts."),
	VIEW(socket, "id", "Sockets seen on the hosts."),
	VIEW(fact, "id",
	     "What is so on the hosts, by kinds: halligan-facts(5)."),
	SUMS(fact_sum, "host, kind, id",
	     "How many facts of each kind the hosts have now."),
	VIEW(account, "id", "Accounts that the hosts have now."),
	VIEW(unit, "id", "Services, timers and jobs that the hosts have now."),
	VIEW(event, "time_ns, id",
	     "The timeline: what several sources tell is in it once."),
	VIEW(event_source, "time_ns, id",
	     "The timeline as each source tells it, every row."),
	VIEW(fold, "id", "Rows of event_source that another is shown for."),
	VIEW(finding, "severity_rank DESC, id DESC",
	     "What was found, the worst first."),
	VIEW(hit, "id", "The strings that made a rule match."),
	VIEW(indicator, "id", "What is looked for."),
	VIEW(sighting, "id", "Where indicators were seen."),
	VIEW(note, "id", "What the responders wrote."),
	VIEW(audit, "seq", "Everything that was done to this case."),
	VIEW(hunt, "name", "Saved hunts."),
	VIEW(exclusion, "id", "What is known to be a false positive."),
	VIEW(finding_run, "id", "Which run saw which finding."),
	VIEW(hop, "id",
	     "The SSH servers on the way to each host, and their keys."),
	VIEW(pin, "name", "Pinned keys of servers that are no hosts here."),
	SUMS(coverage_sum, "run_id DESC, host DESC, rank DESC, id DESC",
	     "Coverage counted by host and reason."),
};

static const struct column diff_columns[] = {
	COL("change", TEXT, "CHANGE", 7,
	    "\"new\", \"changed\", \"gone\", or \"no rule\": what found it is "
	    "not among the rules any more."),
	COL("host", TEXT, "HOST", 8, "Name of the host."),
	COL("severity", TEXT, "SEVERITY", 8, "As in finding."),
	COL("rule", TEXT, "RULE", 14, "Name of the rule."),
	COL("path", BYTES, "OBJECT", 20, "The file."),
	COL("member", BYTES, NULL, 12, "Where in the archive at path it is."),
	COL("sha256", HASH, NULL, 12, "Of the file in the run."),
	COL("sha256_was", HASH, NULL, 12, "Of the file in the run before."),
	COL("score", INT, NULL, 5, "As in finding."),
	COL("id", ID, "ID", 8, "The finding."),
	COL("object", TEXT, NULL, 16, "What a check found, in words."),
};

const struct view diff_view = {
	.name = "diff",
	.help = "What changed from one run to the next.",
	.columns = diff_columns,
	.n_columns = ARRAY_SIZE(diff_columns),
	.order = "host",
};

const size_t n_views = ARRAY_SIZE(views);

const struct view *view_find(const char *name)
{
	for (size_t i = 0; i < n_views; i++)
		if (strcmp(views[i].name, name) == 0)
			return &views[i];
	return NULL;
}

int view_column(const struct view *view, const char *name)
{
	for (size_t i = 0; i < view->n_columns; i++)
		if (strcmp(view->columns[i].name, name) == 0)
			return (int)i;
	return -1;
}

const struct value *row_value(const struct view *view, const struct row *row,
			      const char *column)
{
	int i = view_column(view, column);

	return i < 0 ? NULL : &row->values[i];
}

struct bytes row_bytes(const struct view *view, const struct row *row,
		       const char *column)
{
	const struct value *v = row_value(view, row, column);

	if (!v || (v->type != VALUE_TEXT && v->type != VALUE_BLOB))
		return bytes_of(NULL, 0);
	return v->b;
}

int64_t row_int(const struct view *view, const struct row *row,
		const char *column, int64_t otherwise)
{
	const struct value *v = row_value(view, row, column);

	return v && v->type == VALUE_INT ? v->i : otherwise;
}
