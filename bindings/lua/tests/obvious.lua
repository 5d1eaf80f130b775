--- luapower's rsync as its formats are specified, a step at a time: slow, obvious, and in LuaJIT alone. What the
-- module is compared with, and the rival of its benchmark. The strong sum is the caller's, as a function of a string.

local bit, ffi = require "bit", require "ffi"

local obvious = {}

--- The weak sum of `len` bytes: its two halves.
local function halves(place, len)
  local s1, s2 = 0, 0
  for i = 0, len - 1 do
    s1 = s1 + place[i] + 31
    s2 = s2 + s1
  end
  return bit.band(s1, 0xffff), bit.band(s2, 0xffff)
end

local function joined(s1, s2)
  return bit.bor(bit.lshift(s2, 16), s1)
end

local function u32(number)
  local bytes = {}
  for i = 1, 4 do
    bytes[i] = string.char(number % 256)
    number = math.floor(number / 256)
  end
  return table.concat(bytes)
end

--- The signature of `old`, and what loading it gives.
function obvious.signature(old, block_len, strong_of)
  local parts, sigs = {}, { weak = {}, strong = {}, count = 0 }
  local place = ffi.cast("const uint8_t *", old)
  for block = 0, math.floor(#old / block_len) - 1 do
    local weak = joined(halves(place + block * block_len, block_len))
    local strong = strong_of(old:sub(block * block_len + 1, (block + 1) * block_len))
    parts[#parts + 1] = u32(weak % 2 ^ 32) .. strong
    sigs.weak[weak], sigs.strong[strong] = block, block
    sigs.count = sigs.count + 1
  end
  return table.concat(parts), sigs
end

--- The delta to `new`: its bytes, false alarms, good alarms.
function obvious.delta(new, sigs, block_len, mem_len, strong_of)
  local ring_len = math.ceil(math.max(2 * block_len, mem_len) / block_len) * block_len
  local place, total = ffi.cast("const uint8_t *", new), #new
  local parts, first, count = {}, 0, 0
  local false_alarms, good_alarms = 0, 0

  local function flush()
    if count > 0 then
      parts[#parts + 1] = "\2" .. u32(first) .. string.char(count)
      count = 0
    end
  end
  local function copy(block)
    if count > 0 and block == first + count and count < 255 then
      count = count + 1
    else
      flush()
      first, count = block, 1
    end
  end
  local function literal(from, to)
    flush()
    parts[#parts + 1] = "\1" .. u32(to - from) .. new:sub(from + 1, to)
  end
  local function send(from, to)
    if from == to then
      return
    end
    local into = from % ring_len
    if into + (to - from) > ring_len then
      local cut = from + ring_len - into
      literal(from, cut)
      literal(cut, to)
    else
      literal(from, to)
    end
  end
  local function finish(data, read_end)
    send(data, read_end)
    flush()
    return table.concat(parts), false_alarms, good_alarms
  end

  local data, block = 0, 0
  local read_end = math.min(total, ring_len)
  if read_end < block_len then
    return finish(data, read_end)
  end
  local s1, s2 = halves(place, block_len)
  local weaks, strongs = sigs.weak, sigs.strong
  while true do
    if weaks[joined(s1, s2)] then
      local found = strongs[strong_of(new:sub(block + 1, block + block_len))]
      if found then
        good_alarms = good_alarms + 1
        send(data, block)
        copy(found)
        block = block + block_len
        data = block
        if read_end - data < block_len then
          read_end = math.min(total, data + ring_len)
          if read_end - data < block_len then
            return finish(data, read_end)
          end
        end
        s1, s2 = halves(place + block, block_len)
      else
        false_alarms = false_alarms + 1
        found = nil
      end
      if found then
        goto continue
      end
    end
    repeat
      if block + block_len == read_end then
        send(data, block)
        data = block
        local further = math.min(total, data + ring_len)
        if further == read_end then
          return finish(data, read_end)
        end
        read_end = further
      end
      local out, byte = place[block], place[block + block_len]
      s1 = bit.band(s1 + byte - out, 0xffff)
      s2 = bit.band(s2 + s1 - block_len * (out + 31), 0xffff)
      block = block + 1
    until weaks[joined(s1, s2)]
    ::continue::
  end
end

--- The new file, from a delta and the old one.
function obvious.patch(old, delta, block_len)
  local parts, at = {}, 1
  local function number()
    local a, b, c, d = delta:byte(at, at + 3)
    at = at + 4
    return a + b * 2 ^ 8 + c * 2 ^ 16 + d * 2 ^ 24
  end
  while at <= #delta do
    local opcode = delta:byte(at)
    at = at + 1
    if opcode == 1 then
      local len = number()
      parts[#parts + 1] = delta:sub(at, at + len - 1)
      at = at + len
    else
      local block = number()
      local count = delta:byte(at)
      at = at + 1
      parts[#parts + 1] = old:sub(block * block_len + 1, (block + count) * block_len)
    end
  end
  return table.concat(parts)
end

return obvious
