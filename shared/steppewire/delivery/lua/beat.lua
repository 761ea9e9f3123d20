#!lua flags=allow-oom
-- Keep running entries alive, but only those that are still ours: a worker that was stopped and
-- overtaken must not take its entries back.
-- (allow-oom: with the memory full, running work must still be kept.)
--
-- KEYS  1 stream
-- ARGV  group, consumer, id, …
-- Returns the ids that are no longer ours.
local group, consumer, lost = ARGV[1], ARGV[2], {}
for i = 3, #ARGV do
  if #redis.call('XPENDING', KEYS[1], group, ARGV[i], ARGV[i], 1, consumer) == 1 then
    redis.call('XCLAIM', KEYS[1], group, consumer, 0, ARGV[i], 'JUSTID')
  else
    lost[#lost + 1] = ARGV[i]
  end
end
return lost
