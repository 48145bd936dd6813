// A BlobStore with nothing in it.
#pragma once

#include "vault/blob_store.h"

namespace support {

class NoBlobs final : public vault::BlobStore {
 public:
  vault::Result<std::unique_ptr<vault::BlobWriter>> begin(const vault::Id&) override {
    return tl::unexpected(vault::Errc::no_space);
  }
  vault::Result<void> read(const vault::Id&, std::uint64_t, vault::MutableBytes) const override {
    return tl::unexpected(vault::Errc::not_found);
  }
  vault::Result<std::uint64_t> size(const vault::Id&) const override {
    return tl::unexpected(vault::Errc::not_found);
  }
  void settle(const vault::Id&) override {}
  vault::Result<void> erase(const vault::Id&) override { return {}; }
  vault::Result<void> list_unsettled(const std::function<void(const vault::Id&)>&) const override {
    return {};
  }
  vault::Result<void> list(
      const std::function<void(const vault::Id&, std::uint64_t)>&) const override {
    return {};
  }
};

}  // namespace support
