#include "support/twice_meta.h"

#include <stdexcept>

namespace support {
namespace {

using vault::Errc;
using vault::Result;

class TwiceMeta final : public vault::MetaStore {
 public:
  explicit TwiceMeta(std::unique_ptr<MetaStore> inner) : inner_(std::move(inner)) {}

  Result<void> read(const Read& work) const override { return inner_->read(work); }

  Result<void> write(const Write& work) override {
    bool ran = false;
    Result<void> first;
    const auto aborted = inner_->write([&](vault::WriteTxn& txn) -> Result<void> {
      first = work(txn);
      ran = true;
      return tl::unexpected(Errc::stopped);  // any error: the engine throws the writes away
    });
    if (!ran) return aborted;

    bool differs = false;
    const auto committed = inner_->write([&](vault::WriteTxn& txn) -> Result<void> {
      const auto second = work(txn);
      differs = first.has_value() != second.has_value() ||
                (!first && !second && first.error() != second.error());
      if (differs) return tl::unexpected(Errc::stopped);
      return second;
    });
    if (differs) throw std::logic_error("a write closure ended differently when run again");
    return committed;
  }

 private:
  std::unique_ptr<MetaStore> inner_;
};

}  // namespace

std::unique_ptr<vault::MetaStore> make_twice_meta(std::unique_ptr<vault::MetaStore> inner) {
  return std::make_unique<TwiceMeta>(std::move(inner));
}

}  // namespace support
