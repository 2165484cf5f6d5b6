"""The Lua steps of the store. Each is atomic; with `appendfsync always` its answer means that the step is on disk.

Each takes its audit entry as one ARGV, sealed onto the head of the consultation's chain, which is in its state.
"""

from clinic.privacy.audit_scripts import AUDIT

READ = """
-- KEYS: 1 state, 2 data keys
-- Result: version, state, upto, audit head, subject, its data key; nil for what is not there
local read = redis.call('HMGET', KEYS[1], 'version', 'state', 'upto', 'audit', 'subject')
read[6] = read[5] and redis.call('HGET', KEYS[2], read[5])
return read
"""

READ_TIMELINE = """
-- KEYS: 1 timeline, 2 state, 3 data keys
-- ARGV: 1 first id, 2 how many at most
-- Result: entries, subject, its data key
local subject = redis.call('HGET', KEYS[2], 'subject')
return {redis.call('XRANGE', KEYS[1], ARGV[1], '+', 'COUNT', ARGV[2]), subject,
        subject and redis.call('HGET', KEYS[3], subject)}
"""

CREATE = (
    AUDIT
    + """
-- KEYS: 1 state, 2 open, 3 audit
-- ARGV: 1 state JSON, 2 starts, 3 ends, 4 closes (Unix ms), 5 consultation id, 6 audit entry, 7 subject
-- Result: 1 created, 0 there already
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'version', 0, 'state', ARGV[1], 'upto', '', 'starts', ARGV[2], 'ends', ARGV[3],
           'subject', ARGV[7])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
audit_write(KEYS[3], KEYS[1], cjson.decode(ARGV[6]))
return 1
"""
)

EXECUTE = (
    AUDIT
    + """
-- KEYS: 1 state, 2 timeline, 3 commands, 4 audit, 5 outbox, 6 open, 7 claims
-- ARGV: 1 version that was read, 2 new state JSON, 3 `<seat>/<command id>`, 4 refusal code or '',
--       5 when `commands` expires (Unix ms), 6 bell channel, 7 consultation id, 8 seat, 9 audit entry,
--       10 outbox kind or '', 11 the writer's claim of the seat or '', 12... events as JSON
-- Result: {'repeated', refusal code or ''} | {'superseded'} | {'conflict'} | {'done', event id...}
-- Repeated comes first: that answer is true whoever asks, and writes nothing. Superseded comes before conflict, so that
-- an old process does not read and try again. A claim above the highest passes: the highest is forgotten after a week.
local before = redis.call('HGET', KEYS[3], ARGV[3])
if before then return {'repeated', before} end
if ARGV[11] ~= '' and tonumber(ARGV[11]) < tonumber(redis.call('HGET', KEYS[7], ARGV[8]) or 0) then
  return {'superseded'}
end
local entry = cjson.decode(ARGV[9])
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] or not audit_fits(KEYS[1], entry) then return {'conflict'} end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('PEXPIREAT', KEYS[3], ARGV[5])
local result = {'done'}
for i = 12, #ARGV do
  result[#result + 1] = redis.call('XADD', KEYS[2], '*', 'e', ARGV[i])
end
if #result == 1 and ARGV[4] == '' then return result end
audit_write(KEYS[4], KEYS[1], entry)
if #result == 1 then return result end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'state', ARGV[2], 'upto', result[#result])
if ARGV[10] ~= '' then
  redis.call('XADD', KEYS[5], '*', 'kind', ARGV[10], 'consultation', ARGV[7], 'event', ARGV[#ARGV],
             'timeline_id', result[#result])
  redis.call('ZREM', KEYS[6], ARGV[7])
end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return result
"""
)

ISSUE_LINK = (
    AUDIT
    + """
-- KEYS: 1 token, 2 links, 3 audit, 4 state
-- ARGV: 1 token's SHA-256, 2 consultation id, 3 seat, 4 valid until (Unix ms), 5 kept until (Unix ms), 6 audit entry
-- Result: 1 issued, -1 conflict
local entry = cjson.decode(ARGV[6])
if not audit_fits(KEYS[4], entry) then return -1 end
redis.call('HSET', KEYS[1], 'consultation', ARGV[2], 'seat', ARGV[3], 'expires_ms', ARGV[4])
redis.call('PEXPIREAT', KEYS[1], ARGV[5])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('PEXPIREAT', KEYS[2], ARGV[5])
audit_write(KEYS[3], KEYS[4], entry)
return 1
"""
)

REVOKE = (
    AUDIT
    + """
-- KEYS: 1 links, 2 audit, 3 state, 4... tokens
-- ARGV: 1 audit entry, 2... SHA-256 of those tokens
-- Result: how many links were revoked, -1 conflict
local entry = cjson.decode(ARGV[1])
if not audit_fits(KEYS[3], entry) then return -1 end
local revoked = 0
for i = 4, #KEYS do
  revoked = revoked + redis.call('DEL', KEYS[i])
  redis.call('HDEL', KEYS[1], ARGV[i - 2])
end
audit_write(KEYS[2], KEYS[3], entry)
return revoked
"""
)
