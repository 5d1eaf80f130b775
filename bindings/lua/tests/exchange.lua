--- Files that other bindings and the real rdiff have made, and those that they will read.

local check, data, files = require "check", require "data", require "files"
local rdiff = require "rdiff"

local exchange = assert(os.getenv "ROLLSYNC_EXCHANGE", "ROLLSYNC_EXCHANGE names the folder of exchanged files")
local basis, new = data.pair()

check.test("files for the others", function()
  local folder = exchange .. "/lua"
  assert(files.run("mkdir -p '" .. folder .. "'"))
  local function put(name, bytes)
    files.write(folder .. "/" .. name, assert(bytes))
  end
  local plain = { seal = false }
  local sums = rdiff.signature(basis, plain)
  local sealed = rdiff.signature(basis)
  put("basis.bin", basis)
  put("new.bin", new)
  put("sig.rs", sums)
  put("delta.rd", rdiff.delta(sums, new, plain))
  put("sealed.sig", sealed)
  put("sealed.delta", rdiff.delta(sealed, new))
end)

check.test("files of the others", function()
  local folders = files.output("ls '" .. exchange .. "'")
  local count = 0
  for name in folders:gmatch "[^\n]+" do
    local function get(file)
      return files.read(exchange .. "/" .. name .. "/" .. file)
    end
    local old, fresh = get "basis.bin", get "new.bin"
    if old and fresh then
      for _, file in ipairs { "delta.rd", "sealed.delta" } do
        check.equal(rdiff.patch(assert(get(file), name .. " has no " .. file), old), fresh, name .. "/" .. file)
      end
      for _, file in ipairs { "sig.rs", "sealed.sig" } do
        local sums = assert(get(file), name .. " has no " .. file)
        local job = assert(rdiff.delta_job(sums))
        local delta = assert(job:feed(fresh)) .. assert(job:finish())
        assert(job:stats().copies > 0, name .. "/" .. file .. " finds no block")
        check.equal(rdiff.patch(delta, old), fresh, name .. "/" .. file)
      end
      count = count + 1
    end
  end
  assert(count > 0)
end)

check.test("the real rdiff, both ways", function()
  local folder, remove = files.folder()
  local function path(name)
    return folder .. "/" .. name
  end
  local function real(...)
    assert(files.run("rdiff " .. (...):format(select(2, ...))))
  end
  files.write(path "basis", basis)
  files.write(path "new", new)
  for _, options in ipairs { {}, { seal = false }, { seal = false, format = "rollsum-md4" } } do
    files.write(path "sig", assert(rdiff.signature(basis, options)))
    real("-f delta '%s' '%s' '%s'", path "sig", path "new", path "delta")
    check.equal(rdiff.patch(files.read(path "delta"), basis), new)
    files.write(path "delta", assert(rdiff.delta(files.read(path "sig"), new, { seal = options.seal })))
    real("-f patch '%s' '%s' '%s'", path "basis", path "delta", path "out")
    check.equal(files.read(path "out"), new)
  end
  real("-f signature '%s' '%s'", path "basis", path "sig")
  check.equal(files.read(path "sig"), rdiff.signature(basis, { seal = false }))
  local theirs = assert(rdiff.delta(files.read(path "sig"), new, { profile = "librsync-2.3.2", seal = false }))
  real("-f delta '%s' '%s' '%s'", path "sig", path "new", path "delta")
  check.equal(files.read(path "delta"), theirs)
  remove()
end)
