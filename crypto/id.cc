#include "crypto/id.h"
