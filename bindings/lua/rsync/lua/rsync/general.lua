--- What luapower's rsync does with any sums, and what needs none: reading signatures, and patching.

local bit, ffi = require "bit", require "ffi"
local limits = require "rsync.limits"

local methods = {}
local general = { methods = methods }

local bytes_t = ffi.typeof "uint8_t[?]"
local BLOCK_LEN_MAX = 0x7fffffff

-- Whether this is a whole number from `least` to `most`.
local function is_whole(number, least, most)
  return type(number) == "number" and number % 1 == 0 and number >= least and number <= most
end

--- The block length of a call: a whole number of bytes.
function general.checked_block_len(module, block_len)
  block_len = block_len or module.block_len
  if not is_whole(block_len, 1, BLOCK_LEN_MAX) then
    error("rsync: block length " .. tostring(block_len) .. " is not in 1.." .. BLOCK_LEN_MAX, 3)
  end
  return block_len
end

--- The length of a module's buffers: a whole number of bytes.
function general.checked_mem_len(module)
  local mem_len = module.mem_len
  if not is_whole(mem_len, 1, BLOCK_LEN_MAX) then
    error("rsync: mem_len " .. tostring(mem_len) .. " is not in 1.." .. BLOCK_LEN_MAX, 3)
  end
  return mem_len
end

--- The length of the buffer that literals are cut by.
function general.ring_len(module, block_len)
  return math.ceil(math.max(2 * block_len, general.checked_mem_len(module)) / block_len) * block_len
end

-- What `read` gave, checked: a callback that returns more than it was asked for has written behind the buffer.
local function checked_read(read, place, len)
  local got = read(place, len)
  if not got then
    error("rsync: read failed", 0)
  end
  -- What a function of C returns may be a number of the FFI's.
  local count = tonumber(got)
  if not is_whole(count, 0, len) then
    error("rsync: read returned " .. tostring(got) .. " bytes, " .. len .. " were asked for", 0)
  end
  return count
end

--- Reads until `len` bytes are there or no more come; returns how many are.
function general.read_full(read, place, len)
  place = ffi.cast("uint8_t *", place)
  local total = 0
  while total < len do
    local got = checked_read(read, place + total, len - total)
    if got == 0 then
      break
    end
    total = total + got
  end
  return total
end

-- Reads exactly `len` bytes, or none when `or_none` and no more come; whether they are there.
local function read_exactly(read, place, len, what, or_none)
  local got = general.read_full(read, place, len)
  if got == 0 and or_none and len > 0 then
    return false
  elseif got < len then
    error("rsync: " .. what .. " ends " .. (len - got) .. " bytes too early", 0)
  end
  return true
end

-- Signatures ----------------------------------------------------------------------------------------------------

function methods:weak_sig_ctype()
  return ffi.typeof "int32_t"
end

function methods:strong_sig_ctype()
  return ffi.typeof("uint8_t[$]", self:strong_sum():length())
end

--- A record: `weak` and `strong` without a gap. Numbers stand as the machine has them: little-endian, where this was run.
function methods:sig_ctype()
  return ffi.typeof("struct __attribute__((packed)) { $ weak; $ strong; }", self:weak_sig_ctype(),
    self:strong_sig_ctype())
end

