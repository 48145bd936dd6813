// Ordinary memory that is overwritten as it is given back, for a program that handles others'
// plaintext.
//
// Keys live in the arena (secret.h). What only passes through (a token in a header, a title in
// JSON, a document's bytes in a TLS buffer) lies in ordinary memory, and would stay there, freed,
// until something else takes the place. A program defines its operator delete by wipe_and_free()
// and calls wipe_what_openssl_frees() first of all.
#pragma once

namespace crypto {

// For memory of malloc(), or null. Overwrites all of it, then frees it.
void wipe_and_free(void* run) noexcept;

// OpenSSL's memory comes from, and goes back to, this heap from now on. False: OpenSSL has memory
// already, and keeps to its own ways.
bool wipe_what_openssl_frees() noexcept;

}  // namespace crypto
