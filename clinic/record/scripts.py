"""The Lua steps of records. Each is atomic; with `appendfsync always` its answer means that the step is on disk."""

from clinic.privacy.audit_scripts import AUDIT

OPEN = f"""{AUDIT}
-- KEYS: 1 record, 2 records of the patient, 3 audit, 4 heads of the audit's scope
-- ARGV: 1 sealed state, 2 patient, 3 physician, 4 began (Unix ms), 5 consultation, 6 audit entry
-- Result: 'done' | 'repeated': there is one already | 'conflict': another audit entry came between
if redis.call('EXISTS', KEYS[1]) == 1 then return 'repeated' end
local entry = cjson.decode(ARGV[6])
if not audit_fits(KEYS[4], entry) then return 'conflict' end
redis.call('HSET', KEYS[1], 'version', 0, 'sealed', ARGV[1], 'patient', ARGV[2], 'physician', ARGV[3],
           'status', 'draft')
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
audit_write(KEYS[3], KEYS[4], entry)
return 'done'
"""

EXECUTE = f"""{AUDIT}
-- KEYS: 1 record, 2 revisions, 3 commands, 4 tasks of who treated, 5 tasks of who treats now, 6 audit,
--       7 heads of the audit's scope
-- ARGV: 1 version that was read, 2 sealed state, 3 physician who treats now, 4 status, 5 command id,
--       6 command ids are kept until (Unix ms), 7 consultation, 8 open task since (Unix ms) or '' for none,
--       9 revisions are kept until (Unix ms) or '' for ever, 10 audit entry or '', 11 how many revisions to forget,
--       12... these, then each new revision and its sealed event. No new ones: the command changes nothing
-- Result: {{'repeated', revision}} | {{'conflict'}} | {{'unchained'}}: another audit entry came between | {{'done'}}
local before = redis.call('HGET', KEYS[3], ARGV[5])
if before then return {{'repeated', before}} end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return {{'conflict'}} end
local entry = ARGV[10] ~= '' and cjson.decode(ARGV[10])
if entry and not audit_fits(KEYS[7], entry) then return {{'unchained'}} end
local first = 12 + ARGV[11]
redis.call('HSET', KEYS[3], ARGV[5], #ARGV < first and ARGV[1] or ARGV[#ARGV - 1])
redis.call('PEXPIREAT', KEYS[3], ARGV[6])
if entry then audit_write(KEYS[6], KEYS[7], entry) end
if #ARGV < first then return {{'done'}} end
redis.call('HSET', KEYS[1], 'version', ARGV[#ARGV - 1], 'sealed', ARGV[2], 'physician', ARGV[3], 'status', ARGV[4])
for i = 12, first - 1 do redis.call('HDEL', KEYS[2], ARGV[i]) end
for i = first, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
redis.call('ZREM', KEYS[4], ARGV[7])
if ARGV[8] ~= '' then redis.call('ZADD', KEYS[5], ARGV[8], ARGV[7]) end
if ARGV[9] == '' then redis.call('PERSIST', KEYS[2]) else redis.call('PEXPIREAT', KEYS[2], ARGV[9]) end
return {{'done'}}
"""
