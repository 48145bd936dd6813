# shellcheck shell=bash
# A case and its documents: deposit, reading, sharing, the other agency, rotation. To be sourced.

make_case() {
  local said name
  said=$(as UPTDPPA_MANAJER case create --category KTP-FIS)
  keep CASE_ID "$(id_of <<<"$said")"
  keep CASE_CODE "$(jq -er .code <<<"$said")"
  for name in UPTDPPA_PENDAMPING UPTDPPA_PENERIMA; do
    add_member UPTDPPA_MANAJER "$name"
    said=$(as "$name" case show "$CASE_CODE")
    expect "what $name finds by the code" "$CASE_ID" "$(id_of <<<"$said")"
  done
  tell "the manager made case $CASE_CODE, with a caseworker and an intake officer in its team"
}

# add_member BY WHOM
add_member() {
  local id=$2_ID
  as "$1" case team add "$CASE_ID" "${!id}" --fingerprint "$(spoken "$2")"
}

deposit_opened() {
  local said metadata
  open_session UPTDPPA_MANAJER
  metadata="title $(printf %s "$PLANTED_TITLE" | base64 -w0)"
  metadata+=",filename $(printf %s "${FILE_PDF##*/}" | base64 -w0)"
  metadata+=",filetype $(printf application/pdf | base64),type $(printf LAP-ADU | base64)"
  said=$(call UPTDPPA_MANAJER "/v1/cases/$CASE_ID/documents" --fail-with-body --data-binary "@$FILE_PDF" \
    --header 'Content-Type: application/pdf' --header "Upload-Metadata: $metadata")
  expect "the digest answered" "$(sha256sum "$FILE_PDF" | cut -c1-64)" "$(jq -er .sha256 <<<"$said")"
  keep DOCUMENT_PDF "$(id_of <<<"$said")"
}

# deposit_sealed WHO FILE TYPE NAME
deposit_sealed() {
  local said
  said=$(as "$1" put "$CASE_CODE" "$2" --title "$PLANTED_TITLE" --type "$3")
  expect "the digest of $4" "$(sha256sum "$2" | cut -c1-64)" "$(jq -er .sha256 <<<"$said")"
  keep "DOCUMENT_$4" "$(id_of <<<"$said")"
}

deposit_photo_and_text() {
  deposit_sealed UPTDPPA_PENDAMPING "$FILE_PHOTO" FOTO PHOTO
  deposit_sealed UPTDPPA_PENERIMA "$FILE_TEXT" CATATAN TEXT
  expect "documents in the intake officer's sight" 403 \
    "$(open_session UPTDPPA_PENERIMA && call UPTDPPA_PENERIMA "/v1/documents/$DOCUMENT_TEXT" -o /dev/null -w '%{http_code}')"
}

deposit_large() {
  local began=$EPOCHREALTIME
  deposit_sealed UPTDPPA_PENDAMPING "$FILE_LARGE" CCTV LARGE
  tell "the caseworker deposited the 300 MB file, sealed by segel as it went, in $(seconds_since "$began") s"
}
seconds_since() { jq -n --arg now "$EPOCHREALTIME" --arg began "$1" '(($now | tonumber) - ($began | tonumber)) * 10 | round | . / 10'; }

# reads_all WHO: every document, by segel, byte for byte.
reads_all() {
  local kind file id
  rm -rf "$DEMO/opened"
  mkdir "$DEMO/opened"
  for kind in PDF PHOTO TEXT LARGE; do
    file=FILE_$kind id=DOCUMENT_$kind
    as "$1" get "${!id}" -o "$DEMO/opened/$kind"
    cmp "${!file}" "$DEMO/opened/$kind"
    as "$1" verify "${!id}" "${!file}"
  done
  rm -r "$DEMO/opened"
}

read_everything() {
  local began=$EPOCHREALTIME
  reads_all UPTDPPA_PENDAMPING
  expect "titles in the list" "4 $PLANTED_TITLE" "$(as UPTDPPA_PENDAMPING ls "$CASE_CODE" |
    jq -sr '"\(length) \(map(.title) | unique | join("|"))"')"
  tell "the caseworker opened all four documents, byte for byte, in $(seconds_since "$began") s"
}

read_range() {
  open_session UPTDPPA_PENDAMPING
  call UPTDPPA_PENDAMPING "/v1/documents/$DOCUMENT_LARGE/content" --fail --range 199999900-200000099 >"$DEMO/range"
  expect "bytes of the range" 200 "$(stat -c %s "$DEMO/range")"
  cmp "$DEMO/range" <(tail -c +199999901 "$FILE_LARGE" | head -c 200)
  rm "$DEMO/range"
}

share_case() {
  as UPTDPPA_MANAJER case share "$CASE_ID" POLRES
  local order
  order=$(as POLRES_KUSTODIAN pending | jq -er 'select(.kind == "share") | .id')
  as POLRES_KUSTODIAN pending confirm "$order"
  add_member POLRES_KUSTODIAN POLRES_PENDAMPING
}

# Whoever has no place gets the answer that a case and a document get that never were.
hospital_sees_nothing() {
  local name path other absent
  absent=$(cat /proc/sys/kernel/random/uuid)
  for name in RSUD_KUSTODIAN RSUD_MANAJER RSUD_PENDAMPING; do
    open_session "$name"
    for path in "/v1/cases/$CASE_ID" "/v1/documents/$DOCUMENT_PDF" "/v1/documents/$DOCUMENT_PDF/content"; do
      other=$(sed -E "s/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/$absent/" <<<"$path")
      call "$name" "$path" --include -o "$DEMO/hidden"
      call "$name" "$other" --include -o "$DEMO/absent"
      expect "status for $name" 404 "$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$DEMO/hidden")"
      "$OPS/demo/same-answer" "$DEMO/hidden" "$DEMO/absent"
    done
  done
  rm "$DEMO/hidden" "$DEMO/absent"
}

rotate_agency() {
  local said
  as ADMIN agency rotate UPTDPPA
  expect "orders that wait" rotate "$(as UPTDPPA_KUSTODIAN pending | jq -r .kind)"
  said=$(as UPTDPPA_KUSTODIAN agency rotate UPTDPPA)
  expect "the rotation" '1 2 1' "$(jq -r '"\(.from) \(.to) \(.cases)"' <<<"$said")"
  expect "orders that still wait" '' "$(as UPTDPPA_KUSTODIAN pending)"
}

work_after_rotation() {
  reads_all UPTDPPA_PENDAMPING
  reads_all POLRES_PENDAMPING
  deposit_sealed UPTDPPA_MANAJER "$FILE_PHOTO" FOTO AFTER
  expect "its generation" 2 "$(open_session UPTDPPA_PENDAMPING &&
    call UPTDPPA_PENDAMPING "/v1/documents/$DOCUMENT_AFTER" | jq -r .generation)"
  as UPTDPPA_PENDAMPING get "$DOCUMENT_AFTER" -o "$DEMO/opened"
  cmp "$FILE_PHOTO" "$DEMO/opened"
  rm "$DEMO/opened"
}
