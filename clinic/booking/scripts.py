"""The Lua steps of the diary. Each is atomic; with `appendfsync always` its answer means that the step is on disk."""

from clinic.privacy.audit_scripts import AUDIT

DECIDED = (
    AUDIT
    + """
-- KEYS: 1 answer, 2 appointment, 3 versions, 4 appointments, 5 of the physician, 6 of the patient, 7 consultation's
--       state, 8 its timeline, 9 open, 10 links, 11 audit, 12 outbox, 13 the head of
--       the entry's scope, 14 of the physician who has it after this (5, if that does not change),
--       15... the tokens of `links`, in their order
-- ARGV: 1 the step as JSON, clinic/booking/step.py says its fields, 2 the audit's entry, or '' for what changes nothing
-- Result: {'repeated', answer} | {'reused'} | {'conflict'} | {'unchained'} (another entry came between) | {'done'}
-- The answer comes first: it is true whatever happened since, and a repeated command writes nothing.
local step = cjson.decode(ARGV[1])
local before = redis.call('HMGET', KEYS[1], 'body', 'answer')
if before[1] and before[1] ~= step.body then return {'reused'} end
if before[1] then return {'repeated', before[2]} end

local function field(key, name) return redis.call('HGET', key, name) or '' end
if field(KEYS[2], 'version') ~= step.version_read or field(KEYS[3], step.physician) ~= step.physician_read
   or field(KEYS[3], step.patient) ~= step.patient_read then
  return {'conflict'}
end
local visit = step.visit
if visit then
  if field(KEYS[7], 'version') ~= visit.version_read or redis.call('HLEN', KEYS[10]) ~= #visit.links then
    return {'conflict'}
  end
  for _, link in ipairs(visit.links) do
    if redis.call('HEXISTS', KEYS[10], link) == 0 then return {'conflict'} end
  end
end

local entry = ARGV[2] ~= '' and cjson.decode(ARGV[2])
if entry and not audit_fits(KEYS[13], entry) then return {'unchained'} end

redis.call('HSET', KEYS[1], 'body', step.body, 'answer', step.answer)
redis.call('PEXPIRE', KEYS[1], step.answer_kept_ms)
if entry then audit_write(KEYS[11], KEYS[13], entry) end
if not step.fact then return {'done'} end

redis.call('HINCRBY', KEYS[2], 'version', 1)
redis.call('HSET', KEYS[2], 'record', step.record)
redis.call('HINCRBY', KEYS[3], step.physician, 1)
redis.call('HINCRBY', KEYS[3], step.patient, 1)
if step.taker then
  redis.call('HINCRBY', KEYS[3], step.taker, 1)
  redis.call('ZREM', KEYS[5], step.appointment)
end
for _, index in ipairs({KEYS[4], KEYS[6], KEYS[14]}) do
  redis.call('ZADD', index, step.starts_ms, step.appointment)
end

local timeline_id = ''
if visit then
  local version = 0
  if visit.event then
    timeline_id = redis.call('XADD', KEYS[8], '*', 'e', visit.event)
    version = visit.version_read + 1
    redis.call('PUBLISH', step.bell, step.appointment)
  end
  redis.call('HSET', KEYS[7], 'version', version, 'state', visit.state, 'upto', timeline_id, 'starts', visit.starts,
             'ends', visit.ends, 'subject', visit.subject)
  if visit.over then
    redis.call('ZREM', KEYS[9], step.appointment)
    for i = 15, #KEYS do redis.call('DEL', KEYS[i]) end
    redis.call('DEL', KEYS[10])
  else
    redis.call('ZADD', KEYS[9], visit.closes_ms, step.appointment)
    for i = 15, #KEYS do
      redis.call('HSET', KEYS[i], 'expires_ms', visit.closes_ms)
      redis.call('PEXPIREAT', KEYS[i], visit.links_until_ms)
    end
    redis.call('PEXPIREAT', KEYS[10], visit.links_until_ms)
  end
end
redis.call('XADD', KEYS[12], '*', 'kind', 'appointment_' .. step.fact, 'consultation', step.appointment, 'event', '',
           'timeline_id', timeline_id)
return {'done'}
"""
)
