#include "cli/tee_in.h"

namespace cli {

TeeIn::int_type TeeIn::underflow() {
  if (failed_) return traits_type::eof();
  const auto got = body_.read(block_);
  if (!got) failed_ = got.error();
  if (!got || *got == 0) return traits_type::eof();
  char* const begin = reinterpret_cast<char*>(block_.data());
  copy_.write(begin, static_cast<std::streamsize>(*got));
  setg(begin, begin, begin + *got);
  return traits_type::to_int_type(*begin);
}

}  // namespace cli
