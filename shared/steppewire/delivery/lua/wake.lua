#!lua flags=allow-oom
-- Move delayed entries whose time has come to the stage's own retry stream.
-- (allow-oom: what it moves takes as much room as before.)
--
-- A clock that is set back must not make them wait until it has caught up: what was due in two
-- seconds is still due in two seconds. So the time of the last look is kept while anything waits;
-- at the first look, the time at which the newest of them was put in stands for it.
--
-- KEYS  1 delayed  2 retry stream  3 time of the last look
-- ARGV  most entries to move
-- Returns how many were moved.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('DEL', KEYS[3])
  return 0
end

local function newest()
  local latest = 0
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    latest = math.max(latest, cmsgpack.unpack(member)[3] or 0)
  end
  return latest
end

local back = tonumber(redis.call('GET', KEYS[3]) or newest()) - now
if back > 1000 then
  for _, member in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    redis.call('ZINCRBY', KEYS[1], string.format('%.0f', -back), member)
  end
end
redis.call('SET', KEYS[3], string.format('%.0f', now))
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, tonumber(ARGV[1]))
for _, member in ipairs(due) do
  redis.call('XADD', KEYS[2], '*', unpack(cmsgpack.unpack(member)[2]))
  redis.call('ZREM', KEYS[1], member)
end
return #due
