#include "crypto/merkle.h"
