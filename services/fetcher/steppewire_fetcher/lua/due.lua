-- Move the due time of a claimed source: to keep the claim, or to end it.
--
-- KEYS 1 due  2 claims
-- ARGV 1 source  2 token  3 ms from now  4 "end" or "keep"
-- Returns 1, or 0 when the claim has lapsed and somebody else has the source.
if redis.call('HGET', KEYS[2], ARGV[1]) ~= ARGV[2] then return 0 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- 0: made due at once meanwhile, for it says something new; a look that began before does not count
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 1) > 0 then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[1])
end
if ARGV[4] == 'end' then redis.call('HDEL', KEYS[2], ARGV[1]) end
return 1
