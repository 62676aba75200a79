/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is encrypted to a public key: round and round, by others, for others,
 * cut and changed; and that age(1) reads ours and we read its.
 */
#include "unit/unit.h"

#include <sys/wait.h>
#include <unistd.h>

#include "base/age.h"
#include "base/bech32.h"
#include "base/fs.h"
#include "base/hash.h"

#define ROOM ((size_t)4 << 20)

static uint8_t *noise(size_t n)
{
	uint8_t *p = xmalloc(n + 1);
	uint32_t x = 1;

	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)((x = x * 1103515245 + 12345) >> 16);
	return p;
}

/* In pieces of `step`. */
static void encrypt(const struct age_recipient *to, size_t n_to,
		    struct bytes text, size_t step, struct buf *out)
{
	struct age_writer w;
	struct err err;

	buf_init(out, ROOM);
	assert_ok(age_writer_begin(&w, to, n_to, out, &err), err);
	while (text.n) {
		size_t n = MIN(step, text.n);

		assert_ok(age_writer_add(&w, bytes_of(text.p, n), out, &err),
			  err);
		text = bytes_skip(text, n);
	}
	assert_ok(age_writer_end(&w, out, &err), err);
	age_writer_release(&w);
}

static enum err_code decrypt(const struct age_identity *id, struct bytes in,
			     size_t step, struct buf *out)
{
	struct age_reader r;
	struct err err;
	enum err_code code = ERR_OK;

	buf_init(out, ROOM);
	age_reader_init(&r, id);
	while (code == ERR_OK && in.n) {
		size_t n = MIN(step, in.n);

		code = age_reader_add(&r, bytes_of(in.p, n), out, &err);
		in = bytes_skip(in, n);
	}
	if (code == ERR_OK)
		code = age_reader_end(&r, out, &err);
	age_reader_release(&r);
	return code;
}

static void what_goes_in_comes_out(void **state UNUSED)
{
	static const size_t sizes[] = {0, 1, AGE_CHUNK - 1, AGE_CHUNK,
				       AGE_CHUNK + 1, 3 * AGE_CHUNK, 200000};
	static const size_t steps[] = {1000, AGE_CHUNK};
	struct age_identity id;
	struct age_recipient to;

	age_identity_new(&id);
	age_recipient_of(&id, &to);
	for (size_t i = 0; i < ARRAY_SIZE(sizes) * ARRAY_SIZE(steps); i++) {
		size_t n = sizes[i % ARRAY_SIZE(sizes)];
		size_t step = steps[i / ARRAY_SIZE(sizes)];
		uint8_t *text = noise(n);
		struct buf sealed, plain;

		encrypt(&to, 1, bytes_of(text, n), step, &sealed);
		assert_true(age_is_encrypted(buf_bytes(&sealed)));
		if (n > 32)
			assert_null(memmem(sealed.p, sealed.n, text, 32));
		assert_code(decrypt(&id, buf_bytes(&sealed), step, &plain),
			    ERR_OK);
		assert_true(bytes_eq(buf_bytes(&plain), bytes_of(text, n)));
		buf_release(&sealed);
		buf_release(&plain);
		free(text);
	}
}

static void each_recipient_reads_it_and_nobody_else(void **state UNUSED)
{
	struct age_identity ids[4];
	struct age_recipient to[4];
	struct buf sealed, plain;

	for (size_t i = 0; i < 4; i++) {
		age_identity_new(&ids[i]);
		age_recipient_of(&ids[i], &to[i]);
	}
	encrypt(to, 3, bytes_str("words"), 5, &sealed);
	for (size_t i = 0; i < 4; i++) {
		assert_code(decrypt(&ids[i], buf_bytes(&sealed), 7, &plain),
			    i < 3 ? ERR_OK : ERR_AUTH);
		assert_int_equal(plain.n, i < 3 ? 5 : 0);
		buf_release(&plain);
	}
	buf_release(&sealed);
}

