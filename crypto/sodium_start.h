// Makes libsodium choose its code for this CPU, once. Internal to crypto: every file that calls
// libsodium's ciphers or curves calls this first.
#pragma once

namespace crypto {

void start_sodium();

}  // namespace crypto
