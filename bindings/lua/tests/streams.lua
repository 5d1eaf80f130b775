--- Streams cut at random places, through sources, sinks, files and jobs: the bytes are always the same.

local check, data, files = require "check", require "data", require "files"
local rdiff = require "rdiff"

local basis, new = data.pair()
local sums = assert(rdiff.signature(basis, { block_len = 700 }))
local delta = assert(rdiff.delta(sums, new))

local function feed(job, bytes, seed, most)
  local parts = {}
  for part in data.source(bytes, seed, most) do
    parts[#parts + 1] = assert(job:feed(part))
  end
  parts[#parts + 1] = assert(job:finish())
  return table.concat(parts)
end

check.test("sources and sinks", function()
  for seed, most in ipairs { 1, 7, 300, 5000, 70000 } do
    -- A byte at a time is slow: less of it.
    local len = most == 1 and 20000 or #basis
    local old, fresh = basis:sub(1, len), new:sub(1, len)
    local options = { block_len = 700, source_len = len }
    local known = assert(rdiff.signature(old, options))
    local sink, sunk = data.sink()
    check.equal(rdiff.signature(data.source(old, seed, most), sink, options), true)
    check.equal(sunk(), known)
    local known_delta = assert(rdiff.delta(known, fresh))
    sink, sunk = data.sink()
    check.equal(rdiff.delta(data.source(known, seed, most), data.source(fresh, seed + 9, most), sink), true)
    check.equal(sunk(), known_delta)
    sink, sunk = data.sink()
    local draw = data.draw(seed)
    local function at(offset, wanted)
      return old:sub(offset + 1, offset + draw(1, wanted))
    end
    check.equal(rdiff.patch(data.source(known_delta, seed, most), at, sink), true)
    check.equal(sunk(), fresh)
  end
end)

check.test("jobs", function()
  for seed, most in ipairs { 1, 11, 900, 40000 } do
    local len = most == 1 and 20000 or #basis
    local old, fresh = basis:sub(1, len), new:sub(1, len)
    local known = assert(rdiff.signature(old, { block_len = 700 }))
    check.equal(feed(assert(rdiff.signature_job { block_len = 700 }), old, seed, most), known)
    local known_delta = assert(rdiff.delta(known, fresh))
    check.equal(feed(assert(rdiff.delta_job(known)), fresh, seed, most), known_delta)
    local job = assert(rdiff.patch_job(old))
    check.equal(feed(job, known_delta, seed, most), fresh)
    check.equal(job:stats().bytes_out, #fresh)
    check.equal(job:stats().literal_bytes + job:stats().copy_bytes, #fresh)
  end
end)

check.test("a loaded signature serves many deltas", function()
  local job = assert(rdiff.load_job())
  for part in data.source(sums, 5, 100) do
    check.equal(job:feed(part), "")
  end
  for _, loaded in ipairs { job:finish(), assert(rdiff.load(sums)) } do
    check.equal(loaded.block_len, 700)
    check.equal(loaded.strong_len, 32)
    check.equal(loaded.blocks, math.ceil(#basis / 700))
    check.equal(loaded.format, "rk-blake2")
    check.equal(loaded.basis_len, #basis)
    check.equal(#loaded.basis_blake3, 64)
    for _ = 1, 2 do
      check.equal(rdiff.delta(loaded, new), delta)
    end
  end
end)

check.test("open files", function()
  local folder, remove = files.folder()
  files.write(folder .. "/basis", basis)
  files.write(folder .. "/new", new)
  local old, fresh = io.open(folder .. "/basis", "rb"), io.open(folder .. "/new", "rb")
  local known = assert(rdiff.signature(old, { source_len = #basis }))
  check.equal(known, rdiff.signature(basis))
  local output = io.open(folder .. "/delta", "w+b")
  check.equal(rdiff.delta(known, fresh, output), true)
  output:seek("set", 0)
  check.equal(assert(rdiff.patch(output, old)), new)
  old:close()
  fresh:close()
  output:close()
  remove()
end)

check.test("paths", function()
  local folder, remove = files.folder()
  local function path(name)
    return folder .. "/" .. name
  end
  files.write(path "basis", basis)
  files.write(path "new", new)
  local options = { threads = 2, sync = false }
  check.equal(rdiff.signature_file(path "basis", path "sig", options), true)
  check.equal(files.read(path "sig"), rdiff.signature(basis))
  check.equal(rdiff.delta_file(path "sig", path "new", path "delta", options), true)
  check.equal(rdiff.diff_file(path "basis", path "new", path "diff", options), true)
  check.equal(files.read(path "delta"), files.read(path "diff"))
  options = { sync = false }
  check.equal(rdiff.patch_file(path "delta", path "basis", path "out", options), true)
  check.equal(files.read(path "out"), new)
  check.fails("io", "basis", rdiff.signature_file(path "none", path "x"))
  check.fails("io", "", rdiff.patch_file(path "delta", path "basis", path "out", { keep_existing = true }))
  -- The old file survives a failure, and may be the new one's name.
  files.write(path "cut", files.read(path "delta"):sub(1, -200))
  check.equal(rdiff.patch_file(path "cut", path "basis", path "basis"), nil)
  check.equal(files.read(path "basis"), basis)
  check.equal(rdiff.patch_file(path "delta", path "basis", path "basis", options), true)
  check.equal(files.read(path "basis"), new)
  remove()
end)

check.test("the README's first lines", function()
  local folder, remove = files.folder()
  local readme = assert(files.read "bindings/lua/README.md")
  files.write(folder .. "/old", basis)
  files.write(folder .. "/new", new)
  files.write(folder .. "/first.lua", (assert(readme:match "```lua\n(.-)```")))
  assert(files.run(("cd '%s' && %s first.lua"):format(folder, arg[-1])))
  check.equal(files.read(folder .. "/old"), new)
  remove()
end)

check.test("threads change nothing", function()
  local long = data.lcg(3, 65536):rep(80)
  local options = { threads = "available" }
  local known = assert(rdiff.signature(long, { threads = "available", block_len = 1000 }))
  check.equal(known, rdiff.signature(long, { block_len = 1000 }))
  check.equal(rdiff.delta(known, long, options), rdiff.delta(known, long))
  options.source_len = #long
  check.equal(rdiff.delta(known, data.source(long, 2, 300000), nil, options), rdiff.delta(known, long))
  options.block_len = 1000
  check.equal(rdiff.signature(data.source(long, 1, 300000), nil, options), known)
end)

check.test("diff is signature and delta", function()
  check.equal(rdiff.diff(basis, new, { block_len = 700 }), delta)
  check.equal(rdiff.diff(data.source(basis, 1, 900), data.source(new, 2, 900), nil, { block_len = 700 }), delta)
end)

check.test("two coroutines, turn by turn", function()
  local function worker(old, fresh, seed)
    return coroutine.wrap(function()
      local job = assert(rdiff.signature_job { block_len = 333 })
      local parts = {}
      for part in data.source(old, seed, 3000) do
        parts[#parts + 1] = job:feed(part)
        coroutine.yield()
      end
      parts[#parts + 1] = job:finish()
      job = assert(rdiff.delta_job(table.concat(parts)))
      parts = {}
      for part in data.source(fresh, seed, 3000) do
        parts[#parts + 1] = job:feed(part)
        coroutine.yield()
      end
      parts[#parts + 1] = job:finish()
      return table.concat(parts)
    end)
  end
  local one, two = worker(basis, new, 1), worker(new, basis, 2)
  local done_one, done_two
  repeat
    done_one = done_one or one()
    done_two = done_two or two()
  until done_one and done_two
  check.equal(rdiff.patch(done_one, basis), new)
  check.equal(rdiff.patch(done_two, new), basis)
  -- A source may be a coroutine itself.
  local source = coroutine.wrap(function()
    for part in data.source(new, 3, 5000) do
      coroutine.yield(part)
    end
  end)
  check.equal(rdiff.delta(sums, source), delta)
end)

check.test("two processes at once", function()
  local script = ("local r, d = require 'rdiff', require 'data'; local b, n = d.pair(); "
    .. "io.write(assert(r.patch(assert(r.diff(b, n)), b)) == n and 'same' or 'other')")
  local interpreter = arg[-1]
  local one = io.popen(interpreter .. ' -e "' .. script .. '"')
  local two = io.popen(interpreter .. ' -e "' .. script .. '"')
  check.equal(one:read "*a", "same")
  check.equal(two:read "*a", "same")
  one:close()
  two:close()
end)
