-- A host's next turn, shared by all fetchers: its pace, its share of requests at a time, and its
-- circuit breaker.
--
-- A clock that is set back must not make a host wait until it has caught up: what was to come in a
-- second still comes in a second. So the time of the last look is kept, too.
--
-- KEYS 1 pace of the host (hash: open = when the next request may start, tail = end of the queue,
--        looked = when this was written, fails = failures in a row, broken = until when the
--        breaker is open, probe = until when one request tries the host, prober = its ticket)
--      2 requests under way (sorted set: ticket -> when it lapses, should its holder die)
-- ARGV 1 interval  2 patience   both in ms
--      3 requests at a time  4 ticket  5 lease in ms  6 failures in a row that open the breaker
--      7 ms after which a patient caller asks again for a place
-- Returns {"turn", wait} when the caller has the turn that starts in `wait` ms, or
--         {"busy", wait} when it should ask again in `wait` ms. Those waits are spaced by the
--         interval, so that a long queue does not come back all at once;
--         {"full", wait} the same, while the host answers as many requests as it may at a time;
--         {"broken", wait} when the host is out of order, and left alone for `wait` ms.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local interval, patience, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local lease, limit, again = tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local function number(ms) return string.format('%.0f', ms) end
local known = redis.call('HMGET', KEYS[1], 'open', 'tail', 'looked', 'fails', 'broken', 'probe')
local back = math.max(0, tonumber(known[3] or 0) - now)
local turn = math.max(now, tonumber(known[1] or 0) - back)
local tail = math.max(turn, tonumber(known[2] or 0) - back)
local broken = tonumber(known[5] or 0) - back
local probe = tonumber(known[6] or 0) - back
local halfway = tonumber(known[4] or 0) >= limit
if back > 0 then
  redis.call('HSET', KEYS[1], 'open', number(turn), 'tail', number(tail), 'looked', number(now),
    'broken', number(broken), 'probe', number(probe))
  for _, ticket in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    redis.call('ZINCRBY', KEYS[2], number(-back), ticket)
  end
end
if halfway and broken > now then return {'broken', broken - now} end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', number(now))
local word, open, wait = 'turn', turn, turn - now
if wait > patience then
  word = 'busy'
elseif redis.call('ZCARD', KEYS[2]) >= most or (halfway and probe > now) then
  word = 'full'
  if patience > again then return {word, again} end
end
if word == 'turn' then
  open = turn + interval
  redis.call('ZADD', KEYS[2], number(turn + lease), ARGV[4])
  redis.call('PEXPIRE', KEYS[2], turn - now + lease + 60000)
  if halfway then redis.call('HSET', KEYS[1], 'probe', number(turn + lease), 'prober', ARGV[4]) end
else
  -- a host without a pace can be full, too: those who are sent away must not come back at once
  local step = word == 'full' and math.max(interval, again) or interval
  tail = math.max(tail, word == 'full' and now + step or 0)
  wait = tail - now
  tail = tail + step
end
redis.call('HSET', KEYS[1], 'open', number(open), 'tail', number(tail), 'looked', number(now))
local rest = math.max(turn + interval, tail) - now + 60000
if redis.call('PTTL', KEYS[1]) < rest then redis.call('PEXPIRE', KEYS[1], rest) end
return {word, wait}
