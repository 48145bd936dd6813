#!/usr/bin/env bash
# ops/bench takes medians, the ratio of each run to its own line, and ends at a benchmark that fails.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/ops/bench
SEGEL_BENCHMARKS=$(mktemp -d)
export SEGEL_BENCHMARKS
trap 'rm -r "$SEGEL_BENCHMARKS"' EXIT

# Its n-th run gives the n-th of these values; the line halves with them in the third.
cat >"$SEGEL_BENCHMARKS/deposit" <<'END'
#!/bin/bash
echo >>"$0.runs"
case $(wc -l <"$0.runs") in
  1) echo '{"name":"deposit","value":90,"unit":"MB/s","line":"bare","line_value":100}' ;;
  2) echo '{"name":"deposit","value":60,"unit":"MB/s","line":"bare","line_value":100}' ;;
  3) echo '{"name":"deposit","value":40,"unit":"MB/s","line":"bare","line_value":50}' ;;
esac
END
printf '#!/bin/sh\necho '\''{"name":"alone","value":3,"unit":"ms"}'\''\n' >"$SEGEL_BENCHMARKS/alone"
printf '#!/bin/sh\nexit 3\n' >"$SEGEL_BENCHMARKS/broken"
chmod +x "$SEGEL_BENCHMARKS"/*

said=$("$bench" --json --runs 3 deposit alone)
wanted='{"name":"deposit","value":60,"unit":"MB/s","line":"bare","line_value":100,"ratio":0.8,"runs":3}
{"name":"alone","value":3,"unit":"ms","line":null,"line_value":null,"ratio":null,"runs":3}'
[ "$said" = "$wanted" ] || { printf 'said:\n%s\n' "$said"; exit 1; }
"$bench" --runs 1 broken 2>/dev/null && { echo "a broken benchmark went unseen"; exit 1; }
status=0
"$bench" unknown 2>/dev/null || status=$?
[ "$status" = 2 ] || { echo "an unknown name ended with $status"; exit 1; }
