/* SPDX-License-Identifier: Apache-2.0 */
/* The table of parsers, and which of them a file is for. */
#include "base/base.h"
#include "parse/inside.h"

const struct parser parsers[] = {
	{"passwd", "accounts: passwd(5)", passwd_score, passwd_run},
	{"shadow", "passwords, without their hashes: shadow(5)", shadow_score,
	 shadow_run},
	{"group", "groups: group(5)", group_score, group_run},
	{"sudoers", "who may do what: sudoers(5)", sudoers_score, sudoers_run},
	{"doas", "who may do what: doas.conf(5)", doas_score, doas_run},
	{"authorized-keys", "keys that may log in", authorized_keys_score,
	 authorized_keys_run},
	{"known-hosts", "hosts that somebody has been to", known_hosts_score,
	 known_hosts_run},
	{"sshd-config", "settings of sshd(8)", sshd_config_score,
	 sshd_config_run},
	{"ssh-config", "settings of ssh(1)", ssh_config_score, ssh_config_run},
	{"crontab", "jobs of cron: crontab, cron.d, the spool", crontab_score,
	 crontab_run},
	{"anacrontab", "jobs of anacron", anacrontab_score, anacrontab_run},
	{"at", "a job of at(1)", at_score, at_run},
	{"script", "a script that runs at a start, a login or an event",
	 script_score, script_run},
	{"web-page", "a page that is a program: PHP, JSP, CGI; .htaccess",
	 web_page_score, web_page_run},
	{"systemd-unit", "units of systemd, and drop-ins", systemd_unit_score,
	 systemd_unit_run},
	{"pam", "PAM: pam.d, pam.conf", pam_score, pam_run},
	{"udev", "rules of udev that run something", udev_score, udev_run},
	{"modprobe", "modules: modprobe.d, modules-load.d, modules",
	 modprobe_score, modprobe_run},
	{"ld-so", "the linker: ld.so.preload, ld.so.conf", ld_so_score,
	 ld_so_run},
	{"environment", "variables: /etc/environment and the like",
	 environment_score, environment_run},
	{"apt-conf", "commands that apt.conf has run", apt_conf_score,
	 apt_conf_run},
	{"package-hooks", "commands that dnf, dpkg, pacman have run",
	 package_hooks_score, package_hooks_run},
	{"logrotate", "scripts of logrotate", logrotate_score, logrotate_run},
	{"autostart", "an entry of XDG autostart", autostart_score,
	 autostart_run},
	{"run-table", "what inittab, interfaces and inetd run", run_table_score,
	 run_table_run},
	{"hosts", "names that are pinned: hosts(5)", hosts_score, hosts_run},
	{"resolver", "resolv.conf, nsswitch.conf, resolved.conf",
	 resolver_score, resolver_run},
	{"log-setting", "settings of journald, auditd, SELinux, ufw, firewalld",
	 log_setting_score, log_setting_run},
	{"rsyslog", "where rsyslog sends and what it drops", rsyslog_score,
	 rsyslog_run},
	{"audit-rules", "rules of audit", audit_rules_score, audit_rules_run},
	{"ufw-rules", "rules of ufw", ufw_rules_score, ufw_rules_run},
	{"firewalld-zone", "a zone of firewalld", firewalld_zone_score,
	 firewalld_zone_run},
	{"apparmor-off", "a profile of AppArmor that is off or only complains",
	 apparmor_off_score, apparmor_off_run},
	{"logrotate-status", "when logrotate turned over which log",
	 logrotate_status_score, logrotate_status_run},

	{"time-zone", "a time zone (TZif): /etc/localtime", time_zone_score,
	 time_zone_run},
	{"zone-name", "name of the time zone: /etc/timezone", zone_name_score,
	 zone_name_run},

	{"audit", "audit.log of auditd, raw or ENRICHED", audit_score,
	 audit_run},
	{"syslog",
	 "syslog: RFC 3164, RFC 5424 and ISO lines; sshd, sudo, cron...",
	 syslog_score, syslog_run},
	{"journal", "journals of systemd, also damaged or cut off",
	 journal_score, journal_run},
	{"utmp", "logins and boots: utmp, wtmp, btmp, of any machine",
	 utmp_score, utmp_run},
	{"utmpx", "logins and boots: utmpx of macOS", utmpx_score, utmpx_run},

	{"bash", "history of bash, ash or sh, with #epoch lines or without",
	 bash_score, bash_run},
	{"tcsh", "history of tcsh, with #+epoch lines", tcsh_score, tcsh_run},
	{"zsh", "history of zsh, extended or not", zsh_score, zsh_run},
	{"fish", "history of fish", fish_score, fish_run},
	{"client-history",
	 "histories of python, mysql, psql, sqlite, less, redis (no times)",
	 client_history_score, client_history_run},
	{"viminfo", "commands, searches, registers and marks of vim",
	 viminfo_score, viminfo_run},

	{"dpkg", "dpkg.log: each step of each package", dpkg_score, dpkg_run},
	{"apt-history", "history.log of apt: what was asked, and by whom",
	 apt_history_score, apt_history_run},
	{"apt-term", "term.log of apt: what dpkg said", apt_term_score,
	 apt_term_run},
	{"rpm-log", "yum.log, dnf.rpm.log and dnf.log", rpm_log_score,
	 rpm_log_run},
	{"pacman", "pacman.log", pacman_score, pacman_run},
	{"zypp", "history of zypper", zypp_score, zypp_run},

	{"web-access", "access logs: common, combined, with the host in front",
	 web_access_score, web_access_run},
	{"atlassian", "access logs of Confluence and Jira", atlassian_score,
	 atlassian_run},
	{"apache-error", "error logs of Apache", apache_error_score,
	 apache_error_run},
	{"nginx-error", "error logs of nginx", nginx_error_score,
	 nginx_error_run},
	{"lighttpd-error", "error logs of lighttpd", lighttpd_error_score,
	 lighttpd_error_run},
	{"php-error", "errors of PHP, and what php-fpm logs", php_error_score,
	 php_error_run},

	{"docker-log", "output of Docker's containers (json-file)",
	 docker_log_score, docker_log_run},
	{"cri", "output of containers of Kubernetes", cri_score, cri_run},
	{"docker-config", "config.v2.json of Docker's containers",
	 docker_config_score, docker_config_run},
	{"docker-layer", "layers and images of Docker", docker_layer_score,
	 docker_layer_run},
	{"wtmpdb", "logins and boots: wtmp.db of wtmpdb", wtmpdb_score,
	 wtmpdb_run},
	{"lastlog2", "last logins: lastlog2.db", lastlog2_score, lastlog2_run},
	{"firefox",
	 "places, cookies, downloads and forms of Firefox and its kin",
	 firefox_score, firefox_run},
	{"chrome", "History, Cookies and Web Data of Chrome and its kin",
	 chrome_score, chrome_run},
	{"safari", "History.db of Safari", safari_score, safari_run},
	{"dnf-history", "histories of dnf, dnf5 and yum (SQLite)",
	 dnf_history_score, dnf_history_run},
	{"fail2ban", "bans of fail2ban (SQLite)", fail2ban_score, fail2ban_run},
	{"zeitgeist", "what was used on a desktop (SQLite)", zeitgeist_score,
	 zeitgeist_run},

	{"caddy", "access log of Caddy", caddy_score, caddy_run},

	{"lastlog", "last logins: lastlog, of any machine", lastlog_score,
	 lastlog_run},
	{"mlocate", "mlocate.db: folders and what was in them", mlocate_score,
	 mlocate_run},
	{"postgresql", "logs of PostgreSQL", postgresql_score, postgresql_run},
	{"vsftpd", "vsftpd.log, and transfers in the form of wu-ftpd",
	 vsftpd_score, vsftpd_run},
	{"fail2ban-log", "fail2ban.log", fail2ban_log_score, fail2ban_log_run},
	{"cloud-init", "cloud-init.log", cloud_init_score, cloud_init_run},
	{"ids-alert", "alerts of Snort and Suricata, a line each",
	 ids_alert_score, ids_alert_run},
	{"eve", "eve.json of Suricata", eve_score, eve_run},
	{"cloudtrail", "CloudTrail of AWS", cloudtrail_score, cloudtrail_run},
	{"timer-stamp", "when timers of systemd ran last", timer_stamp_score,
	 timer_stamp_run},
	{"anacron", "when jobs of anacron ran last", anacron_score,
	 anacron_run},
	{"trashinfo", "files that were put into the trash", trashinfo_score,
	 trashinfo_run},
	{"wget-hsts", "servers that wget was at", wget_hsts_score,
	 wget_hsts_run},
	{"teamviewer", "connections_incoming.txt of TeamViewer",
	 teamviewer_score, teamviewer_run},
	{"dhcp-leases", "leases of dhcpd and dhclient", dhcp_leases_score,
	 dhcp_leases_run},
	{"dnsmasq", "leases of dnsmasq", dnsmasq_score, dnsmasq_run},
	{"iptables-save", "when rules of a firewall were saved",
	 iptables_save_score, iptables_save_run},
	{"popcontest", "popularity-contest: programs that were used",
	 popcontest_score, popcontest_run},
	{"apk", "apk.log", apk_score, apk_run},
	{"timeline", "timelines of other tools: CSV or JSON of Timesketch",
	 timeline_file_score, timeline_file_run},

	{"bodyfile", "bodyfiles: the times of each file of a system",
	 bodyfile_score, bodyfile_run},
};

const size_t n_parsers = ARRAY_SIZE(parsers);

const char *time_source_name(enum time_source source)
{
	static const char *const names[N_SOURCES] = {
		[SOURCE_UTC] = "utc",        [SOURCE_OFFSET] = "offset",
		[SOURCE_HOST] = "host zone", [SOURCE_ASSUMED] = "assumed utc",
		[SOURCE_NONE] = "none",
	};

	return source < N_SOURCES && names[source] ? names[source] : "none";
}

bool parser_joins(const struct parser *parser)
{
	static const char *const names[] = {"audit", "bash", "tcsh"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(parser->name, names[i]) == 0)
			return true;
	return false;
}

const struct parser *parser_find(const char *name)
{
	for (size_t i = 0; i < n_parsers; i++)
		if (strcmp(parsers[i].name, name) == 0)
			return &parsers[i];
	return NULL;
}

const struct parser *parser_guess(const struct parse_input *in)
{
	const struct parser *best = NULL;
	unsigned top = PARSE_SURE - 1;

	for (size_t i = 0; i < n_parsers; i++) {
		unsigned score = parsers[i].score(in);

		if (score > top) {
			top = score;
			best = &parsers[i];
		}
	}
	return best;
}
