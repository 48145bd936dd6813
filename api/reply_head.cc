#include "api/reply_head.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <string_view>

#include "api/message_head.h"

namespace api {
namespace {

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "";  // RFC 9112, 4: may be empty
  }
}

void append_number(std::string& to, int value, std::size_t width) {
  const std::string digits = std::to_string(value);
  to.append(width > digits.size() ? width - digits.size() : 0, '0');
  to += digits;
}

// Not strftime: its names of days and months follow the locale.
void append_date(std::string& to, std::chrono::system_clock::time_point now) {
  static constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed",
                                                       "Thu", "Fri", "Sat"};
  static constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                          "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  ::gmtime_r(&seconds, &utc);
  to += kDays[static_cast<std::size_t>(utc.tm_wday)];
  to += ", ";
  append_number(to, utc.tm_mday, 2);
  to += ' ';
  to += kMonths[static_cast<std::size_t>(utc.tm_mon)];
  to += ' ';
  append_number(to, utc.tm_year + 1900, 4);
  for (const auto& [mark, value] :
       {std::pair(' ', utc.tm_hour), std::pair(':', utc.tm_min), std::pair(':', utc.tm_sec)}) {
    to += mark;
    append_number(to, value, 2);
  }
  to += " GMT";
}

// "content-type" as "Content-Type": the same to a program, and easier on whoever reads a trace.
void append_name(std::string& to, std::string_view name) {
  bool begins = true;
  for (const char c : name) {
    to += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c == '-';
  }
}

bool is_ours(std::string_view name) {
  return name == "content-length" || name == "connection" || name == "date" ||
         name == "transfer-encoding";
}

}  // namespace

bool may_have_body(int status) { return status >= 200 && status != 204 && status != 304; }

std::string reply_head(const Reply& reply, const ReplyFraming& framing,
                       std::chrono::system_clock::time_point now) {
  std::string head = "HTTP/1.1 ";
  append_number(head, reply.status, 3);
  head += ' ';
  head += reason_of(reply.status);
  head += "\r\nDate: ";
  append_date(head, now);
  for (const auto& [name, value] : reply.headers.all()) {
    if (is_ours(name)) continue;
    head += "\r\n";
    append_name(head, name);
    head += ": ";
    head += value;
  }
  const auto given = reply.headers.one("content-length");
  if (given && (framing.to_head || reply.status == 304)) {
    head += "\r\nContent-Length: ";
    head += *given;
  } else if (may_have_body(reply.status)) {
    head += "\r\nContent-Length: ";
    head += std::to_string(framing.length);
  }
  const bool offers_upgrade = reply.headers.count("upgrade") > 0;
  if (framing.close || offers_upgrade) {
    head += "\r\nConnection: ";
    head += framing.close && offers_upgrade ? "close, upgrade"
            : framing.close                 ? "close"
                                            : "upgrade";
  }
  head += "\r\n\r\n";
  return head;
}

bool is_sendable(const Headers& headers) {
  return std::all_of(headers.all().begin(), headers.all().end(), [](const auto& field) {
    return is_token(field.first) &&
           std::none_of(field.second.begin(), field.second.end(), [](char c) {
             const auto byte = static_cast<unsigned char>(c);
             return (byte < 0x20 && byte != '\t') || byte == 0x7f;
           });
  });
}

}  // namespace api
