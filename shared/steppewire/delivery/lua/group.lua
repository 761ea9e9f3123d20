#!lua
-- Make sure a group exists. A group that was lost starts again at its floor (everything before
-- it was settled), a new one at 0: what was published before the first start is read, too.
--
-- KEYS  1 stream  2 floor
-- ARGV  group
-- Returns 1 when the group was made, 0 when it was there.
local floor = redis.call('GET', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    if row[2] == ARGV[1] then return 0 end
  end
else
  floor = false -- the stream itself is gone: ids start anew
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], floor or '0', 'MKSTREAM')
return 1