/* Wherever a bit is turned, nothing wrong comes out. */
static void a_change_is_noticed(void **state UNUSED)
{
	size_t n = AGE_CHUNK + 100;
	uint8_t *text = noise(n);
	struct age_identity id;
	struct age_recipient to;
	struct buf sealed, plain;

	age_identity_new(&id);
	age_recipient_of(&id, &to);
	encrypt(&to, 1, bytes_of(text, n), n, &sealed);
	for (size_t at = 0; at < sealed.n; at += at < 400 ? 1 : 997) {
		sealed.p[at] ^= 1;
		assert_code(decrypt(&id, buf_bytes(&sealed), AGE_CHUNK,
				    &plain) == ERR_OK,
			    false);
		assert_true(plain.n == 0 || plain.n == AGE_CHUNK);
		assert_memory_equal(plain.n ? plain.p : text, text, plain.n);
		buf_release(&plain);
		sealed.p[at] ^= 1;
	}
	buf_release(&sealed);
	free(text);
}

/* A last digit that decodes to the same is a change, too; it takes some keys
 * until there is one of those. */
static void there_is_one_way_to_write_it(void **state UNUSED)
{
	for (int i = 0; i < 64; i++) {
		struct age_identity id;
		struct age_recipient to;
		struct buf sealed, plain;
		uint8_t *end;

		age_identity_new(&id);
		age_recipient_of(&id, &to);
		encrypt(&to, 1, bytes_str("x"), 1, &sealed);
		end = memmem(sealed.p, sealed.n, "\n--- ", 5);
		assert_non_null(end);
		end[5 + 42]++; /* the last of 43 digits */
		assert_int_not_equal(decrypt(&id, buf_bytes(&sealed), 9,
					     &plain),
				     ERR_OK);
		buf_release(&sealed);
		buf_release(&plain);
	}
}

static void what_was_cut_off_says_so(void **state UNUSED)
{
	size_t n = 2 * AGE_CHUNK;
	uint8_t *text = noise(n);
	struct age_identity id;
	struct age_recipient to;
	struct buf sealed, plain;
	size_t at[4], header;

	age_identity_new(&id);
	age_recipient_of(&id, &to);
	encrypt(&to, 1, bytes_of(text, n), n, &sealed);
	header = sealed.n - 2 * (AGE_CHUNK + 16);
	at[0] = header + AGE_CHUNK + 16;     /* between two chunks */
	at[1] = header + AGE_CHUNK + 16 + 9; /* in the second */
	at[2] = header + 100;		     /* in the first */
	at[3] = 20;			     /* in the header */
	for (size_t i = 0; i < ARRAY_SIZE(at); i++) {
		assert_code(decrypt(&id, bytes_of(sealed.p, at[i]), AGE_CHUNK,
				    &plain),
			    ERR_PARTIAL);
		assert_int_equal(plain.n, i < 2 ? AGE_CHUNK : 0);
		buf_release(&plain);
	}
	/* Chunks in another order are no cut. */
	assert_true(buf_add(&sealed, "more", 4));
	assert_code(decrypt(&id, buf_bytes(&sealed), AGE_CHUNK, &plain),
		    ERR_VERIFY);
	buf_release(&plain);
	buf_release(&sealed);
	free(text);
}

