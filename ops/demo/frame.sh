# shellcheck shell=bash
# The frame of ops/run: a step says in one line what it did and checks itself; the first that fails
# ends everything. To be sourced; expects DEMO, the demonstration's folder.
#
# A step runs in a shell of its own under set -e, its output in a file of its own. What later steps
# and people need goes into demo.env by `keep`, and nothing else outlives the step.

STEPS=0

# step 'what it does' FUNCTION [ARGUMENT…]
step() {
  local text=$1 function=$2 log status=0
  shift 2
  STEPS=$((STEPS + 1))
  log=$(printf '%s/logs/%02d-%s.log' "$DEMO" "$STEPS" "$function")
  rm -f "$DEMO/logs/told"
  # Not in an `if`, as step itself must stand in none: that switches set -e off inside.
  set +e
  (
    set -e
    load
    "$function" "$@"
  ) >"$log" 2>&1 </dev/null
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    printf '%2d  FAILED: %s\n' "$STEPS" "$text"
    tail -n 5 "$log" | sed 's/^/      /'
    printf '    whole output: %s\n    output of the other steps: %s\n    log of the service: %s\n' "$log" "$DEMO/logs" "$DEMO/service/segeld.log"
    exit 1
  fi
  [ ! -s "$DEMO/logs/told" ] || text=$(cat "$DEMO/logs/told")
  printf '%2d  %s\n' "$STEPS" "$text"
}

# Replaces the line that the step prints by one with figures.
tell() { printf '%s\n' "$*" >"$DEMO/logs/told"; }

# expect WHAT WANTED GOT: ends the step unless they are equal.
expect() {
  [ "$2" = "$3" ] || {
    printf '%s: expected %s, got %s\n' "$1" "$2" "$3" >&2
    exit 1
  }
}

# keep NAME VALUE: a line in demo.env, for later steps and for any other tool. The value is a word
# that no shell and no .env reader takes for anything else.
keep() {
  local name=$1 value=$2
  [[ $name =~ ^[A-Z][A-Z0-9_]*$ && $value =~ ^[A-Za-z0-9_./:+=@%,-]*$ ]] || {
    printf 'keep: %s cannot stand in demo.env as it is\n' "$name" >&2
    exit 1
  }
  (
    umask 077
    { grep -v "^$name=" "$DEMO/demo.env" 2>/dev/null || true; echo "$name=$value"; } >"$DEMO/demo.env.new"
  )
  mv "$DEMO/demo.env.new" "$DEMO/demo.env"
  printf -v "$name" '%s' "$value"
}

# Sets what was kept as variables.
load() {
  local line
  [ -f "$DEMO/demo.env" ] || return 0
  while IFS= read -r line; do
    printf -v "${line%%=*}" '%s' "${line#*=}"
  done <"$DEMO/demo.env"
}
