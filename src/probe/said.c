/* SPDX-License-Identifier: Apache-2.0 */
/* What programs of the host say. */
#include "base/base.h"

#include "probe/proctext.h"
#include "probe/said.h"

void numbers_add(struct numbers *s, uint64_t v)
{
	if (s->n == SAID_MAX)
		return;
	if (s->n == s->cap) {
		s->cap = MAX(2 * s->cap, (size_t)64);
		s->v = xrealloc(s->v, s->cap, sizeof *s->v);
	}
	s->v[s->n++] = v;
}

static int compare(const void *va, const void *vb)
{
	const uint64_t *a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

void numbers_sort(struct numbers *s)
{
	size_t k = 0;

	if (s->n)
		qsort(s->v, s->n, sizeof *s->v, compare);
	for (size_t i = 0; i < s->n; i++)
		if (k == 0 || s->v[k - 1] != s->v[i])
			s->v[k++] = s->v[i];
	s->n = k;
}

bool numbers_has(const struct numbers *s, uint64_t v)
{
	return s->n && bsearch(&v, s->v, s->n, sizeof v, compare);
}

void numbers_release(struct numbers *s)
{
	free(s->v);
	*s = (struct numbers){0};
}

void numbers_missing(const struct numbers *a, const struct numbers *b,
		     const struct numbers *c, struct numbers *out)
{
	for (size_t i = 0; i < a->n; i++)
		if (numbers_has(b, a->v[i]) && !numbers_has(c, a->v[i]))
			numbers_add(out, a->v[i]);
}

size_t numbers_common(const struct numbers *a, const struct numbers *b)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++)
		n += numbers_has(b, a->v[i]);
	return n;
}

/* ---- processes ---- */

#define COLUMNS_MAX 16u	 /* in front of a command */
#define COMMAND_MAX 512u /* what is longer is compared so far */
#define NO_PID	    (UINT64_C(1) << 63)

bool said_is_pid(uint64_t key)
{
	return !(key & NO_PID);
}

uint64_t said_command(uint64_t pid, struct bytes text)
{
	text = bytes_trim(text);
	text.n = MIN(text.n, (size_t)COMMAND_MAX);
	return (said_name(text) ^ pid * UINT64_C(0x9e3779b97f4a7c15)) | NO_PID;
}

/* Behind the word that it begins with, and the blanks there. */
static struct bytes skip_word(struct bytes line)
{
	struct bytes word = proc_word(line, 0);

	if (!word.n)
		return (struct bytes){0};
	line = bytes_skip(line, (size_t)(word.p - line.p) + word.n);
	word = proc_word(line, 0);
	return word.n ? bytes_skip(line, (size_t)(word.p - line.p))
		      : (struct bytes){0};
}

static unsigned pid_column(struct bytes text)
{
	struct bytes line;

	if (!bytes_split(&text, '\n', &line))
		return 0;
	for (unsigned i = 0; i < COLUMNS_MAX; i++)
		if (bytes_eq(proc_word(line, i), bytes_str("PID")))
			return i;
	return 0;
}

void said_processes(struct bytes text, struct numbers *out)
{
	unsigned column = pid_column(text);
	struct bytes line;
	uint64_t pid;

	while (bytes_split(&text, '\n', &line)) {
		if (!bytes_to_u64(proc_word(line, column), &pid) || !pid ||
		    pid > UINT32_MAX)
			continue;
		numbers_add(out, pid);
		for (unsigned i = 0; i <= column; i++)
			line = skip_word(line);
		for (unsigned i = 0; i < COLUMNS_MAX && line.n; i++) {
			numbers_add(out, said_command(pid, line));
			line = skip_word(line);
		}
	}
	numbers_sort(out);
}

/* ---- sockets ---- */

uint64_t said_socket(bool udp, uint64_t local, uint64_t remote)
{
	return (uint64_t)udp << 32 | (local & 0xffff) << 16 |
	       (remote & 0xffff);
}

uint64_t said_socket_local(uint64_t socket)
{
	return socket >> 16 & 0xffff;
}

uint64_t said_socket_remote(uint64_t socket)
{
	return socket & 0xffff;
}

