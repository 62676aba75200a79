/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs of web shells: a call that runs something, with what came in a
 * request, or what was decoded, in the same statement. Each alone is in many
 * an honest script.
 */
#include "base/base.h"
#include "probe/filetype.h"
#include "probe/procstat.h"
#include "probe/webscript.h"

#define STATEMENT 400u /* bytes that a statement is looked at for */

bool webscript_name(struct bytes name)
{
	static const char *const ends[] = {
		".php",	 ".php3", ".php4", ".php5",  ".php7", ".php8",
		".phtml", ".phar", ".pht",  ".inc",   ".jsp",  ".jspx",
		".jspf", ".asp",  ".aspx", ".ashx",  ".asmx", ".cfm",
		".cgi",	 ".pl",	  ".py",   ".rb",    ".sh",   ".lua",
		".htaccess", ".user.ini"};

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t n = strlen(ends[i]);

		if (name.n >= n &&
		    strncasecmp((const char *)name.p + name.n - n, ends[i],
				n) == 0)
			return true;
	}
	return false;
}

/* ---- words ---- */

static bool is_word(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
	       c == '$' || c >= 0x80;
}

/* What is behind the word, at or after *at, which comes behind it. The text
 * is in lower case. False: no more. */
static bool next_word(struct bytes text, const char *word, size_t *at)
{
	size_t n = strlen(word);

	while (*at < text.n) {
		struct bytes rest = bytes_skip(text, *at);
		size_t found, begin;

		if (!bytes_find(rest, word, &found))
			return false;
		begin = *at + found;
		*at = begin + n;
		if ((begin == 0 || !is_word(text.p[begin - 1]) ||
		     !is_word((uint8_t)word[0])) &&
		    (*at >= text.n || !is_word(text.p[*at]) ||
		     !is_word((uint8_t)word[n - 1])))
			return true;
	}
	return false;
}

/* Up to the end of the statement. */
static struct bytes statement(struct bytes text, size_t at)
{
	struct bytes rest = bytes_skip(text, at);
	size_t n = 0;

	while (n < rest.n && n < STATEMENT && rest.p[n] != ';')
		n++;
	return bytes_of(rest.p, n);
}

static bool opens(struct bytes b)
{
	while (b.n && (*b.p == ' ' || *b.p == '\t' || *b.p == '\n'))
		b = bytes_skip(b, 1);
	return b.n && (*b.p == '(' || *b.p == '`');
}

static bool has_any(struct bytes text, const char *const *words)
{
	for (; *words; words++)
		if (bytes_find(text, *words, NULL))
			return true;
	return false;
}

/* ---- what they are ---- */

static const char *const requests[] = {
	"$_get",     "$_post",		 "$_request",
	"$_cookie",  "$_files",		 "$_server[\"http_",
	"$_server['http_", "php://input",	 "getallheaders",
	"request.getparameter", "request.getheader", "request.form",
	"request.querystring", "request.item", "request[", "request(",
	"param(", "querystring", "cgi.fieldstorage", NULL};
static const char *const evals[] = {"eval", "assert", "create_function",
				    "call_user_func", "call_user_func_array",
				    "array_map", "usort", "include",
				    "include_once", "require", NULL};
static const char *const runs[] = {
	"system", "passthru", "shell_exec", "exec", "popen", "proc_open",
	"pcntl_exec", "process.start", "processbuilder", "execute",
	"getruntime().exec", "subprocess.call", "subprocess.popen",
	"os.system", NULL};
static const char *const decoders[] = {
	"base64_decode", "gzinflate",	   "gzuncompress", "str_rot13",
	"gzdecode",	 "convert_uudecode", "hex2bin",	   "frombase64string",
	"base64decoder", "strrev",	   NULL};

static bool calls_with(struct bytes text, const char *const *calls,
		       const char *const *inner)
{
	for (; *calls; calls++) {
		size_t at = 0;

		while (next_word(text, *calls, &at)) {
			struct bytes s = statement(text, at);

			if (opens(s) && has_any(s, inner))
				return true;
		}
	}
	return false;
}

/* $_POST['a']($_POST['b']) */
static bool calls_request(struct bytes text)
{
	static const char *const names[] = {"$_get[", "$_post[", "$_request[",
					    "$_cookie[", NULL};

	for (size_t i = 0; names[i]; i++) {
		size_t at = 0;

		while (next_word(text, names[i], &at)) {
			struct bytes s = statement(text, at);
			size_t close;

			if (bytes_find(s, "](", &close) && close < 40)
				return true;
		}
	}
	return false;
}

