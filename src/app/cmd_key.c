/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Keys for bundles that are encrypted: the file is the one that opens them,
 * its public half is what probes are told. The format is that of age-keygen.
 */
#include "base/base.h"

#include <fcntl.h>

#include "app/cmd.h"
#include "base/age.h"
#include "base/fs.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/time.h"

#define FILE_MAX ((size_t)64 << 10)

static enum err_code print_recipient(struct invocation *inv,
				     const struct age_identity *id,
				     struct err *err)
{
	char text[AGE_TEXT_MAX];
	struct age_recipient to;
	enum err_code code;
	struct buf out;

	age_recipient_of(id, &to);
	buf_init(&out, 2 * AGE_TEXT_MAX);
	(void)buf_addf(&out, "%s\n", age_recipient_text(&to, text));
	code = cmd_print(inv, &out, err);
	buf_release(&out);
	return code;
}

static void write_words(const struct age_identity *id, struct buf *out)
{
	char text[AGE_TEXT_MAX], when[TIME_TEXT_MAX];
	struct age_recipient to;

	age_recipient_of(id, &to);
	(void)buf_addf(out, "# created: %s\n# public key: %s\n",
		       time_format(time_now_ns(), TIME_S, when),
		       age_recipient_text(&to, text));
	(void)buf_addf(out, "%s\n", age_identity_text(id, text));
	explicit_bzero(text, sizeof text);
}

static enum err_code write_file(const char *path, const struct age_identity *id,
				struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct buf out;
	enum err_code code;

	if (fd < 0)
		return err_errno(err, "making %s", shown_str(path).s);
	buf_init(&out, FILE_MAX);
	write_words(id, &out);
	code = fs_write_all(fd, buf_bytes(&out), err);
	if (code == ERR_OK && fsync(fd) != 0)
		code = err_errno(err, "writing %s", shown_str(path).s);
	buf_wipe(&out);
	buf_release(&out);
	close_fd(fd);
	return code;
}

COMMAND_RUN(cmd_key_new)
{
	struct age_identity id;
	enum err_code code;

	(void)app;
	age_identity_new(&id);
	code = write_file(inv->args[0], &id, err);
	if (code == ERR_OK)
		cmd_say(inv,
			"made %s, which opens what is encrypted to the key "
			"below; keep it, there is no other",
			shown_str(inv->args[0]).s);
	if (code == ERR_OK)
		code = print_recipient(inv, &id, err);
	age_identity_wipe(&id);
	return code;
}

COMMAND_RUN(cmd_key_show)
{
	struct age_identity id;
	struct buf file;
	enum err_code code;

	(void)app;
	buf_init(&file, FILE_MAX);
	code = fs_read(inv->args[0], &file, err);
	if (code == ERR_OK)
		code = age_identity_parse(buf_bytes(&file), &id, err);
	if (code == ERR_OK) {
		code = print_recipient(inv, &id, err);
		age_identity_wipe(&id);
	}
	buf_wipe(&file);
	buf_release(&file);
	return code;
}
