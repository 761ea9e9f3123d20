-- Claim the source that is most overdue. A claim is a due time in the future: when its holder
-- dies, the source simply becomes due again.
--
-- A clock that is set back must not make sources wait until it has caught up: what was due in a
-- minute is still due in a minute. So the time of the last look is kept, too.
--
-- KEYS 1 due (sorted set: source -> ms)  2 claims (hash: source -> token; '' -> last look in ms)
-- ARGV 1 lease in ms  2 token  3… the sources that the caller knows
-- Returns {source} or {nothing, ms until the next one is due}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local back = tonumber(redis.call('HGET', KEYS[2], '') or now) - now
if back > 1000 then
  for _, source in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    redis.call('ZINCRBY', KEYS[1], string.format('%.0f', -back), source)
  end
end
redis.call('HSET', KEYS[2], '', string.format('%.0f', now))
local best, earliest
for i = 3, #ARGV do
  redis.call('ZADD', KEYS[1], 'NX', now, ARGV[i])
  local due = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[i]))
  if not earliest or due < earliest then best, earliest = ARGV[i], due end
end
if not best then return {'', 1000} end
if earliest > now then return {'', earliest - now} end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[1])), best)
redis.call('HSET', KEYS[2], best, ARGV[2])
return {best, 0}
