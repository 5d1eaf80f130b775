--- The upload example: a server in a process of its own, and a client here.

local check, data, files = require "check", require "data", require "files"
local rdiff, socket, upload = require "rdiff", require "socket", require "upload"

local basis, new = data.pair()
local folder, remove = files.folder()
local theirs, ours = folder .. "/theirs", folder .. "/ours"
files.write(theirs, basis)
files.write(ours, new)

-- More than there are below: what is left is asked for at the end.
local REQUESTS = 30
local server = io.popen(("%s bindings/lua/examples/upload.lua serve '%s' %d"):format(arg[-1], theirs, REQUESTS))
local port = tonumber(server:read "*l")

check.test("what the server lacks is sent", function()
  local signature, delta = upload.send(port, ours)
  check.equal(files.read(theirs), new)
  assert(signature + delta < #new / 4, signature .. " + " .. delta)
end)

check.test("what does not fit changes nothing", function()
  local version = { ["If-Match"] = '"' .. rdiff.digest(new) .. '"' }
  local function patched(headers, body)
    local status = upload.request(port, "PATCH", headers, body)
    check.equal(files.read(theirs), new)
    return status
  end
  -- For another version; one without quotes; cut; for another basis; without a seal; a request that is none.
  check.equal(patched({ ["If-Match"] = '"' .. rdiff.digest(basis) .. '"' }, ""), 412)
  check.equal(patched({ ["If-Match"] = rdiff.digest(new) }, ""), 412)
  local delta = assert(rdiff.diff(new, basis))
  check.equal(patched(version, delta:sub(1, -5)), 422)
  check.equal(patched(version, assert(rdiff.diff(basis, new))), 422)
  check.equal(patched(version, assert(rdiff.diff(new, basis, { seal = false }))), 422)
  check.equal(upload.request(port, "DELETE", {}, ""), 405)
  check.equal(files.output("ls '" .. folder .. "'"), "ours\ntheirs")
end)

-- Sends bytes that are no whole request; the first line of the answer, when there is to be one.
local function send_raw(bytes, answered)
  local connection = assert(socket.connect("127.0.0.1", port))
  connection:settimeout(60)
  assert(connection:send(bytes))
  local line = answered and connection:receive "*l"
  connection:close()
  return line
end

check.test("a connection that is cut in the body", function()
  local head = ('PATCH /file HTTP/1.1\r\nIf-Match: "%s"\r\nContent-Length: 100000\r\n\r\n'):format(rdiff.digest(new))
  send_raw(head)
  send_raw(head .. ("x"):rep(70000))
  -- One request at a time: when this one is answered, those are done with.
  local status, _, headers = upload.request(port, "GET", {}, "")
  check.equal(status, 200)
  check.equal(headers.etag, '"' .. rdiff.digest(new) .. '"')
  check.equal(files.output("ls '" .. folder .. "'"), "ours\ntheirs")
  check.equal(files.read(theirs), new)
end)

check.test("lengths that are none, and lines without end", function()
  for _, len in ipairs { "0x10", "1e1", "1.5", "-1", "", "9999999999", ("9"):rep(400) } do
    check.equal(send_raw(("PATCH /file HTTP/1.1\r\nContent-Length: %s\r\n\r\n"):format(len), true), "HTTP/1.1 413 -")
  end
  check.equal(send_raw("PATCH /file HTTP/1.1\r\n\r\n", true), "HTTP/1.1 413 -")
  check.equal(send_raw(("x"):rep(8192), true), "HTTP/1.1 500 -")
  check.equal(files.read(theirs), new)
end)

repeat
until not pcall(upload.request, port, "GET", {}, "")
server:close()
remove()
check.finish()