--- Returns the function that writes a record.
function methods:write_sig(write)
  local record = ffi.typeof("$[1]", self:sig_ctype())()
  local size, strong_len = ffi.sizeof(record), ffi.sizeof(record[0].strong)
  return function(weak, strong)
    if #strong < strong_len then
      error("rsync: a strong sum of " .. #strong .. " bytes, a record has " .. strong_len, 0)
    end
    record[0].weak = weak
    ffi.copy(record[0].strong, strong, strong_len)
    write(record, size)
  end
end

--- Returns the function that reads a record: its sums, or nil at the end.
function methods:read_sig(read)
  local record = ffi.typeof("$[1]", self:sig_ctype())()
  local size = ffi.sizeof(record)
  return function()
    if read_exactly(read, record, size, "the signature", true) then
      return tonumber(record[0].weak), ffi.string(record[0].strong, ffi.sizeof(record[0].strong))
    end
  end
end

--- Calls `get_sigs` with the sums of each whole block of what is read; returns how many there are.
function methods:gen_sigs(read, get_sigs, block_len)
  block_len = general.checked_block_len(self, block_len)
  local call = limits.begin(self)
  read = call:timed(read)
  local block, count = bytes_t(block_len), 0
  local weak, strong = self:weak_sum(), self:strong_sum()
  while general.read_full(read, block, block_len) == block_len do
    call:may_have(count + 1)
    weak:reset()
    weak:update(block, block_len)
    strong:reset()
    strong:update(block, block_len)
    get_sigs(weak:final(), strong:final())
    count = count + 1
  end
  return count
end

--- Reads a signature. Of equal sums the last block's counts.
function methods:load_sigs_file(read)
  local call = limits.begin(self)
  local weaks, strongs, count = {}, {}, 0
  for weak, strong in self:read_sig(call:timed(read)) do
    call:may_have(count + 1)
    weaks[weak], strongs[strong] = count, count
    count = count + 1
  end
  return { weak = weaks, strong = strongs, count = count }
end

-- Deltas --------------------------------------------------------------------------------------------------------

--- The search with the module's own sums: the engine's procedure, one position at a time.
function methods:gen_deltas(read, sigs, write_cmd, block_len)
  local ring_len = general.ring_len(self, block_len)
  local call = limits.begin(self)
  read = call:timed(read)
  local buffer, ring_at = bytes_t(ring_len), 0
  local data, next_at, read_end, total = 0, 0, 0, 0
  local weak, strong = self:weak_sum(), self:strong_sum()
  local false_alarms, good_alarms = 0, 0

  local function send(until_at)
    local rest = ring_len - (ring_at + data) % ring_len
    while data < until_at do
      local len = math.min(until_at - data, rest)
      write_cmd("data", buffer + data, len)
      data, rest = data + len, ring_len
    end
  end

  local function refill()
    ring_at = (ring_at + data) % ring_len
    ffi.copy(buffer, ffi.string(buffer + data, read_end - data), read_end - data)
    data, next_at, read_end = 0, next_at - data, read_end - data
    local got = general.read_full(read, buffer + read_end, ring_len - read_end)
    read_end, total = read_end + got, total + got
  end

  -- Whether the weak sum is that of the window before `next_at`.
  local follows = false
  while true do
    refill()
    if read_end - next_at < block_len then
      send(read_end)
      write_cmd()
      return false_alarms, good_alarms
    end
    while read_end - next_at >= block_len do
      if follows then
        weak:rotate(buffer[next_at - 1], buffer[next_at + block_len - 1])
      else
        weak:reset()
        weak:update(buffer + next_at, block_len)
      end
      follows = true
      local block
      if sigs.weak[weak:final()] then
        call:may_hash((false_alarms + good_alarms + 1) * block_len, total)
        strong:reset()
        strong:update(buffer + next_at, block_len)
        block = sigs.strong[strong:final()]
        if block then
          good_alarms = good_alarms + 1
        else
          false_alarms = false_alarms + 1
        end
      end
      if block then
        send(next_at)
        write_cmd("copy", block)
        data, next_at = next_at + block_len, next_at + block_len
        follows = false
      else
        next_at = next_at + 1
      end
    end
    if next_at > data then
      send(next_at - 1)
    end
  end
end

-- A number's bytes, the lowest first.
local function put_u32(place, number)
  for i = 0, 3 do
    place[i] = bit.band(bit.rshift(number, 8 * i), 0xff)
  end
end

local function u32(place)
  return place[0] + place[1] * 2 ^ 8 + place[2] * 2 ^ 16 + place[3] * 2 ^ 24
end

--- Returns the function that writes commands: copies of blocks that follow each other become one.
function methods:cmd_writer(write)
  local head = bytes_t(6)
  local first, count = 0, 0
  local function flush()
    if count > 0 then
      head[0], head[5] = 2, count
      put_u32(head + 1, first)
      write(head, 6)
      count = 0
    end
  end
  return function(command, what, len)
    if command == "copy" then
      if count > 0 and count < 255 and what == first + count then
        count = count + 1
      else
        flush()
        first, count = what, 1
      end
    elseif command == "data" then
      flush()
      head[0] = 1
      put_u32(head + 1, len)
      write(head, 5)
      write(what, len)
    else
      flush()
    end
  end
end

--- Returns the function that reads commands: `"data", buffer, len`, `"copy", block`, or nil at the end. A long literal
-- comes in parts.
function methods:cmd_reader(read)
  local size = general.checked_mem_len(self)
  local buffer, head, opcode = bytes_t(size), bytes_t(5), bytes_t(1)
  local literal, block, count = 0, 0, 0
  return function()
    while literal == 0 and count == 0 do
      if not read_exactly(read, opcode, 1, "the delta", true) then
        return nil
      elseif opcode[0] == 1 then
        read_exactly(read, head, 4, "the delta")
        literal = u32(head)
      elseif opcode[0] == 2 then
        read_exactly(read, head, 5, "the delta")
        block, count = u32(head), head[4]
      else
        error("rsync: opcode " .. opcode[0] .. " is no command's", 0)
      end
    end
    if count > 0 then
      block, count = block + 1, count - 1
      return "copy", block - 1
    end
    local len = math.min(literal, size)
    read_exactly(read, buffer, len, "the delta")
    literal = literal - len
    return "data", buffer, len
  end
end

-- Patches -------------------------------------------------------------------------------------------------------

--- Makes the new file from commands and the old file, which `seek` and `read` give.
function methods:patch(read_cmd, seek, read, write, block_len)
  block_len = general.checked_block_len(self, block_len)
  local call = limits.begin(self)
  read, write = call:timed(read), call:written(write)
  local buffer = bytes_t(block_len)
  for command, what, len in call:timed(read_cmd) do
    if command == "copy" then
      seek(what * block_len)
      read_exactly(read, buffer, block_len, "the old file")
      write(buffer, block_len)
    elseif command == "data" then
      write(what, len)
    else
      error("rsync: '" .. tostring(command) .. "' is no command", 0)
    end
  end
end

--- Makes the new file from a delta and the old file.
function methods:patch_file(read_delta, seek, read, write, block_len)
  return self:patch(self:cmd_reader(limits.begin(self):timed(read_delta)), seek, read, write, block_len)
end

return general
