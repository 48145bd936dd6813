#!/usr/bin/env bash
# Watches what the compiler cannot: every #include of the tree against the rules of the layers.
#
#   tests/layers_test.sh [TREE]       lists what breaks a rule; 0 when nothing does
#   tests/layers_test.sh --self-test  plants one violation of every rule and expects it to be named
#
# Rules: an include names "folder/file.h", never a path with ".."; it points to its own layer or
# below; a library's headers stay in the rooms that own it.
set -euo pipefail
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

# The files of api/ that meet a socket, and so may include Poco and the socket headers of the system.
socket_rooms='server connection http_client socket watchdog tls main'

# Prints "file:line: rule: include" for each include that breaks a rule.
violations() {
  local tree=$1 client
  # The sources of the target api_client, with the headers beside them: they do not see the vault.
  client=$(tr '\n' ' ' <"$tree/api/CMakeLists.txt" |
    grep -oE '(add_layer|target_sources)\(api_client [^)]*\)' |
    grep -oE '[a-z0-9_]+\.cc' | tr '\n' ' ')
  (cd "$tree" && find crypto vault api cli tests ops -name '*.h' -o -name '*.cc') | LC_ALL=C sort |
    (cd "$tree" && xargs -r grep -HnE '^[[:space:]]*#[[:space:]]*include') |
    awk -v sockets="$socket_rooms" -v client="$client" '
      BEGIN {
        split("crypto vault api cli", layer_names, " ")
        allowed["crypto"] = " crypto "
        allowed["vault"] = " vault crypto "
        allowed["api"] = " api vault crypto "
        allowed["cli"] = " cli api crypto vault "  # vault: by CMake only in the target cli_store
        allowed["tests"] = " e2e edited faults fuzz secrets support crypto vault api cli "
        allowed["ops"] = " support crypto vault api "
        split(client, names, " ")
        for (i in names) { sub(/\.cc$/, "", names[i]); if (names[i] != "") of_client["api/" names[i]] = 1 }
        socket_count = split(sockets, socket_names, " ")
      }
      function broken(rule) { print file ":" line ": " rule ": " included; found = 1 }
      # server.cc, server_deadlines.h, …: the room "server" and what is named after it.
      function meets_socket(stem,   i) {
        for (i = 1; i <= socket_count; ++i)
          if (stem == "api/" socket_names[i] || index(stem, "api/" socket_names[i] "_") == 1) return 1
        return 0
      }
      {
        match($0, /^[^:]+:[0-9]+:/)
        head = substr($0, 1, RLENGTH - 1)
        file = head; sub(/:[0-9]+$/, "", file)
        line = substr(head, length(file) + 2)
        included = substr($0, RLENGTH + 1)
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", included); sub(/>.*/, ">", included)
        quoted = substr(included, 1, 1) == "\""
        path = substr(included, 2); sub(/[>"].*/, "", path)
        folder = file; sub(/\/.*/, "", folder)
        stem = file; sub(/\.[a-z]+$/, "", stem)
        header = file ~ /\.h$/
        product = index(" crypto vault api cli ", " " folder " ") > 0

        if (path ~ /(^|\/)\.\.(\/|$)/) { broken("path with .."); next }
        target = path; sub(/\/.*/, "", target)
        if (quoted && index(path, "/") == 0) broken("without its folder")
        else if (quoted && index(allowed[folder], " " target " ") == 0) broken("points upward or nowhere")
        if (quoted && target == "vault" && stem in of_client) broken("the API client sees the vault")
        if (!quoted && target ~ /^(crypto|vault|api|cli)$/) broken("ours in angle brackets")

        if (!product) next
        if (header && path == "nlohmann/json.hpp") broken("whole JSON library in a header")
        if (path ~ /^(sodium|openssl)/ && (folder != "crypto" || header)) broken("cryptography outside crypto/*.cc")
        if (path == "lmdb.h" && file !~ /^vault\/lmdb_[^\/]*\.cc$/) broken("LMDB outside its engines")
        if (path ~ /^(Poco\/|sys\/socket|netinet\/|arpa\/|netdb)/ && !meets_socket(stem)) broken("socket outside its rooms")
        if (path ~ /^prometheus\// && folder != "api") broken("metrics outside api")
        if (path ~ /^CLI\// && folder != "cli" && file != "api/main.cc") broken("command line outside cli")
        if (path ~ /^(gtest|gmock|benchmark|fiu)/) broken("test library in the product")
        if (folder == "crypto" && path ~ /^(fstream|filesystem|fcntl\.h|thread|sys\/stat\.h)$/) broken("crypto does no I/O of its own")
      }
      END { exit found }'
}

# plant FILE INCLUDE RULE: with this one line more, the check fails, naming file and rule.
plant() {
  local file=$1 include=$2 rule=$3 said status=0
  mkdir -p "$(dirname "$sample/$file")"
  echo "#include $include" >"$sample/$file"
  said=$(violations "$sample") || status=$?
  rm "$sample/$file"
  if [ "$status" = 0 ] || [ "$said" != "$file:1: $rule: $include" ]; then
    echo "not found as expected: $file, $include, \"$rule\" (status $status, said: $said)"
    failed=yes
  fi
}

self_test() {
  sample=$(mktemp -d)
  trap 'rm -rf "$sample"' EXIT
  failed=
  mkdir -p "$sample"/{crypto,vault,api,cli,tests,ops}
  printf 'add_layer(api_client FOLDER api\n  USES crypto\n  SOURCES call.cc\n    http_client.cc\n)\ntarget_sources(api_client PRIVATE keyring.cc)\nadd_layer(api FOLDER api\n  SOURCES server.cc)\n' >"$sample/api/CMakeLists.txt"
  printf '#include <sodium.h>\n#include <string>\n#include "crypto/keys.h"\n' >"$sample/crypto/keys.cc"
  printf '#include <lmdb.h>\n#include "crypto/keys.h"\n' >"$sample/vault/lmdb_meta.cc"
  printf '#include <Poco/Net/Context.h>\n#include "vault/log.h"\n' >"$sample/api/server.cc"
  printf '#include <nlohmann/json.hpp>\n#include "api/call.h"\n' >"$sample/api/call.cc"
  printf '#include <nlohmann/json_fwd.hpp>\n' >"$sample/api/wire.h"
  printf '#include <gtest/gtest.h>\n#include <openssl/evp.h>\n#include "support/files.h"\n' >"$sample/tests/a_test.cc"
  printf '#include <nlohmann/json.hpp>\n' >"$sample/tests/vectors.h"
  if ! violations "$sample"; then
    echo "a clean tree was refused"
    failed=yes
  fi
  plant crypto/a.cc '"../vault/log.h"' 'path with ..'
  plant tests/a.cc '<../x.h>' 'path with ..'
  plant crypto/a.h '"vault/log.h"' 'points upward or nowhere'
  plant vault/a.cc '"api/call.h"' 'points upward or nowhere'
  plant api/a.cc '"cli/terminal.h"' 'points upward or nowhere'
  plant crypto/a.cc '"keys.h"' 'without its folder'
  plant api/call.h '"vault/log.h"' 'the API client sees the vault'
  plant api/keyring.h '"vault/log.h"' 'the API client sees the vault'
  plant api/http_client.cc '"vault/log.h"' 'the API client sees the vault'
  plant api/a.cc '<vault/log.h>' 'ours in angle brackets'
  plant vault/a.h '<nlohmann/json.hpp>' 'whole JSON library in a header'
  plant crypto/a.h '<sodium.h>' 'cryptography outside crypto/*.cc'
  plant vault/a.cc '<openssl/evp.h>' 'cryptography outside crypto/*.cc'
  plant vault/log.cc '<lmdb.h>' 'LMDB outside its engines'
  plant vault/lmdb_meta.h '<lmdb.h>' 'LMDB outside its engines'
  plant api/router.cc '<Poco/Net/HTTPRequest.h>' 'socket outside its rooms'
  plant vault/a.cc '<sys/socket.h>' 'socket outside its rooms'
  plant vault/a.cc '<prometheus/counter.h>' 'metrics outside api'
  plant api/a.cc '<CLI/CLI.hpp>' 'command line outside cli'
  plant vault/a.cc '<gtest/gtest.h>' 'test library in the product'
  plant crypto/a.cc '<fstream>' 'crypto does no I/O of its own'
  [ -z "$failed" ] || exit 1
}

if [ "${1:-}" = --self-test ]; then
  self_test
else
  violations "${1:-$top}" || { echo "includes that break the rules of the layers (above)" >&2; exit 1; }
fi
