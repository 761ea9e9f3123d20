#!lua flags=allow-oom
-- Take over entries that nobody has kept alive for a lease. Entries that went down with a worker
-- once come in a batch, and with each further death in a quarter of the one before, in the end
-- alone, so that a poisonous one cannot drag its neighbours into the dead letters. (Not alone at
-- once: a few crashes in a row leave hundreds of innocent ones, too many to run singly.)
-- (allow-oom: with the memory full, a dead worker's work must still be taken over.)
--
-- KEYS  1 stream
-- ARGV  group, consumer, lease in ms, most entries to take
-- Returns {{id, {field, value, …}}, …}, {deliveries, …}
local group, consumer, lease, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])

-- On a clock that was set back, a dead worker's entries look as if they were delivered in the
-- future and would not grow idle until the clock has caught up: give them the present time. Such an
-- entry says that it is idle for 0 ms; one that really is stays so.
local function restamp()
  for _, row in ipairs(redis.call('XPENDING', KEYS[1], group, '-', '+', most * 4)) do
    if row[3] == 0 then
      redis.call('XCLAIM', KEYS[1], group, row[2], 0, row[1], 'IDLE', 0, 'JUSTID')
    end
  end
end

local idle = redis.call('XPENDING', KEYS[1], group, 'IDLE', lease, '-', '+', most * 4)
local deaths, counts, fewest = {}, {}, 0
for _, row in ipairs(idle) do
  local times = math.max(1, row[4])
  counts[row[1]] = row[4]
  deaths[times] = deaths[times] or {}
  table.insert(deaths[times], row[1])
  if fewest == 0 or times < fewest then fewest = times end
end
local take, size = {}, math.ceil(most / 4 ^ (fewest - 1))
for i = 1, math.min(#(deaths[fewest] or {}), size) do take[i] = deaths[fewest][i] end
if #take == 0 then
  restamp()
  return {{}, {}}
end
local entries = redis.call('XCLAIM', KEYS[1], group, consumer, lease, unpack(take))
local deliveries = {}
for i, entry in ipairs(entries) do deliveries[i] = counts[entry[1]] + 1 end
return {entries, deliveries}
