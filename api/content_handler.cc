// A document's bytes on their way out: opened or sealed, whole or a range, never before the entry.
#include <algorithm>

#include "api/content.h"
#include "api/document_room.h"
#include "api/parse.h"
#include "api/problem.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace api {
namespace {

constexpr std::string_view kAgeFile = "application/vnd.age";

// What of a version is to be sent, and how it is named.
struct Representation {
  std::uint64_t size = 0;
  std::string tag;  // opaque, without quotes
  std::string type;
  std::string file_name;
  std::optional<crypto::Digest> digest;
};

// RFC 8187: any file name, in a header that is ASCII.
std::string attachment(const std::string& file_name) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string value = "attachment; filename*=UTF-8''";
  for (const char c : file_name) {
    if (kPlain.find(c) != std::string_view::npos) {
      value += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    value += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return value;
}

// A stored media type is only sent on when it is one: it is a header's value there.
std::string safe_type(const std::string& stored) {
  const std::string type = parse::media_type(stored);
  return type.empty() ? "application/octet-stream" : type;
}

Representation opened_form(const vault::VersionRecord& record, const crypto::Manifest& manifest) {
  return {manifest.size, record.document.text() + '.' + std::to_string(record.version),
          safe_type(manifest.media_type), manifest.file_name, manifest.sha256};
}

// Its bytes depend on the holder whose header it has, and so does its tag.
Representation sealed_form(const vault::DocumentView& view) {
  const Bytes& header = view.header.payload_header;
  const crypto::Digest digest = crypto::sha256(header);
  const std::string document = view.record.document.text();
  return {header.size() + view.record.size,
          document + '.' + std::to_string(view.record.version) + ".age." + view.holder.text() +
              '.' + crypto::to_hex(crypto::ByteView(digest).first(8)),
          std::string(kAgeFile), document + ".age", std::nullopt};
}

struct Selection {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool partial = false;
};

// The range asked for; If-Range makes it the whole when the version is another one.
Outcome<Selection> select(const Call& call, const Representation& form) {
  const Selection whole{0, form.size, false};
  const auto field = call.headers.one("range");
  if (!field || call.method == "HEAD") return whole;
  if (const auto condition = call.headers.one("if-range")) {
    const auto tags = parse::entity_tags(*condition);
    if (!tags || !tags->has_strong(form.tag)) return whole;
  }
  const parse::Range range = parse::range(*field, form.size);
  if (std::holds_alternative<parse::NoSuchRange>(range)) return refuse("range-not-satisfiable");
  if (const auto* bytes = std::get_if<parse::ByteRange>(&range)) {
    return Selection{bytes->begin, bytes->end, true};
  }
  return whole;
}

bool not_changed(const Call& call, const Representation& form) {
  const auto field = call.headers.one("if-none-match");
  if (!field) return false;
  const auto tags = parse::entity_tags(*field);
  return tags && (tags->any || tags->has_weak(form.tag));
}

// It is no entry, and so it names nothing of the document.
Reply not_modified(const Representation& form) {
  Reply reply;
  reply.status = 304;
  reply.headers.set("etag", '"' + form.tag + '"');
  reply.headers.set("vary", "Accept");
  return reply;
}

Reply headers_for(const Representation& form, const Selection& selection) {
  Reply reply;
  reply.status = selection.partial ? 206 : 200;
  reply.headers.set("content-type", form.type);
  reply.headers.set("content-disposition", attachment(form.file_name));
  reply.headers.set("etag", '"' + form.tag + '"');
  reply.headers.set("accept-ranges", "bytes");
  reply.headers.set("vary", "Accept");
  if (form.digest) reply.headers.set("repr-digest", parse::to_repr_digest(*form.digest));
  if (selection.partial) {
    reply.headers.set("content-range", "bytes " + std::to_string(selection.begin) + '-' +
                                           std::to_string(selection.end - 1) + '/' +
                                           std::to_string(form.size));
  }
  return reply;
}

using Body = std::unique_ptr<BodySource>;

// The body, once the entry is on disk that must be there before its first byte leaves. HEAD sends
// none, and is told as a look.
Outcome<Body> enter(DocumentRoom& room, const Incoming& in, const vault::DocumentView& view,
                    Body body, std::uint64_t begin) {
  if (in.call.method == "HEAD") {
    if (const auto shown = enter_show(room, in, view); !shown) return tl::unexpected(shown.error());
    return body;
  }
  auto entered = room.visits.read(*in.session, in.actor, view, std::move(body), begin);
  if (!entered) return refuse(entered.error());
  return std::move(*entered);
}

Outcome<Reply> send_sealed(DocumentRoom& room, Incoming& in, const vault::DocumentView& view) {
  const Representation form = sealed_form(view);
  const auto selection = select(in.call, form);
  if (!selection) return tl::unexpected(selection.error());
  if (not_changed(in.call, form)) return not_modified(form);
  auto body = enter(room, in, view,
                    sealed_content(room.services.vault.documents(), view.record,
                                   view.header.payload_header, selection->begin, selection->end),
                    selection->begin);
  if (!body) return tl::unexpected(body.error());
  Reply reply = headers_for(form, *selection);
  reply.source = std::move(*body);
  return reply;
}

Outcome<Reply> send_opened(DocumentRoom& room, Incoming& in, const vault::DocumentView& view) {
  const auto opened = open_version(in, view);
  if (!opened) return tl::unexpected(opened.error());
  const Representation form = opened_form(view.record, opened->manifest);
  const auto selection = select(in.call, form);
  if (!selection) return tl::unexpected(selection.error());
  if (not_changed(in.call, form)) return not_modified(form);
  // Before the entry: what cannot be sent was not read.
  auto source = open_content(room.services.vault.documents(), view.record, opened->key,
                             selection->begin, selection->end);
  if (!source) return tl::unexpected(source.error());
  auto body = enter(room, in, view, std::move(*source), selection->begin);
  if (!body) return tl::unexpected(body.error());
  Reply reply = headers_for(form, *selection);
  reply.source = std::move(*body);
  return reply;
}

Outcome<Reply> send_content(DocumentRoom& room, Incoming& in) {
  const auto document = in.id("document");
  if (!document) return tl::unexpected(document.error());
  const auto version = parse::query_number(in.call.query, "version", 0);
  if (!version) return tl::unexpected(version.error());
  const auto view = room.services.vault.documents().view(in.actor, *document, *version);
  if (!view) return refuse(view.error());
  const auto accept = in.call.headers.one("accept").value_or("");
  const bool sealed = !in.opened() || parse::names_type(accept, kAgeFile);
  return sealed ? send_sealed(room, in, *view) : send_opened(room, in, *view);
}

}  // namespace

void register_content_routes(Router& router, const std::shared_ptr<DocumentRoom>& room) {
  for (const char* method : {"GET", "HEAD"}) {
    router.add(method, "/v1/documents/{document}/content", kNoBody,
               [room](Incoming& in) { return send_content(*room, in); });
  }
}

}  // namespace api
