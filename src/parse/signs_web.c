/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signs of web pages: where a call that runs something is given what a
 * request says, at once or by a variable that was set from it. A table has
 * for each sort of page what those are called.
 */
#include "base/base.h"
#include "parse/conf.h"
#include "parse/signs_inside.h"

#define STATEMENT_MAX 400u /* bytes of a call that are looked at */
#define TAINTED_MAX   32u

struct language {
	const char *const *sources; /* what a request says */
	const char *const *cleans;  /* makes it harmless */
	const char *const *evals;
	const char *const *execs;
	const char *const *decoders;
	bool bare; /* a call needs no bracket */
};

static const struct language php = {
	.sources = LIST("$_GET", "$_POST", "$_REQUEST", "$_COOKIE", "$_FILES",
			"$_SERVER['HTTP_", "$_SERVER[\"HTTP_", "php://input",
			"getallheaders", "$HTTP_RAW_POST_DATA",
			"$HTTP_POST_VARS", "$HTTP_GET_VARS"),
	.cleans = LIST("intval(", "(int)", "escapeshellarg(", "basename(",
		       "escapeshellcmd(", "is_numeric(", "in_array("),
	.evals = LIST("eval", "assert", "create_function", "include",
		      "include_once", "require", "require_once",
		      "call_user_func", "call_user_func_array", "array_map",
		      "usort", "array_filter"),
	.execs = LIST("system", "exec", "passthru", "shell_exec", "popen",
		      "proc_open", "pcntl_exec"),
	.decoders = LIST("base64_decode", "gzinflate", "gzuncompress",
			 "gzdecode", "str_rot13", "hex2bin", "strrev",
			 "convert_uudecode", "openssl_decrypt", "pack("),
};

static const struct language cgi = {
	.sources = LIST("param(", "QUERY_STRING", "FieldStorage", "getvalue(",
			"HTTP_", "args.get", "request.form", "<STDIN>",
			"REQUEST_URI", "PATH_INFO", "parse_qs(", "params["),
	.cleans = LIST("int(", "shlex.quote(", "quotemeta("),
	.evals = LIST("eval", "exec"),
	.execs = LIST("system", "exec", "qx", "popen", "Popen", "call",
		      "check_output", "run", "getoutput", "open", "spawn",
		      "sh -c", "bash -c"),
	.decoders =
		LIST("decode_base64", "b64decode", "unpack(", "decompress("),
	.bare = true,
};

