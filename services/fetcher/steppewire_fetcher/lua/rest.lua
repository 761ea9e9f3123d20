-- Leave a host alone for a while: it said 429 or 503 with Retry-After.
--
-- KEYS 1 pace of the host
-- ARGV 1 ms
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local open = math.max(now + tonumber(ARGV[1]), tonumber(redis.call('HGET', KEYS[1], 'open') or 0))
redis.call('HSET', KEYS[1], 'open', string.format('%.0f', open))
redis.call('PEXPIRE', KEYS[1], open - now + 60000)
