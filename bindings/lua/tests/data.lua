--- Bytes to test with: always the same ones.

local data = {}

-- s = s * 6364136223846793005 + 1442695040888963407 modulo 2^64, in three parts of 24, 24 and 16 bits, the lowest
-- first: every product of two parts is an integer that a double holds.
local A0, A1, A2 = 0x957f2d, 0xf42d4c, 0x5851
local C0, C1, C2 = 0x67814f, 0x7b7ef7, 0x1405
local B24, B16 = 2 ^ 24, 2 ^ 16

local floor, char = math.floor, string.char

-- What was made is kept: the vectors use the same bytes again and again.
local made = {}

--- `len` bytes of the golden vectors' generator.
function data.lcg(seed, len)
  local key = seed .. "," .. len
  if made[key] then
    return made[key]
  end
  local s0, s1, s2 = seed % B24, floor(seed / B24) % B24, floor(seed / 2 ^ 48)
  local parts, bytes = {}, {}
  for i = 1, len do
    local p0 = s0 * A0 + C0
    local p1 = s0 * A1 + s1 * A0 + C1 + floor(p0 / B24)
    local p2 = s0 * A2 + s1 * A1 % B16 + s2 * A0 + C2 + floor(p1 / B24)
    s0, s1, s2 = p0 % B24, p1 % B24, p2 % B16
    bytes[#bytes + 1] = char(floor(s2 / 256))
    if #bytes == 4096 or i == len then
      parts[#parts + 1] = table.concat(bytes)
      bytes = {}
    end
  end
  made[key] = table.concat(parts)
  return made[key]
end

--- Whole numbers from `low` to `high`, by a seed.
function data.draw(seed)
  local state = seed % 2147483647
  if state == 0 then
    state = 1
  end
  return function(low, high)
    state = state * 16807 % 2147483647
    return low + state % (high - low + 1)
  end
end

--- What a hexadecimal text stands for.
function data.unhex(text)
  return (text:gsub("%x%x", function(byte)
    return char(tonumber(byte, 16))
  end))
end

--- Bytes as hexadecimal text.
function data.hex(bytes)
  return (bytes:gsub(".", function(byte)
    return ("%02x"):format(byte:byte())
  end))
end

--- The bytes that a list of the golden vectors stands for.
function data.segments(list)
  local parts = {}
  for i, segment in ipairs(list) do
    if segment.hex then
      parts[i] = data.unhex(segment.hex)
    elseif segment.rep then
      parts[i] = data.unhex(segment.rep[1]):rep(segment.rep[2])
    elseif segment.lcg then
      parts[i] = data.lcg(segment.lcg[1], segment.lcg[2])
    else
      parts[i] = data.segments(segment.sub[1]):sub(segment.sub[2] + 1, segment.sub[3])
    end
  end
  return table.concat(parts)
end

--- A basis and a new file that have much in common.
function data.pair()
  local basis = data.lcg(7, 150000)
  local new = basis:sub(1, 40000) .. data.lcg(8, 777) .. basis:sub(60001) .. basis:sub(1, 5000) .. "the end"
  return basis, new
end

--- A source that gives `bytes` in parts of drawn lengths, some of them empty.
function data.source(bytes, seed, most)
  local draw, at = data.draw(seed), 1
  return function()
    if at > #bytes then
      return nil
    end
    local part = bytes:sub(at, at + draw(0, most) - 1)
    at = at + #part
    return part
  end
end

--- A sink, and what it was given.
function data.sink()
  local parts = {}
  return function(part)
    parts[#parts + 1] = part
  end, function()
    return table.concat(parts)
  end
end

return data
