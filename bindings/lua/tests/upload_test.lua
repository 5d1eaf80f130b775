--- The upload example: a server in a process of its own, and a client here.

local check, data, files = require "check", require "data", require "files"
local rdiff, upload = require "rdiff", require "upload"

local basis, new = data.pair()
local folder, remove = files.folder()
local theirs, ours = folder .. "/theirs", folder .. "/ours"
files.write(theirs, basis)
files.write(ours, new)

local REQUESTS = 7
local server = io.popen(("%s bindings/lua/examples/upload.lua serve '%s' %d"):format(arg[-1], theirs, REQUESTS))
local port = tonumber(server:read "*l")

check.test("what the server lacks is sent", function()
  local signature, delta = upload.send(port, ours)
  check.equal(files.read(theirs), new)
  assert(signature + delta < #new / 4, signature .. " + " .. delta)
end)

check.test("what does not fit changes nothing", function()
  local version = { ["If-Match"] = rdiff.digest(new) }
  local function patched(headers, body)
    local status = upload.request(port, "PATCH", headers, body)
    check.equal(files.read(theirs), new)
    return status
  end
  -- For another version; cut; for another basis; without a seal; a request that is none.
  check.equal(patched({ ["If-Match"] = rdiff.digest(basis) }, ""), 412)
  local delta = assert(rdiff.diff(new, basis))
  check.equal(patched(version, delta:sub(1, -5)), 422)
  check.equal(patched(version, assert(rdiff.diff(basis, new))), 422)
  check.equal(patched(version, assert(rdiff.diff(new, basis, { seal = false }))), 422)
  check.equal(upload.request(port, "DELETE", {}, ""), 405)
  check.equal(files.output("ls '" .. folder .. "'"), "ours\ntheirs")
end)

server:close()
remove()
check.finish()
