/* SPDX-License-Identifier: Apache-2.0 */
/* Opening a case for reading alone, wherever it is. */
#include "base/base.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "base/text.h"
#include "case/casefile.h"

/* Whether all of the case is in its one file. */
static bool is_checkpointed(const char *path)
{
	char *wal = xasprintf("%s-wal", path);
	struct stat st;
	bool whole = stat(wal, &st) != 0 || st.st_size == 0;

	free(wal);
	return whole;
}

static enum err_code open_as(struct db *db, const char *path, enum db_mode mode,
			     int *version, struct err *err)
{
	enum err_code code = db_open(db, path, mode, err);

	return code == ERR_OK ? schema_identify(db, version, err) : code;
}

/* Where nothing can be written there is no place for SQLite's locks; but
 * then the case does not change either. */
enum err_code reader_open(struct db *db, const char *path, enum db_mode *mode,
			  int *version, struct err *err)
{
	enum err_code code = open_as(db, path, *mode = DB_READ, version, err);

	if (code != ERR_DENIED &&
	    (code != ERR_IO || faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0))
		return code;
	if (faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) != 0)
		return code;
	if (!is_checkpointed(path))
		return err_wrap(err,
				"its last changes are in %s-wal, which cannot "
				"be read in a folder that cannot be written",
				shown_str(path).s);
	db_close(db);
	return open_as(db, path, *mode = DB_FROZEN, version, err);
}

enum err_code reader_of_engine(struct casefile *cf, struct db **db,
			       struct err *err)
{
	*db = &cf->teller;
	return cf->teller.handle
		       ? ERR_OK
		       : db_open(&cf->teller, cf->path, DB_READ, err);
}
