--- luapower's rsync for LuaJIT: signatures, deltas and patches in its own formats, found by rollsync's engine.
--
-- Where a module's sums and writers are the default ones, the work is the engine's; where they are replaced, it runs
-- through them, here and in `rsync.general`.

local bit, ffi = require "bit", require "ffi"
local general, limits = require "rsync.general", require "rsync.limits"

ffi.cdef [[
typedef struct { uint32_t digest, len; } rollsync_rollsum;
void rollsync_rollsum_update(rollsync_rollsum *sum, const uint8_t *data, size_t len);
void rollsync_rollsum_rotate(rollsync_rollsum *sum, uint8_t out, uint8_t byte);

typedef struct rollsync_blake2sp rollsync_blake2sp;
rollsync_blake2sp *rollsync_blake2sp_new(void);
void rollsync_blake2sp_free(rollsync_blake2sp *digest);
void rollsync_blake2sp_reset(rollsync_blake2sp *digest);
void rollsync_blake2sp_update(rollsync_blake2sp *digest, const uint8_t *data, size_t len);
void rollsync_blake2sp_final(const rollsync_blake2sp *digest, uint8_t *place);

size_t rollsync_records(const uint8_t *data, size_t len, size_t block_len, uint8_t *place);

typedef struct { const uint8_t *data; size_t len; uint32_t block; } rollsync_command;
typedef struct rollsync_search rollsync_search;
rollsync_search *rollsync_search_new(size_t block_len, size_t ring_len);
void rollsync_search_free(rollsync_search *search);
bool rollsync_search_add_weak(rollsync_search *search, int32_t weak);
void rollsync_search_limit_work(rollsync_search *search, uint64_t per_byte);
bool rollsync_search_add_strong(rollsync_search *search, const uint8_t *strong, uint32_t block);
uint8_t *rollsync_search_room(rollsync_search *search, size_t *len);
int32_t rollsync_search_step(rollsync_search *search, size_t read, uint64_t *alarms);
const rollsync_command *rollsync_search_commands(const rollsync_search *search, size_t *count);
const uint8_t *rollsync_search_encoded(rollsync_search *search, size_t *len);

double rollsync_seconds(void);
]]

local engine = ffi.load(assert(package.searchpath("rollsync_luapower", package.cpath)))

limits.now = engine.rollsync_seconds

local STRONG_LEN, RECORD_LEN = 32, 36
local size_t, bytes_t = ffi.typeof "size_t[1]", ffi.typeof "uint8_t[?]"

local rsync = { block_len = 1024, mem_len = 64 * 1024 }

--- A module that has what this one has, and `config`'s fields before it.
function rsync:new(config)
  local module = {}
  for key, value in pairs(config or {}) do
    module[key] = value
  end
  return setmetatable(module, { __index = rsync })
end

-- Sums ----------------------------------------------------------------------------------------------------------

local rollsum = {}

function rollsum:reset()
  self.digest, self.len = 0, 0
end

function rollsum:update(data, len)
  engine.rollsync_rollsum_update(self, ffi.cast("const uint8_t *", data), len)
end

function rollsum:rotate(out, byte)
  engine.rollsync_rollsum_rotate(self, out, byte)
end

function rollsum:final()
  return bit.tobit(self.digest)
end

--- The ctype of the default weak sum.
rsync.rollsum = ffi.metatype("rollsync_rollsum", { __index = rollsum })

--- A weak sum: has reset, update, rotate and final.
function rsync:weak_sum()
  return rsync.rollsum()
end

local blake2sp = {}
blake2sp.__index = blake2sp

function blake2sp:reset()
  engine.rollsync_blake2sp_reset(self.digest)
end

function blake2sp:update(data, len)
  if type(data) == "string" then
    len = len or #data
  end
  engine.rollsync_blake2sp_update(self.digest, ffi.cast("const uint8_t *", data), len)
end

function blake2sp:final()
  local place = bytes_t(STRONG_LEN)
  self:final_to_buffer(place)
  return ffi.string(place, STRONG_LEN)
end

function blake2sp:final_to_buffer(place)
  engine.rollsync_blake2sp_final(self.digest, ffi.cast("uint8_t *", place))
end

function blake2sp:length()
  return STRONG_LEN
end

--- A strong sum: has reset, update, final, final_to_buffer and length.
function rsync:strong_sum()
  local digest = ffi.gc(engine.rollsync_blake2sp_new(), engine.rollsync_blake2sp_free)
  return setmetatable({ digest = digest }, blake2sp)
end

-- What is read and written -----------------------------------------------------------------------------------------

for name, method in pairs(general.methods) do
  rsync[name] = method
end

local own = {}
for _, name in ipairs {
  "rollsum", "weak_sum", "strong_sum", "weak_sig_ctype", "strong_sig_ctype", "sig_ctype", "write_sig", "gen_sigs",
  "cmd_writer", "gen_deltas",
} do
  own[name] = rsync[name]
end

-- Whether none of these was replaced.
local function is_default(module, ...)
  for i = 1, select("#", ...) do
    local name = select(i, ...)
    if module[name] ~= own[name] then
      return false
    end
  end
  return true
end

-- Signatures ----------------------------------------------------------------------------------------------------

