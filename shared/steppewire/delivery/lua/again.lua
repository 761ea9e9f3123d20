#!lua
-- Put events onto the path a second time, each once: what is remembered here is not put again.
-- Publication before memory, for scripts do not roll back: an error repeats, and never loses.
-- (No allow-oom: with the memory full, nobody needs more work; refused, it changes nothing.)
--
-- KEYS  1 remembered (set)  2 stream
-- ARGV  seconds to remember, then for each event: its id, number of strings, field, value, …
-- Returns for each event 1 when it was put, 0 when it had been put before.
local at, results = 2, {}
while at <= #ARGV do
  local id, size = ARGV[at], tonumber(ARGV[at + 1])
  if redis.call('SISMEMBER', KEYS[1], id) == 1 then
    results[#results + 1] = 0
  else
    local entry = {}
    for i = 1, size do entry[i] = ARGV[at + 1 + i] end
    redis.call('XADD', KEYS[2], '*', unpack(entry))
    redis.call('SADD', KEYS[1], id)
    results[#results + 1] = 1
  end
  at = at + 2 + size
end
redis.call('EXPIRE', KEYS[1], ARGV[1])
return results
