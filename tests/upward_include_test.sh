#!/usr/bin/env bash
# Proves with the compiler that an include which points upward does not compile.
#
#   tests/upward_include_test.sh COMPILER yes|no HEADER INCLUDE-DIRECTORY;…
#
# yes: a file of a layer with these include directories can include HEADER; no: the compiler does not
# find it. Any other error (a typing error in the header, say) is a failure either way.
set -euo pipefail
compiler=$1 expected=$2 header=$3
IFS=';' read -r -a directories <<<"$4"

# A file in a folder of its own: the compiler looks beside the including file first.
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
printf '#include "%s"\n' "$header" >"$folder/including.cc"
status=0
said=$("$compiler" -std=c++20 -fsyntax-only "${directories[@]/#/-I}" "$folder/including.cc" 2>&1) ||
  status=$?

if [ "$status" = 0 ]; then
  found=yes
elif grep -qE "fatal error: ('?)$header('?)(:| file) (No such file|not found)" <<<"$said"; then
  found=no
else
  echo "neither compiled nor missing: $said"
  exit 1
fi
[ "$found" = "$expected" ] || { echo "$header: found $found, expected $expected"; exit 1; }
