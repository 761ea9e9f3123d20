-- A host's next turn, shared by all fetchers.
--
-- KEYS 1 pace of the host (hash: open = when the next request may start, tail = end of the queue)
-- ARGV 1 interval  2 patience   both in ms
-- Returns {1, wait} when the caller has the turn that starts in `wait` ms, or
--         {0, wait} when it should ask again in `wait` ms. Those waits are spaced by the interval,
--         so that a long queue does not come back all at once.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, patience = tonumber(ARGV[1]), tonumber(ARGV[2])
local known = redis.call('HMGET', KEYS[1], 'open', 'tail')
local turn = math.max(now, tonumber(known[1] or 0))
local tail = math.max(turn, tonumber(known[2] or 0))
local granted = turn - now <= patience
local wait
if granted then
  wait = turn - now
  redis.call('HSET', KEYS[1], 'open', string.format('%.0f', turn + interval))
else
  wait = tail - now
  tail = tail + interval
  redis.call('HSET', KEYS[1], 'tail', string.format('%.0f', tail))
end
redis.call('PEXPIRE', KEYS[1], math.max(turn + interval, tail) - now + 60000)
return {granted and 1 or 0, wait}
