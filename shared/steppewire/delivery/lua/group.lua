#!lua flags=allow-oom
-- Make sure a group exists. A group that was lost starts again at its floor (everything before
-- it was settled), a new one at 0: what was published before the first start is read, too.
-- (allow-oom: with the memory full, the stages that make room must still be able to start.)
--
-- KEYS  1 stream  2 floor
-- ARGV  group
-- Returns 1 when the group was made, 0 when it was there.
local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function ahead(a, b)
  local am, as = parts(a)
  local bm, bs = parts(b)
  if am ~= bm then return am > bm end
  return as > bs
end

local function last_id(stream)
  local info = redis.call('XINFO', 'STREAM', stream)
  for i = 1, #info, 2 do
    if info[i] == 'last-generated-id' then return info[i + 1] end
  end
end

local floor = redis.call('GET', KEYS[2])
if redis.call('EXISTS', KEYS[1]) == 1 then
  for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
    if row[2] == ARGV[1] then return 0 end
  end
  -- a floor above all ids is of a stream that is gone, on a clock that was set back since
  if floor and ahead(floor, last_id(KEYS[1])) then floor = false end
else
  floor = false -- the stream itself is gone: ids start anew
end
redis.call('XGROUP', 'CREATE', KEYS[1], ARGV[1], floor or '0', 'MKSTREAM')
return 1
