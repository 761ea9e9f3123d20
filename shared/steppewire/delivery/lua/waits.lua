#!lua flags=no-writes
-- Read a page of a stage's delayed entries: what each carries as `data`.
--
-- KEYS  1 delayed
-- ARGV  first rank, last rank
local found = {}
for i, member in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[1], ARGV[2])) do
  local entry = cmsgpack.unpack(member)[2]
  found[i] = ''
  for at = 1, #entry, 2 do
    if entry[at] == 'data' then found[i] = entry[at + 1] end
  end
end
return found
