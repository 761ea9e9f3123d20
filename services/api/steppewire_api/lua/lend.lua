#!lua flags=allow-oom
-- Take tokens out of a caller's bucket, as many as there are up to a number. One clock for all: the
-- broker's. The bucket is forgotten once it is full again.
--
-- KEYS 1 the bucket (hash: tokens, at)
-- ARGV 1 tokens a second  2 tokens of a full bucket  3 how many are wanted
-- Returns {how many were given, how many are left, as text}.
local rate, burst, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1] or burst), tonumber(kept[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local given = math.min(wanted, math.floor(tokens))
tokens = tokens - given
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / rate * 1000) + 1000)
return {given, tostring(tokens)}
