#!lua flags=allow-oom
-- Remove the names of consumers that hold nothing and have been silent for long.
-- (allow-oom: it only removes.)
--
-- KEYS  1 stream
-- ARGV  group, silence in ms
-- Returns how many names were removed.
local removed = 0
for _, row in ipairs(redis.call('XINFO', 'CONSUMERS', KEYS[1], ARGV[1])) do
  local info = {}
  for i = 1, #row, 2 do info[row[i]] = row[i + 1] end
  if info['pending'] == 0 and info['idle'] > tonumber(ARGV[2]) then
    redis.call('XGROUP', 'DELCONSUMER', KEYS[1], ARGV[1], info['name'])
    removed = removed + 1
  end
end
return removed
