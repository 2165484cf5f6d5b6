"""The Lua steps of the patients' store. Each is atomic, and writes its audit entry in the same step."""

from __future__ import annotations

from typing import Final

from clinic.privacy.audit_scripts import AUDIT

_DROP_INDEXES: Final = """
local function drop_indexes(json, id)
  if not json then return end
  local indexes = cjson.decode(json)
  for _, blind in ipairs(indexes.unique) do redis.call('HDEL', KEYS[3], blind) end
  for _, blind in ipairs(indexes.shared) do redis.call('ZREM', KEYS[4], blind .. ':' .. id) end
end
"""

WRITE: Final = f"""{AUDIT}{_DROP_INDEXES}
-- KEYS: 1 patient, 2 patients, 3 identifiers, 4 lookups, 5 audit, 6 audit heads
-- ARGV: 1 audit entry, 2 patient id, 3 version that was read (0: a new patient), 4 request id, 5 sealed,
--       6 indexes (JSON: unique, shared)
-- Result: {{'done'}} | {{'repeated'}} | {{'erased'}} | {{'changed'}} | {{'taken', patient id}} | nil: audit conflict
local entry = cjson.decode(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'version', 'request', 'indexes', 'erased')
if known[4] then return {{'erased'}} end
if known[2] == ARGV[4] then return {{'repeated'}} end
if (known[1] or '0') ~= ARGV[3] then return {{'changed'}} end
local indexes = cjson.decode(ARGV[6])
for _, blind in ipairs(indexes.unique) do
  local holder = redis.call('HGET', KEYS[3], blind)
  if holder and holder ~= ARGV[2] then return {{'taken', holder}} end
end
if not audit_fits(KEYS[6], entry) then return false end
drop_indexes(known[3], ARGV[2])
for _, blind in ipairs(indexes.unique) do redis.call('HSET', KEYS[3], blind, ARGV[2]) end
for _, blind in ipairs(indexes.shared) do redis.call('ZADD', KEYS[4], 0, blind .. ':' .. ARGV[2]) end
redis.call('HSET', KEYS[1], 'version', ARGV[3] + 1, 'request', ARGV[4], 'sealed', ARGV[5], 'indexes', ARGV[6])
redis.call('ZADD', KEYS[2], 0, ARGV[2])
audit_write(KEYS[5], KEYS[6], entry)
return {{'done'}}
"""

ERASE: Final = f"""{AUDIT}{_DROP_INDEXES}
-- KEYS: 1 patient, 2 patients, 3 identifiers, 4 lookups, 5 audit, 6 audit heads
-- ARGV: 1 audit entry, 2 patient id, 3 now (Unix ms)
-- Result: 1 erased, 0 nothing was there or it was erased before, nil: audit conflict
local entry = cjson.decode(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'version', 'indexes')
if not known[1] then return 0 end
if not audit_fits(KEYS[6], entry) then return false end
drop_indexes(known[2], ARGV[2])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'erased', ARGV[3])
redis.call('ZREM', KEYS[2], ARGV[2])
audit_write(KEYS[5], KEYS[6], entry)
return 1
"""