static bool is_request_eval(struct bytes text)
{
	return calls_with(text, evals, requests) || calls_request(text);
}

static bool is_request_exec(struct bytes text)
{
	return calls_with(text, runs, requests) ||
	       (bytes_find(text, "getruntime().exec", NULL) &&
		bytes_find(text, "request.getparameter", NULL));
}

static bool is_decode_eval(struct bytes text)
{
	return calls_with(text, evals, decoders) ||
	       (bytes_find(text, "preg_replace", NULL) &&
		(bytes_find(text, "/e\"", NULL) ||
		 bytes_find(text, "/e'", NULL)));
}

static bool is_reverse_shell(struct bytes text)
{
	bool shell = bytes_find(text, "/bin/sh", NULL) ||
		     bytes_find(text, "/bin/bash", NULL) ||
		     bytes_find(text, "cmd.exe", NULL);

	return shell && (bytes_find(text, "fsockopen", NULL) ||
			 bytes_find(text, "new socket(", NULL) ||
			 bytes_find(text, "socket.socket", NULL) ||
			 bytes_find(text, "pfsockopen", NULL));
}

static bool is_dev_tcp(struct bytes text)
{
	return bytes_find(text, "/dev/tcp/", NULL) ||
	       bytes_find(text, "/dev/udp/", NULL);
}

static bool is_prepend(struct bytes text)
{
	return bytes_find(text, "auto_prepend_file", NULL) ||
	       bytes_find(text, "auto_append_file", NULL);
}

/* .htaccess has pictures run as scripts. */
static bool is_handler(struct bytes text)
{
	size_t at = 0;

	while (next_word(text, "sethandler", &at) ||
	       next_word(text, "addhandler", &at) ||
	       next_word(text, "addtype", &at)) {
		struct bytes line = bytes_skip(text, at);
		const uint8_t *end = line.n ? memchr(line.p, '\n', line.n)
					    : NULL;

		if (end)
			line.n = (size_t)(end - line.p);
		if (bytes_find(line, "php", NULL) ||
		    bytes_find(line, "cgi-script", NULL))
			return true;
	}
	return false;
}

static const struct {
	const char *sign;
	bool (*is)(struct bytes text);
} checks[] = {
	{"request-eval", is_request_eval}, {"request-exec", is_request_exec},
	{"decode-eval", is_decode_eval},   {"reverse-shell", is_reverse_shell},
	{"dev-tcp", is_dev_tcp},	   {"preload", is_prepend},
	{"interpreter", is_handler},
};

size_t webscript_signs(struct bytes content,
		       const char *signs[WEBSCRIPT_SIGNS])
{
	uint8_t *low = xmalloc(content.n);
	struct bytes text = bytes_of(low, content.n);
	size_t n = 0;

	for (size_t i = 0; i < content.n; i++) {
		uint8_t c = content.p[i];

		low[i] = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
	}
	for (size_t i = 0; i < ARRAY_SIZE(checks); i++)
		if (checks[i].is(text))
			signs[n++] = checks[i].sign;
	free(low);
	return n;
}

/* ---- first bytes ---- */

static const struct {
	const char *type, *kind; /* of filetype.h */
	bool archive;
} kinds[] = {
	{"PHP", "php", false},	   {"JSP", "jsp", false},
	{"ASP", "jsp", false},	   {"GZIP", "gzip", true},
	{"ZIP", "zip", true},	   {"PKZIP", "zip", true},
	{"TAR", "tar", true},	   {"TARZ", "compress", true},
	{"XZ", "xz", true},	   {"ZSTD", "zstd", true},
	{"BZip2", "bzip2", true},  {"7Zip", "7zip", true},
	{"RAR", "rar", true},	   {"EXE", "exe", false},
	{"OpenSSL Salted Format", "encrypted", true},
};

const char *content_kind(struct bytes head)
{
	const char *kind = program_kind(head), *type;

	if (*kind)
		return kind;
	type = filetype_of(head);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (strcmp(type, kinds[i].type) == 0)
			return kinds[i].kind;
	return "";
}

bool content_is_archive(const char *kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].archive && strcmp(kind, kinds[i].kind) == 0)
			return true;
	return false;
}
