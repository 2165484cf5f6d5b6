"""The Lua steps of staff accounts, credentials and sessions. Each is atomic, with its audit entry in the same step."""

from __future__ import annotations

from typing import Final

from clinic.privacy.audit_scripts import AUDIT

SAVE_MEMBER: Final = f"""{AUDIT}
-- KEYS: 1 member, 2 staff, 3 sign-ins, 4 administrators, 5 sessions, 6 credentials, 7 set-up link, 8 audit, 9 heads
-- ARGV: 1 audit entry, 2 staff id, 3 version that was read (0: a new account), 4 request id, 5 sealed profile,
--       6 sign-in (blind), 7 'active' or 'inactive', 8 '1' for an active administrator or '',
--       9 SHA-256 of the set-up link or '', 10 sealed password of the founder or ''
-- Result: 'done' | 'repeated' | 'changed' | 'taken' | 'link-used' | 'last-administrator' | nil: audit conflict
local entry = cjson.decode(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'version', 'request', 'sign_in')
if known[2] == ARGV[4] then return 'repeated' end
if (known[1] or '0') ~= ARGV[3] then return 'changed' end
if ARGV[9] ~= '' and (redis.call('GET', KEYS[7]) ~= ARGV[9] or redis.call('HLEN', KEYS[2]) > 0) then
  return 'link-used'
end
local holder = redis.call('HGET', KEYS[3], ARGV[6])
if holder and holder ~= ARGV[2] then return 'taken' end
if ARGV[8] == '' and redis.call('SISMEMBER', KEYS[4], ARGV[2]) == 1 and redis.call('SCARD', KEYS[4]) == 1 then
  return 'last-administrator'
end
if not audit_fits(KEYS[9], entry) then return false end
if known[3] and known[3] ~= ARGV[6] then redis.call('HDEL', KEYS[3], known[3]) end
redis.call('HSET', KEYS[3], ARGV[6], ARGV[2])
redis.call('HSET', KEYS[1], 'version', ARGV[3] + 1, 'request', ARGV[4], 'sealed', ARGV[5], 'sign_in', ARGV[6])
redis.call('HSET', KEYS[2], ARGV[2], ARGV[7])
redis.call(ARGV[8] == '' and 'SREM' or 'SADD', KEYS[4], ARGV[2])
if ARGV[7] == 'inactive' then
  redis.call('DEL', KEYS[5])
  redis.call('HDEL', KEYS[6], 'link', 'link_ends')
end
if ARGV[9] ~= '' then
  redis.call('DEL', KEYS[7])
  redis.call('HSET', KEYS[6], 'password', ARGV[10])
end
audit_write(KEYS[8], KEYS[9], entry)
return 'done'
"""

ISSUE_SETUP: Final = f"""{AUDIT}
-- KEYS: 1 set-up link, 2 staff, 3 audit, 4 heads
-- ARGV: 1 audit entry, 2 SHA-256, 3 valid until (Unix ms)
-- Result: 1 it is the one that counts now, 0 there is staff already, nil: audit conflict
local entry = cjson.decode(ARGV[1])
if redis.call('HLEN', KEYS[2]) > 0 then return 0 end
if not audit_fits(KEYS[4], entry) then return false end
redis.call('SET', KEYS[1], ARGV[2])
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
audit_write(KEYS[3], KEYS[4], entry)
return 1
"""

CHANGE_CREDENTIALS: Final = f"""{AUDIT}
-- One step for all that sets and removes fields of the credentials, if one of them still is what was read.
-- KEYS: 1 credentials, 2 recovery codes, 3 sessions, 4 audit, 5 heads
-- ARGV: 1 audit entry, 2 a field ('': any state will do), 3 its value that was read, 4 '1' to end all sessions,
--       5 '1' to replace the recovery codes, 6 JSON: set (field, value...), remove (field...), recovery (SHA-256...)
-- Result: 1 done, 0 the field changed, nil: audit conflict
local entry = cjson.decode(ARGV[1])
if (redis.call('HGET', KEYS[1], ARGV[2]) or '') ~= ARGV[3] then return 0 end
if not audit_fits(KEYS[5], entry) then return false end
local change = cjson.decode(ARGV[6])
if #change.set > 0 then redis.call('HSET', KEYS[1], unpack(change.set)) end
if #change.remove > 0 then redis.call('HDEL', KEYS[1], unpack(change.remove)) end
if ARGV[5] == '1' then
  redis.call('DEL', KEYS[2])
  if #change.recovery > 0 then redis.call('SADD', KEYS[2], unpack(change.recovery)) end
end
if ARGV[4] == '1' then redis.call('DEL', KEYS[3]) end
audit_write(KEYS[4], KEYS[5], entry)
return 1
"""

TAKE_STEP: Final = """
-- KEYS: 1 credentials
-- ARGV: 1 step of a time-based code that was right
-- Result: 1 it is taken, 0 it, or a later one, was taken before
if tonumber(redis.call('HGET', KEYS[1], 'totp_step') or -1) >= tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'totp_step', ARGV[1])
return 1
"""

TAKE_RECOVERY: Final = f"""{AUDIT}
-- KEYS: 1 recovery codes, 2 audit, 3 heads
-- ARGV: 1 audit entry, 2 SHA-256 of the code
-- Result: 1 it is taken, 0 there is no such code (any more), nil: audit conflict
local entry = cjson.decode(ARGV[1])
if redis.call('SISMEMBER', KEYS[1], ARGV[2]) == 0 then return 0 end
if not audit_fits(KEYS[3], entry) then return false end
redis.call('SREM', KEYS[1], ARGV[2])
audit_write(KEYS[2], KEYS[3], entry)
return 1
"""

