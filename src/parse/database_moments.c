/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which times there are in which tables. Sources: wtmpdb's and util-linux'
 * schemas; Firefox (places, cookies, downloads, formhistory); Safari; Chromium
 * (History, Cookies, Web Data; versions 8 to now); libdnf, dnf5 and yum;
 * fail2ban; Zeitgeist. Values of cookies are left where they are.
 */
#include "base/base.h"
#include "parse/database.h"
#include "parse/inside.h"

/* "words value", or nothing where there is no value */
#define OPT(words, value) "||coalesce('" words "'||nullif(" value ",''),'')"

#define WTMP_WORDS                                                             \
	OPT(" ", "User")                                                       \
	OPT(", line ", "TTY")                                                  \
	OPT(", host ", "RemoteHost") OPT(", service ", "Service")
#define WTMP(time, words) time ",rowid,User,'" words "'" WTMP_WORDS
#define LOGIN_TYPES	  "wtmp WHERE Type NOT IN (1,2)"

#define URL(url, title)	  "coalesce(" url ",'?')" OPT(" - ", title)
#define PLACE		  URL("p.url", "p.title")
#define FIREFOX_COOKIE	  "coalesce(host,'')||coalesce(path,'')" OPT(" cookie ", "name")
#define CHROME_COOKIE	  "host_key||coalesce(path,'')" OPT(" cookie ", "name")
#define FORM		  "coalesce(fieldname,'?')" OPT(" = ", "value")
#define AUTOFILL	  "coalesce(a.name,'?')" OPT(" = ", "a.value")
#define MOZ_DOWNLOAD                                                           \
	"coalesce(source,'?')" OPT(" to ", "target")                           \
		OPT(", bytes ", "currBytes") OPT(", from ", "referrer")
#define CHROME_DOWNLOAD(path)                                                  \
	"coalesce((SELECT c.url FROM downloads_url_chains c"                   \
	" WHERE c.id=d.id ORDER BY c.chain_index DESC LIMIT 1),'?')"           \
	OPT(" to ", path) OPT(", bytes ", "d.received_bytes")
#define CHROME_OLD_DOWNLOAD                                                    \
	"coalesce(d.url,'?')" OPT(" to ", "d.full_path")                       \
		OPT(", bytes ", "d.received_bytes")

#define BOOKMARKS "moz_bookmarks b LEFT JOIN moz_places p ON p.id=b.fk"
#define BOOKMARK(time)                                                         \
	"b." time ",b.id,'',CASE WHEN b.type=2 THEN 'folder '"                 \
	" WHEN b.type=3 THEN 'separator ' ELSE 'bookmark ' END"                \
	"||coalesce(b.title,'')" OPT(" of ", "p.url")
#define ANNOS                                                                  \
	"moz_items_annos a LEFT JOIN moz_bookmarks b ON b.id=a.item_id"        \
	" LEFT JOIN moz_places p ON p.id=b.fk"
#define ANNO(time)                                                             \
	"a." time ",a.id,'','note '||coalesce(a.content,'')"                   \
	OPT(" on ", "b.title") OPT(" of ", "p.url")
#define PLACE_ANNOS(name)                                                      \
	"moz_annos a JOIN moz_anno_attributes t ON t.id=a.anno_attribute_id"   \
	" AND t.name='downloads/" name "'"                                     \
	" LEFT JOIN moz_places p ON p.id=a.place_id"

#define ACTIONS                                                                \
	"CASE i.action WHEN 1 THEN 'Install' WHEN 2 THEN 'Downgrade'"          \
	" WHEN 3 THEN 'Downgraded' WHEN 4 THEN 'Obsolete'"                     \
	" WHEN 5 THEN 'Obsoleted' WHEN 6 THEN 'Upgrade'"                       \
	" WHEN 7 THEN 'Upgraded' WHEN 8 THEN 'Remove'"                         \
	" WHEN 9 THEN 'Reinstall' WHEN 10 THEN 'Reinstalled'"                  \
	" WHEN 11 THEN 'Reason Change' ELSE 'Action '||i.action END"
