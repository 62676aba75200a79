/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Laying a scenario out on disk. An ELF sample is only a header that no
 * kernel starts: type ET_NONE, no program headers (execve: ENOEXEC), then
 * its marker. Times are set last, as writing into a folder changes its own.
 */
#include "base/base.h"

#include <elf.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "base/time.h"
#include "range/scenario.h"

#define SAMPLE_MAX (1024 * 1024)
#define MARKER_AT  256 /* where in an ELF sample the marker stands */

static void make_elf(struct buf *out, const char *marker)
{
	Elf64_Ehdr header = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
			    ELFDATA2LSB, EV_CURRENT, ELFOSABI_NONE},
		.e_type = ET_NONE,
		.e_machine = EM_X86_64,
		.e_version = EV_CURRENT,
		.e_ehsize = sizeof header,
	};

	buf_add(out, &header, sizeof header);
	while (out->n < MARKER_AT)
		buf_add_byte(out, 0);
	buf_add_str(out, marker);
	while (out->n % 512)
		buf_add_byte(out, 0);
}

static enum err_code make_parents(const char *path, struct err *err)
{
	char *parent = xstrdup(path);
	enum err_code code;

	*strrchr(parent, '/') = '\0';
	code = fs_make_dirs(parent, 0755, err);
	free(parent);
	return code;
}

static enum err_code write_new(const char *path, mode_t mode, struct bytes b,
			       struct err *err)
{
	int fd =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		     0600);
	enum err_code code;

	if (fd < 0)
		return err_errno(err, "making %s", shown_str(path).s);
	code = fs_write_all(fd, b, err);
	if (code == ERR_OK && fchmod(fd, mode) != 0)
		code = err_errno(err, "setting the mode");
	close_fd(fd);
	return code == ERR_OK ? ERR_OK : err_wrap(err, "%s", shown_str(path).s);
}

static enum err_code lay_file(const struct scenario *s,
			      const struct scenario_item *item,
			      const char *path, struct err *err)
{
	enum err_code code = make_parents(path, err);
	struct buf buf;

	if (code != ERR_OK)
		return code;
	buf_init(&buf, SAMPLE_MAX);
	if (item->kind == ITEM_ELF) {
		make_elf(&buf, item->arg);
	} else {
		char *source = xasprintf("%s/%s", s->folder, item->arg);

		code = fs_read(source, &buf, err);
		free(source);
	}
	if (code == ERR_OK)
		code = write_new(path, item->mode, buf_bytes(&buf), err);
	buf_release(&buf);
	return code;
}

static enum err_code lay_dir(const char *path, mode_t mode, struct err *err)
{
	enum err_code code = fs_make_dirs(path, 0755, err);

	if (code == ERR_OK && chmod(path, mode) != 0)
		code = err_errno(err, "setting the mode of %s",
				 shown_str(path).s);
	return code;
}

static enum err_code lay_item(const struct scenario *s,
			      const struct scenario_item *item,
			      const char *path, struct err *err)
{
	switch (item->kind) {
	case ITEM_DIR:
		return lay_dir(path, item->mode, err);
	case ITEM_FILE:
	case ITEM_ELF:
		return lay_file(s, item, path, err);
	case ITEM_HUNT:
	case ITEM_COLLECT:
		break;
	}
	return ERR_OK;
}

static enum err_code set_times(const struct scenario *s,
			       const struct scenario_item *item,
			       const char *path, struct err *err)
{
	struct timespec t = {
		.tv_sec = (time_t)(item->mtime_ns / NS_PER_S),
		.tv_nsec = (long)(item->mtime_ns % NS_PER_S),
	};
	struct timespec times[2] = {t, t};

	(void)s;
	if (item->kind == ITEM_HUNT || item->kind == ITEM_COLLECT)
		return ERR_OK;
	if (utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) != 0)
		return err_errno(err, "setting the time of %s",
				 shown_str(path).s);
	return ERR_OK;
}

static enum err_code
each_item(const struct scenario *s, const char *hosts_dir,
	  enum err_code (*act)(const struct scenario *s,
			       const struct scenario_item *item,
			       const char *path, struct err *err),
	  struct err *err)
{
	enum err_code code = ERR_OK;

	for (size_t i = 0; i < s->n_items && code == ERR_OK; i++) {
		const struct scenario_item *item = &s->items[i];
		char *path = xasprintf("%s/%s%s", hosts_dir,
				       s->hosts[item->host], item->path);

		code = act(s, item, path, err);
		free(path);
	}
	return code;
}

enum err_code scenario_lay(const struct scenario *s, const char *hosts_dir,
			   struct err *err)
{
	enum err_code code = each_item(s, hosts_dir, lay_item, err);

	return code == ERR_OK ? each_item(s, hosts_dir, set_times, err) : code;
}
