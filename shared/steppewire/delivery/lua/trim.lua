#!lua flags=allow-oom
-- Trim a stream to what some group still needs, never more, and remember this group's floor.
-- (allow-oom: it makes room.)
--
-- KEYS  1 stream  2 floor  3 done
-- ARGV  own group ('' for none), keep everything younger than this many ms,
--       ignore unknown groups that lag by more than this many ms, declared group, …
-- Returns {entries removed, own lag + pending, '' or the declared group that is missing}
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local own, keep, patience = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', KEYS[1]) == 0 then return {0, 0, ARGV[4] or ''} end

local function parts(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function before(a, b)
  local am, as = parts(a)
  local bm, bs = parts(b)
  if am ~= bm then return am < bm end
  return as < bs
end

local function predecessor(id)
  local ms, seq = parts(id)
  if seq > 0 then return string.format('%.0f-%.0f', ms, seq - 1) end
  if ms == 0 then return '0-0' end
  return string.format('%.0f-18446744073709551615', ms - 1)
end

local missing = {}
for i = 4, #ARGV do missing[ARGV[i]] = true end

-- the first id that each group still needs, and the floor it may start again from
local threshold, own_waiting = nil, 0
for _, row in ipairs(redis.call('XINFO', 'GROUPS', KEYS[1])) do
  local info = {}
  for i = 1, #row, 2 do info[row[i]] = row[i + 1] end
  local name, needs, floor = info['name'], info['last-delivered-id'], info['last-delivered-id']
  if info['pending'] > 0 then
    needs = redis.call('XPENDING', KEYS[1], name)[2]
    floor = predecessor(needs)
  end
  local declared = missing[name]
  missing[name] = nil
  if name == own then
    own_waiting = (info['lag'] or 0) + info['pending']
    redis.call('SET', KEYS[2], floor)
    redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', '(' .. string.format('%.0f', (parts(needs))))
  end
  local abandoned = not declared and (parts(needs)) < now - patience
  if not abandoned and (threshold == nil or before(needs, threshold)) then threshold = needs end
end

local absent = next(missing)
if absent then return {0, own_waiting, absent} end
if keep > 0 then
  local young = string.format('%.0f-0', now - keep)
  if threshold == nil or before(young, threshold) then threshold = young end
end
if threshold == nil then return {0, own_waiting, ''} end
return {redis.call('XTRIM', KEYS[1], 'MINID', '~', threshold), own_waiting, ''}
