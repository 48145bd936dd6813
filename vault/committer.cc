#include "vault/committer.h"
