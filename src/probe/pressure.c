/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers out of /proc/meminfo, /proc/pressure/memory and /proc/loadavg. */
#include "base/base.h"

#include "base/fs.h"
#include "probe/pressure.h"

#define FILE_MAX ((size_t)64 << 10)
#define KIB_MAX  (UINT64_MAX / 4096)

/* Opened anew each time: some kernels make these up only then. */
static bool read_proc(const char *path, struct buf *out)
{
	struct err err;

	buf_init(out, FILE_MAX);
	if (fs_read(path, out, &err) == ERR_OK)
		return true;
	buf_release(out);
	return false;
}

/* The number that the text begins with, in hundredths. */
static uint64_t take_centi(struct bytes b)
{
	struct bytes word;
	uint64_t centi;

	return bytes_split(&b, ' ', &word) && bytes_to_centi(word, &centi)
		       ? centi
		       : 0;
}

/* "Name:   123 kB" of a table of such lines, in bytes; false: not there. */
static bool find_kib(struct bytes table, const char *name, uint64_t *bytes)
{
	struct bytes line, word;

	while (bytes_split(&table, '\n', &line)) {
		if (!bytes_starts(line, name))
			continue;
		line = bytes_trim(bytes_skip(line, strlen(name)));
		if (!bytes_split(&line, ' ', &word) ||
		    !bytes_to_u64(word, bytes) || *bytes > KIB_MAX)
			return false;
		*bytes *= 1024;
		return true;
	}
	return false;
}

uint64_t pressure_available(void)
{
	static const char *const parts[] = {"MemFree:", "Buffers:", "Cached:"};
	uint64_t sum = 0, part;
	bool known;
	struct bytes table;
	struct buf b;

	if (!read_proc("/proc/meminfo", &b))
		return UINT64_MAX;
	table = buf_bytes(&b);
	known = find_kib(table, "MemAvailable:", &sum);
	/* Kernels before 3.14: what may be freed, more or less. */
	for (size_t i = 0; !known && i < ARRAY_SIZE(parts); i++)
		sum += find_kib(table, parts[i], &part) ? part : 0;
	buf_release(&b);
	return known || sum ? sum : UINT64_MAX;
}

uint64_t pressure_stalled(void)
{
	static const char full[] = "full avg10=";
	struct bytes rest, line;
	uint64_t centi = 0;
	struct buf b;

	if (!read_proc("/proc/pressure/memory", &b))
		return 0;
	rest = buf_bytes(&b);
	while (bytes_split(&rest, '\n', &line)) {
		if (bytes_starts(line, full))
			centi = take_centi(bytes_skip(line, sizeof full - 1));
	}
	buf_release(&b);
	return centi;
}

uint64_t pressure_load(void)
{
	uint64_t centi;
	struct buf b;

	if (!read_proc("/proc/loadavg", &b))
		return 0;
	centi = take_centi(buf_bytes(&b));
	buf_release(&b);
	return centi;
}
