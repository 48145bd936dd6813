# shellcheck shell=bash
# One run of deposit_1g or read_1g. To be sourced with the mode: deposit, read.
#
# First the product, then the line, each with the other's bytes already on the disk, so that neither
# pays for them. TMPDIR or the folder build/: where both write; it should be a disk.
set -euo pipefail
mode=$1
TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
BIN=${BIN:-$TOP/build/release/bin}
bytes=$((1 << 30))

TMPDIR=$(mktemp -d "${TMPDIR:-$TOP/build}/bench-XXXXXX")
export TMPDIR
trap 'rm -r "$TMPDIR"' EXIT

product=$("$BIN/bulk" "$mode" "$bytes")
sync
line=$("$BIN/line_bulk" "$mode" "$TMPDIR/line" "$bytes")
sync
jq -nc --arg name "${mode}_1g" --arg line "line_bulk $mode" --argjson product "$product" \
  --argjson bare "$line" \
  '{name: $name, value: $product.mb_per_s, unit: "MB/s", line: $line, line_value: $bare.mb_per_s}'
