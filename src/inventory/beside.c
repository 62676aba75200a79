/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Variables in files beside an inventory: group_vars/NAME and host_vars/NAME,
 * with .yml, .yaml or no ending, or a folder of such files.
 */
#include "base/base.h"

#include <sys/stat.h>

#include "base/fs.h"
#include "base/text.h"
#include "inventory/inside.h"

#define FILES_MAX 4096u /* in all */

struct beside {
	struct inventory *inv;
	struct vars *vars;
	size_t *n_files;
};

static enum err_code read_file(const char *path, void *arg, struct err *err)
{
	struct beside *b = arg;
	struct buf text;
	uint64_t line = 0;
	enum err_code code;

	if (++*b->n_files > FILES_MAX)
		return err_set(err, ERR_LIMIT,
			       "more than %u files of variables", FILES_MAX);
	buf_init(&text, INVENTORY_BYTES_MAX);
	code = fs_read(path, &text, err);
	if (code == ERR_OK &&
	    bytes_starts(buf_bytes(&text), "$ANSIBLE_VAULT"))
		names_add(&b->inv->secrets, path);
	else if (code == ERR_OK)
		code = yaml_read_vars(b->inv, buf_bytes(&text), b->vars, &line,
				      err);
	buf_release(&text);
	if (code != ERR_OK && line)
		return err_wrap(err, "%s:%" PRIu64, shown_str(path).s, line);
	return code;
}

/* Files of a folder that Ansible would read, too. */
static enum err_code read_in_folder(const char *path, void *arg,
				    struct err *err)
{
	const char *name = strrchr(path, '/') + 1, *dot = strrchr(name, '.');

	if (name[0] == '.' || name[strlen(name) - 1] == '~' ||
	    (dot && strcmp(dot, ".yml") != 0 && strcmp(dot, ".yaml") != 0 &&
	     strcmp(dot, ".json") != 0))
		return ERR_OK;
	return read_file(path, arg, err);
}

static enum err_code read_path(struct beside *b, const char *path,
			       struct err *err)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return ERR_OK; /* nothing is said there */
	return S_ISDIR(st.st_mode) ? fs_each_file(path, read_in_folder, b, err)
				   : read_file(path, b, err);
}

enum err_code beside_read(struct inventory *inv, const char *folder,
			  const char *name, struct vars *vars, size_t *n_files,
			  struct err *err)
{
	static const char *const endings[] = {"", ".yml", ".yaml"};
	struct beside b = {.inv = inv, .vars = vars, .n_files = n_files};
	enum err_code code = ERR_OK;

	if (strchr(name, '/') || name[0] == '.')
		return ERR_OK; /* no name of a file there */
	for (size_t i = 0; code == ERR_OK && i < ARRAY_SIZE(endings); i++) {
		char *path = xasprintf("%s/%s%s", folder, name, endings[i]);

		code = read_path(&b, path, err);
		free(path);
	}
	return code;
}
