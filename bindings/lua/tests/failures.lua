--- Errors by kind, and wrong calls.

local check, data, files = require "check", require "data", require "files"
local rdiff = require "rdiff"

local basis, new = data.pair()
local sums = assert(rdiff.signature(basis))
local delta = assert(rdiff.delta(sums, new))
local plain = assert(rdiff.delta(sums, new, { seal = false }))

check.test("kinds of what is read", function()
  check.fails("bad_magic", "magic", rdiff.patch("not a delta", basis))
  check.fails("bad_magic", "magic", rdiff.delta("none\0\0\8\0\0\0\0\8", new))
  check.fails("input_ended", "ends at offset", rdiff.patch(plain:sub(1, 100), basis))
  check.fails("input_ended", "ends at offset", rdiff.load(sums:sub(1, 10)))
  check.fails("input_ended", "", rdiff.patch(plain, basis:sub(1, 1000)))
  check.fails("mismatch", "it has 1000 bytes", rdiff.patch(delta, basis:sub(1, 1000)))
  check.fails("corrupt", "opcode", rdiff.patch("rs\0026\133", basis))
  check.fails("corrupt", "block length", rdiff.load("rs\1G\0\0\0\0\0\0\0\8"))
  check.fails("param", "strong length", rdiff.load("rs\0016\0\0\1\0\0\0\0\32"))
end)

