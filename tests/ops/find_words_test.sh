#!/usr/bin/env bash
# ops/demo/find-words finds a planted word in every form, and nothing where none stands.
set -euo pipefail
shopt -s lastpipe  # what stands behind the last | can set a variable
find_words=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/ops/demo/find-words
folder=$(mktemp -d)
trap 'rm -r "$folder"' EXIT
export LC_ALL=C
# The run of ~ has a + in base64 at every alignment, so that base64url differs.
word='Ruang ~~~~~ Melati-7'
failed=

# expect FORM: it is found in what stands on standard input, among other bytes, and named so.
expect() {
  local form=$1 said status=0
  mkdir "$folder/store"
  { head -c 5000 /dev/urandom; cat; head -c 5000 /dev/urandom; } >"$folder/store/some.mdb"
  said=$(printf 'Tidak Ada Di Sini\n%s\n' "$word" | "$find_words" "$folder/store") || status=$?
  if [ "$status" != 1 ] || [ "$said" != "$folder/store/some.mdb: $word as $form" ]; then
    echo "$form: status $status, said: $said"
    failed=yes
  fi
  rm -r "$folder/store"
}

hex() { od -An -v -tx1 | tr -d ' \n'; }
printf '%s' "$word" | expect 'text'
printf '%s' "${word,,}" | expect 'lower case'
printf '%s' "${word^^}" | expect 'upper case'
printf '%s' "$word" | iconv -t UTF-16LE | expect 'UTF-16'
printf '%s' "$word" | iconv -t UTF-16BE | expect 'UTF-16'
printf '%s' "$word" | hex | expect 'hex'
printf '%s' "$word" | hex | tr a-f A-F | expect 'HEX'
printf '%s' "$word" | hex | sed 's/../%&/g' | expect 'percent'
printf '%s' "$word" | hex | tr a-f A-F | sed 's/../%&/g' | expect 'PERCENT'
# Base64 of the word amid other bytes, whose neighbours change the outer characters.
for before in 'abc' 'abcd' 'abcde'; do
  skip=$((${#before} - 3))
  printf '%s%s%s' "$before" "$word" 'xyz' | base64 -w0 | expect "base64, $skip in"
  printf '%s%s%s' "$before" "$word" 'xyz' | base64 -w0 | tr '+/' '-_' | expect "base64url, $skip in"
done

mkdir -p "$folder/named/$word.d" "$folder/clean"
said=$("$find_words" "$folder/named" <<<"$word") && { echo "a folder's name was not found"; failed=yes; }
[ "$said" = "a file's name: $word as text" ] || { echo "a folder's name: said $said"; failed=yes; }

{ head -c 100000 /dev/urandom; printf '%s' "${word%?}"; printf '%s' "${word#?}"; } >"$folder/clean/blob"
"$find_words" "$folder/clean" <<<"$word" || { echo "found where nothing stands"; failed=yes; }

# What cannot be searched is not clean.
for wrong in "$folder/none" "$folder/clean"; do
  status=0
  "$find_words" "$wrong" </dev/null 2>/dev/null || status=$?
  [ "$status" = 2 ] || { echo "status $status without folder or words"; failed=yes; }
done
[ -z "$failed" ]
