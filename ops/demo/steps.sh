# shellcheck shell=bash
# The demonstration, step by step. To be sourced by ops/run.

# What ops/run builds.
export PROGRAMS=(segel vault api)

demonstrate() {
  step "made a certificate for localhost under a CA of its own" make_certificate
  step "made a PDF, a photograph, a text and a 300 MB file, each with a planted word" \
    make_samples "$TOP/tests/data/photo.jpg"
  step "made a key with segel and one with age-keygen" make_keys
  step "sealed the files to both keys; stock age opens each, byte for byte" seal_files
  step "opened with segel what stock age sealed, armored too, byte for byte" open_what_age_sealed
  step "cut a sealed file short and flipped a byte: both refused, nothing left behind" refuse_damaged
  step "searched the data folder for the planted words in every form: none" find_nothing
}

make_keys() {
  "$BIN/segel" age keygen -o "$DEMO/keys-segel.txt"
  age-keygen -o "$DEMO/keys-age.txt"
  expect "mode of the key file" 600 "$(stat -c %a "$DEMO/keys-segel.txt")"
  keep KEY_SEGEL "$DEMO/keys-segel.txt"
  keep KEY_AGE "$DEMO/keys-age.txt"
  keep RECIPIENT_SEGEL "$(age-keygen -y "$DEMO/keys-segel.txt")"
  keep RECIPIENT_AGE "$("$BIN/segel" age keygen -y "$DEMO/keys-age.txt")"
}

# The number of the sample stands in the sealed name, as the real names are planted words.
samples() { printf '%s\n' "$FILE_PDF" "$FILE_PHOTO" "$FILE_TEXT" "$FILE_LARGE"; }

seal_files() {
  local file number=0
  mkdir -p "$DEMO/data"
  while IFS= read -r file; do
    number=$((number + 1))
    "$BIN/segel" age encrypt -r "$RECIPIENT_SEGEL" -r "$RECIPIENT_AGE" \
      -o "$DEMO/data/$number.age" "$file"
    age -d -i "$KEY_SEGEL" "$DEMO/data/$number.age" | cmp - "$file"
    age -d -i "$KEY_AGE" "$DEMO/data/$number.age" | cmp - "$file"
  done < <(samples)
  expect "sealed files" 4 "$number"
}

open_what_age_sealed() {
  local file armor
  while IFS= read -r file; do
    for armor in '' --armor; do
      age -e ${armor:+"$armor"} -r "$RECIPIENT_SEGEL" "$file" |
        "$BIN/segel" age decrypt -i "$KEY_SEGEL" | cmp - "$file"
    done
  done < <(samples)
}

refuse_damaged() {
  local whole=$DEMO/data/1.age damaged=$DEMO/damaged.age kind
  for kind in cut flipped; do
    if [ "$kind" = cut ]; then
      head -c -1 "$whole" >"$damaged"
    else
      { head -c -1 "$whole"; tail -c 1 "$whole" | tr '\000-\377' '\001-\377\000'; } >"$damaged"
    fi
    local status=0
    "$BIN/segel" age decrypt -i "$KEY_SEGEL" -o "$DEMO/opened" "$damaged" || status=$?
    expect "exit code for a file that was $kind" 1 "$status"
    [ ! -e "$DEMO/opened" ]
  done
  rm "$damaged"
}

find_nothing() { "$OPS/demo/find-words" "$DEMO/data" <"$DEMO/planted.txt"; }

# Logs every role in anew and writes the tokens into demo.env.
renew_tokens() {
  echo "no roles yet"
}
