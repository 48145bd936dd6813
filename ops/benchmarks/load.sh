# shellcheck shell=bash
# One run of a benchmark of small calls. To be sourced with its name's parts: deposit_4k_c64 is
# deposit 64, list_100 is list 8.
#
# First the service as it is, then the same build without its flushes (lines/no_flush.cc), each with a
# vault of its own. TMPDIR or the folder build/: where both write; it should be a disk.
set -euo pipefail
mode=$1 clients=$2 name=$3
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$TOP/build/release/bin}
calls=$((500 + clients * 100))

TMPDIR=$(mktemp -d "${TMPDIR:-$TOP/build}/bench-XXXXXX")
export TMPDIR
trap 'rm -r "$TMPDIR"' EXIT

product=$("$BIN/load" "$mode" "$clients" "$calls")
sync
line=$("$BIN/load" "$mode" "$clients" "$calls" "$BIN/../lib/libno_flush.so")
sync
jq -nc --arg name "$name" --argjson product "$product" --argjson bare "$line" \
  '{name: $name, value: $product.per_s, unit: "per s", line: "without flushes", line_value: $bare.per_s}'
