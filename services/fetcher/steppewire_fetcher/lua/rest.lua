-- Leave a host alone for a while: it said 429 or 503 with Retry-After.
--
-- KEYS 1 pace of the host; see turn.lua
-- ARGV 1 ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', KEYS[1], 'open', 'tail', 'looked')
local back = math.max(0, tonumber(known[3] or 0) - now)
local open = math.max(now + tonumber(ARGV[1]), tonumber(known[1] or 0) - back)
local tail = math.max(0, tonumber(known[2] or 0) - back)
local function number(ms) return string.format('%.0f', ms) end
redis.call('HSET', KEYS[1], 'open', number(open), 'tail', number(tail), 'looked', number(now))
local rest = math.max(open, tail) - now + 60000
if redis.call('PTTL', KEYS[1]) < rest then redis.call('PEXPIRE', KEYS[1], rest) end
