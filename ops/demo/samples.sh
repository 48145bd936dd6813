# shellcheck shell=bash
# Real files to deposit, each with a planted word that must never be seen on the disk again. To be
# sourced.

# A PDF of one page that says TEXT (no parentheses or backslashes in it).
make_pdf() {
  local file=$1 text=$2 body='' offsets=() object number=0 content start
  local LC_ALL=C
  content=$(printf 'BT /F1 14 Tf 72 770 Td (LAPORAN PENGADUAN) Tj 0 -28 Td (%s) Tj ET' "$text")
  body=$'%PDF-1.4\n%\xe2\xe3\xcf\xd3\n'
  for object in \
    '<< /Type /Catalog /Pages 2 0 R >>' \
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>' \
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>' \
    "<< /Length ${#content} >>"$'\nstream\n'"$content"$'\nendstream' \
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>'; do
    number=$((number + 1))
    offsets+=("${#body}")
    body+="$number 0 obj"$'\n'"$object"$'\n'"endobj"$'\n'
  done
  start=${#body}
  {
    printf '%s' "$body"
    printf 'xref\n0 %d\n0000000000 65535 f \n' $((number + 1))
    printf '%010d 00000 n \n' "${offsets[@]}"
    printf 'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' $((number + 1)) "$start"
  } >"$file"
}

# The photograph PHOTO with COMMENT in a comment segment behind its first marker.
make_photo() {
  local photo=$1 file=$2 comment=$3 length
  length=$(printf '%04x' $((${#comment} + 2)))
  {
    head -c 2 "$photo"
    printf '%b%s' "\\xff\\xfe\\x${length:0:2}\\x${length:2:2}" "$comment"
    tail -c +3 "$photo"
  } >"$file"
}

# SIZE bytes that no block repeats, with WORD at the beginning, at the end, and every 10 MB between.
make_large() {
  local file=$1 size=$2 word=$3 at
  head -c "$size" /dev/zero |
    openssl enc -aes-128-ctr -nosalt -K "$(openssl rand -hex 16)" -iv "$(openssl rand -hex 16)" >"$file"
  for ((at = 0; at + ${#word} < size; at += 10000000)); do
    printf '%s' "$word" | dd of="$file" bs=1M oflag=seek_bytes seek=$at conv=notrunc status=none
  done
  printf '%s' "$word" |
    dd of="$file" bs=1M oflag=seek_bytes seek=$((size - ${#word})) conv=notrunc status=none
}

# Files, titles and people of the demonstration, each with a word drawn for this run, so that a find
# in the data folder can only be ours. The words stand in planted.txt, one a line.
make_samples() {
  local photo=$1 files=$DEMO/files mark kind
  declare -A words
  mkdir -p "$files"
  : >"$DEMO/planted.txt"
  for kind in pdf photo text large title filename person; do
    mark=$(openssl rand -hex 6)
    words[$kind]=Rahasia-$kind-$mark
    echo "${words[$kind]}" >>"$DEMO/planted.txt"
    keep "PLANTED_${kind^^}" "${words[$kind]}"
  done
  make_pdf "$files/laporan-${words[filename]}.pdf" "Nomor ${words[pdf]}, pemeriksaan atas korban"
  make_photo "$photo" "$files/foto-${words[filename]}.jpg" "${words[photo]}"
  printf 'Kronologi awal, dicatat oleh petugas penerima.\nKeterangan: %s\n' "${words[text]}" \
    >"$files/kronologi-${words[filename]}.txt"
  make_large "$files/rekaman-${words[filename]}.bin" 300000000 "${words[large]}"
  expect "size of the large file" 300000000 "$(stat -c %s "$files/rekaman-${words[filename]}.bin")"
  keep FILE_PDF "$files/laporan-${words[filename]}.pdf"
  keep FILE_PHOTO "$files/foto-${words[filename]}.jpg"
  keep FILE_TEXT "$files/kronologi-${words[filename]}.txt"
  keep FILE_LARGE "$files/rekaman-${words[filename]}.bin"
  # The search must see the words where they do stand, or its silence later says nothing.
  local found=0
  "$OPS/demo/find-words" "$files" <"$DEMO/planted.txt" >"$DEMO/logs/planted-in-the-files" || found=$?
  expect "find-words on the files themselves" 1 "$found"
  for kind in pdf photo text large filename; do
    grep -q -e "${words[$kind]} as text" "$DEMO/logs/planted-in-the-files"
  done
}
