#include "api/http_client.h"
