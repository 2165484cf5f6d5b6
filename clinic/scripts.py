"""The Lua steps of the store. Each is atomic; with `appendfsync always` its answer means that the step is on disk."""

CREATE = """
-- KEYS: 1 state, 2 open, 3 audit
-- ARGV: 1 state JSON, 2 starts, 3 ends, 4 closes (Unix ms), 5 consultation id
-- Result: 1 created, 0 there already
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 'version', 0, 'state', ARGV[1], 'upto', '', 'starts', ARGV[2], 'ends', ARGV[3])
redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5])
redis.call('XADD', KEYS[3], '*', 'actor', 'clinic', 'action', 'create', 'consultation', ARGV[5], 'facts', '')
return 1
"""

EXECUTE = """
-- KEYS: 1 state, 2 timeline, 3 commands, 4 audit, 5 outbox, 6 open, 7 claims
-- ARGV: 1 version that was read, 2 new state JSON, 3 `<seat>/<command id>`, 4 refusal code or '',
--       5 when `commands` expires (Unix ms), 6 bell channel, 7 consultation id, 8 actor, 9 action,
--       10 facts (event types), 11 outbox kind or '', 12 the writer's claim of seat 8 or '', 13... events as JSON
-- Result: {'repeated', refusal code or ''} | {'superseded'} | {'conflict'} | {'done', event id...}
-- Repeated comes first: that answer is true whoever asks, and writes nothing. Superseded comes before conflict, so that
-- an old process does not read and try again. A claim above the highest passes: the highest is forgotten after a week.
local before = redis.call('HGET', KEYS[3], ARGV[3])
if before then return {'repeated', before} end
if ARGV[12] ~= '' and tonumber(ARGV[12]) < tonumber(redis.call('HGET', KEYS[7], ARGV[8]) or 0) then
  return {'superseded'}
end
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return {'conflict'} end
redis.call('HSET', KEYS[3], ARGV[3], ARGV[4])
redis.call('PEXPIREAT', KEYS[3], ARGV[5])
local result = {'done'}
for i = 13, #ARGV do
  result[#result + 1] = redis.call('XADD', KEYS[2], '*', 'e', ARGV[i])
end
if #result == 1 and ARGV[4] == '' then return result end
redis.call('XADD', KEYS[4], '*', 'actor', ARGV[8], 'action', ARGV[9], 'consultation', ARGV[7], 'facts', ARGV[10],
           'refused', ARGV[4])
if #result == 1 then return result end
redis.call('HSET', KEYS[1], 'version', ARGV[1] + 1, 'state', ARGV[2], 'upto', result[#result])
if ARGV[11] ~= '' then
  redis.call('XADD', KEYS[5], '*', 'kind', ARGV[11], 'consultation', ARGV[7], 'event', ARGV[#ARGV],
             'timeline_id', result[#result])
  redis.call('ZREM', KEYS[6], ARGV[7])
end
redis.call('PUBLISH', ARGV[6], ARGV[7])
return result
"""

ISSUE_LINK = """
-- KEYS: 1 token, 2 links, 3 audit
-- ARGV: 1 token's SHA-256, 2 consultation id, 3 seat, 4 valid until (Unix ms), 5 kept until (Unix ms)
redis.call('HSET', KEYS[1], 'consultation', ARGV[2], 'seat', ARGV[3], 'expires_ms', ARGV[4])
redis.call('PEXPIREAT', KEYS[1], ARGV[5])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
redis.call('PEXPIREAT', KEYS[2], ARGV[5])
redis.call('XADD', KEYS[3], '*', 'actor', 'clinic', 'action', 'issue_link', 'consultation', ARGV[2], 'facts', ARGV[3])
return 1
"""

REVOKE = """
-- KEYS: 1 links, 2 audit, 3... tokens
-- ARGV: 1 consultation id, 2 seat, 3... SHA-256 of those tokens
-- Result: how many links were revoked
local revoked = 0
for i = 3, #KEYS do
  revoked = revoked + redis.call('DEL', KEYS[i])
  redis.call('HDEL', KEYS[1], ARGV[i])
end
redis.call('XADD', KEYS[2], '*', 'actor', 'clinic', 'action', 'revoke', 'consultation', ARGV[1], 'facts', ARGV[2])
return revoked
"""
