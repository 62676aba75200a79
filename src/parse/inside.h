/* SPDX-License-Identifier: Apache-2.0 */
/* What the parsers share, and what the table names. */
#ifndef HALLIGAN_PARSE_INSIDE_H
#define HALLIGAN_PARSE_INSIDE_H

#include "base/base.h"
#include "base/buf.h"
#include "base/time.h"
#include "parse/parse.h"
#include "parse/words.h"

#define SCORE_BYTES ((size_t)64 << 10) /* a score looks at no more */

/* ---- lines.c ---- */

/* One line of a text, without its end (LF, or CR LF). */
struct line {
	struct bytes text;
	uint64_t offset; /* in the content */
};

/* The next line at *at, which moves behind it; false at the end. */
bool next_line(struct bytes content, uint64_t *at, struct line *line);

/* Takes a word up to blanks off the front, and the blanks behind it. */
struct bytes take_word(struct bytes *rest);

/* What is in front of the first of `ends`; a NUL is taken for a blank. */
struct bytes before_any(struct bytes b, const char *ends);

/* These words off the front, if they are there. */
bool take_words(struct bytes *rest, const char *words);

/* A decimal number of 1 to `digits` digits off the front. */
bool take_number(struct bytes *rest, size_t digits, int64_t *n);

/* One byte off the front, if it is that one. */
bool take_byte(struct bytes *rest, uint8_t byte);

/* "Jan" to "Dec" off the front: 1 to 12; English, in any case. */
bool take_month(struct bytes *rest, int64_t *month);

enum line_is {
	LINE_EVENT,   /* the event is filled, but for its place */
	LINE_MORE,    /* it goes on with the event before */
	LINE_NOTHING, /* it says nothing, and need not */
	LINE_ODD,     /* it cannot be read */
};

/* A log of which each line is an event. */
struct line_form {
	/* `message` of the event may be left empty: it is the line then. */
	enum line_is (*take)(const struct parse_input *in, void *state,
			     struct bytes line, struct parse_event *e);
	const char *problem; /* what an odd line is told as */
	/* Some lines go on: what is said of one waits for the next, so that
	 * it may only point into the content. */
	bool joins;
};

enum err_code say_lines(const struct parse_input *in,
			const struct parse_out *out,
			const struct line_form *form, void *state,
			struct err *err);

/* How many of the first lines are events, of those that are not passed over,
 * as a score; `take` gets `state`. */
unsigned score_lines(const struct parse_input *in,
		     const struct line_form *form, void *state);

/* ---- civil.c ---- */

/* A calendar time as a text has it. */
struct civil {
	int64_t year, month, day; /* month and day from 1 */
	int64_t hour, minute, second;
	int64_t ns;           /* of the second */
	int64_t precision_ns; /* what the text resolves */
	bool has_offset;
	int64_t offset_s; /* east of UTC */
};

bool civil_is_valid(const struct civil *c); /* a leap second may be 60 */

bool civil_is_leap(int64_t year);

/* The year of a time in UTC. */
int64_t civil_year_s(int64_t s);

/* Reads "HH:MM:SS" with a fraction of 0 to 9 digits off the front. */
bool civil_take_clock(struct bytes *rest, struct civil *c);

/* Digits of a fraction, of which nine count; precision_ns is that of the
 * digit before. False: there are none. */
bool civil_take_fraction(struct bytes *rest, struct civil *c);

/* "YYYY-MM-DD" with any one of `seps` between; then nothing else. */
bool civil_take_date(struct bytes *rest, const char *seps, struct civil *c);

/* "Z", "+hh:mm", "+hhmm", "+hh" off the front, a blank before it is fine. */
bool civil_take_offset(struct bytes *rest, struct civil *c);

/* ISO 8601 as logs have it: a date, "T" or a blank, a clock, an offset or
 * none. */
bool civil_take_iso(struct bytes *rest, struct civil *c);

/* "Jun  6 18:43:28 2016", the day's name in front or not. */
bool civil_take_ctime(struct bytes *rest, struct civil *c);

/* "UTC", "CEST", "+02" or "-0330" off the front. A name that could be of two
 * zones, or of none, leaves the time a local one. */
bool civil_take_zone(struct bytes *rest, struct civil *c);

/* Fills time, precision and source of the event: by the offset that was
 * read, or as local time of the host. False when it is no valid time. */
bool civil_event(const struct civil *c, const struct parse_input *in,
		 struct parse_event *e);

/* The same of a time that its format has in UTC, whatever the host's zone. */
bool civil_event_utc(struct civil *c, struct parse_event *e);

/* ---- years.c ---- */

/* Of a log whose lines have no year: {in, take}, the rest is its own. */
struct years {
	const struct parse_input *in;
	/* Reads the time of a line, as of the leap year 2000; false: there is
	 * none, or it has a year. */
	bool (*take)(struct bytes line, struct civil *c);
	struct segment *segments; /* NULL: no line asked for its year yet */
	size_t n, at;
};

/* Of the line there; they are asked for in the order of the file. */
int64_t years_at(struct years *y, uint64_t offset);
void years_release(struct years *y);

/* ---- hints.c ---- */

#define JUDGED_LINES 200u /* a score looks at no more of them */
#define EPOCH_MAX    INT64_C(9000000000)

/* Is one of the names in the last part of the path? */
bool path_is_of(struct bytes path, const char *const names[]);

/* The account whose home it is in, as far as its path tells; or empty. */
struct bytes path_account(struct bytes path);

bool looks_like_text(struct bytes content);

/* How many of the first lines are one, in percent; empty ones do not count. */
unsigned share_of_lines(struct bytes content,
			bool (*is_one)(struct bytes line));

