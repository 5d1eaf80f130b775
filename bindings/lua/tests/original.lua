--- lua-rdiff's module: what its users rely on, and what crashed or hung there.

local check, data, files = require "check", require "data", require "files"
local new_name = require "rdiff"
local rdiff = require "lua_rdiff"

local basis, new = data.pair()

check.test("the names", function()
  check.equal(_G.rdiff, rdiff)
  check.equal(rdiff._NAME, "lua_rsync")
  check.equal(rdiff._VERSION, "0.1")
  check.equal(rdiff._DESCRIPTION, "librsync binding")
  check.equal(type(rdiff._COPYRIGHT), "string")
end)

check.test("the fixed parameters", function()
  check.equal(data.hex(rdiff.signature "hello world"), "72730136" .. "00000800" .. "00000008" .. "21fe05b1"
    .. "aa010fbc1d14c795")
  check.equal(rdiff.signature(basis),
    new_name.signature(basis, { format = "rollsum-md4", block_len = 2048, strong_len = 8, seal = false }))
end)

check.test("strings, functions and sinks", function()
  local sums = assert(rdiff.signature(basis))
  local delta = assert(rdiff.delta(sums, new))
  check.equal(rdiff.patch(delta, basis), new)
  local sink, sunk = data.sink()
  check.equal(rdiff.signature(data.source(basis, 1, 999), sink), true)
  check.equal(sunk(), sums)
  sink, sunk = data.sink()
  check.equal(rdiff.delta(data.source(sums, 1, 99), data.source(new, 2, 999), sink), true)
  check.equal(sunk(), delta)
  check.equal(rdiff.signature(12.5), rdiff.signature "12.5")
end)

check.test("what no string is ends the data", function()
  for _, last in ipairs { false, {}, print } do
    local parts = { "hello ", "", "world", last, "more" }
    local at = 0
    local made = rdiff.signature(function()
      at = at + 1
      return parts[at]
    end)
    check.equal(made, rdiff.signature "hello world")
  end
  -- With a message or without.
  check.equal(rdiff.signature(function()
    return nil, "the disk is gone"
  end), rdiff.signature "")
end)

check.test("one function for both roles, as in its example", function()
  local at = 0
  local function both(offset, len)
    if offset then
      return basis:sub(offset + 1, offset + len)
    end
    local part = basis:sub(at + 1, at + 25)
    at = at + #part
    return part ~= "" and part or nil
  end
  local delta = assert(rdiff.delta(rdiff.signature(both), new))
  -- A function as the basis was a crash, a string as the basis an abort.
  check.equal(rdiff.patch(delta, both), new)
  check.equal(rdiff.patch(delta, function(offset)
    return basis:sub(offset + 1)
  end), new, "what is longer than was asked for is cut")
end)

check.test("failures are librsync's texts, and two values", function()
  local delta = assert(rdiff.delta(rdiff.signature(basis), new))
  local function two(message, ...)
    check.equal(select("#", ...), 2)
    check.fails(nil, message, ...)
  end
  two("bad magic number at start of stream", rdiff.patch("none of them", basis))
  two("bad magic number at start of stream", rdiff.delta("none\0\0\8\0\0\0\0\8", new))
  two("unexpected end of input", rdiff.patch(delta:sub(1, -2), basis))
  two("stream corrupt", rdiff.patch("rs\0026\133", basis))
  -- This was an endless loop.
  two("unexpected end of input", rdiff.patch(delta, basis:sub(1, 100)))
  local function raise()
    error "lost"
  end
  two("library internal error", rdiff.signature(raise))
  two("library internal error", rdiff.delta(rdiff.signature(basis), raise))
  two("library internal error", rdiff.patch(delta, raise))
end)

check.test("what a sink raises and returns is ignored", function()
  check.equal(rdiff.signature(basis, function()
    error "lost"
  end), true)
  check.equal(rdiff.signature(basis, function()
    return nil, "lost"
  end), true)
end)

check.test("wrong arguments are raised", function()
  check.raises("bad argument #1 to 'signature' (Not a suitable source)", rdiff.signature)
  check.raises("bad argument #2 to 'delta' (Not a suitable source)", rdiff.delta, "", {})
  check.raises("bad argument #3 to 'patch' (Not a suitable destination)", rdiff.patch, "", "", "")
  -- Files are for the new name.
  local file = io.tmpfile()
  local methods = { read = file.read, seek = file.seek, write = file.write }
  for _, value in ipairs { file, methods } do
    check.raises("bad argument #1 to 'signature' (Not a suitable source)", rdiff.signature, value)
    check.raises("bad argument #2 to 'signature' (Not a suitable destination)", rdiff.signature, "", value)
    check.raises("bad argument #2 to 'patch' (Not a suitable source)", rdiff.patch, "", value)
  end
  file:close()
end)

check.test("callbacks leave nothing behind", function()
  -- The original left values on the stack for every call.
  local calls = 0
  local function source()
    calls = calls + 1
    return calls <= 100000 and "x" or nil
  end
  check.equal(rdiff.signature(source), rdiff.signature(("x"):rep(100000)))
end)

check.test("the real rdiff reads it", function()
  local folder, remove = files.folder()
  files.write(folder .. "/basis", basis)
  files.write(folder .. "/delta", rdiff.delta(rdiff.signature(basis), new))
  assert(files.run(("rdiff patch '%s/basis' '%s/delta' '%s/new'"):format(folder, folder, folder)))
  check.equal(files.read(folder .. "/new"), new)
  remove()
end)
