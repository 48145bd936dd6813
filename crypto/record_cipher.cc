#include "crypto/record_cipher.h"
