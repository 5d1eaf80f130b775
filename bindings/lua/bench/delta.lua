--- luapower's delta of unrelated and of identical data, by the engine and by a plain LuaJIT implementation: ratios of
-- interleaved runs.
--
--   cargo build --release -p rollsync-lua-rsync
--   luajit bindings/lua/bench/delta.lua target/release/librollsync_luapower.so [MB] [ROUNDS]
--
-- The rival is `tests/obvious.lua`, with the same digest for strong sums: it has whole files in memory and no callbacks,
-- which is to its advantage.

local here = arg[0]:match "^(.*)/bench/[^/]*$" or error "call it by its path"
local library = arg[1] or error "which library?"
package.path = here .. "/rsync/lua/?.lua;" .. here .. "/tests/?.lua;" .. package.path
-- The library's name is looked for as a module's.
package.cpath = library:gsub("librollsync_luapower", "lib?") .. ";" .. package.cpath

local ffi = require "ffi"
local obvious, rsync = require "obvious", require "rsync"

local megabytes, rounds = tonumber(arg[2] or 32), tonumber(arg[3] or 5)
local BLOCK_LEN = 1024

-- Numbers of a xorshift generator: no two megabytes are alike.
local function random_bytes(seed, len)
  local place = ffi.new("uint32_t[?]", len / 4)
  local state = ffi.new("uint32_t[1]", seed)
  for i = 0, len / 4 - 1 do
    local x = state[0]
    x = bit.bxor(x, bit.lshift(x, 13))
    x = bit.bxor(x, bit.rshift(x, 17))
    x = bit.bxor(x, bit.lshift(x, 5))
    state[0] = x
    place[i] = x
  end
  return ffi.string(place, len)
end

local old, new = random_bytes(1, megabytes * 1e6), random_bytes(99, megabytes * 1e6)

local function reader(bytes)
  local at, place = 0, ffi.cast("const uint8_t *", bytes)
  return function(buffer, len)
    len = math.min(len, #bytes - at)
    ffi.copy(buffer, place + at, len)
    at = at + len
    return len
  end
end

local function strong_of(bytes)
  local digest = rsync:strong_sum()
  digest:update(bytes, #bytes)
  return digest:final()
end

local parts = {}
rsync:gen_sigs_file(reader(old), function(place, len)
  parts[#parts + 1] = ffi.string(place, len)
end)
local sigs = rsync:load_sigs_file(reader(table.concat(parts)))

local function timed(work)
  collectgarbage()
  local start = os.clock()
  local len = work()
  return os.clock() - start, len
end

-- The ratio for one new file, printed.
local function compare(what, new)
  local function engine()
    local total = 0
    rsync:gen_deltas_file(reader(new), sigs, function(_, len)
      total = total + len
    end)
    return total
  end
  local function plain()
    return #obvious.delta(new, sigs, BLOCK_LEN, rsync.mem_len, strong_of)
  end
  local ratios = {}
  for round = 1, rounds do
    local ours, our_len = timed(engine)
    local theirs, their_len = timed(plain)
    assert(our_len == their_len, "the same delta")
    ratios[round] = theirs / ours
    print(("round %d: engine %4.0f MB/s, plain LuaJIT %4.0f MB/s, ratio %.2f"):format(round, megabytes / ours,
      megabytes / theirs, theirs / ours))
  end
  table.sort(ratios)
  print(("%d MB of %s data, blocks of %d bytes: the engine is %.2f times as fast (median of %d rounds, %.2f to %.2f)")
    :format(megabytes, what, BLOCK_LEN, ratios[math.ceil(rounds / 2)], rounds, ratios[1], ratios[rounds]))
end

-- The seconds to build a search of `sigs` are the engine's as well.
compare("unrelated", new)
compare("identical", old)
