#!lua flags=allow-oom
-- Settle a batch: for each entry, only if it is still pending AND owned by this consumer,
-- count it, write what comes of it, remember that it is done, acknowledge it. In that order:
-- scripts do not roll back, so an error before the acknowledgement loses nothing.
-- (allow-oom: with the memory full, work in hand must land, for only that makes room; what would
-- add to it is stopped at the entrance and by backpressure.)
--
-- KEYS  1 stream read  2 stream written  3 delayed  4 dead  5 tally  6 done
-- ARGV  group, consumer, then for each entry:
--       id, action (done|retry|dead), tally field, delay in ms, number of entries,
--       and for each of those: number of strings, field, value, field, value, …
-- Returns for each entry: 1 settled now, 2 was settled before (group re-created), 0 not ours.
local group, consumer = ARGV[1], ARGV[2]
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local at, results = 3, {}

local function read_entry()
  local size = tonumber(ARGV[at])
  local entry = {}
  for i = 1, size do entry[i] = ARGV[at + i] end
  at = at + size + 1
  return entry
end

local function write(action, entry, due, id)
  if action == 'done' then
    return redis.pcall('XADD', KEYS[2], '*', unpack(entry))
  elseif action == 'retry' then
    -- the id in front keeps two equal entries two members; the time is for a clock that is set
    return redis.pcall('ZADD', KEYS[3], due, cmsgpack.pack({id, entry, now}))
  else
    return redis.pcall('XADD', KEYS[4], '*', unpack(entry))
  end
end

while at <= #ARGV do
  local id, action, tally = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  local due, count = now + tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4])
  at = at + 5
  local entries = {}
  for i = 1, count do entries[i] = read_entry() end
  local owned = #redis.call('XPENDING', KEYS[1], group, id, id, 1, consumer) == 1
  if not owned then
    results[#results + 1] = 0
  elseif redis.call('ZSCORE', KEYS[6], id) then
    redis.call('XACK', KEYS[1], group, id)
    results[#results + 1] = 2
  else
    redis.call('HINCRBY', KEYS[5], tally, 1)
    for _, entry in ipairs(entries) do
      local written = write(action, entry, due, id)
      if type(written) == 'table' and written.err then
        redis.call('HINCRBY', KEYS[5], tally, -1) -- it has not ended: it is not counted
        return written
      end
    end
    redis.call('ZADD', KEYS[6], tonumber(string.match(id, '^%d+')), id)
    redis.call('XACK', KEYS[1], group, id)
    results[#results + 1] = 1
  end
end
return results
