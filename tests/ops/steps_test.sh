#!/usr/bin/env bash
# The frame of ops/run: steps that fail end it, what is kept outlives a step, demo.env is private.
set -euo pipefail
OPS=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/ops
DEMO=$(mktemp -d)
trap 'rm -r "$DEMO"' EXIT
mkdir "$DEMO/logs"
# shellcheck source-path=SCRIPTDIR source=../../ops/demo/frame.sh
. "$OPS/demo/frame.sh"
# shellcheck source-path=SCRIPTDIR source=../../ops/demo/samples.sh
. "$OPS/demo/samples.sh"

# is WHAT WANTED GOT
is() { [ "$2" = "$3" ] || { printf '%s: expected "%s", got "%s"\n' "$1" "$2" "$3"; exit 1; }; }

keeps() { keep SEGEL_TOKEN "$1"; }
sees() { [ "$SEGEL_TOKEN" = "$1" ] && tell "saw $1"; }
fails_in_the_middle() { false; echo "not reached"; }
keeps_two_words() { keep SEGEL_TOKEN 'two words'; }
expects_wrongly() { expect "the answer" 200 404; }

is "a step's line" ' 1  kept a token' "$(step 'kept a token' keeps sgl_first+/=)"
is "its own line" ' 1  saw sgl_first+/=' "$(step 'looked' sees sgl_first+/=)"
step 'kept another' keeps sgl_second >"$DEMO/out"
is "the value last kept" ' 2  saw sgl_second' "$(step 'looked' sees sgl_second)"
is "demo.env" 'SEGEL_TOKEN=sgl_second' "$(cat "$DEMO/demo.env")"
is "its mode" 600 "$(stat -c %a "$DEMO/demo.env")"

for failing in fails_in_the_middle expects_wrongly keeps_two_words; do
  status=0
  # Beside, not behind || or &&, which would switch set -e off inside.
  (step 'tried' "$failing"; echo 'went on') >"$DEMO/out" &
  wait $! || status=$?
  said=$(cat "$DEMO/out")
  is "$failing" 1 "$status"
  [[ $said == *'FAILED: tried'*"$DEMO/logs"* && $said != *'went on'* && $said != *'not reached'* ]] ||
    { echo "$failing said: $said"; exit 1; }
done
is "what could not be kept" 'SEGEL_TOKEN=sgl_second' "$(cat "$DEMO/demo.env")"

# The samples are what they are called, and hold their words where they should.
make_pdf "$DEMO/a.pdf" 'Nomor Rahasia-1'
is "a PDF's table points at its objects" "$(printf '%s\n' {1..5})" "$(
  sed -n '/^xref/,/^trailer/s/^\([0-9]\{10\}\) 00000 n .*/\1/p' "$DEMO/a.pdf" |
    while read -r at; do tail -c "+$((10#$at + 1))" "$DEMO/a.pdf" | head -n 1 | cut -d' ' -f1; done)"
at=$(sed -n '/^startxref/{n;p}' "$DEMO/a.pdf")
is "a PDF's end points at its table" xref "$(tail -c "+$((at + 1))" "$DEMO/a.pdf" | head -n 1)"
make_photo "$OPS/../tests/data/photo.jpg" "$DEMO/a.jpg" 'Rahasia-2'
is "a photo's first bytes" 'ffd8fffe000b526168617369612d32ffe1' "$(head -c 17 "$DEMO/a.jpg" | od -An -v -tx1 | tr -d ' \n')"
make_large "$DEMO/a.bin" 12000000 'Rahasia-3'
is "a large file's size" 12000000 "$(stat -c %s "$DEMO/a.bin")"
is "a large file's words" 3 "$(grep -aoF 'Rahasia-3' "$DEMO/a.bin" | wc -l)"
