#include "vault/log_export.h"

namespace vault {
namespace {

using crypto::log_export::Header;
using crypto::log_export::Inclusion;
using crypto::log_export::Sink;
using crypto::log_export::Writer;

// The origin as the signed head names it: its first line.
std::string origin_of(const LogHead& head) {
  return head.checkpoint.substr(0, head.checkpoint.find('\n'));
}

}  // namespace

Result<void> export_log(const Log& log, std::uint64_t from, std::uint64_t to, const Sink& sink) {
  const auto head = log.head();
  if (!head) return tl::unexpected(head.error());
  if (from > to || to > head->size || head->size == 0) return tl::unexpected(Errc::invalid);
  const auto proof = log.prove_range(from, to, head->size);
  if (!proof) return tl::unexpected(proof.error());

  Writer writer(sink, Header{origin_of(*head), {}, from, to});
  bool wanted = writer.begin();
  if (!wanted) return {};
  const auto read = log.lines(from, to, [&](std::uint64_t, std::string_view line) {
    wanted = writer.entry(line);
    return wanted;
  });
  if (!read) return read;
  if (wanted) writer.finish(head->size, *proof, head->checkpoint);
  return {};
}

Result<void> export_case(const Log& log, const Id& case_id, std::uint64_t from_seq,
                         std::size_t limit, const Sink& sink) {
  // First the head: entries that come afterwards are in no proof under it.
  const auto head = log.head();
  if (!head) return tl::unexpected(head.error());
  if (from_seq == 0) return tl::unexpected(Errc::invalid);
  auto indexes = log.of_case(case_id, from_seq, limit);
  if (!indexes) return tl::unexpected(indexes.error());
  std::erase_if(*indexes, [&](std::uint64_t index) { return index >= head->size; });
  if (indexes->empty()) return tl::unexpected(from_seq == 1 ? Errc::not_found : Errc::invalid);

  Writer writer(sink, Header{origin_of(*head), case_id, from_seq, from_seq + indexes->size()});
  if (!writer.begin()) return {};
  std::vector<Inclusion> inclusions;
  for (const std::uint64_t index : *indexes) {
    const auto line = log.line(index);
    if (!line) return tl::unexpected(line.error());
    auto path = log.prove_inclusion(index, head->size);
    if (!path) return tl::unexpected(path.error());
    if (!writer.entry(*line)) return {};
    inclusions.push_back({index, writer.leaves().back(), std::move(*path)});
  }
  writer.finish_case(inclusions, head->checkpoint);
  return {};
}

}  // namespace vault
