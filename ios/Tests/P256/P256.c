#include "P256.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

P256Key *p256_new(void) { return EVP_EC_gen("P-256"); }

void p256_free(P256Key *key) { EVP_PKEY_free(key); }

int p256_point(P256Key *key, uint8_t point[P256_POINT]) {
    unsigned char *encoded = NULL;
    size_t length = EVP_PKEY_get1_encoded_public_key(key, &encoded);
    int whole = length == P256_POINT;
    if (whole) memcpy(point, encoded, length);
    OPENSSL_free(encoded);
    return whole;
}

size_t p256_sign(P256Key *key, const uint8_t *message, size_t length, uint8_t signature[P256_SIGNATURE]) {
    size_t written = P256_SIGNATURE;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    int signed_ = context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1
        && EVP_DigestSign(context, signature, &written, message, length) == 1;
    EVP_MD_CTX_free(context);
    return signed_ ? written : 0;
}
