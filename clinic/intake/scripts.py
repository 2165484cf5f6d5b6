"""The Lua steps before the call. Each is atomic; with `appendfsync always` its answer means it is on disk."""

from __future__ import annotations

from typing import Final

from clinic.privacy.audit_scripts import AUDIT

PUBLISH: Final = f"""{AUDIT}
-- KEYS: 1 editions, 2 audit, 3 audit heads
-- ARGV: 1 audit entry, 2 newest that was read (0: none), 3 actor and request id, 4 edition (JSON)
-- Result: {{'done'}} | {{'repeated', number}} | {{'changed'}} | nil: audit conflict
local entry = cjson.decode(ARGV[1])
local before = redis.call('HGET', KEYS[1], 'request ' .. ARGV[3])
if before then return {{'repeated', before}} end
if (redis.call('HGET', KEYS[1], 'newest') or '0') ~= ARGV[2] then return {{'changed'}} end
if not audit_fits(KEYS[3], entry) then return false end
local number = string.format('%d', ARGV[2] + 1)
redis.call('HSET', KEYS[1], 'newest', number, number, ARGV[4], 'request ' .. ARGV[3], number)
audit_write(KEYS[2], KEYS[3], entry)
return {{'done'}}
"""

CONSENT: Final = f"""{AUDIT}
-- KEYS: 1 consents, 2 consent requests, 3 consent texts, 4 audit, 5 audit heads
-- ARGV: 1 audit entry, 2 how many records were read, 3 actor and request id, 4 record id, 5 sealed,
--       6 edition that must be the newest, or '' for a withdrawal
-- Result: {{'done'}} | {{'repeated', record id}} | {{'changed'}}: another record came between | {{'text-changed'}} |
--         nil: audit conflict
local entry = cjson.decode(ARGV[1])
local before = redis.call('HGET', KEYS[2], ARGV[3])
if before then return {{'repeated', before}} end
if redis.call('LLEN', KEYS[1]) ~= tonumber(ARGV[2]) then return {{'changed'}} end
if ARGV[6] ~= '' and redis.call('HGET', KEYS[3], 'newest') ~= ARGV[6] then return {{'text-changed'}} end
if not audit_fits(KEYS[5], entry) then return false end
redis.call('RPUSH', KEYS[1], ARGV[4] .. ' ' .. ARGV[5])
redis.call('HSET', KEYS[2], ARGV[3], ARGV[4])
audit_write(KEYS[4], KEYS[5], entry)
return {{'done'}}
"""

TRIAGE: Final = f"""{AUDIT}
-- KEYS: 1 triage, 2 triage requests, 3 audit, 4 audit heads
-- ARGV: 1 audit entry or '' for none, 2 version that was read (0: nothing was there), 3 actor and request id,
--       4 patient, 5 sealed, 6 request ids are kept until (Unix ms)
-- Result: {{'done'}} | {{'repeated', version then}} | {{'changed'}} | nil: audit conflict
local entry = ARGV[1] ~= '' and cjson.decode(ARGV[1])
local before = redis.call('HGET', KEYS[2], ARGV[3])
if before then return {{'repeated', before}} end
if (redis.call('HGET', KEYS[1], 'version') or '0') ~= ARGV[2] then return {{'changed'}} end
if entry and not audit_fits(KEYS[4], entry) then return false end
local version = redis.call('HINCRBY', KEYS[1], 'version', 1)
redis.call('HSET', KEYS[1], 'patient', ARGV[4], 'sealed', ARGV[5])
redis.call('HSET', KEYS[2], ARGV[3], version)
redis.call('PEXPIREAT', KEYS[2], ARGV[6])
if entry then audit_write(KEYS[3], KEYS[4], entry) end
return {{'done'}}
"""

QUEUE_MESSAGE: Final = f"""{AUDIT}
-- KEYS: 1 queue messages, 2 audit, 3 audit heads
-- ARGV: 1 audit entry, 2 message id, 3 sealed, or '' to take it back, 4 kept until (Unix ms)
-- Result: 1 done, 0 it was so already, or was taken back and is not said again | nil: audit conflict
local entry = cjson.decode(ARGV[1])
local known = redis.call('HGET', KEYS[1], ARGV[2])
if known == '' or (known and ARGV[3] ~= '') or (not known and ARGV[3] == '') then return 0 end
if not audit_fits(KEYS[3], entry) then return false end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
redis.call('PEXPIREAT', KEYS[1], ARGV[4])
audit_write(KEYS[2], KEYS[3], entry)
return 1
"""
