# shellcheck shell=bash
# What others can check without us: the log, the sealed bytes with stock age, the store. To be sourced.

export_log() {
  local line status=0
  as AUDITOR log checkpoint --log-key "$SEGEL_LOG_KEY" -o "$DEMO/head"
  as AUDITOR log export -o "$DEMO/log.jsonl"
  # Offline, on a machine that knows the log's key and nothing else.
  "$BIN/segel" log verify "$DEMO/log.jsonl" --log-key "$SEGEL_LOG_KEY" --head "$DEMO/head"
  keep SEGEL_LOG_HEAD "$DEMO/head"
  keep SEGEL_LOG_EXPORT "$DEMO/log.jsonl"

  line=$(($(wc -l <"$DEMO/log.jsonl") / 2))
  sed "${line}s/\"action\":\"[a-z.-]*\"/\"action\":\"nothing\"/" "$DEMO/log.jsonl" >"$DEMO/edited.jsonl"
  "$BIN/segel" --json log verify "$DEMO/edited.jsonl" --log-key "$SEGEL_LOG_KEY" 2>"$DEMO/verdict" || status=$?
  expect "exit code for an edited export" 1 "$status"
  expect "the damage" log_bad_edited "$(jq -r .error.code "$DEMO/verdict")"
  expect "the bad line" "$line" "$(jq -r .error.message "$DEMO/verdict" | grep -o '[0-9]\+')"
  rm "$DEMO/edited.jsonl" "$DEMO/verdict"
  tell "the auditor exported the log ($(wc -l <"$DEMO/log.jsonl") lines); it verifies offline, and an edit of line $line is named"
}

# From her key to a document with stock age alone: key → lockbox → document.
# walk LOCKBOX DOCUMENT FILE
walk() {
  age -d -i "$UPTDPPA_PENDAMPING_KEY" "$1" >"$DEMO/walk/case.txt"
  age -d -i "$DEMO/walk/case.txt" "$2" | cmp - "$3"
}

walk_by_api() {
  local generation lockboxes=/v1/nodes/$CASE_ID/lockboxes
  mkdir -m 700 "$DEMO/walk"
  open_session UPTDPPA_PENDAMPING
  generation=$(call UPTDPPA_PENDAMPING "/v1/documents/$DOCUMENT_PHOTO" | jq -er .generation)
  call UPTDPPA_PENDAMPING "$lockboxes?generation=$generation&holder=$UPTDPPA_PENDAMPING_ID" --fail |
    jq -er .lockbox | base64 -d >"$DEMO/walk/lockbox.age"
  call UPTDPPA_PENDAMPING "/v1/documents/$DOCUMENT_PHOTO/content" --fail \
    --header 'Accept: application/vnd.age' >"$DEMO/walk/photo.age"
  walk "$DEMO/walk/lockbox.age" "$DEMO/walk/photo.age" "$FILE_PHOTO"

  # What `segel export --age` hands to a court is the same.
  as UPTDPPA_PENDAMPING export --age "$DOCUMENT_PHOTO" -o "$DEMO/walk/export"
  walk "$(find "$DEMO/walk/export" -name '*lockbox.age')" "$(find "$DEMO/walk/export" -name 'document*.age')" "$FILE_PHOTO"
  rm -r "$DEMO/walk"
}

# The same from the stopped store, with the script that FORMAT.md prints.
walk_by_store() {
  local out=$DEMO/walk/store kind id file
  mkdir -m 700 "$DEMO/walk"
  # shellcheck disable=SC2016  # the marks of FORMAT.md, nothing to expand
  sed -n '/^```python$/,/^```$/{//!p}' "$TOP/vault/FORMAT.md" >"$DEMO/walk/from_store.py"
  /usr/bin/python3 "$DEMO/walk/from_store.py" "$DEMO/data" "$out"
  for kind in PDF PHOTO TEXT LARGE; do
    id=DOCUMENT_$kind file=FILE_$kind
    # The lockbox of the generation that the document was sealed to, for her.
    walk "$out/lockbox-$UPTDPPA_PENDAMPING_ID-$CASE_ID-1.age" "$out/document-${!id}-1-$CASE_ID.age" "${!file}"
  done
  rm -r "$DEMO/walk"
}

verify_store() {
  "$BIN/segel" verify-store "$DEMO/data" --log-key "$SEGEL_LOG_KEY" --head "$SEGEL_LOG_HEAD"
}

# Contents, titles, file names and people's names: nowhere in the data, nor in what the service said.
find_nothing() {
  "$OPS/demo/find-words" "$DEMO/data" <"$DEMO/planted.txt"
  "$OPS/demo/find-words" "$DEMO/service" <"$DEMO/planted.txt"
}
