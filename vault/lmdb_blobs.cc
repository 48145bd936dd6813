#include "vault/lmdb_blobs.h"
