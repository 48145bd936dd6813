#!/usr/bin/env bash
# segeld does its main job under ops/segeld.service, and what that unit denies is denied.
#
#   tests/ops/unit_service_test.sh SEGELD SEGEL PROBE    77: this machine cannot run it, and why
#
# A real systemd is process 1 of namespaces of its own (processes, mounts, network, cgroups) and knows
# no unit but ours. There the probe runs twice, under the service's own settings and without them, and
# people deposit and read back through segel and curl.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
readonly SYSTEMD=/usr/lib/systemd/systemd
readonly HERE=/run/segel-test  # inside, on a file system of its own: no tree may be there
readonly FEWEST=15             # acts that must be possible without the unit, or the comparison says little

skip() {
  echo "skipped: $*"
  exit 77
}

# ---- outside: makes the namespaces, waits for the verdict, and leaves nothing behind

group=''
out=''
clean_up() {
  local processes tries
  if [ -n "$group" ]; then
    for tries in {1..100}; do
      mapfile -t processes < <(find "$group" -name cgroup.procs -exec cat {} +)
      [ ${#processes[@]} = 0 ] || kill -KILL "${processes[@]}" 2>/dev/null || true
      find "$group" -depth -type d -exec rmdir {} + 2>/dev/null && break
      sleep 0.1 # the dead count until they are reaped
    done
    [ "$tries" -lt 100 ] || echo "$group is left"
  fi
  [ -z "$out" ] || rm -rf "$out"
}

outside() {
  local cgroup spaces inside
  [ "$(id -u)" = 0 ] || skip "only root can make systemd process 1 of a namespace"
  [ -x "$SYSTEMD" ] || skip "no systemd here"
  cgroup=$(findmnt --noheadings --output TARGET --types cgroup2 | head -n 1)
  [ -n "$cgroup" ] || skip "no cgroup2 is mounted"
  trap clean_up EXIT
  mkdir "$cgroup/segel-test-$$" 2>/dev/null || skip "no cgroup of our own can be made in $cgroup"
  group=$cgroup/segel-test-$$
  spaces=(unshare --mount --pid --fork --kill-child --net --ipc --uts --cgroup --mount-proc)
  "${spaces[@]}" true 2>/dev/null || skip "no namespaces of our own can be made"

  out=$(mktemp -d)
  mkdir "$out/bin" "$out/run"
  cp "$1" "$2" "$3" "$out/bin"
  (
    echo "$BASHPID" >"$group/cgroup.procs"
    exec timeout --signal KILL 120 "${spaces[@]}" "$BASH" "${BASH_SOURCE[0]}" --prepare "$top" "$out"
  ) >"$out/prepare.log" 2>&1 </dev/null &
  inside=$!
  disown # its end is no news
  # Until the job wrote its verdict, or everything inside ended.
  while [ ! -s "$out/verdict" ] && kill -0 "$inside" 2>/dev/null; do sleep 0.1; done
  [ ! -s "$out/skipped" ] || skip "$(cat "$out/skipped")"
  if [ "$(cat "$out/verdict" 2>/dev/null)" = passed ]; then
    cat "$out/said"
    exit 0
  fi
  echo "not passed; what was said:"
  tail -n 30 "$out/prepare.log" "$out"/*.log "$out/job" 2>/dev/null || true
  exit 1
}

# ---- inside, before systemd: file systems of its own, the vault, the units

# mount, where a container may forbid it: what fails after these is a fault of ours.
mount_if_allowed() {
  mount "$@" || { echo "not allowed here: mount $*" >"$OUT/skipped"; exit 1; }
}

make_file_systems() {
  mount --make-rprivate /
  mount_if_allowed --types tmpfs none "$OUT/run"
  mkdir -m 755 "$OUT/run/segel-test" "$OUT/run/segel-test/out"
  cp -r "$OUT/bin" "$TOP/ops/demo" "$TOP/ops/segeld.service" "$TOP/ops/segeld.conf.example" "$SCRIPT" "$OUT/run/segel-test"
  mount --bind "$OUT" "$OUT/run/segel-test/out"
  mount --rbind "$OUT/run" /run
  OUT=$HERE/out
  for folder in /tmp /var/tmp /var/lib; do mount --types tmpfs -o mode=1777 none "$folder"; done
  chmod 755 /var/lib
  mount_if_allowed --types cgroup2 none /sys/fs/cgroup
  # systemd speaks to its console, which is not ours.
  mount --bind "$HERE/out/prepare.log" /dev/console
  if ! getent passwd segel >/dev/null; then
    { cat /etc/passwd; echo "segel:x:64007:64007::/var/lib/segel:/usr/sbin/nologin"; } >"$HERE/passwd"
    { cat /etc/group; echo "segel:x:64007:"; } >"$HERE/group"
    mount --bind "$HERE/passwd" /etc/passwd
    mount --bind "$HERE/group" /etc/group
  fi
}

use_demonstration() {
  export DEMO=$HERE/demonstration BIN=$HERE/bin HOME=$HERE
  mkdir -p "$DEMO/logs"
  # shellcheck source=/dev/null
  for part in frame tls people casework; do . "$HERE/demo/$part.sh"; done
  # shellcheck disable=SC2034  # the demonstration's parts use these
  PLANTED_PERSON=Penguji PLANTED_TITLE='Laporan percobaan' FILE_PDF=$HERE/bin/segel
  # shellcheck disable=SC2034
  PEOPLE=(ADMIN UPTDPPA_KUSTODIAN UPTDPPA_MANAJER)
}

make_vault() {
  use_demonstration
  make_certificate
  make_people
  found_vault
  keep SEGEL_URL https://127.0.0.1:8443
  mkdir -m 700 /var/lib/segel
  mv "$DEMO/data" "$DEMO/log.key" /var/lib/segel
  chown -R segel:segel /var/lib/segel
  chown root:segel "$DEMO/tls/server.key" "$DEMO/tls/server.pem"
  chmod 640 "$DEMO/tls/server.key" "$DEMO/tls/server.pem"
  chmod 755 "$DEMO" "$DEMO/tls"
  sed "s|/etc/segel/tls|$DEMO/tls/server|" "$HERE/segeld.conf.example" >"$HERE/segeld.conf"
  chmod 644 "$HERE/segeld.conf"
}

# The unit as it is but for where the program lies; the probe's differs from it in what it runs.
write_units() {
  local units=$HERE/units target
  mkdir -p "$units/segeld.service.d" "$units/probe.service.d"
  cp "$HERE/segeld.service" "$units/segeld.service"
  cp "$HERE/segeld.service" "$units/probe.service"
  for target in sysinit basic shutdown network; do
    printf '[Unit]\nDefaultDependencies=no\n' >"$units/$target.target"
  done
  cat >"$units/segeld.service.d/here.conf" <<END
[Service]
ExecStart=
ExecStart=$HERE/bin/segeld --config $HERE/segeld.conf
ExecPaths=
ExecPaths=$HERE/bin /usr/lib
StandardOutput=append:$HERE/out/segeld.log
StandardError=append:$HERE/out/segeld.log
END
  cat >"$units/probe.service.d/here.conf" <<END
[Service]
Type=oneshot
Restart=no
ExecStart=
ExecStart=$HERE/bin/unit_probe
ExecPaths=
ExecPaths=$HERE/bin /usr/lib
StandardOutput=truncate:$HERE/out/under-unit
END
  cat >"$units/free.service" <<END
[Service]
Type=oneshot
ExecStart=$HERE/bin/unit_probe
StandardOutput=truncate:$HERE/out/without-unit
END
  cat >"$units/job.service" <<END
[Unit]
Wants=segeld.service probe.service free.service
After=segeld.service probe.service free.service
[Service]
Type=oneshot
ExecStart=/bin/bash $HERE/unit_service_test.sh --job
StandardOutput=append:$HERE/out/job
StandardError=append:$HERE/out/job
END
}

prepare() {
  make_file_systems
  make_vault
  write_units
  exec env -i container=segel-test PATH=/usr/sbin:/usr/bin:/sbin:/bin SYSTEMD_UNIT_PATH=$HERE/units \
    "$SYSTEMD" --system --unit=job.service
}

# ---- inside, as a unit of its own: the main job, and the comparison

# field NAME: of the service's first process.
field() { sed -n "s/^$1:\t//p" "/proc/$MAIN_PID/status"; }

main_job() {
  local said
  curl --silent --show-error --fail --cacert "$SEGEL_CA" --retry 20 --retry-delay 1 --retry-connrefused \
    --output "$DEMO/ready" "$SEGEL_URL/readyz"
  expect "memory is locked" true "$(jq -r .memory_locked "$DEMO/ready")"
  MAIN_PID=$(systemctl show --value --property MainPID segeld.service)
  expect "its seccomp mode" 2 "$(field Seccomp)"
  expect "NoNewPrivs" 1 "$(field NoNewPrivs)"
  expect "its capabilities" 0000000000000000 "$(field CapBnd)"

  log_in ADMIN
  as ADMIN agency add --code UPTDPPA --name Kantor --custodian "$DEMO/people/UPTDPPA_KUSTODIAN/person.enrol" \
    --fingerprint "$(spoken UPTDPPA_KUSTODIAN)"
  log_in UPTDPPA_KUSTODIAN
  as ADMIN key add "$DEMO/people/UPTDPPA_MANAJER/person.enrol" --role MANAJER --agency UPTDPPA \
    --fingerprint "$(spoken UPTDPPA_MANAJER)"
  log_in UPTDPPA_MANAJER
  said=$(as UPTDPPA_MANAJER case create --category KTP-FIS)
  keep CASE_ID "$(jq -er .id <<<"$said")"
  deposit_opened
  call UPTDPPA_MANAJER "/v1/documents/$DOCUMENT_PDF/content" --fail --output "$DEMO/back"
  cmp "$FILE_PDF" "$DEMO/back"
}

compare_probes() {
  local still allowed
  mapfile -t still < <(awk '$2 != "denied" { print $1 }' "$HERE/out/under-unit")
  mapfile -t allowed < <(awk '$2 == "done" { print $1 }' "$HERE/out/without-unit")
  expect "acts tried" "$(wc -l <"$HERE/out/without-unit")" "$(wc -l <"$HERE/out/under-unit")"
  [ ${#still[@]} = 0 ] || { echo "the unit lets it do: ${still[*]}"; exit 1; }
  [ ${#allowed[@]} -ge "$FEWEST" ] || { echo "possible without the unit: only ${allowed[*]}"; exit 1; }
  echo "denied by the unit alone: ${allowed[*]}" >"$HERE/out/said"
}

job() {
  # Written last, and whichever way it ends.
  trap '[ -s "$HERE/out/verdict" ] || { systemctl show segeld.service probe.service free.service \
    --property Id,Result,ExecMainStatus,StatusText; echo failed >"$HERE/out/verdict"; }' EXIT
  use_demonstration
  load
  main_job
  compare_probes
  systemctl stop segeld.service
  expect "how it ended" success "$(systemctl show --value --property Result segeld.service)"
  echo passed >"$HERE/out/verdict"
}

case ${1:-} in
  --prepare)
    TOP=$2 OUT=$3 SCRIPT=${BASH_SOURCE[0]}
    prepare
    ;;
  --job) job ;;
  *) outside "$@" ;;
esac
