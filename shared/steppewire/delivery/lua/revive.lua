#!lua
-- Put dead letters back to work: each goes to its stage's own retry stream as it first came, is
-- counted, and leaves the dead letters, in one step. Whoever asks a second time finds nothing.
-- (No allow-oom: with the memory full, nobody needs more work; refused, it changes nothing.)
--
-- KEYS  1 dead  2 retry stream  3 tally
-- ARGV  id, …
-- Returns for each id: 1 put back, 0 no such letter (any more).
local NOTES = {attempt = true, first = true, reason = true}
local results = {}

local function original(fields)
  local entry, source = {}, '?'
  for i = 1, #fields, 2 do
    local name, value = fields[i], fields[i + 1]
    if name == 'dead.source' then source = string.gsub(value, '|', '/') end
    if string.sub(name, 1, 5) ~= 'dead.' and not NOTES[name] then
      entry[#entry + 1], entry[#entry + 2] = name, value
    end
  end
  -- a stranger's entry may have had nothing else, and XADD wants a field
  if #entry == 0 then entry = {'data', ''} end
  return entry, source
end

for i, id in ipairs(ARGV) do
  local letter = redis.call('XRANGE', KEYS[1], id, id)[1]
  results[i] = letter and 1 or 0
  if letter then
    local entry, source = original(letter[2])
    redis.call('XADD', KEYS[2], '*', unpack(entry))
    redis.call('HINCRBY', KEYS[3], source .. '|retry|revived', 1)
    redis.call('XDEL', KEYS[1], id)
  end
end
return results