/* A time in whole seconds of UTC; false when no clock can have said it. */
bool epoch_event(int64_t s, struct parse_event *e);

void no_time(struct parse_event *e); /* only its order is known */

/* As much of it as there is room for. */
void message_add(struct buf *message, struct bytes b);
/* ", name text", if there is a text. */
void message_part(struct buf *message, const char *name, struct bytes text);

/* ---- fields of records of a fixed size ---- */

/* A string that may fill its place. */
struct bytes field_string(struct bytes record, size_t at, size_t room);
bool is_printable(struct bytes b);

/* ---- history_fact.c ---- */

typedef enum err_code parser_read(const struct parse_input *in,
				  const struct parse_out *out,
				  struct err *err);

/* What `read` says of a history, and the history itself as a fact. */
enum err_code history_run(const struct parse_input *in,
			  const struct parse_out *out, parser_read *read,
			  struct err *err);

#define EMPTY_HISTORY 60u /* the score of one that its name alone tells */

/* ---- conf_accounts.c ---- */

#define ACCOUNT_FIELDS 9u /* of shadow(5), which has the most */

/* What is between the colons of a line; how many there are. */
size_t account_fields(struct bytes line, struct bytes f[ACCOUNT_FIELDS]);

/* ---- packages.c ---- */

/* "Installed:" is "package.installed"; NULL: no word of a package manager. */
const char *package_kind(struct bytes word);
/* The same, and "package.log" for all else that its log says. */
const char *package_log_kind(struct bytes word);

/* ---- web_error.c ---- */

/* A line of an error log of Apache or nginx: all but its place and desc. */
bool web_error_take(const struct parse_input *in, struct bytes line,
		    struct parse_event *e);

/* ---- the parsers, by file ---- */

#define PARSER(name)                                                           \
	unsigned name##_score(const struct parse_input *in);                   \
	enum err_code name##_run(const struct parse_input *in,                 \
				 const struct parse_out *out, struct err *err)

PARSER(passwd); /* conf_accounts.c */
PARSER(shadow); /* its score: accounts.c */
PARSER(group);
PARSER(sudoers); /* conf_sudo.c */
PARSER(doas);
PARSER(authorized_keys); /* conf_ssh.c */
PARSER(known_hosts);
PARSER(sshd_config);
PARSER(ssh_config);
PARSER(crontab); /* conf_cron.c */
PARSER(anacrontab);
PARSER(at); /* its score: jobs.c */
PARSER(script); /* conf_scripts.c */
PARSER(web_page);
PARSER(systemd_unit); /* conf_systemd.c */
PARSER(pam);	      /* conf_system.c */
PARSER(udev);
PARSER(modprobe);
PARSER(ld_so);
PARSER(environment);
PARSER(apt_conf); /* conf_hooks.c */
PARSER(package_hooks);
PARSER(logrotate);
PARSER(autostart);
PARSER(run_table); /* conf_tables.c */
PARSER(hosts);	   /* conf_net.c */
PARSER(resolver);
PARSER(log_setting); /* conf_logging.c */
PARSER(rsyslog);
PARSER(audit_rules);
PARSER(ufw_rules);
PARSER(firewalld_zone);
PARSER(apparmor_off);
PARSER(logrotate_status);

PARSER(time_zone); /* time_zone.c */
PARSER(zone_name);

PARSER(audit);
PARSER(journal);
PARSER(syslog);
PARSER(utmp);
PARSER(utmpx);

PARSER(bash); /* history.c */
PARSER(tcsh);
PARSER(zsh); /* history_more.c */
PARSER(fish);
PARSER(client_history);
PARSER(viminfo); /* viminfo.c */

PARSER(dpkg); /* packages.c */
PARSER(apt_history);
PARSER(apt_term);
PARSER(rpm_log); /* packages_more.c */
PARSER(pacman);
PARSER(zypp);

PARSER(web_access); /* web.c */
PARSER(atlassian);
PARSER(apache_error); /* web_error.c */
PARSER(nginx_error);
PARSER(lighttpd_error);
PARSER(php_error);

PARSER(docker_log); /* containers.c */
PARSER(cri);
PARSER(docker_config); /* container_config.c */
PARSER(docker_layer);
PARSER(caddy);

PARSER(bodyfile);

PARSER(wtmpdb); /* database.c */
PARSER(lastlog2);
PARSER(firefox);
PARSER(chrome);
PARSER(safari);
PARSER(dnf_history);
PARSER(fail2ban);
PARSER(zeitgeist);

PARSER(lastlog); /* lastlog.c */
PARSER(mlocate); /* mlocate.c */
PARSER(postgresql); /* service_logs.c */
PARSER(vsftpd);
PARSER(fail2ban_log);
PARSER(cloud_init);
PARSER(ids_alert); /* ids.c */
PARSER(eve);
PARSER(cloudtrail); /* cloudtrail.c */
PARSER(timer_stamp); /* jobs.c */
PARSER(anacron);
PARSER(trashinfo); /* desktop.c */
PARSER(wget_hsts);
PARSER(teamviewer);
PARSER(dhcp_leases); /* network.c */
PARSER(dnsmasq);
PARSER(iptables_save);
PARSER(popcontest); /* usage.c */
PARSER(apk);
PARSER(timeline_file); /* timeline_file.c */

/* When a job of at runs, by its name: "a0001901c5b2d4". */
bool at_time(struct bytes path, struct parse_event *e); /* jobs.c */

/* What those tell besides facts: the days of shadow, and when at runs. */
enum err_code shadow_events(const struct parse_input *in,
			    const struct parse_out *out,
			    struct err *err); /* accounts.c */
enum err_code at_events(const struct parse_input *in,
			const struct parse_out *out,
			struct err *err); /* jobs.c */

#endif
