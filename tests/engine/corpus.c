/* SPDX-License-Identifier: Apache-2.0 */
/*
 * corpus FOLDER: files of every format libyara has a module for, nearly of
 * it, cut off in it, and none of it; several hundred of them damaged at
 * random, the same ones each time; and texts of few letters, where strings
 * begin in each other.
 */
#include "base/base.h"

#include <sys/stat.h>

#define ROOM        4096u
#define DAMAGED     400u
#define TEXTS	    200u
#define SAMPLES_MAX 128u

struct sample {
	uint8_t p[ROOM];
	size_t n;
};

static struct sample samples[SAMPLES_MAX];
static size_t n_samples;
static const char *folder;

static void put(uint8_t *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

static void put_big(uint8_t *to, uint64_t value, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[n - 1 - i] = (uint8_t)(value >> 8 * i);
}

static struct sample *new_sample(size_t n)
{
	struct sample *s = &samples[n_samples++];

	if (n_samples > SAMPLES_MAX || n > ROOM)
		BUG("too many samples, or too large");
	s->n = n;
	return s;
}

static void add_bytes(const void *p, size_t n)
{
	memcpy(new_sample(n)->p, p, n);
}

static void add_cut(const struct sample *whole, size_t n)
{
	add_bytes(whole->p, MIN(n, whole->n));
}

static void put_section(uint8_t *to, const char *name, uint32_t rva,
			uint32_t raw)
{
	memcpy(to, name, strlen(name));
	put(to + 8, 0x200, 4);
	put(to + 12, rva, 4);
	put(to + 16, 0x200, 4);
	put(to + 20, raw, 4);
	put(to + 36, 0x60000020, 4);
}

/* Functions by name, from one library: what imphash is made of. */
static void put_imports(uint8_t *raw, uint32_t rva, size_t width)
{
	put(raw, rva + 0x40, 4);
	put(raw + 12, rva + 0x80, 4);
	put(raw + 16, rva + 0x40, 4);
	put(raw + 0x40, rva + 0xa0, width);
	put(raw + 0x40 + width, rva + 0xc0, width);
	memcpy(raw + 0x80, "KERNEL32.dll", 12);
	memcpy(raw + 0xa2, "CreateFileA", 11);
	memcpy(raw + 0xc2, "VirtualAlloc", 12);
}

/* A CLR header and the root of its metadata. */
static void put_clr(uint8_t *raw, uint32_t rva)
{
	put(raw, 72, 4);
	put(raw + 4, 0x00050002, 4);
	put(raw + 8, rva + 0x60, 4);
	put(raw + 12, 0x80, 4);
	memcpy(raw + 0x60, "BSJB", 4);
	put(raw + 0x64, 0x00010001, 4);
	put(raw + 0x6c, 12, 4);
	memcpy(raw + 0x70, "v4.0.30319\0\0", 12);
	put(raw + 0x7e, 1, 2);
	put(raw + 0x80, 0x40, 4);
	put(raw + 0x84, 0x20, 4);
	memcpy(raw + 0x88, "#GUID", 5);
	memset(raw + 0xa0, 0x5a, 16);
}

/* With imports in its second section and .NET in its third. */
static struct sample *add_pe(bool wide, uint32_t flags)
{
	struct sample *s = new_sample(0x1000);
	uint8_t *nt = s->p + 0x80, *optional = nt + 24;
	uint8_t *directories = optional + (wide ? 112 : 96);
	uint8_t *sections = directories + 128;

	memcpy(s->p, "MZ", 2);
	put(s->p + 0x3c, 0x80, 4);
	memcpy(nt, "PE\0\0", 4);
	put(nt + 4, wide ? 0x8664 : 0x14c, 2);
	put(nt + 6, 3, 2);
	put(nt + 8, 0x5e2b1c00, 4);
	put(nt + 20, (uint64_t)(sections - optional), 2);
	put(nt + 22, flags, 2);
	put(optional, wide ? 0x20b : 0x10b, 2);
	put(optional + 16, 0x1010, 4);
	put(optional + 28, 0x400000, 4);
	put(optional + 32, 0x1000, 4);
	put(optional + 36, 0x200, 4);
	put(optional + 56, 0x4000, 4);
	put(optional + 60, 0x400, 4);
	put(optional + 68, 3, 2);
	put(directories - 4, 16, 4);
	put(directories + 8, 0x2000, 4);
	put(directories + 12, 40, 4);
	put(directories + 14 * 8, 0x3000, 4);
	put(directories + 14 * 8 + 4, 72, 4);
	put_section(sections, ".text", 0x1000, 0x400);
	put_section(sections + 40, ".idata", 0x2000, 0x600);
	put_section(sections + 80, ".clr", 0x3000, 0x800);
	put_imports(s->p + 0x600, 0x2000, wide ? 8 : 4);
	put_clr(s->p + 0x800, 0x3000);
	return s;
}

static struct sample *add_elf(bool wide, bool big)
{
	void (*to)(uint8_t *, uint64_t, size_t) = big ? put_big : put;
	struct sample *s = new_sample(0x400);
	size_t w = wide ? 8 : 4;
	uint8_t *after = s->p + 24 + 3 * w;

	memcpy(s->p, "\177ELF", 4);
	s->p[4] = wide ? 2 : 1;
	s->p[5] = big ? 2 : 1;
	s->p[6] = 1;
	to(s->p + 16, 2, 2);
	to(s->p + 18, wide ? 62 : 3, 2);
	to(s->p + 20, 1, 4);
	to(s->p + 24, 0x400100, w);      /* entry point */
	to(s->p + 24 + w, 0x80, w);      /* segments */
	to(s->p + 24 + 2 * w, 0x200, w); /* sections */
	to(after + 4, wide ? 64 : 52, 2);
	to(after + 6, wide ? 56 : 32, 2);
	to(after + 8, 1, 2);
	to(after + 10, wide ? 64 : 40, 2);
	to(after + 12, 2, 2);
	to(after + 14, 1, 2);
	to(s->p + 0x80, 1, 4); /* PT_LOAD */
	to(s->p + 0x80 + (wide ? 16 : 8), 0x400000, w);
	to(s->p + 0x80 + (wide ? 32 : 16), 0x400, w);
	to(s->p + 0x80 + (wide ? 40 : 20), 0x400, w);
	return s;
}

static void add_macho(uint32_t magic, bool big, uint32_t cpu)
{
	void (*to)(uint8_t *, uint64_t, size_t) = big ? put_big : put;
	struct sample *s = new_sample(0x200);

	to(s->p, magic, 4);
	to(s->p + 4, cpu, 4);
	to(s->p + 12, 2, 4);
	to(s->p + 16, 1, 4);
	to(s->p + 20, 0x38, 4);
	to(s->p + 32, 1, 4);
	to(s->p + 36, 0x38, 4);
}

/* All but the magic number is read as big-endian. */
static void add_fat(uint32_t magic, bool big)
{
	struct sample *s = new_sample(0x300);

	(big ? put_big : put)(s->p, magic, 4);
	put_big(s->p + 4, 1, 4);
	put_big(s->p + 8, 7, 4);
	put_big(s->p + 16, 0x100, 4);
	put_big(s->p + 20, 0x100, 4);
	put(s->p + 0x100, 0xfeedface, 4);
	put(s->p + 0x104, 7, 4);
	put(s->p + 0x10c, 2, 4);
}

static void add_dex(const char *version)
{
	struct sample *s = new_sample(0x200);

	memcpy(s->p, "dex\n", 4);
	memcpy(s->p + 4, version, 4);
	put(s->p + 32, 0x200, 4);
	put(s->p + 36, 0x70, 4);
	put(s->p + 40, 0x12345678, 4);
}

static void add_plain(void)
{
	struct sample *s;

	add_bytes("", 0);
	add_bytes("M", 1);
	add_bytes("MZ", 2);
	add_bytes("hello needle one, needle two\n", 29);
	add_bytes("ABCD....EFGH..IJKL....EFGH..ABCDEFGHIJKL", 40);
	add_bytes("\xca\xfe\xba\xbe\0\0\0\x34 a class of Java", 24);
	s = new_sample(64);
	memcpy(s->p, "MZ", 2);
	put(s->p + 0x3c, 0x7fffffff, 4);
	s = new_sample(64);
	memcpy(s->p, "MZ", 2);
	put(s->p + 0x3c, 0xffffff00, 4);
	s = new_sample(ROOM);
	memset(s->p, 'A', s->n);
}

static void add_all(void)
{
	static const size_t ends[] = {63,   64,   0x80,  0x84,  0x97, 0x98,
				      0xf7, 0xf8, 0x178, 0x188, 0x600};
	struct sample *wide, *narrow = add_pe(false, 0x102);

	wide = add_pe(true, 0x2022);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		add_cut(narrow, ends[i]);
		add_cut(wide, ends[i]);
	}
	/* Text before it, and a header with nothing behind it. */
	memcpy(new_sample(ROOM)->p + 512, narrow->p, ROOM - 512);
	narrow = new_sample(ROOM);
	memcpy(narrow->p, "MZ", 2);
	put(narrow->p + 0x3c, ROOM - 0xf8, 4);
	memcpy(narrow->p + ROOM - 0xf8, wide->p + 0x80, 0xf8);
	for (int i = 0; i < 4; i++) {
		const struct sample *elf = add_elf(i & 1, i & 2);

		for (size_t n = 3; n <= 67; n += 4)
			if (i == 3 || n == 51)
				add_cut(elf, n);
	}
	for (int big = 0; big < 2; big++) {
		add_macho(0xfeedface, big, 7);
		add_macho(0xfeedfacf, big, 0x1000007);
		add_fat(0xcafebabe, big);
		add_fat(0xcafebabf, big);
	}
	add_dex("035");
	add_dex("039");
	add_dex("999");
	add_cut(&samples[n_samples - 3], 0x6f);
	add_plain();
}

