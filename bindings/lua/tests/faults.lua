--- Patch jobs that have failed say which file is at fault.

local check, data = require "check", require "data"
local rdiff = require "rdiff"

local basis = data.lcg(17, 100000)
-- Its beginning is copied once.
local new = basis:sub(1, 60300) .. "in between" .. basis:sub(55201)
local sums = assert(rdiff.signature(basis, { block_len = 500 }))
local delta = assert(rdiff.delta(sums, new))
local plain = assert(rdiff.delta(sums, new, { seal = false }))
local short, other = basis:sub(1, 3), "?" .. basis:sub(2)
assert(other ~= basis)

local function flipped(bytes, at)
  return bytes:sub(1, at - 1) .. string.char((bytes:byte(at) + 1) % 256) .. bytes:sub(at + 1)
end

-- What a job gives, or how it fails, when it is fed in pieces.
local function feed(job, bytes, seed)
  local parts = {}
  for part in data.source(bytes, seed, 200) do
    local made, why, kind = job:feed(part)
    if not made then
      return nil, why, kind
    end
    parts[#parts + 1] = made
  end
  local made, why, kind = job:finish()
  if not made then
    return nil, why, kind
  end
  return table.concat(parts) .. made
end

check.test("a fed job fails as the call", function()
  local seed = 0
  local deltas = { delta, plain, flipped(delta, 300), delta:sub(1, -6), plain:sub(1, -2), delta .. "more" }
  for _, old in ipairs { basis, short, "", basis .. "more", other } do
    for _, difference in ipairs(deltas) do
      for _, word in ipairs { "if_there", "required", "ignored" } do
        local made, why, kind = rdiff.patch(difference, old, { seal_check = word })
        for _ = 1, 3 do
          seed = seed + 1
          local job = assert(rdiff.patch_job(old, { seal_check = word }))
          local fed, fed_why, fed_kind = feed(job, difference, seed)
          check.equal(fed, made)
          check.equal(fed_why, why)
          check.equal(fed_kind, kind)
        end
      end
    end
  end
end)

check.test("the file at fault is told", function()
  local function failed(old, difference)
    return feed(assert(rdiff.patch_job(old)), difference, 5)
  end
  check.fails("mismatch", "basis: it has 3 bytes, the delta was made for a basis of 100000", failed(short, delta))
  check.fails("mismatch", "basis: it is not the basis that the delta was made for: its BLAKE3", failed(other, delta))
  for _, old in ipairs { basis, short, other } do
    check.fails("corrupt", "seal", failed(old, flipped(delta, #delta)))
  end
  -- Nothing vouches for a plain delta.
  check.fails("input_ended", "", failed(short, plain))
  -- Where no seal is looked for, it is told at once.
  check.fails("input_ended", "", assert(rdiff.patch_job(short, { seal = false })):feed(delta))
end)

-- A basis that gives little at a time, and does something else when it is read again from its beginning.
local function again(bytes, first, second)
  local from_beginning, reads = 0, 0
  return function(offset, len)
    from_beginning = from_beginning + (offset == 0 and 1 or 0)
    local part = bytes:sub(offset + 1, offset + math.min(len, 5000))
    if from_beginning < 2 then
      return first and first(part) or part
    end
    reads = reads + 1
    local wrong, why = second(reads)
    if why then
      return wrong, why
    end
    return part
  end, function()
    return reads
  end
end

check.test("the new file is wrong when nothing else is", function()
  local old = again(basis, function(part)
    return ("?"):rep(#part)
  end, function() end)
  check.fails("mismatch", "new file: it came out as 105110 bytes", feed(assert(rdiff.patch_job(old)), delta, 6))
end)

check.test("reading the basis again is watched", function()
  for _, wrong in ipairs { basis:sub(1, 60000), other } do
    local token = rdiff.cancel_token()
    local old, reads = again(wrong, nil, function()
      token:cancel()
    end)
    check.fails("cancelled", "cancelled", feed(assert(rdiff.patch_job(old, { cancel = token })), delta, 7))
    check.equal(reads(), 1)

    local began
    old, reads = again(wrong, nil, function()
      began = true
    end)
    local job = assert(rdiff.patch_job(old, { progress = function()
      return not began
    end }))
    check.fails("cancelled", "cancelled", feed(job, delta, 8))
    check.equal(reads(), 1)
    check.fails("cancelled", "cancelled", job:finish())

    old, reads = again(wrong, nil, function()
      local start = os.clock()
      repeat
      until os.clock() - start > 0.5
    end)
    check.fails("limit", "millisecond", feed(assert(rdiff.patch_job(old, { limits = { time = 0.5 } })), delta, 9))
    assert(reads() <= 1, reads())

    old, reads = again(wrong, nil, function()
      return nil, "the disk is gone"
    end)
    check.fails("io", "the disk is gone", feed(assert(rdiff.patch_job(old)), delta, 10))
    check.equal(reads(), 1)
  end
end)
