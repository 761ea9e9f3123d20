#!/usr/bin/env bash
# Reads enriched articles as one consumer of a group, each at least once, with redis-cli and jq alone.
#
#   ./consume.sh [GROUP] [CONSUMER]        STEPPEWIRE_REDIS_URL names the server
#
# Kill it at any moment and start it again with the same names: it goes on where it was.
set -euo pipefail
stream='news:{0}:articles.enriched'
group=${1:-my-team} consumer=${2:-reader-1}

redis() { redis-cli -u "${STEPPEWIRE_REDIS_URL:-redis://127.0.0.1:6379}" "$@"; }

# "0": everything that is kept, not only what is published from now on
redis XGROUP CREATE "$stream" "$group" 0 MKSTREAM | grep -qE '^(OK|BUSYGROUP)'

after=0 # first what an earlier run took and did not finish, then (">") what is new
while true; do
  # lines: the stream's key, the entry's id, then names and values; newlines in JSON are escaped
  mapfile -t lines < <(redis XREADGROUP GROUP "$group" "$consumer" COUNT 1 BLOCK 1000 STREAMS "$stream" "$after")
  id=${lines[1]:-}
  if [ -z "$id" ]; then after='>' && continue; fi
  for ((i = 2; i + 1 < ${#lines[@]}; i += 2)); do
    if [ "${lines[i]}" = data ]; then
      jq --compact-output --unbuffered '{id: .article.article_id, version: .article.version_id,
        language: .enrichment.languages.article.tag, title: .article.title}' <<<"${lines[i + 1]}"
    fi
  done
  # only now: a crash before this line repeats the article
  redis XACK "$stream" "$group" "$id" >/dev/null
done
