// P-256 by OpenSSL, for the fake Secure Enclave of the tests on Linux.
#ifndef P256_H
#define P256_H

#include <stddef.h>
#include <stdint.h>

typedef struct evp_pkey_st P256Key;

enum { P256_POINT = 65, P256_SIGNATURE = 72 };

/// A new key; none when OpenSSL fails.
P256Key *p256_new(void);
void p256_free(P256Key *key);
/// Writes the uncompressed point. Returns whether that went well.
int p256_point(P256Key *key, uint8_t point[P256_POINT]);
/// Signs with ECDSA over SHA-256 and returns the length of the DER signature; 0 when OpenSSL fails.
size_t p256_sign(P256Key *key, const uint8_t *message, size_t length, uint8_t signature[P256_SIGNATURE]);

#endif
