/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in for libcrypto under libssh2 gives what libcrypto gives, in
 * whatever pieces and modes it is asked, and is what libssh2 finds.
 */
#include "unit/unit.h"

#include <dlfcn.h>
#include <openssl/evp.h>

#include "base/keystream.h"

#define LEN 20000u

static uint8_t text[LEN], want[LEN], got[LEN];
static const uint8_t key[32] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
/* Near the end of what its lower half can count to. */
static const uint8_t iv[16] = {[7] = 9, 255, 255, 255, 255, 255, 255, 255, 250};

static EVP_CIPHER_CTX *begun(const EVP_CIPHER *cipher, const uint8_t *k)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	assert_non_null(ctx);
	assert_int_equal(EVP_CipherInit(ctx, cipher, k, iv, 1), 1);
	(void)EVP_CIPHER_CTX_set_padding(ctx, 0);
	return ctx;
}

/* By a function that nothing stands in for. */
static void make_wanted(const EVP_CIPHER *cipher, const uint8_t *k, unsigned n)
{
	EVP_CIPHER_CTX *ctx = begun(cipher, k);
	int out;

	assert_int_equal(EVP_EncryptUpdate(ctx, want, &out, text, (int)n), 1);
	assert_int_equal(out, n);
	EVP_CIPHER_CTX_free(ctx);
}

static void make_got(EVP_CIPHER_CTX *ctx, unsigned from, unsigned to,
		     unsigned step)
{
	for (unsigned at = from; at < to; at += step) {
		unsigned n = MIN(step, to - at);

		assert_int_equal(EVP_Cipher(ctx, got + at, text + at, n), n);
	}
}

static void it_is_what_libssh2_finds(void **state UNUSED)
{
	void *found = dlsym(RTLD_DEFAULT, "EVP_Cipher");
	void *freed = dlsym(RTLD_DEFAULT, "EVP_CIPHER_CTX_free");

	assert_ptr_equal(found, EVP_Cipher);
	assert_ptr_equal(freed, EVP_CIPHER_CTX_free);
	assert_ptr_not_equal(found, dlsym(RTLD_NEXT, "EVP_Cipher"));
}

static void it_gives_the_same_in_any_pieces(void **state UNUSED)
{
	const EVP_CIPHER *const ciphers[] = {
		EVP_aes_128_ctr(), EVP_aes_192_ctr(), EVP_aes_256_ctr()};
	const unsigned steps[] = {16, 1, 7, 17, 48, 4095, 4096, 4097, LEN};

	for (size_t c = 0; c < ARRAY_SIZE(ciphers); c++) {
		make_wanted(ciphers[c], key, LEN);
		for (size_t s = 0; s < ARRAY_SIZE(steps); s++) {
			EVP_CIPHER_CTX *ctx = begun(ciphers[c], key);

			memset(got, 0, LEN);
			make_got(ctx, 0, LEN, steps[s]);
			assert_memory_equal(got, want, LEN);
			EVP_CIPHER_CTX_free(ctx);
		}
	}
}

static void it_may_change_its_pieces(void **state UNUSED)
{
	EVP_CIPHER_CTX *ctx = begun(EVP_aes_128_ctr(), key);

	make_wanted(EVP_aes_128_ctr(), key, LEN);
	make_got(ctx, 0, 4090, 16);
	make_got(ctx, 4090, 4100, 1);
	make_got(ctx, 4100, 9000, 16);
	make_got(ctx, 9000, LEN, 5000);
	assert_memory_equal(got, want, LEN);
	EVP_CIPHER_CTX_free(ctx);
}

static void it_works_in_place(void **state UNUSED)
{
	EVP_CIPHER_CTX *ctx = begun(EVP_aes_256_ctr(), key);

	make_wanted(EVP_aes_256_ctr(), key, LEN);
	memcpy(got, text, LEN);
	for (unsigned at = 0; at < LEN; at += 16)
		assert_int_equal(EVP_Cipher(ctx, got + at, got + at, 16), 16);
	assert_memory_equal(got, want, LEN);
	EVP_CIPHER_CTX_free(ctx);
}

/* Two directions, and an exchange of keys in the middle of what was made. */
static void each_has_its_own(void **state UNUSED)
{
	EVP_CIPHER_CTX *one = begun(EVP_aes_128_ctr(), key);
	EVP_CIPHER_CTX *other = begun(EVP_aes_128_ctr(), key + 1);

	for (int round = 0; round < 3; round++) {
		make_wanted(EVP_aes_128_ctr(), key + round, 160);
		make_got(one, 0, 160, 16);
		assert_memory_equal(got, want, 160);
		make_wanted(EVP_aes_128_ctr(), key + 1, LEN);
		make_got(other, 160u * (unsigned)round,
			 160u * (unsigned)(round + 1), 16);
		assert_memory_equal(got + 160 * round, want + 160 * round, 160);
		EVP_CIPHER_CTX_free(one); /* the next may get its memory */
		one = begun(EVP_aes_128_ctr(), key + round + 1);
	}
	EVP_CIPHER_CTX_free(one);
	EVP_CIPHER_CTX_free(other);
	EVP_CIPHER_CTX_free(NULL);
}

static void one_that_is_begun_anew_forgets(void **state UNUSED)
{
	EVP_CIPHER_CTX *ctx = begun(EVP_aes_128_ctr(), key);

	make_got(ctx, 0, 32, 16);
	assert_int_equal(EVP_CipherInit(ctx, EVP_aes_256_ctr(), key + 3, iv, 1),
			 1);
	make_wanted(EVP_aes_256_ctr(), key + 3, 64);
	make_got(ctx, 0, 64, 16);
	assert_memory_equal(got, want, 64);
	EVP_CIPHER_CTX_free(ctx);
}

static void other_modes_are_as_they_were(void **state UNUSED)
{
	EVP_CIPHER_CTX *ctx = begun(EVP_aes_128_cbc(), key);

	make_wanted(EVP_aes_128_cbc(), key, LEN);
	make_got(ctx, 0, LEN, 16);
	assert_memory_equal(got, want, LEN);
	EVP_CIPHER_CTX_free(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_what_libssh2_finds),
		cmocka_unit_test(it_gives_the_same_in_any_pieces),
		cmocka_unit_test(it_may_change_its_pieces),
		cmocka_unit_test(it_works_in_place),
		cmocka_unit_test(each_has_its_own),
		cmocka_unit_test(one_that_is_begun_anew_forgets),
		cmocka_unit_test(other_modes_are_as_they_were),
	};

	keystream_init();
	for (unsigned i = 0; i < LEN; i++)
		text[i] = (uint8_t)(i * 7 + i / 256);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
