# shellcheck shell=bash
# Parts of a test run: each is timed and counted, and the run goes on after one that fails, so that it
# shows everything at once. To be sourced; parts_done ends the script.

PARTS_PASSED=0
PARTS_FAILED=()

# part NAME COMMAND [ARGUMENT…]: a command of its own, not a function of several commands (bash would
# not stop at the first that fails inside).
part() {
  local name=$1 began=$SECONDS status=0
  shift
  printf '\n== %s\n' "$name"
  "$@" </dev/null || status=$?
  if [ "$status" = 0 ]; then
    PARTS_PASSED=$((PARTS_PASSED + 1))
    printf '== %s: passed, %d s\n' "$name" $((SECONDS - began))
  else
    PARTS_FAILED+=("$name")
    printf '== %s: FAILED with %d, %d s\n' "$name" "$status" $((SECONDS - began))
  fi
}

# Says which failed, how long all took, and last the count; exits with 1 when any failed.
parts_done() {
  echo
  [ ${#PARTS_FAILED[@]} = 0 ] || printf 'failed: %s\n' "${PARTS_FAILED[@]}"
  printf 'in all %d min %d s\n' $((SECONDS / 60)) $((SECONDS % 60))
  printf '%d passed, %d failed\n' "$PARTS_PASSED" "${#PARTS_FAILED[@]}"
  [ ${#PARTS_FAILED[@]} = 0 ] || exit 1
  exit 0
}
