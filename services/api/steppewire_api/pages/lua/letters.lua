#!lua flags=no-writes,allow-oom
-- The newest ARGV[1] dead letters of a stage, without what they carry: some hold a whole article.
-- Answers {id, source, outcome, reason, detail, last} for each.
local wanted = {'dead.source', 'dead.outcome', 'dead.reason', 'dead.detail', 'dead.last'}
local found = {}
for _, entry in ipairs(redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', ARGV[1])) do
  local told = {}
  for at = 1, #entry[2], 2 do
    told[entry[2][at]] = entry[2][at + 1]
  end
  local letter = {entry[1]}
  for _, name in ipairs(wanted) do
    letter[#letter + 1] = string.sub(told[name] or '', 1, 300)
  end
  found[#found + 1] = letter
end
return found
