-- A host's next turn, shared by all fetchers.
--
-- A clock that is set back must not make a host wait until it has caught up: what was to come in a
-- second still comes in a second. So the time of the last look is kept, too.
--
-- KEYS 1 pace of the host (hash: open = when the next request may start, tail = end of the queue,
--        looked = when this was written)
-- ARGV 1 interval  2 patience   both in ms
-- Returns {1, wait} when the caller has the turn that starts in `wait` ms, or
--         {0, wait} when it should ask again in `wait` ms. Those waits are spaced by the interval,
--         so that a long queue does not come back all at once.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, patience = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'open', 'tail', 'looked')
local back = math.max(0, tonumber(known[3] or 0) - now)
local turn = math.max(now, tonumber(known[1] or 0) - back)
local tail = math.max(turn, tonumber(known[2] or 0) - back)
local granted = turn - now <= patience
local open, wait = turn, turn - now
if granted then
  open = turn + interval
else
  wait = tail - now
  tail = tail + interval
end
local function number(ms) return string.format('%.0f', ms) end
redis.call('HSET', KEYS[1], 'open', number(open), 'tail', number(tail), 'looked', number(now))
redis.call('PEXPIRE', KEYS[1], math.max(turn + interval, tail) - now + 60000)
return {granted and 1 or 0, wait}
