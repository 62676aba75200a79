/* SPDX-License-Identifier: Apache-2.0 */
/* Choosing among the probes, and reading them from their folder. */
#include "base/base.h"

#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "job/bundle.h"
#include "wire/stream.h"

#define LIST_MAX   4096
#define PROBES_MAX 16
#define PROBE_MAX  ((size_t)64 << 20)

/*
 * Which probe runs where, by `uname -m` of Linux; other machines are looked
 * for by their own name. 32-bit ARM is Debian's armhf: ARMv7 with floating
 * point, which armv6l has not. The i386 one needs a Pentium Pro, as Debian
 * does: i586 and older are left out.
 */
static const struct {
	const char *machine, *arch;
} machines[] = {
	{"arm64", "aarch64"},
	{"armv7l", "armhf"},
	{"armv8l", "armhf"},
	{"i686", "i386"},
};

static const char *const suffixes[PROBE_FORMS] = {
	[PROBE_GZ] = "gz",
	[PROBE_ZST] = "zst",
};

#define LEAN "-lean"

static bool is_arch(struct bytes b)
{
	for (size_t i = 0; i < b.n; i++)
		if (b.p[i] != '_' && (b.p[i] < '0' || b.p[i] > '9') &&
		    (b.p[i] < 'a' || b.p[i] > 'z'))
			return false;
	return b.n > 0 && b.n < sizeof((struct probe *)0)->arch;
}

/* "x86_64", "x86_64-lean": the next one of the bundle. */
static bool read_name(struct bundle *b, struct bytes name)
{
	struct probe *p = &b->probes[b->n_probes];
	struct bytes arch = name, lean = bytes_str(LEAN);

	*p = (struct probe){0};
	p->lean = name.n > lean.n &&
		  bytes_eq(bytes_skip(name, name.n - lean.n), lean);
	if (p->lean)
		arch.n -= lean.n;
	if (!is_arch(arch))
		return false;
	(void)snprintf(p->name, sizeof p->name, "%s", shown(name).s);
	(void)snprintf(p->arch, sizeof p->arch, "%s", shown(arch).s);
	return true;
}

/* "x86_64 6568520 libyara 4.5.2" */
static enum err_code read_line(struct bundle *b, struct bytes line,
			       struct err *err)
{
	struct bytes rest = line, name, size;
	struct probe *p;

	if (b->n_probes == PROBES_MAX || !bytes_split(&rest, ' ', &name) ||
	    !read_name(b, name) || !bytes_split(&rest, ' ', &size))
		return err_set(err, ERR_FORMAT, "not a line about a probe: %s",
			       shown(line).s);
	p = &b->probes[b->n_probes++];
	(void)snprintf(p->engine, sizeof p->engine, "%s", shown(rest).s);
	p->size = strtoull(shown(size).s, NULL, 10);
	if (p->size == 0 || p->size > PROBE_MAX)
		return err_set(err, ERR_FORMAT, "a probe of %s bytes",
			       shown(size).s);
	for (size_t i = 0; i < PROBE_FORMS; i++)
		buf_init(&p->forms[i], PROBE_MAX);
	return ERR_OK;
}

enum err_code bundle_open(struct bundle *b, const char *dir, struct err *err)
{
	char *path = xasprintf("%s/halligan-probes", dir);
	struct bytes rest, line;
	enum err_code code;
	struct buf list;

	*b = (struct bundle){.dir = xstrdup(dir)};
	b->probes = xcalloc(PROBES_MAX, sizeof *b->probes);
	buf_init(&list, LIST_MAX);
	code = fs_read(path, &list, err);
	rest = buf_bytes(&list);
	while (code == ERR_OK && bytes_split(&rest, '\n', &line))
		if (line.n)
			code = read_line(b, line, err);
	if (code == ERR_OK && b->n_probes == 0)
		code = err_set(err, ERR_NOTFOUND, "no probes in %s",
			       shown_str(dir).s);
	if (code != ERR_OK)
		bundle_release(b);
	buf_release(&list);
	free(path);
	return code;
}

void bundle_release(struct bundle *b)
{
	for (size_t i = 0; i < b->n_probes; i++)
		for (size_t k = 0; k < PROBE_FORMS; k++)
			buf_release(&b->probes[i].forms[k]);
	free(b->probes);
	free(b->dir);
	*b = (struct bundle){0};
}

