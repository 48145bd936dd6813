// A program that puts records under erase keys and destroys them, and tells each step that was
// acknowledged: for a disk that fails under it. (No request of the service destroys anything yet.)
//
//   eraser FOLDER FIRST     two records, numbered from FIRST; FOLDER/log.key is made before
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "crypto/encoding.h"
#include "vault/committer.h"
#include "vault/erase_keys.h"
#include "vault/erase_slots.h"
#include "vault/keys.h"
#include "vault/lmdb_meta.h"
#include "vault/log_key.h"
#include "vault/reading.h"
#include "vault/records.h"

namespace {

using namespace vault;

struct Stores {
  std::unique_ptr<MetaStore> meta;
  std::unique_ptr<EraseKeys> erase_keys;
  std::unique_ptr<Committer> committer;
};

Result<Stores> open(const std::filesystem::path& folder) {
  Stores stores;
  auto meta = open_lmdb_meta(folder / "meta", {.map_size = std::uint64_t{1} << 30});
  if (!meta) return tl::unexpected(meta.error());
  stores.meta = std::move(*meta);
  const auto least = reading(*stores.meta, [](const ReadTxn& txn) { return least_slots(txn); });
  if (!least) return tl::unexpected(least.error());
  auto keys = std::filesystem::exists(folder / "erase.keys")
                  ? EraseKeys::open(folder / "erase.keys", *least)
                  : EraseKeys::create(folder / "erase.keys");
  if (!keys) return tl::unexpected(keys.error());
  stores.erase_keys = std::move(*keys);
  auto key = read_log_key(folder / "log.key");
  if (!key) return tl::unexpected(key.error());
  Committer::Options options;
  options.origin = key->origin;
  auto committer = Committer::start(*stores.meta, *stores.erase_keys, std::move(key->key), options);
  if (!committer) return tl::unexpected(committer.error());
  stores.committer = std::move(*committer);
  return stores;
}

Result<void> make_and_destroy(Stores& stores, std::uint64_t number) {
  const Key place = Key(Kind::lockbox).id(Id{}).id(Id{}).u64(number);
  EntryDraft entry;
  entry.action = "document.deposit";
  const auto slot = stores.erase_keys->take();
  if (!slot) return tl::unexpected(slot.error());
  const auto wrapped = stores.erase_keys->wrap(*slot, place, crypto::as_bytes("record"));
  if (!wrapped) return tl::unexpected(wrapped.error());
  const Bytes value = encode(WrappedRecord{*slot, *wrapped});
  const auto put = stores.committer->commit(
      [&](ChangeTxn& txn) -> Result<void> {
        txn.put(place, value);
        return {};
      },
      entry);
  if (!put) return tl::unexpected(put.error());
  std::printf("made %llu %llu %s\n", static_cast<unsigned long long>(number),
              static_cast<unsigned long long>(*slot), crypto::to_hex(*wrapped).c_str());
  const auto gone = stores.committer->commit(
      [&](ChangeTxn& txn) -> Result<void> {
        txn.destroy(place, *slot);
        return {};
      },
      entry);
  if (!gone) return tl::unexpected(gone.error());
  std::printf("destroyed %llu\n", static_cast<unsigned long long>(number));
  return {};
}

}  // namespace

int main(int, char** argv) {
  auto stores = open(argv[1]);
  Result<void> done;
  if (!stores) done = tl::unexpected(stores.error());
  const auto first = static_cast<std::uint64_t>(std::atoi(argv[2]));
  for (std::uint64_t number = first; done && number < first + 2; ++number) {
    done = make_and_destroy(*stores, number);
  }
  if (!done) std::printf("refused %d\n", static_cast<int>(done.error()));
  return done ? 0 : 1;
}