static uint32_t next_random(void)
{
	static uint64_t x = 88172645463325252u;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 32);
}

static void write_file(const struct sample *s, size_t number)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof path, "%s/%03zu", folder, number);
	f = fopen(path, "wb");
	if (!f || fwrite(s->p, 1, s->n, f) != s->n || fclose(f) != 0)
		BUG("cannot write %s", path);
}

/* libyara counts through as many files as a fat header claims to have. */
static bool is_fat(const struct sample *s)
{
	return s->n > 3 && (memcmp(s->p, "\xca\xfe\xba", 3) == 0 ||
			    memcmp(s->p + 1, "\xba\xfe\xca", 3) == 0);
}

static void damage(struct sample *s)
{
	if (is_fat(s))
		return;
	for (uint32_t i = next_random() % 12; s->n && i > 0; i--)
		s->p[next_random() % MIN(s->n, 0x200u)] =
			(uint8_t)next_random();
	if (next_random() % 4 == 0)
		s->n = next_random() % (s->n + 1);
}

/* Of two, three or all of these: the rules in rules.sh have no others. */
static void make_text(struct sample *s)
{
	static const char letters[] = "ab\0cdeABz";
	uint32_t few = 2 + next_random() % (sizeof letters - 2);

	s->n = next_random() % (next_random() % 2 ? 12 : ROOM);
	for (size_t i = 0; i < s->n; i++)
		s->p[i] = (uint8_t)letters[next_random() % few];
}

int main(int argc, char **argv)
{
	size_t n = 0;

	if (argc != 2)
		return 2;
	folder = argv[1];
	add_all();
	while (n < n_samples) {
		write_file(&samples[n], n);
		n++;
	}
	for (size_t i = 0; i < DAMAGED; i++) {
		struct sample s = samples[next_random() % n_samples];

		damage(&s);
		write_file(&s, n++);
	}
	for (size_t i = 0; i < TEXTS; i++) {
		static struct sample text;

		make_text(&text);
		write_file(&text, n++);
	}
	return 0;
}