static enum err_code read_form(struct bundle *b, struct probe *p,
			       enum probe_form form, struct err *err)
{
	char *path;
	enum err_code code;

	if (p->forms[form].n)
		return ERR_OK;
	path = xasprintf("%s/halligan-probe-%s.%s", b->dir, p->name,
			 suffixes[form]);
	code = fs_read(path, &p->forms[form], err);
	free(path);
	return code;
}

/* The plain form is what the zst one unpacks to. */
static enum err_code unpack(struct bundle *b, struct probe *p,
			    struct err *err)
{
	struct buf *plain = &p->forms[PROBE_RAW];
	struct zreader z;
	struct bytes in;
	enum err_code code = read_form(b, p, PROBE_ZST, err);

	if (code != ERR_OK || plain->n)
		return code;
	in = buf_bytes(&p->forms[PROBE_ZST]);
	zreader_init(&z);
	code = zreader_add(&z, &in, plain, err);
	zreader_release(&z);
	if (code == ERR_OK && plain->n != p->size)
		code = err_set(err, ERR_FORMAT,
			       "halligan-probe-%s.zst in %s is not the one "
			       "that halligan-probes tells of",
			       p->name, shown_str(b->dir).s);
	return code;
}

static enum err_code find_hash(struct bundle *b, struct probe *p,
			       struct err *err)
{
	uint8_t digest[SHA256_LEN];
	enum err_code code;

	if (p->sha256[0])
		return ERR_OK;
	code = unpack(b, p, err);
	if (code == ERR_OK) {
		hash_sha256(buf_bytes(&p->forms[PROBE_RAW]), digest);
		(void)hex_encode(bytes_of(digest, sizeof digest), p->sha256,
				 sizeof p->sha256);
	}
	/* Few hosts lack both zstd and gzip: megabytes not kept for them. */
	buf_release(&p->forms[PROBE_RAW]);
	buf_init(&p->forms[PROBE_RAW], PROBE_MAX);
	return code;
}

static enum err_code no_probe(const struct bundle *b, struct bytes system,
			      struct bytes machine, struct err *err)
{
	struct buf names;

	buf_init(&names, 512);
	for (size_t i = 0; i < b->n_probes; i++)
		if (!b->probes[i].lean)
			(void)buf_addf(&names, "%s%s", names.n ? ", " : "",
				       b->probes[i].arch);
	err_set(err, ERR_UNSUPPORTED, "no probe for %s %s; there is one for "
		"Linux on %s",
		shown(system).s, shown(machine).s, buf_str(&names));
	buf_release(&names);
	return err->code;
}

static bool will_do(const struct probe *p, bool scans)
{
	return !scans || !p->lean;
}

/* Of each architecture the one that bundle_find would give. */
uint64_t bundle_largest(const struct bundle *b, bool scans)
{
	uint64_t largest = 0;

	for (size_t i = 0; i < b->n_probes; i++) {
		uint64_t least = b->probes[i].size;

		if (!will_do(&b->probes[i], scans))
			continue;
		for (size_t k = 0; k < b->n_probes; k++)
			if (will_do(&b->probes[k], scans) &&
			    strcmp(b->probes[k].arch, b->probes[i].arch) == 0)
				least = MIN(least, b->probes[k].size);
		largest = MAX(largest, least);
	}
	return largest;
}

enum err_code bundle_find(struct bundle *b, struct bytes system,
			  struct bytes machine, bool scans,
			  struct probe **out, struct err *err)
{
	struct bytes arch = machine;
	struct probe *best = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++)
		if (bytes_eq(machine, bytes_str(machines[i].machine)))
			arch = bytes_str(machines[i].arch);
	for (size_t i = 0; i < b->n_probes; i++) {
		struct probe *p = &b->probes[i];

		if (bytes_eq(system, bytes_str("Linux")) &&
		    bytes_eq(arch, bytes_str(p->arch)) && will_do(p, scans) &&
		    (!best || p->size < best->size))
			best = p;
	}
	if (!best)
		return no_probe(b, system, machine, err);
	*out = best;
	return find_hash(b, best, err);
}

enum err_code bundle_form(struct bundle *b, struct probe *probe,
			  enum probe_form form, struct bytes *out,
			  struct err *err)
{
	enum err_code code = form == PROBE_RAW
				     ? unpack(b, probe, err)
				     : read_form(b, probe, form, err);

	*out = buf_bytes(&probe->forms[form]);
	return code;
}
