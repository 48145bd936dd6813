#include "crypto/age.h"
