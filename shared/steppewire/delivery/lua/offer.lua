#!lua
-- Let new links in: a link's seen mark and its publication in one step, so that losing the
-- broker's memory rolls back both together, and a link is never marked but not published.
--
-- KEYS  1 seen (hash: link id -> mark)  2 stream
-- ARGV  for each link: link id, mark, number of strings, field, value, …
-- Returns for each link 1 when it was new or its mark has changed, else 0.
local at, results = 1, {}
while at <= #ARGV do
  local link, mark, size = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2])
  if redis.call('HGET', KEYS[1], link) == mark then
    results[#results + 1] = 0
  else
    local entry = {}
    for i = 1, size do entry[i] = ARGV[at + 2 + i] end
    redis.call('XADD', KEYS[2], '*', unpack(entry))
    redis.call('HSET', KEYS[1], link, mark)
    results[#results + 1] = 1
  end
  at = at + 3 + size
end
return results
