#include "api/problem.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "api/parse.h"

namespace api {
namespace {

constexpr std::string_view kBase = "https://segel.id/problems/";

constexpr std::array kProblems = {
    Problem{"bad-request",
            400,
            {"Permintaan tidak terbaca", "Periksa bentuk permintaan dengan /openapi.yaml."},
            {"The request cannot be read", "Compare its form with /openapi.yaml."}},
    Problem{"cut-short",
            400,
            {"Isi permintaan terputus", "Kirim ulang seluruh isi; tidak ada yang disimpan."},
            {"The body ended early", "Send all of it again; nothing was stored."}},
    Problem{"bad-code",
            400,
            {"Kode kasus salah ketik", "Huruf pemeriksanya tidak cocok: periksa ketikannya."},
            {"The case code is mistyped", "Its check character does not fit: check your typing."}},
    Problem{"session-ended",
            401,
            {"Sesi tidak ada atau sudah berakhir", "Masuk kembali, lalu ulangi."},
            {"No such session, or it has ended", "Log in again and repeat."}},
    Problem{"challenge-failed",
            401,
            {"Kunci tidak dikenal di sini", "Periksa berkas kunci, atau mintalah pendaftaran."},
            {"This key is not known here", "Check the key file, or ask to be enrolled."}},
    Problem{"wrong-role",
            403,
            {"Peran Anda tidak melakukan ini", "Minta rekan yang perannya sesuai."},
            {"Your role does not do this", "Ask a colleague whose role does."}},
    Problem{"not-found",
            404,
            {"Tidak ada di sini", "Periksa alamatnya, dan apakah Anda anggota kasusnya."},
            {"Nothing here", "Check the address, and whether you are in the case."}},
    Problem{"method-not-allowed",
            405,
            {"Cara ini tidak berlaku di alamat ini", "Lihat tajuk Allow."},
            {"This method does not apply here", "See the Allow header."}},
    Problem{"not-acceptable",
            406,
            {"Bentuk yang diminta tidak tersedia", "Ubah atau hapus tajuk Accept."},
            {"There is no such form of it", "Change or leave out the Accept header."}},
    Problem{"timed-out",
            408,
            {"Terlalu lama menunggu", "Periksa jaringan, lalu kirim ulang."},
            {"Waited too long", "Check the network and send it again."}},
    Problem{"conflict",
            409,
            {"Sudah ada, atau sudah berubah", "Baca keadaan terbarunya, lalu putuskan lagi."},
            {"It exists already, or has changed", "Read how it stands now and decide again."}},
    Problem{"fewer-readers",
            409,
            {"Pembacanya akan berkurang",
             "Jenis ini disegel untuk lebih sedikit orang: simpan sebagai dokumen tersendiri."},
            {"Fewer people could read it",
             "This type is sealed for fewer than the version before: deposit it on its own."}},
    Problem{
        "generation-stale",
        409,
        {"Kunci simpul sudah berganti", "Buat generasi penerusnya dahulu, lalu ulangi."},
        {"A holder of this node has a newer key", "Make its next generation first, then repeat."}},
    Problem{"precondition-failed",
            412,
            {"Versinya sudah lain", "Baca versi terbaru dan tajuk ETag-nya."},
            {"The version is another by now", "Read the latest version and its ETag."}},
    Problem{"too-large",
            413,
            {"Terlalu besar", "Bagi menjadi bagian yang lebih kecil."},
            {"Too large", "Divide it into smaller parts."}},
    Problem{"uri-too-long",
            414,
            {"Alamat terlalu panjang", "Persingkat alamat dan pencariannya."},
            {"The address is too long", "Shorten the address and its query."}},
    Problem{"unsupported-media-type",
            415,
            {"Jenis isi ini tidak diterima di sini", "Lihat Content-Type di /openapi.yaml."},
            {"This type of body is not taken here", "See Content-Type in /openapi.yaml."}},
    Problem{"range-not-satisfiable",
            416,
            {"Rentang di luar dokumen", "Minta byte di dalamnya; ukurannya ada di jawaban HEAD."},
            {"The range is outside of the document",
             "Ask for bytes inside of it; HEAD says its size."}},
    Problem{"unsupported-expectation",
            417,
            {"Harapan ini tidak didukung", "Hapus tajuk Expect, atau pakai 100-continue."},
            {"This expectation is not supported", "Leave out Expect, or use 100-continue."}},
    Problem{
        "misdirected",
        421,
        {"Alamat ini milik layanan lain", "Periksa nama dan skema alamatnya."},
        {"This address belongs to another service", "Check the name and scheme of the address."}},
    Problem{
        "invalid",
        422,
        {"Isi permintaan tidak dapat diterima", "Periksa kode dan isiannya dengan kebijakan."},
        {"What was asked for contradicts itself", "Check its codes and values with the policy."}},
    Problem{"untrusted",
            422,
            {"Tanda tangannya tidak berlaku", "Tandatangani dengan kunci yang berhak."},
            {"Its signatures do not hold", "Sign it with the key that is entitled to."}},
    Problem{"digest-mismatch",
            422,
            {"Isinya bukan yang dinyatakan", "Sidik SHA-256 berbeda: kirim ulang berkasnya."},
            {"The bytes are not those declared", "The SHA-256 differs: send the file again."}},
    Problem{"idempotency-mismatch",
            422,
            {"Kunci idempotensi sudah dipakai", "Pakai kunci baru untuk permintaan yang lain."},
            {"This idempotency key was used before", "Use a new key for another request."}},
    Problem{"upgrade-required",
            426,
            {"Versi HTTP terlalu lama", "Pakai HTTP/1.1."},
            {"The HTTP version is too old", "Use HTTP/1.1."}},
    Problem{"too-many",
            429,
            {"Terlalu banyak sekaligus",
             "Selesaikan yang sudah dimulai, atau tunggu sepuluh menit, lalu ulangi."},
            {"Too many at once", "Finish what was begun, or wait ten minutes, and try again."}},
    Problem{"head-too-large",
            431,
            {"Tajuk permintaan terlalu besar", "Kurangi tajuknya."},
            {"The head of the request is too large", "Send fewer or shorter headers."}},
    Problem{"internal",
            500,
            {"Kesalahan di layanan", "Laporkan nomor permintaan ini kepada pengelola."},
            {"The service failed", "Report the request's number to whoever runs it."}},
    Problem{
        "damaged",
        500,
        {"Yang tersimpan tidak lolos pemeriksaan", "Jangan dipakai; laporkan nomor permintaan."},
        {"What is stored does not pass its check", "Do not use it; report this number."}},
    Problem{"not-implemented",
            501,
            {"Belum didukung", "Lihat /openapi.yaml."},
            {"Not supported", "See /openapi.yaml."}},
    Problem{"unavailable",
            503,
            {"Layanan sedang tidak dapat menulis", "Coba lagi nanti; tidak ada yang disimpan."},
            {"The service cannot write at present", "Try again later; nothing was stored."}},
    Problem{"busy",
            503,
            {"Layanan sedang sibuk", "Coba lagi sebentar lagi."},
            {"The service is busy", "Try again in a moment."}},
    Problem{"too-many-connections",
            503,
            {"Terlalu banyak sambungan dari alamat Anda",
             "Tutup sambungan yang tidak dipakai, lalu coba lagi sebentar lagi."},
            {"Too many connections from your address",
             "Close those that are not used and try again in a moment."}},
    Problem{"no-memory",
            503,
            {"Memori layanan sedang habis",
             "Coba lagi sebentar lagi, atau akhiri sesi yang tidak dipakai."},
            {"The service is out of memory",
             "Try again in a moment, or end sessions that nobody uses."}},
    Problem{"http-version",
            505,
            {"Versi HTTP tidak didukung", "Pakai HTTP/1.1."},
            {"This version of HTTP is not supported", "Use HTTP/1.1."}},
    Problem{"no-space",
            507,
            {"Ruang simpan penuh", "Beri tahu pengelola; tidak ada yang disimpan."},
            {"There is no room left", "Tell whoever runs it; nothing was stored."}},
    // Not a refusal: what was handed in waits for somebody else's word.
    Problem{"pending",
            202,
            {"Menunggu persetujuan", "Administrator kedua perlu menandatangani."},
            {"It waits for approval", "A second administrator has to sign."}},
};

}  // namespace

std::span<const Problem> all_problems() { return kProblems; }

const Problem& problem_of(std::string_view type) {
  const auto found = std::find_if(kProblems.begin(), kProblems.end(),
                                  [&](const Problem& row) { return row.type == type; });
  return found != kProblems.end() ? *found : problem_of("internal");
}

const Problem& problem_of_status(int status) {
  const auto found = std::find_if(kProblems.begin(), kProblems.end(),
                                  [&](const Problem& row) { return row.status == status; });
  return found != kProblems.end() ? *found : problem_of("internal");
}

const Problem& problem_for(vault::Errc error) {
  using vault::Errc;
  switch (error) {
    // That something exists is itself confidential: who may not see it can't tell it from
    // something that isn't there.
    case Errc::not_found:
    case Errc::forbidden:
      return problem_of("not-found");
    case Errc::wrong_role:
      return problem_of("wrong-role");
    case Errc::invalid:
      return problem_of("invalid");
    case Errc::untrusted:
      return problem_of("untrusted");
    case Errc::conflict:
      return problem_of("conflict");
    case Errc::narrower:
      return problem_of("fewer-readers");
    case Errc::stale:
      return problem_of("generation-stale");
    case Errc::too_large:
      return problem_of("too-large");
    case Errc::pending:
      return problem_of("pending");
    case Errc::no_space:
      return problem_of("no-space");
    case Errc::io_failure:
    case Errc::stopped:
      return problem_of("unavailable");
    // Ours, not the caller's: that it is, and no more, leaves the process.
    case Errc::corrupt:
    case Errc::newer_format:
      return problem_of("damaged");
    case Errc::locked:
      return problem_of("internal");
  }
  return problem_of("internal");
}

const Problem& problem_for(const Failure& failure) {
  // A holder's procedure that finds no way to a key is as one to whom the thing does not exist.
  if (failure.type == "no-way") return problem_of("not-found");
  if (failure.type == "sealed-wrong" || failure.type == "manifest-wrong") {
    return problem_of("damaged");
  }
  return problem_of(failure.type);
}

Failure failure_for(vault::Errc error) {
  const Problem& problem = problem_for(error);
  return {std::string(problem.type), problem.status};
}

tl::unexpected<Failure> refuse(std::string_view type) {
  const Problem& problem = problem_of(type);
  return tl::unexpected(Failure{std::string(problem.type), problem.status});
}

Reply problem_reply(const Problem& problem, std::string_view accept_language,
                    std::string_view request_id) {
  const bool english = parse::prefers_english(accept_language);
  const Words& words = english ? problem.en : problem.id;
  const nlohmann::json body{{"type", std::string(kBase) + std::string(problem.type)},
                            {"title", words.title},
                            {"status", problem.status},
                            {"detail", words.detail},
                            {"request", request_id}};
  Reply reply;
  reply.status = problem.status;
  reply.headers.set("content-type", "application/problem+json");
  reply.headers.set("content-language", english ? "en" : "id");
  reply.body = body.dump();
  return reply;
}

}  // namespace api
