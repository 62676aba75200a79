/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libssh2 has libcrypto decrypt what comes sixteen bytes at a time, and nearly
 * all of that is the way there and back: 67 million calls for each GiB. In
 * counter mode (NIST SP 800-38A, 6.5) what they give is known before the bytes
 * are, so a page of it is made at once. EVP_Cipher(3) and
 * EVP_CIPHER_CTX_free(3) are defined here in place of libcrypto's: a program's
 * own are those that its libraries find. Other modes, and what libcrypto calls
 * itself, are as they were.
 *
 * For one thread: those of others may free contexts, not use EVP_Cipher().
 */
#ifndef HALLIGAN_BASE_KEYSTREAM_H
#define HALLIGAN_BASE_KEYSTREAM_H

/* Finds libcrypto's own, once; a program that calls it has ours. */
void keystream_init(void);

#endif