bool said_socket_is_udp(uint64_t socket)
{
	return (socket >> 32) != 0;
}

/* "[::1]:22", "0.0.0.0:*", ":::22" */
static bool port_of(struct bytes word, uint64_t *port)
{
	const uint8_t *colon = word.n ? memrchr(word.p, ':', word.n) : NULL;
	struct bytes number;

	if (!colon)
		return false;
	number = bytes_skip(word, (size_t)(colon - word.p) + 1);
	if (bytes_eq(number, bytes_str("*"))) {
		*port = 0;
		return true;
	}
	return bytes_to_u64(number, port) && *port <= UINT16_MAX;
}

static void take_socket(struct bytes line, struct numbers *out,
			struct numbers *listening)
{
	struct bytes word = proc_word(line, 0);
	bool udp = bytes_starts(word, "udp");
	uint64_t ports[2], port, key;
	size_t n = 0;

	if (!udp && !bytes_starts(word, "tcp"))
		return;
	for (unsigned i = 1; n < 2 && (word = proc_word(line, i)).n; i++)
		if (port_of(word, &port))
			ports[n++] = port;
	if (n < 2)
		return;
	key = said_socket(udp, ports[0], ports[1]);
	numbers_add(out, key);
	if (listening && !ports[1])
		numbers_add(listening, key);
}

void said_sockets(struct bytes text, struct numbers *out,
		  struct numbers *listening)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line))
		take_socket(line, out, listening);
	numbers_sort(out);
	if (listening)
		numbers_sort(listening);
}

/* ---- names ---- */

/* Two names that meet only cost a difference that is not seen. */
uint64_t said_name(struct bytes name)
{
	return bytes_fnv(name);
}

bool said_is_plain(struct bytes name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] < ' ' || name.p[i] >= 0x7f)
			return false;
	return name.n > 0;
}

void said_names(struct bytes text, struct numbers *out)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line))
		if (said_is_plain(line))
			numbers_add(out, said_name(line));
	numbers_sort(out);
}

void said_long_names(struct bytes text, struct numbers *out)
{
	struct bytes line;
	size_t at;

	while (bytes_split(&text, '\n', &line))
		for (unsigned i = 0; i < COLUMNS_MAX && line.n; i++) {
			if (said_is_plain(line))
				numbers_add(out, said_name(line));
			if (bytes_find(line, " -> ", &at))
				numbers_add(out,
					    said_name(bytes_of(line.p, at)));
			line = skip_word(line);
		}
	numbers_sort(out);
}

void said_found(struct bytes text, const char *folder, struct numbers *out)
{
	size_t n = strlen(folder);
	struct bytes line;

	n -= n > 0 && folder[n - 1] == '/';
	while (bytes_split(&text, '\n', &line)) {
		if (bytes_eq(line, bytes_str(folder)))
			numbers_add(out, said_name(bytes_str(".")));
		else if (line.n > n + 1 && bytes_starts(line, folder) &&
			 line.p[n] == '/' && said_is_plain(line))
			numbers_add(out, said_name(bytes_skip(line, n + 1)));
	}
	numbers_sort(out);
}

void said_modules(struct bytes text, struct numbers *out)
{
	struct bytes line, name;
	uint64_t size;

	while (bytes_split(&text, '\n', &line)) {
		name = proc_word(line, 0);
		if (said_is_plain(name) &&
		    bytes_to_u64(proc_word(line, 1), &size))
			numbers_add(out, said_name(name));
	}
	numbers_sort(out);
}

/* ---- logins ---- */

#define USER_SHOWN 8u
#define LINE_SHOWN 12u

uint64_t said_login(struct bytes user, struct bytes line)
{
	user.n = MIN(user.n, (size_t)USER_SHOWN);
	line.n = MIN(line.n, (size_t)LINE_SHOWN);
	return said_name(user) ^ said_name(line) * UINT64_C(0x9e3779b97f4a7c15);
}

void said_logins(struct bytes text, struct numbers *out)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line))
		if (proc_word(line, 1).n)
			numbers_add(out, said_login(proc_word(line, 0),
						    proc_word(line, 1)));
	numbers_sort(out);
}