check.test("seals", function()
  local wrong = basis:gsub("^.", "?")
  check.fails("mismatch", "", rdiff.patch(delta, (basis:gsub("^....", "????"))))
  check.fails("mismatch", "not the basis", rdiff.patch(delta, wrong .. ""))
  check.equal(#assert(rdiff.patch(delta, wrong, { seal = false })), #new)
  check.fails("mismatch", "not sealed", rdiff.patch(plain, basis, { seal = true }))
  check.equal(rdiff.patch(delta, basis, { seal = true }), new)
  check.fails("corrupt", "seal", rdiff.patch(delta:sub(1, -2), basis))
  -- The same by the name that the other bindings have for it.
  check.fails("mismatch", "not sealed", rdiff.patch(plain, basis, { seal_check = "required" }))
  check.equal(#assert(rdiff.patch(delta, wrong, { seal_check = "ignored" })), #new)
  for _, word in ipairs { "if_there", "if-there" } do
    check.equal(rdiff.patch(plain, basis, { seal_check = word }), new)
    check.fails("mismatch", "not the basis", rdiff.patch(delta, wrong .. "", { seal_check = word }))
  end
  for options, expected in pairs { [{}] = "mismatch", [{ seal = true }] = "mismatch" } do
    local job = assert(rdiff.patch_job(wrong, options))
    assert(job:feed(delta))
    check.fails(expected, "", job:finish())
  end
  local job = assert(rdiff.patch_job(basis, { seal = true }))
  assert(job:feed(plain))
  check.fails("mismatch", "not sealed", job:finish())
end)

check.test("sources, sinks and bases that raise", function()
  local function raise()
    error("the disk is gone", 0)
  end
  check.fails("io", "the disk is gone", rdiff.signature(raise))
  check.fails("io", "the disk is gone", rdiff.signature(basis, raise))
  check.fails("io", "the disk is gone", rdiff.signature(data.source(basis, 1, 900), raise))
  check.fails("io", "the disk is gone", rdiff.delta(raise, new))
  check.fails("io", "the disk is gone", rdiff.delta(sums, raise))
  check.fails("io", "the disk is gone", rdiff.delta(sums, new, raise))
  check.fails("io", "the disk is gone", rdiff.patch(raise, basis))
  check.fails("io", "the disk is gone", rdiff.patch(delta, raise))
  check.fails("io", "the disk is gone", rdiff.patch(delta, basis, raise))
  check.fails("io", "gave a table", rdiff.signature(function()
    return {}
  end))
  check.fails("io", "gave a boolean", rdiff.patch(delta, function()
    return true
  end))
  check.fails("io", "text of a table", rdiff.signature(function()
    error(setmetatable({}, { __tostring = function()
      return "text of a table"
    end }))
  end))
  local job = assert(rdiff.patch_job(raise))
  check.fails("io", "the disk is gone", job:feed(delta))
  check.fails("io", "the disk is gone", job:feed "")
end)

check.test("callbacks that say that they fail", function()
  local function lost()
    return nil, "the disk is gone"
  end
  check.fails("io", "the disk is gone", rdiff.signature(lost))
  check.fails("io", "the disk is gone", rdiff.delta(lost, new))
  check.fails("io", "the disk is gone", rdiff.delta(sums, lost))
  check.fails("io", "the disk is gone", rdiff.patch(lost, basis))
  check.fails("io", "the disk is gone", rdiff.patch(delta, lost))
  check.fails("io", "the disk is gone", rdiff.digest(lost))
  check.fails("io", "the disk is gone", rdiff.signature(basis, lost))
  check.fails("io", "the disk is gone", rdiff.signature(basis, function()
    return false, "the disk is gone"
  end))
  -- As the methods of files do it.
  local folder = assert(io.open("/", "rb"))
  check.fails("io", "Is a directory", rdiff.signature(function()
    return folder:read(4096)
  end))
  folder:close()
  local full = assert(io.open("/dev/full", "wb"))
  full:setvbuf "no"
  check.fails("io", "No space left on device", rdiff.signature(basis, function(part)
    return full:write(part)
  end))
  full:close()
  -- Without a message a source has ended, and a sink has said nothing.
  check.equal(rdiff.signature(function()
    return nil
  end), rdiff.signature("", { block_len = 2048 }))
  for _, said in ipairs { false, 1 } do
    check.equal(rdiff.signature(basis, function()
      return said
    end), true)
  end
end)

check.test("numbers from a basis are strings", function()
  check.equal(rdiff.patch(assert(rdiff.diff("1234", "12345", { block_len = 2 })), function(offset, len)
    return tonumber(("1234"):sub(offset + 1, offset + len))
  end), "12345")
end)

check.test("no memory", function()
  -- Copies of a megabyte, without end.
  local script = [[
    local rdiff = require "rdiff"
    local delta = "rs\2\54" .. ("\71\0\0\16\0\0"):rep(5000)
    local value, _, kind = rdiff.patch(delta, ("x"):rep(2 ^ 20))
    local job = rdiff.patch_job(("x"):rep(2 ^ 20))
    local _, _, kind_of_job = job:feed(delta)
    io.write(tostring(value), " ", tostring(kind), " ", tostring(kind_of_job))
  ]]
  local folder, remove = files.folder()
  files.write(folder .. "/script.lua", script)
  local command = "ulimit -v 400000; exec %s '%s/script.lua'"
  check.equal(files.output(command:format(arg[-1], folder)), "nil memory memory")
  remove()
end)

check.test("yielding out of a callback is an error", function()
  local co = coroutine.create(function()
    return rdiff.signature(coroutine.yield)
  end)
  local _, value, message, kind = coroutine.resume(co)
  check.fails("io", "yield", value, message, kind)
end)

check.test("files that fail", function()
  local closed = io.tmpfile()
  closed:close()
  check.fails("io", "closed file", rdiff.signature(closed))
  local full = io.open("/dev/full", "wb")
  full:setvbuf "no"
  check.fails("io", "No space left on device", rdiff.signature(basis, full))
  full:close()
end)

check.test("limits", function()
  check.fails("limit", "records", rdiff.signature(basis, { limits = { records = 3 } }))
  check.fails("limit", "records", rdiff.delta(sums, new, { limits = { records = 3 } }))
  check.fails("limit", "memory", rdiff.load(sums, { limits = { memory = 100 } }))
  check.fails("limit", "output", rdiff.patch(delta, basis, { limits = { output = 1000 } }))
  check.fails("limit", "literal", rdiff.patch(delta, basis, { limits = { literal = 10 } }))
  check.fails("limit", "millisecond", rdiff.signature(basis, { limits = { time = 0 } }))
  local job = assert(rdiff.patch_job(basis, { limits = { output = 1000 } }))
  check.fails("limit", "output", job:feed(delta))
  check.fails("limit", "output", job:finish())
  job = assert(rdiff.signature_job { limits = { time = 0 } })
  check.fails("limit", "millisecond", job:feed(basis))
  -- A bound on the work makes no error, but a longer delta.
  local bounded = assert(rdiff.delta(sums, new, { limits = { work = 0 } }))
  check.equal(rdiff.patch(bounded, basis), new)
  assert(#bounded > #delta)
end)

check.test("parameters", function()
  check.fails("param", "block length 0", rdiff.signature(basis, { block_len = 0 }))
  check.fails("param", "block_len is -1", rdiff.signature(basis, { block_len = -1 }))
  check.fails("param", "block_len is 1.5", rdiff.signature(basis, { block_len = 1.5 }))
  check.fails("param", "block_len is 'x'", rdiff.signature(basis, { block_len = "x" }))
  check.fails("param", "strong length 33", rdiff.signature(basis, { strong_len = 33 }))
  check.fails("param", "strong length 17", rdiff.signature(basis, { strong_len = 17, format = "rk-md4" }))
  check.fails("param", "format is 'md5'", rdiff.signature(basis, { format = "md5" }))
  check.fails("param", "profile is 'x'", rdiff.delta(sums, new, { profile = "x" }))
  check.fails("param", "threads is 0", rdiff.signature(basis, { threads = 0 }))
  check.fails("param", "cancel is true", rdiff.signature(basis, { cancel = true }))
  check.fails("param", "seal is 1", rdiff.signature(basis, { seal = 1 }))
  check.fails("param", "seal_check is 'never'", rdiff.patch(delta, basis, { seal_check = "never" }))
  check.fails("param", "both given", rdiff.patch(delta, basis, { seal_check = "ignored", seal = false }))
end)

check.test("wrong calls are raised where they stand", function()
  check.raises("bad argument #1 to 'signature' (Not a suitable source)", rdiff.signature)
  check.raises("bad argument #2 to 'signature' (Not a suitable destination)", rdiff.signature, "", true)
  check.raises("bad argument #2 to 'delta' (Not a suitable source)", rdiff.delta, sums, nil)
  check.raises("bad argument #2 to 'patch' (Not a suitable source)", rdiff.patch, delta, {})
  check.raises("bad argument #2 to 'signature' (there is no option 'blok_len')", rdiff.signature, "", { blok_len = 1 })
  check.raises("bad argument #2 to 'signature' (there is no limit 'disk')", rdiff.signature, "",
    { limits = { disk = 1 } })
  check.raises("bad argument #3 to 'delta' (there is no buffer 'inptu')", rdiff.delta, sums, "",
    { empty_basis = { inptu = 1, output = 1 } })
  -- Options are for some calls, not for others.
  check.raises("bad argument #3 to 'delta' (there is no option 'block_len')", rdiff.delta, sums, "", { block_len = 1 })
  check.raises("bad argument #3 to 'patch' (there is no option 'threads')", rdiff.patch, delta, "", { threads = 2 })
  check.raises("bad argument #2 to 'signature' (there is no option 'seal_check')", rdiff.signature, "",
    { seal_check = "required" })
  check.raises("bad argument #2 to 'signature' (there is no option 'keep_existing')", rdiff.signature, "",
    { keep_existing = true })
  check.raises("bad argument #1 to 'signature_job' (there is no option 'threads')", rdiff.signature_job,
    { threads = 2 })
  check.raises("bad argument #2 to 'load' (there is no option 'seal')", rdiff.load, sums, { seal = false })
  check.raises("bad argument #3 to 'signature_file' (there is no option 'source_len')", rdiff.signature_file, "", "",
    { source_len = 1 })
  check.raises("bad argument #2 to 'signature_file' (a path is wanted, not a nil)", rdiff.signature_file, "x")
  local done, raised = pcall(function()
    rdiff.signature(nil)
  end)
  assert(not done and type(raised) == "string" and raised:find "failures.lua:%d+: bad argument", raised)
end)

check.test("jobs that have ended", function()
  local job = assert(rdiff.signature_job())
  assert(job:finish())
  check.fails("param", "finished", job:feed "")
  check.fails("param", "finished", job:finish())
  check.fails("param", "string", rdiff.signature_job():feed {})
  -- After an error, the same again.
  job = assert(rdiff.patch_job(basis))
  check.fails("bad_magic", "magic", job:feed "none")
  check.fails("bad_magic", "magic", job:feed(delta))
  check.fails("bad_magic", "magic", job:finish())
  -- Of memory there may be enough to load, and not to index.
  local found = false
  for memory = 1000, 60000, 250 do
    job = assert(rdiff.load_job { limits = { memory = memory } })
    if job:feed(sums) then
      local value, message, kind = job:finish()
      if value then
        break
      end
      found = true
      check.fails("limit", "memory", value, message, kind)
      check.fails("limit", message, job:finish())
      check.fails("limit", message, job:feed "")
    end
  end
  assert(found, "an index takes more than its signature")
end)

check.test("numbers are sources", function()
  check.equal(rdiff.signature(1234), rdiff.signature "1234")
  check.equal(files.sha256(rdiff.signature(1234)), files.sha256(rdiff.signature "1234"))
end)