--- Writes the signature of what is read; returns how many blocks it has.
function rsync:gen_sigs_file(read, write, block_len)
  if not is_default(self, "rollsum", "weak_sum", "strong_sum", "weak_sig_ctype", "strong_sig_ctype", "sig_ctype",
      "write_sig", "gen_sigs") then
    return self:gen_sigs(read, self:write_sig(limits.begin(self):written(write)), block_len)
  end
  block_len = general.checked_block_len(self, block_len)
  local call = limits.begin(self)
  read, write = call:timed(read), call:written(write)
  local size = math.max(1, math.floor(general.checked_mem_len(self) / block_len)) * block_len
  local buffer, records = bytes_t(size), bytes_t(size / block_len * RECORD_LEN)
  local total = 0
  repeat
    local len = general.read_full(read, buffer, size)
    local count = tonumber(engine.rollsync_records(buffer, len, block_len, records))
    call:may_have(total + count)
    if count > 0 then
      write(records, count * RECORD_LEN)
    end
    total = total + count
  until len < size
  return total
end

-- Deltas --------------------------------------------------------------------------------------------------------

-- Whether all of these sums stand in the table itself: the engine does not ask a metatable.
local function is_plain(sums)
  return type(sums) == "table" and getmetatable(sums) == nil
end

-- A search for the blocks of `sigs`, for a call.
local function new_search(module, sigs, block_len, call)
  local ring_len = general.ring_len(module, block_len)
  local search = engine.rollsync_search_new(block_len, ring_len)
  if search == nil then
    error("rsync: not enough memory for a buffer of " .. ring_len .. " bytes")
  end
  search = ffi.gc(search, engine.rollsync_search_free)
  if call.work then
    engine.rollsync_search_limit_work(search, call.work)
  end
  local enough = true
  for weak in pairs(sigs.weak) do
    -- What is no signed number of 32 bits is no window's sum.
    if type(weak) == "number" and bit.tobit(weak) == weak then
      enough = engine.rollsync_search_add_weak(search, weak) and enough
    end
  end
  for strong, block in pairs(sigs.strong) do
    -- Nor is a string of another length.
    if type(strong) == "string" and #strong == STRONG_LEN then
      enough = engine.rollsync_search_add_strong(search, strong, block) and enough
    end
  end
  if not enough then
    error("rsync: not enough memory for the sums")
  end
  return search
end

-- Reads and searches; `emit` is called after each step, with whether it is the last.
local function run(search, read, call, emit)
  read = call:timed(read)
  local len, alarms = size_t(), ffi.new "uint64_t[2]"
  local state
  repeat
    local room = engine.rollsync_search_room(search, len)
    state = engine.rollsync_search_step(search, general.read_full(read, room, tonumber(len[0])), alarms)
    if state == -2 then
      call:too_much_work()
    elseif state < 0 then
      error "rsync: not enough memory to search"
    end
    emit(state == 1)
  until state == 1
  -- Its memory is not LuaJIT's, which would see no reason to hurry.
  engine.rollsync_search_free(ffi.gc(search, nil))
  return tonumber(alarms[0]), tonumber(alarms[1])
end

--- Searches what is read for the blocks of `sigs`; calls `write_cmd` with each command, and at the end with nothing.
-- Returns how often a weak sum was known and the strong one was not, and how many blocks were found.
function rsync:gen_deltas(read, sigs, write_cmd, block_len)
  block_len = general.checked_block_len(self, block_len)
  if not (is_default(self, "rollsum", "weak_sum", "strong_sum") and is_plain(sigs.weak) and is_plain(sigs.strong)) then
    return general.methods.gen_deltas(self, read, sigs, write_cmd, block_len)
  end
  local call, count = limits.begin(self), size_t()
  local search = new_search(self, sigs, block_len, call)
  return run(search, read, call, function(is_last)
    local commands = engine.rollsync_search_commands(search, count)
    for i = 0, tonumber(count[0]) - 1 do
      local command = commands[i]
      if command.data == nil then
        write_cmd("copy", command.block)
      else
        write_cmd("data", command.data, tonumber(command.len))
      end
    end
    if is_last then
      write_cmd()
    end
  end)
end
own.gen_deltas = rsync.gen_deltas

--- Writes the delta to what is read from the file whose blocks `sigs` knows; returns as `gen_deltas` does.
function rsync:gen_deltas_file(read, sigs, write, block_len)
  if not (is_default(self, "rollsum", "weak_sum", "strong_sum", "cmd_writer", "gen_deltas") and is_plain(sigs.weak)
      and is_plain(sigs.strong)) then
    return self:gen_deltas(read, sigs, self:cmd_writer(limits.begin(self):written(write)), block_len)
  end
  block_len = general.checked_block_len(self, block_len)
  local call, len = limits.begin(self), size_t()
  local search = new_search(self, sigs, block_len, call)
  write = call:written(write)
  return run(search, read, call, function()
    local encoded = engine.rollsync_search_encoded(search, len)
    if encoded == nil then
      error "rsync: not enough memory for the delta"
    elseif len[0] > 0 then
      write(encoded, tonumber(len[0]))
    end
  end)
end

return rsync
