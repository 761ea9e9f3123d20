-- Say which sources a fetcher knows, so that its claims need not name them. Those that nobody knew
-- are due at once.
--
-- KEYS 1 due  2 known (sorted set: source -> when somebody last said so, in ms)
--      3 this catalogue (set)
-- ARGV 1 ms after which the catalogue must be announced again  2… the sources
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
redis.call('DEL', KEYS[3])
for i = 2, #ARGV do
  redis.call('SADD', KEYS[3], ARGV[i])
  redis.call('ZADD', KEYS[1], 'NX', now, ARGV[i])
  redis.call('ZADD', KEYS[2], now, ARGV[i])
end
redis.call('PEXPIRE', KEYS[3], ARGV[1])
