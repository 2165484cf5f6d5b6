"""The Lua steps of the vault. Each is atomic; with `appendfsync always` its answer means that the step is on disk."""

from clinic.privacy.audit_scripts import AUDIT

CREATE_DATAKEY = """
-- KEYS: 1 data keys
-- ARGV: 1 subject, 2 a wrapped data key
-- Result: what the subject has now: this, the one of somebody faster, or a tombstone
redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2])
return redis.call('HGET', KEYS[1], ARGV[1])
"""

DESTROY_DATAKEY = """
-- KEYS: 1 data keys
-- ARGV: 1 subject, 2 tombstone
-- Result: 1 destroyed now (or there was none: none can be made any more), 0 destroyed before
local known = redis.call('HGET', KEYS[1], ARGV[1])
if known and string.sub(known, 1, 2) == '0.' then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1
"""

REWRAP_DATAKEY = """
-- KEYS: 1 data keys
-- ARGV: 1 subject, 2 wrapped as it was read, 3 wrapped anew
-- Result: 1 done, 0 changed meanwhile: destroyed, or rewrapped by somebody else
if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1
"""

SHRED = (
    AUDIT
    + """
-- KEYS: 1 data keys, 2 audit, 3 heads
-- ARGV: 1 audit entry, 2 tombstone, 3... subjects
-- Result: how many were destroyed now; -1 audit conflict
local entry = cjson.decode(ARGV[1])
if not audit_fits(KEYS[3], entry) then return -1 end
local destroyed = 0
for i = 3, #ARGV do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  if not known or string.sub(known, 1, 2) ~= '0.' then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[2])
    destroyed = destroyed + 1
  end
end
if destroyed > 0 then audit_write(KEYS[2], KEYS[3], entry) end
return destroyed
"""
)
