-- Move the watcher on by one step: what it has read, what it has learnt and what it tells become
-- true together, or not at all.
--
-- KEYS  1 claim  2 place (hash: partition -> last id, and `step` -> its number)  3 charts (hash)  4 told (hash)  5 stream
-- ARGV  token, lease in ms, number of places, and for each: partition, id before ('' for none), id
--       after; number of charts, and for each: source, chart, what is shown;
--       number of events, and for each: number of strings, field, value, …
-- Returns 1, or 0 when somebody else watches, or has taken this step already: then nothing changes,
-- so asking again after a lost reply is safe.
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local at = 3
local function take()
  at = at + 1
  return ARGV[at - 1]
end

local places = {}
for _ = 1, tonumber(take()) do
  local partition, before, after = take(), take(), take()
  if (redis.call('HGET', KEYS[2], partition) or '') ~= before then return 0 end
  places[#places + 1] = {partition, after}
end
for _, place in ipairs(places) do redis.call('HSET', KEYS[2], place[1], place[2]) end
for _ = 1, tonumber(take()) do
  local source, chart, told = take(), take(), take()
  redis.call('HSET', KEYS[3], source, chart)
  redis.call('HSET', KEYS[4], source, told)
end
for _ = 1, tonumber(take()) do
  local entry = {}
  for i = 1, tonumber(take()) do entry[i] = take() end
  redis.call('XADD', KEYS[5], '*', unpack(entry))
end
-- three months are longer than any group of a reader is waited for
local young = redis.call('TIME')[1] - 90 * 86400
redis.call('XTRIM', KEYS[5], 'MINID', '~', string.format('%.0f-0', young * 1000))
redis.call('PEXPIRE', KEYS[1], tonumber(ARGV[2]))
return 1