#define NEVRA "||' '||r.name||'-'||r.version||'-'||r.release||'.'||r.arch"
#define NEVRA5 "||' '||n.name||'-'||r.version||'-'||r.release||'.'||h.name"
#define NEVRA3 "||' '||p.name||'-'||p.version||'-'||p.release||'.'||p.arch"
#define UID(column) "coalesce(nullif(nullif(" column ",4294967295),-1),'')"
#define TRANS(words)                                                           \
	"id," UID("user_id") ",'transaction '||id" OPT(": ", words)

#define BAN "'banned '||coalesce(ip,'?')||' in '||jail"

const struct moment database_moments[] = {
	{"wtmpdb", "boot", EPOCH_US, DESC_START, "boot", "wtmp",
	 WTMP("Login", "boot"), "wtmp WHERE Type=1"},
	{"wtmpdb", "shutdown", EPOCH_US, DESC_END, "shutdown", "wtmp",
	 WTMP("Logout", "system went down"), "wtmp WHERE Type=1"},
	{"wtmpdb", "runlevel", EPOCH_US, DESC_START, "runlevel", "wtmp",
	 WTMP("Login", "run level changed"), "wtmp WHERE Type=2"},
	{"wtmpdb", "login", EPOCH_US, DESC_START, "login", "wtmp",
	 WTMP("Login", "login") "||CASE WHEN Logout IS NULL THEN ', no logout' "
				"ELSE '' END",
	 LOGIN_TYPES},
	{"wtmpdb", "logout", EPOCH_US, DESC_END, "logout", "wtmp",
	 WTMP("Logout", "logout"), LOGIN_TYPES},

	{"lastlog2", "last", EPOCH_S, DESC_LOGIN, "login", "Lastlog2",
	 "Time,rowid,Name,'last login '||Name" OPT(", line ", "TTY")
		 OPT(", host ", "RemoteHost") OPT(", service ", "Service"),
	 "Lastlog2"},

	{"firefox", "visit", EPOCH_US, DESC_VISITED, "web.visited",
	 "moz_historyvisits", "v.visit_date,v.id,''," PLACE,
	 "moz_historyvisits v LEFT JOIN moz_places p ON p.id=v.place_id"},
	{"firefox", "bookmark added", EPOCH_US, DESC_ADDED, "web.bookmark",
	 "moz_bookmarks", BOOKMARK("dateAdded"), BOOKMARKS},
	{"firefox", "bookmark changed", EPOCH_US, DESC_CHANGED, "web.bookmark",
	 "moz_bookmarks", BOOKMARK("lastModified"), BOOKMARKS},
	{"firefox", "note added", EPOCH_US, DESC_ADDED, "web.bookmark",
	 "moz_items_annos", ANNO("dateAdded"), ANNOS},
	{"firefox", "note changed", EPOCH_US, DESC_CHANGED, "web.bookmark",
	 "moz_items_annos", ANNO("lastModified"), ANNOS},
	{"firefox", "download", EPOCH_US, DESC_START, "web.download",
	 "moz_annos",
	 "a.dateAdded,a.id,'',coalesce(p.url,'?')" OPT(" to ", "a.content"),
	 PLACE_ANNOS("destinationFileURI")},
	{"firefox", "download end", EPOCH_MS, DESC_END, "web.download",
	 "moz_annos",
	 "CASE WHEN json_valid(a.content) THEN"
	 " json_extract(a.content,'$.endTime') END,a.id,'',"
	 "coalesce(p.url,'?')||' ended'"
	 "||CASE WHEN json_valid(a.content) THEN"
	 " coalesce(', bytes '||json_extract(a.content,'$.fileSize'),'')"
	 " ELSE '' END",
	 PLACE_ANNOS("metaData")},
	{"firefox", "old download", EPOCH_US, DESC_START, "web.download",
	 "moz_downloads", "startTime,id,''," MOZ_DOWNLOAD, "moz_downloads"},
	{"firefox", "old download end", EPOCH_US, DESC_END, "web.download",
	 "moz_downloads", "endTime,id,''," MOZ_DOWNLOAD, "moz_downloads"},
	{"firefox", "cookie created", EPOCH_US, DESC_CREATED, "web.cookie",
	 "moz_cookies", "creationTime,id,''," FIREFOX_COOKIE, "moz_cookies"},
	{"firefox", "cookie used", EPOCH_US, DESC_ACCESS, "web.cookie",
	 "moz_cookies", "lastAccessed,id,''," FIREFOX_COOKIE, "moz_cookies"},
	/* In milliseconds since 2025, in seconds before. */
	{"firefox", "cookie ends", EPOCH_MS, DESC_EXPIRES, "web.cookie",
	 "moz_cookies",
	 "CASE WHEN expiry>99999999999 THEN expiry ELSE expiry*1000 END,"
	 "id,''," FIREFOX_COOKIE,
	 "moz_cookies"},
	{"firefox", "form first", EPOCH_US, DESC_CREATED, "web.form",
	 "moz_formhistory", "firstUsed,id,''," FORM, "moz_formhistory"},
	{"firefox", "form last", EPOCH_US, "Last Used Time", "web.form",
	 "moz_formhistory", "lastUsed,id,''," FORM, "moz_formhistory"},

	/* In seconds since 2001, with a fraction. */
	{"safari", "visit", EPOCH_US, DESC_VISITED, "web.visited",
	 "history_visits",
	 "CAST(v.visit_time*1000000 AS INTEGER)+978307200000000,v.id,''," URL(
		 "i.url", "v.title"),
	 "history_visits v LEFT JOIN history_items i ON i.id=v.history_item"},

	{"chrome", "visit", EPOCH_WEBKIT, DESC_VISITED, "web.visited", "visits",
	 "v.visit_time,v.id,''," URL("u.url", "u.title"),
	 "visits v LEFT JOIN urls u ON u.id=v.url"},
	{"chrome", "download", EPOCH_WEBKIT, DESC_START, "web.download",
	 "downloads", "d.start_time,d.id,''," CHROME_DOWNLOAD("d.target_path"),
	 "downloads d"},
	{"chrome", "download", EPOCH_WEBKIT, DESC_START, "web.download",
	 "downloads", "d.start_time,d.id,''," CHROME_DOWNLOAD("d.full_path"),
	 "downloads d"},
	{"chrome", "download", EPOCH_WEBKIT, DESC_START, "web.download",
	 "downloads", "d.start_time,d.id,''," CHROME_OLD_DOWNLOAD,
	 "downloads d"},
	{"chrome", "download end", EPOCH_WEBKIT, DESC_END, "web.download",
	 "downloads", "d.end_time,d.id,''," CHROME_DOWNLOAD("d.target_path"),
	 "downloads d"},
	{"chrome", "download end", EPOCH_WEBKIT, DESC_END, "web.download",
	 "downloads", "d.end_time,d.id,''," CHROME_DOWNLOAD("d.full_path"),
	 "downloads d"},
	{"chrome", "download end", EPOCH_WEBKIT, DESC_END, "web.download",
	 "downloads", "d.end_time,d.id,''," CHROME_OLD_DOWNLOAD, "downloads d"},
	{"chrome", "cookie created", EPOCH_WEBKIT, DESC_CREATED, "web.cookie",
	 "cookies", "creation_utc,rowid,''," CHROME_COOKIE, "cookies"},
	{"chrome", "cookie used", EPOCH_WEBKIT, DESC_ACCESS, "web.cookie",
	 "cookies", "last_access_utc,rowid,''," CHROME_COOKIE, "cookies"},
	{"chrome", "cookie ends", EPOCH_WEBKIT, DESC_EXPIRES, "web.cookie",
	 "cookies", "expires_utc,rowid,''," CHROME_COOKIE, "cookies"},
	{"chrome", "form first", EPOCH_S, DESC_CREATED, "web.form", "autofill",
	 "a.date_created,a.rowid,''," AUTOFILL, "autofill a"},
	{"chrome", "form first", EPOCH_S, DESC_CREATED, "web.form",
	 "autofill_dates", "d.date_created,d.rowid,''," AUTOFILL,
	 "autofill_dates d JOIN autofill a ON a.pair_id=d.pair_id"},
	{"chrome", "form last", EPOCH_S, "Last Used Time", "web.form",
	 "autofill", "a.date_last_used,a.rowid,''," AUTOFILL, "autofill a"},

	{"dnf-history", "begin", EPOCH_S, DESC_START, "package.run", "trans",
	 "dt_begin," TRANS("cmdline"), "trans"},
	{"dnf-history", "begin", EPOCH_S, DESC_START, "package.run", "trans",
	 "dt_begin," TRANS("description"), "trans"},
	{"dnf-history", "end", EPOCH_S, DESC_END, "package.run", "trans",
	 "dt_end," TRANS("'ended'"), "trans"},
	{"dnf-history", "items", EPOCH_S, DESC_ADDED, NULL, "trans_item",
	 "coalesce(nullif(t.dt_end,0),t.dt_begin),i.id," UID(
		 "t.user_id") "," ACTIONS NEVRA,
	 "trans_item i JOIN trans t ON t.id=i.trans_id"
	 " JOIN rpm r ON r.item_id=i.item_id"},
	{"dnf-history", "items", EPOCH_S, DESC_ADDED, NULL, "trans_item",
	 "coalesce(nullif(t.dt_end,0),t.dt_begin),i.id," UID(
		 "t.user_id") ",a.name" NEVRA5,
	 "trans_item i JOIN trans t ON t.id=i.trans_id"
	 " JOIN trans_item_action a ON a.id=i.action_id"
	 " JOIN rpm r ON r.item_id=i.item_id"
	 " JOIN pkg_names n ON n.id=r.name_id"
	 " JOIN archs h ON h.id=r.arch_id"},
	{"dnf-history", "yum begin", EPOCH_S, DESC_START, "package.run",
	 "trans_beg",
	 "b.timestamp,b.tid," UID(
		 "b.loginuid") ",'transaction '||b.tid||coalesce(': '||(SELECT "
			       "c.cmdline FROM"
			       " trans_cmdline c WHERE c.tid=b.tid),'')",
	 "trans_beg b"},
	{"dnf-history", "yum begin", EPOCH_S, DESC_START, "package.run",
	 "trans_beg",
	 "b.timestamp,b.tid," UID("b.loginuid") ",'transaction '||b.tid",
	 "trans_beg b"},
	{"dnf-history", "yum end", EPOCH_S, DESC_END, "package.run",
	 "trans_end",
	 "timestamp,tid,'','transaction '||tid||' ended with '||return_code",
	 "trans_end"},
	{"dnf-history", "yum items", EPOCH_S, DESC_ADDED, NULL,
	 "trans_data_pkgs",
	 "coalesce(e.timestamp,b.timestamp),d.rowid," UID(
		 "b.loginuid") ",d.state" NEVRA3,
	 "trans_data_pkgs d JOIN pkgtups p ON p.pkgtupid=d.pkgtupid"
	 " JOIN trans_beg b ON b.tid=d.tid"
	 " LEFT JOIN trans_end e ON e.tid=d.tid"},

	{"fail2ban", "ban", EPOCH_S, DESC_ADDED, "ban", "bans",
	 "timeofban,rowid,coalesce(ip,'')," BAN
	 "||CASE WHEN bantime<0 THEN ' for ever' ELSE"
	 " coalesce(' for '||bantime||' s','') END"
	 "||coalesce(', time '||bancount,'')",
	 "bans"},
	{"fail2ban", "ban", EPOCH_S, DESC_ADDED, "ban", "bans",
	 "timeofban,rowid,coalesce(ip,'')," BAN, "bans"},

	{"zeitgeist", "event", EPOCH_MS, DESC_RECORDED, "desktop.used", "event",
	 "e.timestamp,e.rowid,coalesce(a.value,''),"
	 "coalesce(u.value,'?')",
	 "event e LEFT JOIN uri u ON u.id=e.subj_id"
	 " LEFT JOIN actor a ON a.id=e.actor"},
	{"zeitgeist", "event", EPOCH_MS, DESC_RECORDED, "desktop.used", "event",
	 "e.timestamp,e.rowid,'',coalesce(u.value,'?')",
	 "event e LEFT JOIN uri u ON u.id=e.subj_id"},
};

const size_t n_database_moments = ARRAY_SIZE(database_moments);
