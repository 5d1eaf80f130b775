--- The limits of luapower's `rsync`, under LuaJIT: each just reached, and just passed.

local ffi = require "ffi"
local callbacks, check, data, rsync = require "callbacks", require "check", require "data", require "rsync"

local reader, writer, basis_of = callbacks.reader, callbacks.writer, callbacks.basis_of
local signature, delta, patch = callbacks.signature, callbacks.delta, callbacks.patch

-- Modules with these limits: one whose work is the engine's, one with sums of its own.
local function modules(limits)
  local config = { block_len = 64, mem_len = 1000, limits = limits }
  local own = rsync:new(config)
  function own.weak_sum(self)
    return rsync.weak_sum(self)
  end
  return ipairs { rsync:new(config), own }
end

local old = data.lcg(1, 6400)
local new = data.lcg(2, 500) .. old:sub(1, 3200) .. data.lcg(3, 10)
local sums = signature(rsync, old, 64)
local sigs = rsync:load_sigs_file(reader(sums))
local made = delta(rsync:new { mem_len = 1000 }, sigs, new, 64)

-- What a call writes is at most `most` bytes, and fails at less.
local function bounded(most, call)
  for _, module in modules { output = most } do
    check.equal(#call(module, writer()), most)
  end
  for _, less in ipairs { most - 1, 1, 0 } do
    for _, module in modules { output = less } do
      local write, written = writer()
      check.raises(" bytes of output needed, " .. less .. " allowed", call, module, write, written)
      assert(#written() <= less)
    end
  end
end

check.test("output", function()
  bounded(#sums, function(module, write, written)
    module:gen_sigs_file(reader(old), write)
    return written()
  end)
  bounded(#made, function(module, write, written)
    module:gen_deltas_file(reader(new), sigs, write)
    return written()
  end)
  bounded(#new, function(module, write, written)
    local seek, read = basis_of(old)
    module:patch_file(reader(made), seek, read, write)
    return written()
  end)
  bounded(130, function(module, write, written)
    local seek, read = basis_of(old)
    local next_command = coroutine.wrap(function()
      coroutine.yield("copy", 2)
      coroutine.yield("data", ffi.cast("const uint8_t *", "xy"), 2)
      coroutine.yield("copy", 1)
    end)
    module:patch(next_command, seek, read, write)
    return written()
  end)
end)

check.test("a few bytes that make many", function()
  local bomb = ("\2\0\0\0\0\100"):rep(100000)
  for _, module in modules { output = 100000 } do
    check.raises("100032 bytes of output needed, 100000 allowed", patch, module, old, bomb)
  end
end)

check.test("records", function()
  for _, module in modules { records = 100 } do
    check.equal(select(2, signature(module, old)), 100)
    check.equal(module:load_sigs_file(reader(sums)).count, 100)
    check.equal(module:gen_sigs(reader(old), function() end), 100)
  end
  for _, module in modules { records = 99 } do
    check.raises(" records needed, 99 allowed", signature, module, old)
    check.raises("100 records needed, 99 allowed", module.load_sigs_file, module, reader(sums))
    check.raises("100 records needed, 99 allowed", module.gen_sigs, module, reader(old), function() end)
  end
  for _, module in modules { records = 0 } do
    check.equal(module:load_sigs_file(reader "").count, 0)
  end
end)

check.test("work", function()
  -- A byte is hashed for each one where all is found.
  for _, module in modules { work = 1 } do
    check.equal(delta(module, sigs, old), delta(rsync, sigs, old, 64))
  end
  -- A signature that knows the weak sum of every window, and no strong one.
  local hostile = { weak = {}, strong = {}, count = 1 }
  local stranger = data.lcg(9, 5000)
  local place = ffi.cast("const uint8_t *", stranger)
  for at = 0, #stranger - 64 do
    local sum = rsync:weak_sum()
    sum:update(place + at, 64)
    hostile.weak[sum:final()] = 0
  end
  local alarms = #stranger - 63
  for work, holds in pairs { [0] = false, [1] = false, [8] = false, [63] = false, [64] = true } do
    for _, module in modules { work = work } do
      local write, written = writer()
      if holds then
        local _, false_alarms = delta(module, hostile, stranger)
        check.equal(false_alarms, alarms)
      else
        check.raises("more than " .. work .. " hashed bytes a byte needed", module.gen_deltas_file, module,
          reader(stranger), hostile, write)
        assert(#written() < #stranger)
      end
    end
  end
end)

check.test("time", function()
  for _, limit in ipairs { 3600, 0.5 + 3600, math.huge } do
    for _, module in modules { time = limit } do
      check.equal(signature(module, old), sums)
      check.equal(delta(module, module:load_sigs_file(reader(sums)), new), made)
      check.equal(patch(module, old, made), new)
    end
  end
  -- Nothing ends these but the clock.
  local function endless(place, len)
    ffi.fill(place, len, 1)
    return len
  end
  local function copies(place, len)
    ffi.fill(place, len)
    place[len - 1] = len == 1 and 2 or 1
    return len
  end
  local function nothing() end
  for _, module in modules { time = 0.05 } do
    local expected = " seconds needed, 0.05 allowed"
    check.raises(expected, module.gen_sigs_file, module, endless, nothing)
    check.raises(expected, module.gen_sigs, module, endless, nothing)
    check.raises(expected, module.load_sigs_file, module, endless)
    check.raises(expected, module.gen_deltas_file, module, endless, sigs, nothing)
    check.raises(expected, module.gen_deltas, module, endless, sigs, nothing)
    local seek, read = basis_of(old)
    check.raises(expected, module.patch, module, function()
      return "copy", 0
    end, seek, function(place, len)
      seek(0)
      return read(place, len)
    end, nothing)
    check.raises(expected, module.patch_file, module, copies, nothing, endless, nothing)
  end
  for _, module in modules { time = 0 } do
    check.raises("seconds needed, 0 allowed", module.load_sigs_file, module, reader "")
  end
end)

check.test("what is no limit", function()
  local function nothing() end
  for _, limits in ipairs {
    "few", { outputs = 1 }, { 5 }, { output = -1 }, { output = 1.5 }, { records = "5" }, { work = math.huge },
    { time = -1 }, { time = 0 / 0 }, { records = false },
  } do
    for _, module in modules(limits) do
      check.raises("limit", module.gen_sigs_file, module, reader "", nothing)
      check.raises("limit", module.gen_sigs, module, reader "", nothing)
      check.raises("limit", module.load_sigs_file, module, reader "")
      check.raises("limit", module.gen_deltas_file, module, reader "", sigs, nothing)
      check.raises("limit", module.gen_deltas, module, reader "", sigs, nothing)
      check.raises("limit", module.patch_file, module, reader "", nothing, nothing, nothing)
      check.raises("limit", module.patch, module, nothing, nothing, nothing, nothing)
    end
  end
  for _, module in modules(nil) do
    check.equal(delta(module, sigs, new), made)
  end
end)

check.finish()
