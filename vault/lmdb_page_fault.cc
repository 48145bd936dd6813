#include "vault/lmdb_page_fault.h"

namespace vault {

const char* to_text(PageFault fault) {
  switch (fault) {
    case PageFault::not_a_file:
      return "it is not a file that can be opened";
    case PageFault::unreadable:
      return "the disk does not give it";
    case PageFault::beyond_file:
      return "the file ends before it";
    case PageFault::wrong_place:
      return "it says that it is another page";
    case PageFault::wrong_kind:
      return "it is of another kind";
    case PageFault::bounds_wrong:
      return "the bounds of its free room are wrong";
    case PageFault::lonely_branch:
      return "it is a branch with fewer than two children";
    case PageFault::node_outside:
      return "a node is not within it";
    case PageFault::nodes_unpacked:
      return "its nodes overlap or leave a gap";
    case PageFault::key_wrong:
      return "a key is empty or too long";
    case PageFault::keys_unordered:
      return "its keys are not in their order";
    case PageFault::value_wrong:
      return "a value is of a kind or size that is never written";
    case PageFault::number_outside:
      return "it names a page that there is not";
    case PageFault::run_wrong:
      return "it does not begin the run of its value";
    case PageFault::reached_twice:
      return "it is named twice, or in use and free at once";
    case PageFault::lost:
      return "it is neither in use nor free";
    case PageFault::depth_wrong:
      return "its tree is not as deep as recorded";
    case PageFault::counts_wrong:
      return "its tree does not have as many pages and rows as recorded";
    case PageFault::not_meta:
      return "it is not the head of a database";
    case PageFault::newer_format:
      return "it is of a later format";
    case PageFault::settings_wrong:
      return "its settings are none that are written";
    case PageFault::last_page_wrong:
      return "it claims more pages than there is room for";
    case PageFault::txn_wrong:
      return "the numbers of its transactions cannot follow each other";
    case PageFault::free_list_wrong:
      return "a list of free pages is not one";
    case PageFault::free_list_of_none:
      return "a list of free pages is of a transaction that never was";
  }
  return "";
}

Errc errc_of(PageFault fault) {
  if (fault == PageFault::not_a_file || fault == PageFault::unreadable) return Errc::io_failure;
  return fault == PageFault::newer_format ? Errc::newer_format : Errc::corrupt;
}

}  // namespace vault
