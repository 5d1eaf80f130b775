--- Callbacks for luapower's `rsync`, over strings; and its steps by them.

local ffi = require "ffi"

local callbacks = {}

--- A read callback over a string, that gives at most `most` bytes a call.
function callbacks.reader(bytes, most)
  local at = 0
  return function(place, len)
    len = math.min(len, #bytes - at, most or len)
    ffi.copy(place, ffi.cast("const uint8_t *", bytes) + at, len)
    at = at + len
    return len
  end
end

--- A write callback, and what it was given.
function callbacks.writer()
  local parts = {}
  return function(place, len)
    parts[#parts + 1] = ffi.string(place, len)
  end, function()
    return table.concat(parts)
  end
end

--- Seek and read callbacks over a string.
function callbacks.basis_of(bytes, most)
  local at = 0
  return function(offset)
    at = offset
  end, function(place, len)
    len = math.max(0, math.min(len, #bytes - at, most or len))
    ffi.copy(place, ffi.cast("const uint8_t *", bytes) + at, len)
    at = at + len
    return len
  end
end

--- The signature of a string, and how many blocks it has.
function callbacks.signature(module, old, block_len, most)
  local write, written = callbacks.writer()
  local count = module:gen_sigs_file(callbacks.reader(old, most), write, block_len)
  return written(), count
end

--- The delta to a string, and what was counted.
function callbacks.delta(module, sigs, new, block_len, most)
  local write, written = callbacks.writer()
  local false_alarms, good_alarms = module:gen_deltas_file(callbacks.reader(new, most), sigs, write, block_len)
  return written(), false_alarms, good_alarms
end

--- What a delta makes of a string.
function callbacks.patch(module, old, commands, block_len, most)
  local write, written = callbacks.writer()
  local seek, read = callbacks.basis_of(old, most)
  module:patch_file(callbacks.reader(commands, most), seek, read, write, block_len)
  return written()
end

return callbacks