static void keys_are_words(void **state UNUSED)
{
	struct age_identity id, again;
	struct age_recipient to, other;
	char text[AGE_TEXT_MAX], file[300];
	struct err err;

	age_identity_new(&id);
	age_recipient_of(&id, &to);
	(void)age_recipient_text(&to, text);
	assert_int_equal(strlen(text), 62);
	assert_int_equal(strncmp(text, "age1", 4), 0);
	assert_ok(age_recipient_parse(text, &other, &err), err);
	assert_memory_equal(&to, &other, sizeof to);
	for (size_t i = 0; text[i]; i++) { /* no slip of one letter */
		text[i] = text[i] == 'q' ? 'p' : 'q';
		assert_code(age_recipient_parse(text, &other, &err), ERR_USAGE);
		(void)age_recipient_text(&to, text);
	}
	(void)age_identity_text(&id, text);
	assert_int_equal(strncmp(text, "AGE-SECRET-KEY-1", 16), 0);
	assert_code(age_recipient_parse(text, &other, &err), ERR_USAGE);
	(void)snprintf(file, sizeof file, "# made today\r\n\n%s\n", text);
	assert_ok(age_identity_parse(bytes_str(file), &again, &err), err);
	assert_memory_equal(&id, &again, sizeof id);
	assert_code(age_identity_parse(bytes_str("# none\n"), &again, &err),
		    ERR_FORMAT);
	assert_code(age_identity_parse(bytes_str("age-encryption.org/v1\nx"),
				       &again, &err),
		    ERR_UNSUPPORTED);
}

static void bad_words_are_refused(void **state UNUSED)
{
	static const char *const words[] = {
		"", "age1", "age", "age1qqqq",
		/* both cases in one word */
		"age1QL3Z7HJY54PW3HYWW5AYYFG7ZQGVC7W3J2ELW8ZMRJ2KG5SFN9AQMCAC8P",
	};
	uint8_t out[32];

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		assert_false(bech32_decode("age", bytes_str(words[i]), out,
					   sizeof out));
}

/* ---- age(1) ---- */

static int run(const char *cmd)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		execl("/bin/sh", "sh", "-c", cmd, (char *)NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void put(const char *dir, const char *name, struct bytes b)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(b.p, 1, b.n, f), b.n);
	assert_int_equal(fclose(f), 0);
	free(path);
}

static void age_reads_ours_and_we_read_its(void **state UNUSED)
{
	char dir[] = "/tmp/halligan-age-XXXXXX", text[AGE_TEXT_MAX];
	size_t n = 2 * AGE_CHUNK + 17;
	uint8_t *words = noise(n);
	struct age_identity id;
	struct age_recipient to;
	struct buf sealed, plain;
	struct err err;
	char *cmd;

	if (run("command -v age >/dev/null 2>&1") != 0)
		skip();
	assert_non_null(mkdtemp(dir));
	age_identity_new(&id);
	age_recipient_of(&id, &to);
	put(dir, "key", bytes_str(age_identity_text(&id, text)));
	encrypt(&to, 1, bytes_of(words, n), n, &sealed);
	put(dir, "ours", buf_bytes(&sealed));
	put(dir, "plain", bytes_of(words, n));
	cmd = xasprintf("cd %s && age -d -i key ours >back && cmp back plain "
			"&& age -r %s -o theirs plain",
			dir, age_recipient_text(&to, text));
	assert_int_equal(run(cmd), 0);
	free(cmd);
	buf_clear(&sealed);
	cmd = xasprintf("%s/theirs", dir);
	assert_ok(fs_read(cmd, &sealed, &err), err);
	free(cmd);
	assert_code(decrypt(&id, buf_bytes(&sealed), 5000, &plain), ERR_OK);
	assert_true(bytes_eq(buf_bytes(&plain), bytes_of(words, n)));
	buf_release(&sealed);
	buf_release(&plain);
	free(words);
	cmd = xasprintf("rm -r %s", dir);
	assert_int_equal(run(cmd), 0);
	free(cmd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_goes_in_comes_out),
		cmocka_unit_test(each_recipient_reads_it_and_nobody_else),
		cmocka_unit_test(a_change_is_noticed),
		cmocka_unit_test(there_is_one_way_to_write_it),
		cmocka_unit_test(what_was_cut_off_says_so),
		cmocka_unit_test(keys_are_words),
		cmocka_unit_test(bad_words_are_refused),
		cmocka_unit_test(age_reads_ours_and_we_read_its),
	};

	hash_lib_init();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
