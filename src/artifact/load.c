/* SPDX-License-Identifier: Apache-2.0 */
/* Files and folders of definitions. */
#include "base/base.h"

#include <sys/stat.h>

#include "artifact/inside.h"
#include "base/bytes.h"
#include "base/datadir.h"
#include "base/fs.h"
#include "base/text.h"

#define OWN_FOLDER "/halligan/"

typedef void read_fn(struct artifact_set *set, const char *file,
		     struct bytes text, const struct artifact_sink *sink);

/* UAC's have their entries under a key of that name, at the margin. */
static bool is_uac(struct bytes text)
{
	struct bytes line;

	while (bytes_split(&text, '\n', &line))
		if (bytes_starts(line, "artifacts:"))
			return true;
	return false;
}

void artifacts_read(struct artifact_set *set, const char *file,
		    struct bytes text, const struct artifact_sink *sink)
{
	if (is_uac(text))
		artifacts_read_uac(set, file, text, sink);
	else
		artifacts_read_yaml(set, file, text, sink);
}

static enum err_code read_file(struct artifact_set *set, const char *path,
			       read_fn *read, const struct artifact_sink *sink,
			       struct err *err)
{
	struct buf text;
	enum err_code code;

	buf_init(&text, ARTIFACT_FILE_MAX);
	code = fs_read(path, &text, err);
	if (code == ERR_OK)
		read(set, path, buf_bytes(&text), sink);
	buf_release(&text);
	return code;
}

struct loading {
	struct artifact_set *set;
	const struct artifact_sink *sink;
};

static enum err_code load_one(const char *file, void *arg, struct err *err)
{
	struct loading *l = arg;

	if ((!bytes_ends(bytes_str(file), ".yaml") &&
	     !bytes_ends(bytes_str(file), ".yml")) ||
	    strstr(file, OWN_FOLDER "overlay.yaml") ||
	    strstr(file, OWN_FOLDER "profiles.yaml"))
		return ERR_OK;
	return read_file(l->set, file, artifacts_read, l->sink, err);
}

/* What is beside the definitions comes when they are all there. */
static enum err_code load_beside(struct artifact_set *set, const char *folder,
				 const char *name, read_fn *read,
				 const struct artifact_sink *sink,
				 struct err *err)
{
	char *path = xasprintf("%s" OWN_FOLDER "%s", folder, name);
	enum err_code code = ERR_OK;

	if (access(path, F_OK) == 0)
		code = read_file(set, path, read, sink, err);
	free(path);
	return code;
}

enum err_code artifacts_load(struct artifact_set *set, const char *path,
			     const struct artifact_sink *sink, struct err *err)
{
	struct loading l = {.set = set, .sink = sink};
	enum err_code code;
	struct stat st;

	if (stat(path, &st) != 0)
		return err_errno(err, "the definitions %s", shown_str(path).s);
	if (!S_ISDIR(st.st_mode))
		return read_file(set, path, artifacts_read, sink, err);
	code = fs_each_file(path, load_one, &l, err);
	if (code == ERR_OK)
		code = load_beside(set, path, "overlay.yaml",
				   artifacts_read_overlay, sink, err);
	if (code == ERR_OK)
		code = load_beside(set, path, "profiles.yaml",
				   artifacts_read_profiles, sink, err);
	return code;
}

enum err_code artifacts_load_own(struct artifact_set *set,
				 const struct artifact_sink *sink,
				 struct err *err)
{
	char *folder = datadir_find("artifacts");
	enum err_code code;

	if (!folder)
		return err_set(err, ERR_NOTFOUND,
			       "the definitions of artifacts that come with "
			       "halligan are not installed (rules/artifacts)");
	code = artifacts_load(set, folder, sink, err);
	free(folder);
	return code;
}
