#!/usr/bin/env bash
# The programs as built are hardened: what the compiler and the linker were asked for is in the files.
#
#   tests/ops/hardening_test.sh PROGRAM…         names what a program lacks; 0 when nothing
#   tests/ops/hardening_test.sh --self-test CXX  builds one without each in turn and expects it named
set -euo pipefail

# lacks PROGRAM: one line for each thing that is missing.
lacks() {
  local program=$1 segments dynamic symbols
  segments=$(readelf --file-header --program-headers --wide "$program")
  dynamic=$(readelf --dynamic --wide "$program")
  symbols=$(readelf --dyn-syms --wide "$program" | awk '{ print $8 }')

  grep -q 'Type: *DYN (Position-Independent Executable' <<<"$segments" ||
    echo "a place in memory that nobody knows (PIE)"
  grep -q GNU_RELRO <<<"$segments" || echo "a read-only table of addresses (RELRO)"
  grep -qE 'BIND_NOW|Flags:.* NOW' <<<"$dynamic" || echo "all addresses bound at the start (BIND_NOW)"
  grep -qE 'GNU_STACK .* RW ' <<<"$segments" || echo "a stack that is not executed (NX)"
  ! grep -qE 'LOAD .* RWE ' <<<"$segments" || echo "no segment both written and executed (W^X)"
  ! grep -qE '\((RPATH|RUNPATH)\)' <<<"$dynamic" || echo "no library path of its own (RPATH)"
  grep -q '^__stack_chk_fail' <<<"$symbols" || echo "canaries on the stack"
  grep -qE '^__(v?sn?|f|v?f)?printf_chk|^__mem(cpy|move|set)_chk' <<<"$symbols" ||
    echo "calls of libc that know their bounds (fortified)"
  grep -q '__glibcxx_assert_fail' <<<"$symbols" || echo "bounds of containers (_GLIBCXX_ASSERTIONS)"
  # The property note for this needs every object's consent, and Debian's start files do not give theirs.
  [ "$(uname -m)" != x86_64 ] ||
    grep -A1 '<main>:' <<<"$(objdump --disassemble=main --no-show-raw-insn "$program")" | grep endbr64 >/dev/null ||
    echo "marks where a jump may land (CET)"
}

hardened() {
  local program missing status=0
  for program in "$@"; do
    while read -r missing; do
      echo "${program##*/} lacks $missing"
      status=1
    done < <(lacks "$program")
  done
  return $status
}

self_test() {
  local cxx=$1 folder name flags
  folder=$(mktemp -d)
  # shellcheck disable=SC2064
  trap "rm -r '$folder'" EXIT
  cat >"$folder/a.cc" <<'END'
#include <cstdio>
#include <vector>
#ifdef MIXED
__asm__(".section .mixed,\"awx\"\n.zero 8\n.text");
#endif
int main(int argc, char** argv) {
  char text[64];
  std::snprintf(text, sizeof text, "%s", argv[0]);
  std::vector<int> numbers(static_cast<std::size_t>(argc));
  return std::printf("%s %d\n", text, numbers[static_cast<std::size_t>(argc) - 1]);
}
END
  # As cmake/hardening.cmake; what comes later takes one of them back.
  built() {
    # shellcheck disable=SC2086
    "$cxx" -O2 -fPIE -fstack-protector-strong -fcf-protection=full -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 \
      -D_GLIBCXX_ASSERTIONS -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack $1 \
      "$folder/a.cc" -o "$folder/a" 2>/dev/null
  }
  built ""
  hardened "$folder/a" || { echo "a hardened program is not seen as one"; exit 1; }
  while IFS='|' read -r name flags; do
    built "$flags" || { echo "does not build with $flags"; exit 1; }
    grep -qF "$name" <<<"$(lacks "$folder/a")" || { echo "not seen: $name, without it by $flags"; exit 1; }
  done <<'END'
(PIE)|-fno-pie -no-pie
(RELRO)|-Wl,-z,norelro
(BIND_NOW)|-Wl,-z,lazy
(NX)|-Wl,-z,execstack
(W^X)|-DMIXED
(RPATH)|-Wl,-rpath,/somewhere
canaries|-fno-stack-protector
(fortified)|-U_FORTIFY_SOURCE
(_GLIBCXX_ASSERTIONS)|-U_GLIBCXX_ASSERTIONS
END
  [ "$(uname -m)" != x86_64 ] || {
    built -fcf-protection=none
    grep -qF '(CET)' <<<"$(lacks "$folder/a")" || { echo "not seen: CET"; exit 1; }
  }
}

case ${1:-} in
  --self-test) self_test "${2:?}" ;;
  '') sed -n '2,6s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  *) hardened "$@" ;;
esac
