# shellcheck shell=bash
# The demonstration, step by step. To be sourced by ops/run.

# What ops/run builds.
export PROGRAMS=(crypto vault api)

demonstrate() {
  step "made a certificate for localhost under a CA of its own" make_certificate
  step "made a PDF, a photograph, a text and a 300 MB file, each with a planted word" \
    make_samples "$TOP/tests/data/photo.jpg"
  step "searched the data folder for the planted words in every form: none" find_nothing
}

find_nothing() {
  mkdir -p "$DEMO/data"
  "$OPS/demo/find-words" "$DEMO/data" <"$DEMO/planted.txt"
}

# Logs every role in anew and writes the tokens into demo.env.
renew_tokens() {
  echo "no roles yet"
}