static bool is_name(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

struct page {
	const struct language *lang;
	struct bytes text;
	struct bytes tainted[TAINTED_MAX];
	size_t n_tainted;
	sign_set signs;
	struct bytes first; /* the first that was found */
};

/* From there to the end of the statement, or of the line where one has no
 * other end. */
static struct bytes statement(const struct page *p, size_t from)
{
	struct bytes rest = bytes_skip(p->text, from);
	size_t n = 0;

	while (n < rest.n && n < STATEMENT_MAX && rest.p[n] != ';' &&
	       !(p->lang->bare && rest.p[n] == '\n'))
		n++;
	return bytes_of(rest.p, n);
}

/* ---- variables that were set from a request ---- */

/* The name in front of a "=" at that place; empty: it is no assignment. */
static struct bytes assigned(struct bytes text, size_t at)
{
	size_t end = at, from;

	if (at + 1 < text.n && (text.p[at + 1] == '=' || text.p[at + 1] == '>'))
		return bytes_str("");
	while (end && (text.p[end - 1] == ' ' || text.p[end - 1] == '.'))
		end--;
	from = end;
	while (from && is_name(text.p[from - 1]))
		from--;
	return bytes_of(text.p + from, end - from);
}

static bool is_said(const struct page *p, struct bytes text)
{
	return text_has_any(text, p->lang->sources) &&
	       !text_has_any(text, p->lang->cleans);
}

static void find_tainted(struct page *p)
{
	for (size_t i = 1; i < p->text.n && p->n_tainted < TAINTED_MAX; i++) {
		struct bytes name;

		if (p->text.p[i] != '=' || p->text.p[i - 1] == '=' ||
		    p->text.p[i - 1] == '!')
			continue;
		name = assigned(p->text, i);
		if (name.n && is_said(p, statement(p, i)))
			p->tainted[p->n_tainted++] = name;
	}
}

/* Is it there as a whole word? */
static bool has_name(struct bytes text, struct bytes name)
{
	for (size_t i = 0; i + name.n <= text.n; i++) {
		if (memcmp(text.p + i, name.p, name.n) != 0)
			continue;
		if ((i == 0 || !is_name(text.p[i - 1])) &&
		    (i + name.n == text.n || !is_name(text.p[i + name.n])))
			return true;
	}
	return false;
}

static bool is_of_request(const struct page *p, struct bytes text)
{
	if (text_has_any(text, p->lang->cleans))
		return false;
	if (text_has_any(text, p->lang->sources))
		return true;
	for (size_t i = 0; i < p->n_tainted; i++)
		if (has_name(text, p->tainted[i]))
			return true;
	return false;
}

/* ---- calls ---- */

/* Is there a call of that name, not a method's and not its definition? *args
 * is where its arguments begin. */
static bool is_call(const struct page *p, size_t at, struct bytes name,
		    size_t *args)
{
	struct bytes text = p->text;
	size_t i = at + name.n;

	if (at && (is_name(text.p[at - 1]) ||
		   (!p->lang->bare && strchr("$>:", text.p[at - 1]) &&
		    text.p[at - 1])))
		return false;
	if (at >= 9 && memcmp(text.p + at - 9, "function ", 9) == 0)
		return false;
	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\t'))
		i++;
	*args = i;
	if (i >= text.n || is_name(text.p[i]))
		return p->lang->bare && i < text.n && i > at + name.n;
	return text.p[i] == '(' ||
	       (strchr("\"'$`{", text.p[i]) && text.p[i] &&
		(p->lang->bare || bytes_starts(name, "include") ||
		 bytes_starts(name, "require")));
}

static void find(struct page *p, enum sign sign, size_t at)
{
	if (!p->signs)
		p->first = bytes_skip(p->text, at);
	p->signs |= SIGN(sign);
}

static void judge_call(struct page *p, size_t at, size_t args, bool evals)
{
	struct bytes said = statement(p, args);

	/* perl's open() runs something when there is a pipe in it. */
	if (bytes_starts(bytes_skip(p->text, at), "open") &&
	    !memchr(said.p, '|', said.n))
		return;
	/* perl's eval {} catches errors, and '...' is the page's own. */
	if (evals && p->lang->bare && said.n &&
	    (said.p[0] == '{' || said.p[0] == '\''))
		return;
	if (evals && text_has_any(said, p->lang->decoders) &&
	    !bytes_starts(bytes_skip(p->text, at), "include") &&
	    !bytes_starts(bytes_skip(p->text, at), "require"))
		find(p, SIGN_DECODE_EVAL, at);
	if (is_of_request(p, said))
		find(p, evals ? SIGN_REQUEST_EVAL : SIGN_REQUEST_EXEC, at);
}

static void judge_calls(struct page *p, const char *const names[], bool evals)
{
	for (; *names; names++) {
		struct bytes name = bytes_str(*names), rest;
		size_t from = 0, at, args;

		for (;;) {
			rest = bytes_skip(p->text, from);
			if (!bytes_find(rest, *names, &at))
				break;
			at += from;
			from = at + name.n;
			if (is_call(p, at, name, &args))
				judge_call(p, at, args, evals);
		}
	}
}

/* ---- PHP ---- */

/* $_GET['f']($_POST['x']): what a request says is called. */
static void judge_variables(struct page *p)
{
	for (const char *const *s = php.sources; *s; s++) {
		size_t from = 0, at;

		while (bytes_find(bytes_skip(p->text, from), *s, &at)) {
			struct bytes said;
			size_t n = 0;

			at += from;
			from = at + strlen(*s);
			said = statement(p, from);
			while (n < said.n && said.p[n] != ']')
				n++;
			said = bytes_trim(bytes_skip(said, n + 1));
			if (said.n && said.p[0] == '(')
				find(p, SIGN_REQUEST_EVAL, at);
		}
	}
}

/* A variable that was set from a request is called: $f($x). */
static void judge_tainted_calls(struct page *p)
{
	for (size_t k = 0; k < p->n_tainted; k++) {
		struct bytes name = p->tainted[k];

		for (size_t i = 1; i + name.n < p->text.n; i++)
			if (p->text.p[i - 1] == '$' &&
			    p->text.p[i + name.n] == '(' &&
			    memcmp(p->text.p + i, name.p, name.n) == 0)
				find(p, SIGN_REQUEST_EVAL, i - 1);
	}
}

/* `...$_GET...` where a value may begin: in SQL they stand in quotes. */
static void judge_backticks(struct page *p)
{
	for (size_t i = 1; i < p->text.n; i++) {
		struct bytes rest = bytes_skip(p->text, i + 1), before;
		size_t n;

		if (p->text.p[i] != '`')
			continue;
		before = bytes_trim(bytes_of(p->text.p, i));
		n = 0;
		while (n < rest.n && n < STATEMENT_MAX && rest.p[n] != '`')
			n++;
		if (before.n && n < rest.n && rest.p[n] == '`' &&
		    (strchr("=(.", before.p[before.n - 1]) ||
		     bytes_ends(before, "echo") ||
		     bytes_ends(before, "print")) &&
		    is_of_request(p, bytes_of(rest.p, n)))
			find(p, SIGN_REQUEST_EXEC, i);
		i += n + 1;
	}
}

/* ---- JSP, and ASP ---- */

static void judge_jsp(struct page *p)
{
	static const char *const says[] = {"getParameter(",
					   "getHeader(",
					   "getInputStream(",
					   "getReader(",
					   "getQueryString(",
					   "getCookies(",
					   "${param.",
					   "Request[",
					   "Request(",
					   "Request.Form",
					   "Request.Item",
					   "Request.QueryString",
					   NULL};
	bool asked = text_has_any(p->text, says);
	size_t at = 0;

	if (asked && (bytes_find(p->text, "getRuntime()", &at) ||
		      bytes_find(p->text, "ProcessBuilder(", &at) ||
		      bytes_find(p->text, "Process.Start(", &at) ||
		      bytes_find(p->text, "WScript.Shell", &at)))
		find(p, SIGN_REQUEST_EXEC, at);
	if (bytes_find(p->text, "defineClass", &at) &&
	    text_has_any(p->text, LIST("ase64", "Cipher", "GZIPInputStream")))
		find(p, SIGN_DECODE_EVAL, at);
	if (asked && ((bytes_find(p->text, "ScriptEngine", &at) &&
		       bytes_find(p->text, ".eval(", NULL)) ||
		      bytes_find(p->text, "eval(Request", &at) ||
		      bytes_find(p->text, "execute(Request", &at) ||
		      bytes_find(p->text, "eval request", &at)))
		find(p, SIGN_REQUEST_EVAL, at);
}

sign_set signs_of_page(struct bytes content, enum sign_manner manner,
		       struct bytes *sample)
{
	struct page p = {.lang = manner == MANNER_PHP ? &php : &cgi,
			 .text = content};
	struct line line;
	uint64_t at = 0;

	if (manner == MANNER_JSP) {
		judge_jsp(&p);
	} else {
		find_tainted(&p);
		judge_calls(&p, p.lang->evals, true);
		judge_calls(&p, p.lang->execs, false);
	}
	if (manner == MANNER_PHP) {
		judge_variables(&p);
		judge_tainted_calls(&p);
		judge_backticks(&p);
	}
	if (p.signs && next_line(p.first, &at, &line))
		*sample = bytes_trim(line.text);
	return p.signs;
}
