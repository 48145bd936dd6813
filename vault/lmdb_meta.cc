#include "vault/lmdb_meta.h"
