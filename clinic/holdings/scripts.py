"""The Lua steps of this folder. Each is atomic; with `appendfsync always` its answer means that the step is on disk."""

from clinic.privacy.audit_scripts import AUDIT

DELETE = (
    AUDIT
    + """
-- KEYS: 1 head of the entry's scope, 2 audit, 3 deleted, 4 timeline, 5 state, 6 appointment, 7... what goes as a whole
-- ARGV: 1 audit entry, 2 what to remember in `deleted`, 3 state without its words or '', 4 the appointment's version
--       as it was read, 5 its record without words or '', 6... events that go
-- Result: 1 done, nil: conflict
local entry = cjson.decode(ARGV[1])
if not audit_fits(KEYS[1], entry) then return false end
if ARGV[5] ~= '' then
  if redis.call('HGET', KEYS[6], 'version') ~= ARGV[4] then return false end
  redis.call('HSET', KEYS[6], 'record', ARGV[5])
end
for i = 7, #KEYS do redis.call('UNLINK', KEYS[i]) end
for i = 6, #ARGV do redis.call('XDEL', KEYS[4], ARGV[i]) end
if ARGV[3] ~= '' then redis.call('HSET', KEYS[5], 'state', ARGV[3]) end
redis.call('SADD', KEYS[3], ARGV[2])
audit_write(KEYS[2], KEYS[1], entry)
return 1
"""
)

DELETE_CONSENT = (
    AUDIT
    + """
-- KEYS: 1 heads, 2 audit, 3 consents
-- ARGV: 1 audit entry, 2... the records as they are stored
-- Result: 1 done, nil: audit conflict
local entry = cjson.decode(ARGV[1])
if not audit_fits(KEYS[1], entry) then return false end
for i = 2, #ARGV do redis.call('LREM', KEYS[3], 1, ARGV[i]) end
audit_write(KEYS[2], KEYS[1], entry)
return 1
"""
)
