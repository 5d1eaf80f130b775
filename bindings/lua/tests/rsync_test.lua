--- The tests of luapower's `rsync`, under LuaJIT.

local bit, ffi = require "bit", require "ffi"
local check, data, files, obvious = require "check", require "data", require "files", require "obvious"
local callbacks, rsync = require "callbacks", require "rsync"

local reader, writer, basis_of = callbacks.reader, callbacks.writer, callbacks.basis_of
local signature, delta, patch = callbacks.signature, callbacks.delta, callbacks.patch

local function strong_of(bytes)
  local digest = rsync:strong_sum()
  digest:update(bytes, #bytes)
  return digest:final()
end

-- First: the memory that it takes is what the process has taken at most.
check.test("200 MB in bounded memory", function()
  local MB, LEN = 1000000, 200
  local pattern = data.lcg(11, MB)
  pattern = pattern .. pattern
  local function large(put_in)
    local at, total = -(put_in or 0), LEN * MB
    return function(place, len)
      if at < 0 then
        ffi.fill(place, 1, 120)
        at = at + 1
        return 1
      end
      local i, into = math.floor(at / MB), at % MB
      len = math.min(len, MB - into, total - at)
      if len > 0 then
        ffi.copy(place, ffi.cast("const uint8_t *", pattern) + (i * 4799 + into) % MB, len)
      end
      at = at + len
      return len
    end
  end
  collectgarbage()
  local before = files.peak_memory()
  local module = rsync:new { block_len = 16384, mem_len = 1048576 }
  local write, written = writer()
  check.equal(module:gen_sigs_file(large(), write), math.floor(LEN * MB / 16384))
  local sigs = module:load_sigs_file(reader(written()))
  write, written = writer()
  local _, good_alarms = module:gen_deltas_file(large(11), sigs, write)
  check.equal(good_alarms, math.floor(LEN * MB / 16384))
  assert(#written() < 100000)
  local taken = files.peak_memory() - before
  print(("200 MB through luapower's signature and delta: %.1f MiB more than before at most"):format(taken / 1024))
  assert(taken < 64 * 1024, taken)
end)

-- The same sums as the default ones, as somebody's own objects.
local function own_sums()
  local weak_sum = rsync.weak_sum
  return rsync:new {
    weak_sum = function(self)
      return weak_sum(self)
    end,
  }
end

check.test("the sums", function()
  local sum = rsync:weak_sum()
  sum:update(ffi.cast("const uint8_t *", "abcd"), 4)
  check.equal(sum:final(), 0x050a0206, "as the specification's record says it")
  sum:rotate(("a"):byte(), ("e"):byte())
  local other = rsync.rollsum()
  other:update("bcde", 4)
  check.equal(sum:final(), other:final())
  sum:reset()
  check.equal(sum:final(), 0)
  -- A signed number, also where the sum has its highest bit.
  sum:update(("\255"):rep(200), 200)
  check.equal(sum:final(), bit.tobit(200 * 201 / 2 * (255 + 31) % 2 ^ 16 * 2 ^ 16 + 200 * (255 + 31)))
  assert(sum:final() < 0 and sum:final() > -2 ^ 31)

  local digest = rsync:strong_sum()
  check.equal(digest:length(), 32)
  local bytes = {}
  for i = 0, 4999 do
    bytes[i + 1] = string.char(i * 7 % 251)
  end
  bytes = table.concat(bytes)
  -- Made with Python's hashlib: eight leaves of BLAKE2s below one root.
  for len, expected in pairs {
    [0] = "dd0e891776933f43c7d032b08a917e25741f8aa9a12c12e1cac8801500f2ca4f",
    [1] = "a6b9eecc25227ad788c99d3f236debc8da408849e9a5178978727a81457f7239",
    [64] = "abf2e6824141efa3084fdd6ce35bc4b15a9f95ef5682db6af90d13d2ae325999",
    [65] = "92003f8da19edfc4104dd0816149d24b9a31d8947cfeade1ecd194db9a53a11f",
    [513] = "1d3db904a49b65b152d8fd3cd3b79630be08e602afbdf52c21ef37fd0a4fc760",
    [1024] = "fda510e27ac76a633fe2d30c704e8e3513300afb67eeed3c44cc121c367f0e2d",
    [5000] = "9600ea3a4d2f297726558ffb31285dfd8b98c1503a3e736be91990bc53a6ead0",
  } do
    digest:reset()
    for at = 0, len - 1, 100 do
      digest:update(ffi.cast("const uint8_t *", bytes) + at, math.min(100, len - at))
    end
    check.equal(data.hex(digest:final()), expected, len)
    local place = ffi.new "uint8_t[32]"
    digest:final_to_buffer(place)
    check.equal(data.hex(ffi.string(place, 32)), expected)
  end
end)

check.test("the specification's signatures", function()
  local sums, count = signature(rsync, "abcdefgh", 4)
  check.equal(data.hex(sums), "06020a05" .. "7aef59c512ffb137a6f2e676134673bd11cceee6c8a02effbd43fb06c5f6536d"
    .. "16023205" .. "426198a6b1f3ab7757e882f297e36269f625f5a180c424871ed17c8700efad7e")
  check.equal(count, 2)
  for _, short in ipairs { "", "abc" } do
    sums, count = signature(rsync, short, 4)
    check.equal(sums, "")
    check.equal(count, 0)
  end
  check.equal(#signature(rsync, "abcdefghi", 4), 72, "the rest has no record")
end)

local function commands(old, new)
  local sums = signature(rsync, old, 4)
  local made, false_alarms, good_alarms = delta(rsync, rsync:load_sigs_file(reader(sums)), new, 4)
  check.equal(patch(rsync, old, made, 4), new)
  return data.hex(made), false_alarms, good_alarms
end

check.test("the specification's deltas", function()
  local made, false_alarms, good_alarms = commands("abcdefghijklmnop", "XXabcdefghijklmnopYY")
  check.equal(made, "01020000005858" .. "020000000004" .. "01020000005959")
  check.equal(false_alarms, 0)
  check.equal(good_alarms, 4)
  check.equal(commands("abcdefghij", "abcdefghij"), "020000000002" .. "0102000000696a")
  check.equal(commands("abcdefgh", ""), "")
  check.equal(commands(("a"):rep(12), ("a"):rep(16)), ("020200000001"):rep(4))
  check.equal(commands("abcdefgh", "hello"), "010100000068" .. "0104000000656c6c6f")
end)

check.test("runs are cut at 255 blocks", function()
  local old = data.lcg(1, 1200 * 4)
  local sums = signature(rsync, old, 4)
  local made = delta(rsync, rsync:load_sigs_file(reader(sums)), old, 4)
  local counts = {}
  for at = 6, #made, 6 do
    counts[#counts + 1] = made:byte(at)
  end
  check.equal(table.concat(counts, " "), "255 255 255 255 180")
end)

check.test("loaded signatures", function()
  local sums = signature(rsync, "abcdabcdefgh", 4)
  local sigs = rsync:load_sigs_file(reader(sums, 7))
  check.equal(sigs.count, 3)
  check.equal(sigs.weak[0x050a0206], 1, "the last of equal blocks")
  check.equal(sigs.strong[strong_of "abcd"], 1)
  check.equal(sigs.strong[strong_of "efgh"], 2)
end)

-- Old and new with much in common, of few different bytes, so that blocks repeat and weak sums collide.
local function drawn(draw)
  local letters = draw(1, 4)
  local function text(len)
    local bytes = {}
    for i = 1, len do
      bytes[i] = string.char(96 + draw(1, letters))
    end
    return table.concat(bytes)
  end
  local old = text(draw(0, 300))
  local parts = {}
  for i = 1, draw(0, 6) do
    local from = draw(1, #old + 1)
    parts[i] = draw(1, 3) == 1 and text(draw(0, 40)) or old:sub(from, from + draw(0, 120))
  end
  return old, table.concat(parts)
end

check.test("600 drawn cases, byte for byte", function()
  local own, cut = own_sums(), 0
  for seed = 1, 600 do
    local draw = data.draw(seed)
    local old, new = drawn(draw)
    local block_len, mem_len = draw(1, 12), draw(1, 64)
    local expected_sums, expected_sigs = obvious.signature(old, block_len, strong_of)
    local expected, false_alarms, good_alarms =
      obvious.delta(new, expected_sigs, block_len, mem_len, strong_of)
    cut = cut + (expected:find "^\1" and 1 or 0)
    check.equal(obvious.patch(old, expected, block_len), new)
    for _, module in ipairs { rsync:new { mem_len = mem_len }, own:new { mem_len = mem_len, weak_sum = own.weak_sum } } do
      local most = draw(1, 3) == 1 and draw(1, 9) or nil
      local sums, count = signature(module, old, block_len, most)
      check.equal(sums, expected_sums, seed)
      check.equal(count, expected_sigs.count, seed)
      local sigs = module:load_sigs_file(reader(sums, most))
      local made, found_false, found_good = delta(module, sigs, new, block_len, most)
      check.equal(data.hex(made), data.hex(expected), seed)
      check.equal(found_false, false_alarms, seed)
      check.equal(found_good, good_alarms, seed)
      check.equal(patch(module, old, made, block_len, most), new, seed)
    end
  end
  assert(cut > 50)
end)

check.test("longer cases, byte for byte", function()
  for seed, block_len in ipairs { 16, 100, 1024, 3000 } do
    local old = data.lcg(seed, 200000)
    local new = data.lcg(seed + 50, 70000) .. old:sub(1234, 90000) .. data.lcg(99, 5) .. old:sub(90001)
    for _, mem_len in ipairs { 1, 5000, 65536 } do
      local _, sigs = obvious.signature(old, block_len, strong_of)
      local expected, false_alarms, good_alarms = obvious.delta(new, sigs, block_len, mem_len, strong_of)
      local module = rsync:new { mem_len = mem_len, block_len = block_len }
      local made, found_false, found_good =
        delta(module, module:load_sigs_file(reader(signature(module, old))), new, nil, 4096)
      check.equal(made, expected)
      check.equal(found_false, false_alarms)
      check.equal(found_good, good_alarms)
      assert(good_alarms > 0)
      check.equal(patch(module, old, made), new)
    end
  end
end)

-- The weak sum of a window.
local function weak_of(bytes)
  local sum = rsync:weak_sum()
  sum:update(ffi.cast("const uint8_t *", bytes), #bytes)
  return sum:final()
end

check.test("20 drawn cases with false alarms, over many chunks of the scan", function()
  local alarms, found = 0, 0
  for seed = 1, 20 do
    local draw = data.draw(seed * 77)
    local block_len, mem_len = draw(8, 300), draw(1, 30000)
    local old, parts = data.lcg(seed, 20000), {}
    for i = 1, draw(3, 9) do
      local from = draw(1, #old)
      parts[i] = draw(1, 2) == 1 and data.lcg(seed * 100 + i, draw(1, 5000)) or old:sub(from, from + draw(0, 6000))
    end
    local new = table.concat(parts)
    local sums, sigs = obvious.signature(old, block_len, strong_of)
    -- Sums of windows that are no blocks, some of them one behind the other.
    for _ = 1, 200 do
      local at = draw(1, math.max(1, #new - block_len))
      for i = at, at + (draw(1, 20) == 1 and 5 or 0) do
        local window = new:sub(i, i + block_len - 1)
        sigs.weak[weak_of(window)] = sigs.weak[weak_of(window)] or 0
      end
    end
    local expected, false_alarms, good_alarms = obvious.delta(new, sigs, block_len, mem_len, strong_of)
    local by_engine, by_own = rsync:new { mem_len = mem_len }, own_sums()
    by_own.mem_len = mem_len
    for _, module in ipairs { by_engine, by_own } do
      check.equal(signature(module, old, block_len), sums, seed)
      local made, found_false, found_good = delta(module, sigs, new, block_len, draw(1, 2) == 1 and 777 or nil)
      check.equal(made, expected, seed)
      check.equal(found_false, false_alarms, seed)
      check.equal(found_good, good_alarms, seed)
      check.equal(patch(module, old, made, block_len), new, seed)
    end
    alarms, found = alarms + false_alarms, found + good_alarms
  end
  assert(alarms > 1000 and found > 500, alarms .. ", " .. found)
end)

check.test("weak and strong sums are looked up independently", function()
  -- The strong sum of one block, the weak one of another: both known.
  local sigs = { weak = { [0x050a0206] = 7 }, strong = { [strong_of "abcd"] = 5 }, count = 2 }
  check.equal(data.hex(delta(rsync, sigs, "abcd", 4)), "020500000001")
  sigs.strong = { [strong_of "wxyz"] = 5 }
  local made, false_alarms, good_alarms = delta(rsync, sigs, "abcdX", 4)
  check.equal(data.hex(made), "010100000061" .. "010400000062636458")
  check.equal(false_alarms, 1)
  check.equal(good_alarms, 0)
end)

check.test("commands", function()
  local seen = {}
  local function write_cmd(command, what, len)
    seen[#seen + 1] = command == "data" and ffi.string(what, len) or command == "copy" and what or "end"
  end
  local sigs = rsync:load_sigs_file(reader(signature(rsync, "abcdefghijkl", 4)))
  for _, module in ipairs { rsync, own_sums() } do
    seen = {}
    local false_alarms, good_alarms = module:gen_deltas(reader "efghXabcd", sigs, write_cmd, 4)
    check.equal(table.concat(seen, " "), "1 X 0 end")
    check.equal(false_alarms, 0)
    check.equal(good_alarms, 2)
  end
  local write, written = writer()
  local seek, read = basis_of "abcdefghijkl"
  local next_command = coroutine.wrap(function()
    coroutine.yield("copy", 2)
    coroutine.yield("data", ffi.cast("const uint8_t *", "xyz"), 3)
  end)
  rsync:patch(next_command, seek, read, write, 4)
  check.equal(written(), "ijklxyz")
  local weaks = {}
  check.equal(rsync:gen_sigs(reader "abcdefghij", function(weak, strong)
    weaks[#weaks + 1] = weak
    check.equal(#strong, 32)
  end, 4), 2)
  check.equal(weaks[1], 0x050a0206)
end)

check.test("modules of one's own", function()
  local module = rsync:new { block_len = 4 }
  check.equal(module.block_len, 4)
  check.equal(module.mem_len, 65536)
  check.equal(rsync.block_len, 1024)
  check.equal(module:new().block_len, 1024, "what is new has the base module's fields, not its maker's")

  -- Sums of another kind and length.
  local short = rsync:new {
    block_len = 4,
    strong_sum = function()
      local kept = ""
      return {
        reset = function()
          kept = ""
        end,
        update = function(_, place, len)
          kept = kept .. ffi.string(place, len)
        end,
        final = function()
          return kept:sub(1, 2)
        end,
        final_to_buffer = function(_, place)
          ffi.copy(place, kept, 2)
        end,
        length = function()
          return 2
        end,
      }
    end,
  }
  local sums, count = signature(short, "abcdefgh")
  check.equal(count, 2)
  check.equal(data.hex(sums), "06020a05" .. "6162" .. "16023205" .. "6566")
  local made = delta(short, short:load_sigs_file(reader(sums)), "XXabcdefgh")
  check.equal(data.hex(made), "01020000005858" .. "020000000002")
  check.equal(patch(short, "abcdefgh", made), "XXabcdefgh")

  -- A writer of one's own.
  local copies = 0
  local counting = rsync:new {
    block_len = 4,
    cmd_writer = function(self, write)
      local write_cmd = rsync.cmd_writer(self, write)
      return function(command, ...)
        copies = copies + (command == "copy" and 1 or 0)
        return write_cmd(command, ...)
      end
    end,
  }
  made = delta(counting, rsync:load_sigs_file(reader(signature(counting, "abcdefgh"))), "abcdefgh")
  check.equal(data.hex(made), "020000000002")
  check.equal(copies, 2)
end)

check.test("what its original let pass is an error", function()
  local sums = signature(rsync, "abcdefgh", 4)
  check.raises("signature ends 1 bytes too early", rsync.load_sigs_file, rsync, reader(sums:sub(1, -2)))
  check.raises("opcode 7 is no command's", patch, rsync, "abcd", "\7\1\0\0\0x", 4)
  check.raises("delta ends 2 bytes too early", patch, rsync, "abcd", "\1\5\0\0\0abc", 4)
  check.raises("delta ends 3 bytes too early", patch, rsync, "abcd", "\2\0\0", 4)
  check.raises("old file ends 4 bytes too early", patch, rsync, "abcd", "\2\1\0\0\0\1", 4)
  check.raises("old file ends 1 bytes too early", patch, rsync, "abcdefg", "\2\1\0\0\0\1", 4)
  -- A short read is asked for what it lacks, not for all of it again.
  check.equal(patch(rsync, "abcdefgh", "\2\0\0\0\0\2", 4, 3), "abcdefgh")
end)

check.test("lengths that are none", function()
  local _, sigs = obvious.signature("abcdefgh", 4, strong_of)
  local function nothing() end
  for _, mem_len in ipairs { 0, -1, 1.5, 0 / 0, math.huge, "64", false } do
    local module = rsync:new { mem_len = mem_len, block_len = 4 }
    check.raises("mem_len", module.gen_sigs_file, module, reader "", nothing)
    check.raises("mem_len", module.gen_deltas_file, module, reader "", sigs, nothing)
    check.raises("mem_len", module.patch_file, module, reader "", nothing, nothing, nothing)
  end
  for _, given in ipairs { 1.5, -1, 0 / 0, "many", true, {} } do
    check.raises("were asked for", rsync.gen_sigs_file, rsync, function()
      return given
    end, nothing)
  end
  -- What a function of C would return.
  local read = reader(("abcd"):rep(5))
  check.equal(rsync:gen_sigs_file(function(place, len)
    return ffi.new("int64_t", read(place, len))
  end, nothing, 4), 5)
  -- A strong sum that is too short for its record.
  local module = rsync:new {
    strong_sum = function(self)
      local digest = rsync.strong_sum(self)
      function digest.final()
        return "short"
      end
      return digest
    end,
  }
  check.raises("strong sum of 5 bytes", module.gen_sigs_file, module, reader "abcd", nothing, 4)
end)

check.test("signatures that are no plain tables", function()
  local sigs = rsync:load_sigs_file(reader(signature(rsync, "abcdefgh", 4)))
  local function behind(sums)
    return setmetatable({}, { __index = sums })
  end
  local lazy = { weak = behind(sigs.weak), strong = behind(sigs.strong), count = sigs.count }
  check.equal(data.hex(delta(rsync, lazy, "XXabcdefgh", 4)), "01020000005858" .. "020000000002")
  -- Keys that are no window's.
  sigs.weak[0.5], sigs.weak[2 ^ 40], sigs.weak.x, sigs.strong[1], sigs.strong.short = 0, 0, 0, 0, 0
  check.equal(data.hex(delta(rsync, sigs, "XXabcdefgh", 4)), "01020000005858" .. "020000000002")
end)

check.test("a search that is done gives its memory back", function()
  local module = rsync:new { mem_len = 2 ^ 23 }
  local sigs = rsync:load_sigs_file(reader(signature(rsync, "abcdefgh", 4)))
  local before = files.peak_memory()
  collectgarbage "stop"
  for _ = 1, 40 do
    delta(module, sigs, "XXabcdefgh", 4)
  end
  collectgarbage "restart"
  local taken = files.peak_memory() - before
  assert(taken < 64 * 1024, taken)
end)

check.test("callbacks that fail", function()
  local function lost()
    error("the disk is gone", 0)
  end
  local function false_read() end
  local _, sigs = obvious.signature("abcdefgh", 4, strong_of)
  local function nothing() end
  check.raises("the disk is gone", rsync.gen_sigs_file, rsync, lost, nothing)
  check.raises("the disk is gone", rsync.gen_sigs_file, rsync, reader "abcdefgh", lost, 4)
  check.raises("the disk is gone", rsync.gen_deltas_file, rsync, lost, sigs, nothing)
  check.raises("the disk is gone", rsync.gen_deltas_file, rsync, reader "abc", sigs, lost)
  check.raises("the disk is gone", rsync.patch_file, rsync, lost, nothing, nothing, nothing)
  check.raises("read failed", rsync.gen_sigs_file, rsync, false_read, nothing)
  check.raises("read failed", rsync.gen_deltas_file, rsync, false_read, sigs, nothing)
  check.raises("were asked for", rsync.gen_sigs_file, rsync, function(_, len)
    return len + 1
  end, nothing)
  for _, block_len in ipairs { 0, -4, 1.5, "x" } do
    check.raises("block length", rsync.gen_sigs_file, rsync, reader "", nothing, block_len)
    check.raises("block length", rsync.gen_deltas_file, rsync, reader "", sigs, nothing, block_len)
  end
end)

check.test("callbacks may yield", function()
  local old, new = data.lcg(4, 5000), data.lcg(4, 4000) .. data.lcg(5, 3000)
  local function worker()
    return coroutine.wrap(function()
      local read, write, written = reader(new, 100), writer()
      local sigs = rsync:load_sigs_file(reader(signature(rsync, old, 64)))
      rsync:gen_deltas_file(function(place, len)
        coroutine.yield()
        return read(place, len)
      end, sigs, write, 64)
      return written()
    end)
  end
  local one, two = worker(), worker()
  local done_one, done_two
  repeat
    done_one = done_one or one()
    done_two = done_two or two()
  until done_one and done_two
  check.equal(patch(rsync, old, done_one, 64), new)
  check.equal(done_two, done_one)
end)

check.finish()
