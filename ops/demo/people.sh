# shellcheck shell=bash
# The vault's founding, and the people of the demonstration: who they are, how they are enrolled, how
# each of them acts. To be sourced.
#
# A person has a folder, $DEMO/people/NAME: her key, her profile with her sealed session, and the
# opened session that curl uses. NAME is AGENCY_ROLE, or the role alone for those of no agency.

AGENCIES=(UPTDPPA POLRES RSUD)
COLLEAGUES=(
  UPTDPPA_MANAJER UPTDPPA_PENDAMPING UPTDPPA_PENERIMA
  POLRES_MANAJER POLRES_PENDAMPING
  RSUD_MANAJER RSUD_PENDAMPING
)
PEOPLE=(ADMIN AUDITOR UPTDPPA_KUSTODIAN POLRES_KUSTODIAN RSUD_KUSTODIAN "${COLLEAGUES[@]}")

# as NAME COMMAND…: the command line as she uses it, with JSON for us to read. She logs in again where
# her session may have come near its five idle minutes.
as() {
  local folder=$DEMO/people/$1
  shift
  [ -z "$(find "$folder/session" -mmin +3 2>/dev/null)" ] || segel_of "$folder" login >/dev/null
  segel_of "$folder" "$@"
}
segel_of() {
  local folder=$1
  shift
  "$BIN/segel" --profile "$folder" --json "$@"
}

# A key and an enrolment for each. Stock age asks for a passphrase only on a terminal, so these keys
# have none.
make_people() {
  local name folder
  for name in "${PEOPLE[@]}"; do
    folder=$DEMO/people/$name
    mkdir -p "$folder"
    chmod 700 "$folder"
    segel_of "$folder" keygen --no-passphrase -o "$folder/key.txt"
    segel_of "$folder" enrol --key "$folder/key.txt" --name "$PLANTED_PERSON $name" \
      --office "Kantor ${name%%_*}" -o "$folder/person.enrol"
    expect "mode of $name's key" 600 "$(stat -c %a "$folder/key.txt")"
    keep "${name}_KEY" "$folder/key.txt"
  done
  tell "made keys and enrolments for ${#PEOPLE[@]} people"
}

found_vault() {
  local said
  mkdir -m 700 "$DEMO/data"
  said=$("$BIN/segel" --json init --trial --data "$DEMO/data" --log-key "$DEMO/log.key" \
    --admin "$DEMO/people/ADMIN/person.enrol")
  keep SEGEL_LOG_KEY "$(jq -er .log_verifier <<<"$said")"
}

# Logs her in: a sealed session for segel.
log_in() { segel_of "$DEMO/people/$1" --server "$SEGEL_URL" --ca "$SEGEL_CA" --key "$DEMO/people/$1/key.txt" login; }

# Read aloud in an office; here both ends are ours.
spoken() { "$BIN/segel" --json fingerprint "$DEMO/people/$1/person.enrol" | jq -er .fingerprint; }

id_of() { jq -er .id; }

register_agencies() {
  local code said
  log_in ADMIN
  for code in "${AGENCIES[@]}"; do
    said=$(as ADMIN agency add --code "$code" --name "Kantor $code" \
      --custodian "$DEMO/people/${code}_KUSTODIAN/person.enrol" \
      --fingerprint "$(spoken "${code}_KUSTODIAN")")
    keep "${code}_ID" "$(id_of <<<"$said")"
    log_in "${code}_KUSTODIAN"
  done
  expect "agencies with a key of their own" 3 \
    "$(as ADMIN agency list | jq -s 'map(select((.generation | tonumber) == 1)) | length')"
}

enrol_colleagues() {
  local name said
  said=$(as ADMIN key add "$DEMO/people/AUDITOR/person.enrol" --role AUDITOR --fingerprint "$(spoken AUDITOR)")
  keep AUDITOR_ID "$(id_of <<<"$said")"
  log_in AUDITOR
  for name in "${COLLEAGUES[@]}"; do
    said=$(as ADMIN key add "$DEMO/people/$name/person.enrol" --role "${name##*_}" \
      --agency "${name%%_*}" --fingerprint "$(spoken "$name")")
    keep "${name}_ID" "$(id_of <<<"$said")"
    log_in "$name"
    expect "role of $name" "${name##*_}" "$(as "$name" whoami | jq -er .role)"
  done
  tell "enrolled an auditor and ${#COLLEAGUES[@]} colleagues; each logged in by a challenge only her key opens"
}

# An opened session for curl: her key goes in by a pipe, and the token is kept for later steps.
open_session() {
  local token
  token=$(sed -n '/^AGE-SECRET-KEY-1/p' "$DEMO/people/$1/key.txt" | jq -Rc '{identity: .}' |
    curl --silent --show-error --fail --cacert "$SEGEL_CA" --json @- "$SEGEL_URL/v1/sessions" | jq -er .token)
  [[ $token =~ ^sgl_[A-Za-z0-9_-]{43}$ ]]
  (umask 077 && printf 'Authorization: Bearer %s\n' "$token" >"$DEMO/people/$1/authorization")
  keep "$1_TOKEN" "$token"
}

# call NAME PATH [CURL-ARGUMENT…]: a call in her opened session; any answer is one.
call() {
  local name=$1 path=$2
  shift 2
  curl --silent --show-error --cacert "$SEGEL_CA" --header "@$DEMO/people/$name/authorization" "$@" "$SEGEL_URL$path"
}

# Fresh sessions of both kinds for everybody; the tokens stand in demo.env.
renew_tokens() {
  local name
  for name in "${PEOPLE[@]}"; do
    log_in "$name"
    open_session "$name"
  done
}
