#!/usr/bin/env bash
# Reads articles from the database, in the order in which they became visible, each at least once.
#
#   ./read.sh [PLACE-FILE]        STEPPEWIRE_DATABASE names the database, as our services know it
#
# The file keeps the number that was read last. Kill it at any moment and start it again: it goes
# on where it was. ONCE=1 ends when everything is read.
set -euo pipefail
place=${1:-place}
url=${STEPPEWIRE_DATABASE:-sqlite:///var/steppewire.sqlite3}
here=$(dirname "$0")
remedy="let STEPPEWIRE_DATABASE name the newswire's database"
if [[ $url = sqlite:///* ]] && [ ! -f "${url#sqlite:///}" ]; then # sqlite3 would make an empty one
  echo "no database at ${url#sqlite:///}: $remedy" >&2
  exit 69
fi

page() { # the next page, one JSON object a line, after the number $1
  case $url in
    sqlite:///*) sqlite3 -bail -cmd ".parameter set @after $1" "${url#sqlite:///}" <"$here/next.sqlite.sql" ;;
    *) psql --no-psqlrc -qAt -v ON_ERROR_STOP=1 -v after="$1" "$url" <"$here/next.postgresql.sql" ;;
  esac
}

while true; do
  after=$(cat "$place" 2>/dev/null || echo 0)
  seen=$after
  while IFS= read -r line; do
    printf '%s\n' "$line" # your work goes here
    [[ $line =~ \"seq\"\ *:\ *([0-9]+) ]] && seen=${BASH_REMATCH[1]}
    printf '%s' "$seen" >"$place.new" && mv "$place.new" "$place" # only now: a crash repeats one
  done < <(page "$after")
  wait $! || { echo "the database cannot be read: $remedy" >&2; exit 69; }
  if [ "$seen" = "$after" ]; then
    if [ -n "${ONCE:-}" ]; then exit; fi
    sleep 1
  fi
done
