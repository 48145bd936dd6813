// A judge of JSON as Segel takes it, written from RFC 8259 alone: what parse_json() and read_json()
// say is set against it.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace fuzz {

class JsonJudge {
 public:
  // Whether `text` is one value of UTF-8 JSON, no key twice in an object, no number but integers of
  // 64 bits, and no more than `depth` arrays and objects within each other.
  static bool accepts(std::string_view text, unsigned depth) {
    JsonJudge judge(text, depth);
    judge.blanks();
    if (!judge.value()) return false;
    judge.blanks();
    return judge.at_ == text.size();
  }

 private:
  JsonJudge(std::string_view text, unsigned depth) : text_(text), depth_(depth) {}

  bool take(std::string_view literal) {
    if (text_.substr(at_, literal.size()) != literal) return false;
    at_ += literal.size();
    return true;
  }
  void blanks() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != text_.npos) ++at_;
  }
  bool value();
  bool array();
  bool object();
  bool number();
  bool string(std::string& out);
  bool escape(std::string& out);
  bool character(std::string& out);
  int hex4();

  std::string_view text_;
  unsigned depth_;
  std::size_t at_ = 0;
};

}  // namespace fuzz
