// A line to measure the start of the service against: the two LMDB environments of a data folder
// opened, and nothing else.
//
//   line_restart DATA
//
// Opens DATA/meta and DATA/blobs as a writer does, begins a transaction in each, and says "ready".
#include <lmdb.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

void check(int code, const char* what) {
  if (code == 0) return;
  (void)std::fprintf(stderr, "%s: %s\n", what, mdb_strerror(code));
  std::_Exit(1);
}

void open_environment(const std::string& folder) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi table = 0;
  check(mdb_env_create(&env), "create");
  check(mdb_env_set_mapsize(env, std::size_t{1} << 40), "map");
  check(mdb_env_open(env, folder.c_str(), MDB_NOTLS, 0600), folder.c_str());
  check(mdb_txn_begin(env, nullptr, MDB_RDONLY, &txn), "begin");
  check(mdb_dbi_open(txn, nullptr, 0, &table), "table");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    (void)std::fputs("line_restart DATA\n", stderr);
    return 2;
  }
  const std::string data = argv[1];
  open_environment(data + "/meta");
  open_environment(data + "/blobs");
  (void)std::puts("ready");
  return 0;
}
