#include "vault/log.h"