REHASH: Final = """
-- KEYS: 1 credentials
-- ARGV: 1 sealed password that was read, 2 the same password sealed anew
-- Result: 1 replaced, 0 it is another one by now
if redis.call('HGET', KEYS[1], 'password') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'password', ARGV[2])
return 1
"""

BEGIN_SESSION: Final = f"""{AUDIT}
-- KEYS: 1 sessions, 2 staff, 3 credentials, 4 audit, 5 heads
-- ARGV: 1 audit entry, 2 staff id, 3 sealed password that was verified, 4 SHA-256 of the token, 5 now (Unix ms),
--       6 sealed address and agent, 7 when the key expires (Unix ms), 8... SHA-256 of sessions that end with this
-- Result: 'done' | 'stale': the account was closed, or the password is another one by now | nil: audit conflict
local entry = cjson.decode(ARGV[1])
if redis.call('HGET', KEYS[2], ARGV[2]) ~= 'active' or redis.call('HGET', KEYS[3], 'password') ~= ARGV[3] then
  return 'stale'
end
if not audit_fits(KEYS[5], entry) then return false end
for i = 8, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i], ARGV[i] .. ':seen', ARGV[i] .. ':held') end
redis.call('HSET', KEYS[1], ARGV[4], ARGV[5] .. ' ' .. ARGV[6], ARGV[4] .. ':seen', ARGV[5])
redis.call('PEXPIREAT', KEYS[1], ARGV[7])
audit_write(KEYS[4], KEYS[5], entry)
return 'done'
"""

TOUCH_SESSION: Final = """
-- KEYS: 1 sessions
-- ARGV: 1 SHA-256 of the token, 2 now (Unix ms), 3 when the key expires (Unix ms), 4 '1' while a consultation runs
-- Result: 1 touched, 0 it ended meanwhile
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1] .. ':seen', ARGV[2])
if ARGV[4] == '1' then redis.call('HSET', KEYS[1], ARGV[1] .. ':held', ARGV[2]) end
redis.call('PEXPIREAT', KEYS[1], ARGV[3])
return 1
"""

END_SESSIONS: Final = f"""{AUDIT}
-- KEYS: 1 sessions, 2 audit, 3 heads
-- ARGV: 1 audit entry, 2... SHA-256 of tokens
-- Result: how many ended, nil: audit conflict
local entry = cjson.decode(ARGV[1])
if not audit_fits(KEYS[3], entry) then return false end
local ended = 0
for i = 2, #ARGV do
  ended = ended + redis.call('HDEL', KEYS[1], ARGV[i])
  redis.call('HDEL', KEYS[1], ARGV[i] .. ':seen', ARGV[i] .. ':held')
end
if ended > 0 then audit_write(KEYS[2], KEYS[3], entry) end
return ended
"""

COUNT_ATTEMPT: Final = """
-- KEYS: counters
-- ARGV: for each counter: its value that was read ('': none), the new value; last: when they expire (Unix ms)
-- Result: 1 counted, 0 one of them changed
for i = 1, #KEYS do
  if (redis.call('GET', KEYS[i]) or '') ~= ARGV[2 * i - 1] then return 0 end
end
for i = 1, #KEYS do
  redis.call('SET', KEYS[i], ARGV[2 * i])
  redis.call('PEXPIREAT', KEYS[i], ARGV[#ARGV])
end
return 1
"""

UNCOUNT_ATTEMPT: Final = """
-- KEYS: counters
-- ARGV: for each counter: its value before the try, and with it; last: '1' if the first starts anew
-- A counter that others moved since is taken back by one.
for i = 1, #KEYS do
  local value, before = redis.call('GET', KEYS[i]) or '', ARGV[2 * i - 1]
  local count, last = string.match(value, '^(%d+) (%d+)$')
  if value ~= ARGV[2 * i] then before = (tonumber(count or 0) - 1) .. ' ' .. (last or 0) end
  if (i == 1 and ARGV[#ARGV] == '1') or before == '' or not count then
    redis.call('DEL', KEYS[i])
  else
    redis.call('SET', KEYS[i], before, 'KEEPTTL')
  end
end
return 1
"""

SAVE_API_KEY: Final = f"""{AUDIT}
-- KEYS: 1 API keys, 2 revoked API keys, 3 audit, 4 heads
-- ARGV: 1 audit entry, 2 key id, 3 the key (JSON)
-- Result: 1 it counts from now on, 0 it was revoked, nil: audit conflict
local entry = cjson.decode(ARGV[1])
if redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return 0 end
if not audit_fits(KEYS[4], entry) then return false end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
audit_write(KEYS[3], KEYS[4], entry)
return 1
"""

REVOKE_API_KEY: Final = f"""{AUDIT}
-- KEYS: 1 API keys, 2 revoked API keys, 3 audit, 4 heads
-- ARGV: 1 audit entry, 2 key id, 3 now (Unix ms)
-- Result: 1 revoked, 0 there is no such key or it was revoked before, nil: audit conflict
local entry = cjson.decode(ARGV[1])
if redis.call('HEXISTS', KEYS[1], ARGV[2]) == 0 or redis.call('HEXISTS', KEYS[2], ARGV[2]) == 1 then return 0 end
if not audit_fits(KEYS[4], entry) then return false end
redis.call('HSET', KEYS[2], ARGV[2], ARGV[3])
audit_write(KEYS[3], KEYS[4], entry)
return 1
"""
