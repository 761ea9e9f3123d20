#!lua flags=allow-oom
-- Move delayed entries whose time has come to the stage's own retry stream.
-- (allow-oom: what it moves takes as much room as before.)
--
-- KEYS  1 delayed  2 retry stream
-- ARGV  most entries to move
-- Returns how many were moved.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, tonumber(ARGV[1]))
for _, member in ipairs(due) do
  redis.call('XADD', KEYS[2], '*', unpack(cmsgpack.unpack(member)[2]))
  redis.call('ZREM', KEYS[1], member)
end
return #due
