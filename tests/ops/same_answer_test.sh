#!/usr/bin/env bash
# ops/demo/same-answer: equal but for Date and request id, and nothing else.
set -euo pipefail
same_answer=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/ops/demo/same-answer
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
failed=

# answer STATUS SECOND ID TITLE
answer() {
  printf 'HTTP/1.1 %s\r\nDate: Tue, 24 Nov 2026 04:00:%s GMT\r\nRequest-Id: %s\r\n\r\n{"request_id":"%s","title":"%s"}\n' \
    "$1" "$2" "$3" "$3" "$4"
}
# expect STATUS WHAT: of one and other.
expect() {
  local status=0
  "$same_answer" "$folder/one" "$folder/other" >/dev/null 2>&1 || status=$?
  [ "$status" = "$1" ] || { echo "$2: status $status, expected $1"; failed=yes; }
}

answer 404 01 01932a7b-0001 'Not found' >"$folder/one"
answer 404 02 01932a7b-0002 'Not found' >"$folder/other"
expect 0 "another time and id"
answer 404 02 01932a7b-0002 'Not found.' >"$folder/other"
expect 1 "another body"
answer 403 02 01932a7b-0002 'Not found' >"$folder/other"
expect 1 "another status"
answer 404 02 01932a7b-0002 'Not found' | sed 's/^Date/X-Case: 1\r\nDate/' >"$folder/other"
expect 1 "another header"
answer 404 02 01932a7b-0001 'Not found' | sed 's/"request_id":"01932a7b-0001/"request_id":"01932a7b-0002/' >"$folder/other"
expect 1 "a body with another id than its head"
answer 404 02 '' 'Not found' >"$folder/other"
expect 2 "no request id"
[ -z "$failed" ]
