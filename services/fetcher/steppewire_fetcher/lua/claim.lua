-- Claim the source that is most overdue. A claim is a due time in the future: when its holder
-- dies, the source simply becomes due again.
--
-- A clock that is set back must not make sources wait until it has caught up: what was due in a
-- minute is still due in a minute. So the time of the last look is kept, too.
--
-- Fetchers may know different sources. Those of others are passed over; those that no fetcher has
-- known for long were removed, and are forgotten, so that they do not pile up at the front.
-- Those that somebody has paused keep their place and are passed over, too.
--
-- KEYS 1 due (sorted set: source -> ms)  2 claims (hash: source -> token; '' -> last look in ms)
--      3 known  4 the caller's catalogue; see announce.lua
--      5 paused (hash: source -> why)
-- ARGV 1 lease in ms  2 token  3 ms after which a source that nobody knows is forgotten
-- Returns {source, 0}, {nothing, ms until the next one is due}, or {nothing, -1} when the caller
-- must announce its catalogue first.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local back = tonumber(redis.call('HGET', KEYS[2], '') or now) - now
if back > 1000 then
  for _, source in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    redis.call('ZINCRBY', KEYS[1], string.format('%.0f', -back), source)
  end
end
redis.call('HSET', KEYS[2], '', string.format('%.0f', now))
if redis.call('EXISTS', KEYS[4]) == 0 then return {'', -1} end

local function pass(strangers)
  if #strangers == 0 then return end
  for i, seen in ipairs(redis.call('ZMSCORE', KEYS[3], unpack(strangers))) do
    if not seen then
      -- a fetcher of an older version may know it, and says so to nobody
      redis.call('ZADD', KEYS[3], string.format('%.0f', now), strangers[i])
    elseif tonumber(seen) < now - tonumber(ARGV[3]) then
      redis.call('ZREM', KEYS[1], strangers[i])
      redis.call('ZREM', KEYS[3], strangers[i])
      redis.call('HDEL', KEYS[2], strangers[i])
    end
  end
end

local any_paused = redis.call('EXISTS', KEYS[5]) == 1
local is_idle = false -- there are sources of ours, and all are paused

local function is_paused(source)
  return any_paused and redis.call('HEXISTS', KEYS[5], source) == 1
end

local function first()
  local from, count, passed = 0, 8, {}
  while true do
    local sources = redis.call('ZRANGE', KEYS[1], from, from + count - 1)
    if #sources == 0 then return nil, passed end
    for i, mine in ipairs(redis.call('SMISMEMBER', KEYS[4], unpack(sources))) do
      if mine == 1 then
        if not is_paused(sources[i]) then return sources[i], passed end
        is_idle = true
      -- a few at a time: a thousand that were removed must not make one claim a long one
      elseif #passed < 100 then passed[#passed + 1] = sources[i] end
    end
    from, count = from + #sources, 1000
  end
end

local best, strangers = first()
pass(strangers)
if not best then return {'', is_idle and 1000 or -1} end
local due = tonumber(redis.call('ZSCORE', KEYS[1], best))
if due > now then return {'', due - now} end
redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[1])), best)
redis.call('HSET', KEYS[2], best, ARGV[2])
return {best, 0}
