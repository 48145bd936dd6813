#include "vault/erase_keys.h"
