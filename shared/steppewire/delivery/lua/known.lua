#!lua
-- Mark links as seen. A later mark stays: marks sort by time.
--
-- KEYS  1 seen (hash: link id -> mark)
-- ARGV  link id, mark, …
-- Returns how many were new or got a later mark.
local changed = 0
for i = 1, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if not known or known < ARGV[i + 1] then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1])
    changed = changed + 1
  end
end
return changed
