#!lua flags=allow-oom
-- Hand back everything this consumer still holds, ready to be taken over at once and without
-- counting as a delivery; then remove the consumer's name.
-- (allow-oom: with the memory full, a worker must still be able to leave.)
--
-- KEYS  1 stream
-- ARGV  group, consumer, lease in ms
-- Returns how many entries were handed back.
local group, consumer, lease = ARGV[1], ARGV[2], tonumber(ARGV[3])
local held = redis.call('XPENDING', KEYS[1], group, '-', '+', 100000, consumer)
for _, row in ipairs(held) do
  redis.call('XCLAIM', KEYS[1], group, 'handed-back', 0, row[1],
    'IDLE', lease + 1000, 'RETRYCOUNT', math.max(row[4] - 1, 0), 'JUSTID')
end
-- removing a name drops what it still holds: never while there may be more than we have seen
if #held < 100000 then redis.call('XGROUP', 'DELCONSUMER', KEYS[1], group, consumer) end
return #held
