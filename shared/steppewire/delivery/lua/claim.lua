#!lua
-- Take over entries that nobody has kept alive for a lease. Entries that went down with a worker
-- once come in a batch; one that was lost twice or more is a suspect and comes alone, so that a
-- poisonous one cannot drag its neighbours into the dead letters.
--
-- KEYS  1 stream
-- ARGV  group, consumer, lease in ms, most entries to take
-- Returns {{id, {field, value, …}}, …}, {deliveries, …}
local group, consumer, lease, most = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local idle = redis.call('XPENDING', KEYS[1], group, 'IDLE', lease, '-', '+', most * 4)
local fresh, suspects, counts = {}, {}, {}
for _, row in ipairs(idle) do
  counts[row[1]] = row[4]
  local list = row[4] <= 1 and fresh or suspects
  list[#list + 1] = row[1]
end
local take = {}
for i = 1, math.min(#fresh, most) do take[i] = fresh[i] end
if #take == 0 and suspects[1] then take[1] = suspects[1] end
if #take == 0 then return {{}, {}} end
local entries = redis.call('XCLAIM', KEYS[1], group, consumer, lease, unpack(take))
local deliveries = {}
for i, entry in ipairs(entries) do deliveries[i] = counts[entry[1]] + 1 end
return {entries, deliveries}
