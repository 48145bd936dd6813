# shellcheck shell=bash
# Starting, awaiting and stopping segeld. To be sourced.

# The first free port from BASE on.
free_port() {
  local port=$1
  while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# start_service PORT [ARGUMENT…]: returns when /readyz says so. It outlives this script.
start_service() {
  local port=$1 pid pause
  shift
  mkdir -p "$DEMO/service"
  setsid "$BIN/segeld" --data "$DEMO/data" --log-key "$DEMO/log.key" --port "$port" \
    --certificate "$DEMO/tls/server.pem" --key "$DEMO/tls/server.key" "$@" \
    >>"$DEMO/service/segeld.log" 2>&1 </dev/null &
  pid=$!
  echo "$pid" >"$DEMO/segeld.pid"
  keep SEGEL_URL "https://127.0.0.1:$port"

  # A pipe that nobody writes to: reading from it with a time limit waits without a process.
  mkfifo "$DEMO/pause"
  exec {pause}<>"$DEMO/pause"
  rm "$DEMO/pause"
  local until=$((SECONDS + 30))
  until curl --silent --fail --cacert "$DEMO/tls/ca.pem" --max-time 2 "https://127.0.0.1:$port/readyz"; do
    kill -0 "$pid" 2>/dev/null || { echo "segeld ended at once:"; tail -n 20 "$DEMO/service/segeld.log"; exit 1; }
    [ "$SECONDS" -lt "$until" ] || { echo "segeld is not ready after 30 s"; exit 1; }
    read -rt 0.1 -u "$pause" || true
  done
  exec {pause}>&-
}

# Asks it to end and waits until it has, 30 s at most.
stop_service() {
  local pid
  [ -f "$DEMO/segeld.pid" ] || return 0
  pid=$(cat "$DEMO/segeld.pid")
  rm "$DEMO/segeld.pid"
  kill "$pid" 2>/dev/null || return 0
  timeout 30 tail --pid="$pid" -f /dev/null || {
    kill -KILL "$pid"
    echo "segeld did not end within 30 s of being asked" >&2
    return 1
  }
}
