"""The audit's part of every Lua step that writes, and the step of entries that stand alone."""

AUDIT = """
-- What a step that changes something starts with. An entry comes as the one ARGV that Sealed.argument makes.
-- `heads`: the hash that holds the head of the entry's scope.
local function audit_fits(heads, entry)  -- false: another entry of the scope came between; answer a conflict
  return (redis.call('HGET', heads, entry.head) or '') == entry.before
end
local function audit_write(stream, heads, entry)
  redis.call('HSET', heads, entry.head, entry.after)
  return redis.call('XADD', stream, '*', unpack(entry.fields))
end
"""

APPEND = f"""{AUDIT}
-- KEYS: 1 stream, 2 heads
-- ARGV: entries, each of another scope
-- Result: 1 all written, 0 conflict: none was
local entries = {{}}
for i, argument in ipairs(ARGV) do
  entries[i] = cjson.decode(argument)
  if not audit_fits(KEYS[2], entries[i]) then return 0 end
end
for _, entry in ipairs(entries) do audit_write(KEYS[1], KEYS[2], entry) end
return 1
"""
