-- A request to a host has ended: its place is free, and the breaker knows how it went.
--
-- KEYS 1 pace of the host  2 requests under way; see turn.lua
-- ARGV 1 ticket  2 "ok", "failed", or "unknown"  3 failures in a row that open the breaker
--      4 first pause between two failures  5 first and  6 longest time that the breaker is open
--      all in ms; each doubles with every further failure
-- Returns {failures in a row, ms for which the host is now left alone, failures before}.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local limit, pause = tonumber(ARGV[3]), tonumber(ARGV[4])
local first, longest = tonumber(ARGV[5]), tonumber(ARGV[6])
local function number(ms) return string.format('%.0f', ms) end
redis.call('ZREM', KEYS[2], ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'fails', 'open', 'broken', 'prober')
local fails = tonumber(known[1] or 0)
if ARGV[2] == 'unknown' then
  if known[4] == ARGV[1] then redis.call('HDEL', KEYS[1], 'probe') end
  return {fails, 0, fails}
end
if ARGV[2] == 'ok' then
  if fails > 0 then redis.call('HDEL', KEYS[1], 'fails', 'broken', 'probe') end
  return {0, 0, fails}
end
-- requests that were under way when the breaker opened tell nothing new
if tonumber(known[3] or 0) > now then return {fails, 0, fails} end
local count = fails + 1
local rest = pause * 2 ^ (count - 1)
if count >= limit then
  rest = math.min(first * 2 ^ math.min(count - limit, 30), longest)
  redis.call('HSET', KEYS[1], 'broken', number(now + rest))
end
local open = math.max(tonumber(known[2] or 0), now + rest)
redis.call('HSET', KEYS[1], 'fails', count, 'open', number(open))
redis.call('HDEL', KEYS[1], 'probe')
-- how long it has been out of order must outlive the pause, or every pause would be the first
redis.call('PEXPIRE', KEYS[1], rest + 2 * longest)
return {count, rest, fails}
