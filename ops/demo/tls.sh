# shellcheck shell=bash
# A certificate for the demonstration: a CA of its own, valid 30 days, whose key is thrown away, and
# what it signed for localhost. To be sourced.

make_certificate() {
  local tls=$DEMO/tls
  mkdir -p "$tls"
  (
    umask 077
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -sha256 -days 30 \
      -keyout "$tls/ca.key" -out "$tls/ca.pem" -subj '/CN=Segel demonstration CA' \
      -addext 'basicConstraints=critical,CA:TRUE,pathlen:0' -addext 'keyUsage=critical,keyCertSign'
    openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -sha256 \
      -keyout "$tls/server.key" -out "$tls/server.csr" -subj '/CN=localhost'
    printf '%s\n' 'subjectAltName=DNS:localhost,IP:127.0.0.1' 'basicConstraints=critical,CA:FALSE' \
      'keyUsage=critical,digitalSignature' 'extendedKeyUsage=serverAuth' >"$tls/server.ext"
    openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial \
      -days 30 -sha256 -extfile "$tls/server.ext" -out "$tls/server.pem"
  )
  openssl verify -x509_strict -CAfile "$tls/ca.pem" -purpose sslserver \
    -verify_hostname localhost "$tls/server.pem"
  openssl verify -x509_strict -CAfile "$tls/ca.pem" -purpose sslserver \
    -verify_ip 127.0.0.1 "$tls/server.pem"
  rm "$tls/ca.key" "$tls/server.csr" "$tls/server.ext" "$tls"/*.srl
  keep SEGEL_CA "$tls/ca.pem"
}
