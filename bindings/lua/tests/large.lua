--- 200 MB through sources and sinks, in bounded memory.

local check, data, files = require "check", require "data", require "files"
local rdiff = require "rdiff"

local MB = 1000000
local LEN = 200
-- Above what the process takes before: the signature and its index are 2 MB of it.
local ROOM_KIB = 64 * 1024

-- Megabyte `i` of a file: a pattern, rotated by another amount each time.
local pattern = data.lcg(11, MB)
local function megabyte(i)
  local cut = i * 4799 % MB
  return pattern:sub(cut + 1) .. pattern:sub(1, cut)
end

-- The file with something put in before its half; nil at the end.
local function changed()
  local i, inserted = -1, false
  return function()
    if i == LEN / 2 and not inserted then
      inserted = true
      return "something new"
    end
    i = i + 1
    return i < LEN and megabyte(i) or nil
  end
end

local function unchanged()
  local i = -1
  return function()
    i = i + 1
    return i < LEN and megabyte(i) or nil
  end
end

check.test("200 MB in bounded memory", function()
  collectgarbage "collect"
  local before = files.peak_memory()
  local sums = assert(rdiff.signature(unchanged(), nil, { source_len = LEN * MB }))
  local delta = assert(rdiff.delta(sums, changed()))
  assert(#delta < 100000, #delta)
  local expected, total = changed(), 0
  local rest = ""
  local function compare(part)
    total = total + #part
    while #rest < #part do
      rest = rest .. expected()
    end
    assert(rest:sub(1, #part) == part, "another file")
    rest = rest:sub(#part + 1)
  end
  assert(rdiff.patch(delta, function(offset, len)
    local i, at = math.floor(offset / MB), offset % MB
    return i < LEN and megabyte(i):sub(at + 1, at + len) or nil
  end, compare))
  check.equal(total, LEN * MB + #"something new")
  local taken = files.peak_memory() - before
  print(("200 MB through signature, delta and patch: %.1f MiB more than before at most"):format(taken / 1024))
  assert(taken < ROOM_KIB, taken)
end)
