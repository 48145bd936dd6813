# shellcheck shell=bash
# The demonstration, step by step. To be sourced by ops/run; expects `port`, where to serve.
# shellcheck disable=SC2154

# What ops/run builds.
export PROGRAMS=(segel segeld)

demonstrate() {
  step "made a certificate for localhost under a CA of its own" make_certificate
  step "made a PDF, a photograph, a text and a 300 MB file, each with a planted word" \
    make_samples "$TOP/tests/data/photo.jpg"
  step "made keys" make_people
  step "founded a vault (trial: one administrator)" found_vault
  step "started the service" start_service "$port"
  step "registered UPTDPPA, POLRES and RSUD; each one's custodian made its key" register_agencies
  step "enrolled colleagues" enrol_colleagues
  step "made a case" make_case
  step "the manager deposited the PDF with curl, through an opened session" deposit_opened
  step "the caseworker deposited the photograph, the intake officer the text; she cannot read it back" \
    deposit_photo_and_text
  step "deposited the large file" deposit_large
  step "read everything" read_everything
  step "200 bytes out of the middle of the large file, with curl" read_range
  step "the manager shared the case with POLRES, whose custodian confirmed it and assigned a caseworker" share_case
  step "POLRES' caseworker opened all four documents, byte for byte" reads_all POLRES_PENDAMPING
  step "RSUD gets the same 404 as for a random id, bit for bit" hospital_sees_nothing
  step "the administrator ordered UPTDPPA's rotation, its custodian performed it" rotate_agency
  step "old documents open, in both agencies; a new one is sealed to the new generation" work_after_rotation
  step "exported the log" export_log
  step "stock age alone opened a document over the API: key, lockbox, document" walk_by_api
  step "stopped the service" stop_service
  step "stock age alone opened all four out of the raw store, with the script of FORMAT.md" walk_by_store
  step "verified the store without a key, against the head that was kept" verify_store
  step "searched the data folder for the planted words in every form: none" find_nothing
  step "started the service again" start_service "$port"
  step "logged everybody in; tokens and keys are in demo.env" renew_tokens
}
