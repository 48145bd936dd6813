#include "vault/clock.h"
