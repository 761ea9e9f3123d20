#!lua flags=allow-oom
-- Say how many partitions there are, if nobody has; return how many there are.
-- (allow-oom: with the memory full, the stages that make room must still be able to start.)
--
-- KEYS  1 number of partitions
-- ARGV  the number that the caller was told
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return tonumber(redis.call('GET', KEYS[1]))
