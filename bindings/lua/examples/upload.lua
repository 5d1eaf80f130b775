--- Uploads a file by difference over HTTP.
--
--   GET /file     the signature of what the server has; the ETag says which version that is
--   PATCH /file   the delta, with If-Match: the server applies it to that version or not at all, and the file changes
--                 all at once; the answer is the digest of what is there now
--
-- The deltas are sealed: the server sees for itself whether what comes out is the client's file. Neither side trusts
-- the other's lengths.
--
--   lua upload.lua serve FILE        prints the port that it listens on, and answers until it is stopped
--   lua upload.lua send PORT FILE    sends what the server's file lacks
--
-- Needs lua-socket. The server is a plain HTTP/1.1 one for the loopback interface, as short as it can be: one request a
-- connection, one at a time.

local rdiff, socket = require "rdiff", require "socket"

-- The longest file that the server takes in, the longest request, the longest answer, and the most blocks that the
-- client takes.
local FILE_MAX, REQUEST_MAX, ANSWER_MAX, RECORDS_MAX = 2 ^ 30, 2 ^ 31, 2 ^ 26, 2 ^ 20
local LINE_MAX, HEADERS_MAX = 8192, 100
local PATIENCE = 60
local PART = 65536

local upload = {}

--- The digest of a file, as text.
local function digest_of(path)
  local file = assert(io.open(path, "rb"))
  local digest, why = rdiff.digest(file)
  file:close()
  return assert(digest, why)
end

-- The version that a digest stands for, as an ETag: in quotes.
local function tag_of(digest)
  return '"' .. digest .. '"'
end

-- A line, without its end.
local function read_line(connection)
  local bytes = {}
  repeat
    assert(#bytes < LINE_MAX, "a line is too long")
    bytes[#bytes + 1] = assert(connection:receive(1))
  until bytes[#bytes] == "\n"
  return (table.concat(bytes):gsub("\r?\n$", ""))
end

-- The first line of a message, and its headers by their names in lower case.
local function read_head(connection)
  local first, headers = read_line(connection), {}
  for _ = 1, HEADERS_MAX do
    local line = read_line(connection)
    if line == "" then
      return first, headers
    end
    local name, value = line:match "^([^:]+):%s*(.-)%s*$"
    assert(name, "a header without a colon")
    headers[name:lower()] = value
  end
  error "too many headers"
end

-- The length that a head says: decimal digits and nothing else; nil when it is none, or above `most`.
local function len_of(headers, most)
  local digits = headers["content-length"]
  local len = digits and #digits <= 15 and digits:find "^%d+$" and tonumber(digits)
  return len and len <= most and len or nil
end

-- Gives the parts of a body of `len` bytes.
local function body_of(connection, len)
  return function()
    if len == 0 then
      return nil
    end
    local part = assert(connection:receive(math.min(len, PART)))
    len = len - #part
    return part
  end
end

local function write_message(connection, first, headers, body)
  local lines = { first }
  headers["Content-Length"] = #body
  headers.Connection = "close"
  for name, value in pairs(headers) do
    lines[#lines + 1] = name .. ": " .. tostring(value):gsub("%.0$", "")
  end
  return connection:send(table.concat(lines, "\r\n") .. "\r\n\r\n" .. body)
end

-- Server --------------------------------------------------------------------------------------------------------

local function send_signature(path)
  local file = assert(io.open(path, "rb"))
  local len = file:seek "end"
  file:seek("set", 0)
  local signature, why = rdiff.signature(file, { source_len = len })
  file:close()
  return 200, assert(signature, why), { ETag = tag_of(digest_of(path)) }
end

local function apply_delta(path, headers, body)
  if headers["if-match"] ~= tag_of(digest_of(path)) then
    return 412, "another version is here by now: ask for its signature"
  end
  local delta = path .. ".delta"
  local file = assert(io.open(delta, "wb"))
  -- A client that goes away in the middle is an error of `body`: the delta goes away as well.
  local done, status, text = pcall(function()
    for part in body do
      assert(file:write(part))
    end
    assert(file:close())
    local options = { seal = true, limits = { output = FILE_MAX } }
    local patched, why = rdiff.patch_file(delta, path, path, options)
    if patched then
      return 200, digest_of(path)
    end
    return 422, why
  end)
  if io.type(file) == "file" then
    file:close()
  end
  os.remove(delta)
  if not done then
    error(status, 0)
  end
  return status, text
end

local function answer(connection, path)
  local first, headers = read_head(connection)
  if first:find "^GET " and not headers["content-length"] then
    headers["content-length"] = "0"
  end
  local len = len_of(headers, REQUEST_MAX)
  if not len then
    return 413, "no length, or longer than is taken here"
  end
  local body = body_of(connection, len)
  local status, text, more
  if first:find "^GET " then
    status, text, more = send_signature(path)
  elseif first:find "^PATCH " then
    status, text, more = apply_delta(path, headers, body)
  else
    status, text = 405, "GET or PATCH"
  end
  -- What was not looked at is read all the same: a client may send all of it before it reads the answer.
  for _ in body do
  end
  return status, text, more
end

--- Answers requests for a file, for ever or so many; `announce` is told the port.
function upload.serve(path, announce, requests)
  local listener = assert(socket.bind("127.0.0.1", 0))
  local _, port = listener:getsockname()
  announce(port)
  while requests ~= 0 do
    local connection = assert(listener:accept())
    connection:settimeout(PATIENCE)
    local done, status, text, more = pcall(answer, connection, path)
    if not done then
      status, text = 500, tostring(status)
    end
    write_message(connection, "HTTP/1.1 " .. status .. " -", more or {}, text)
    connection:close()
    requests = requests and requests - 1
  end
  listener:close()
end

-- Client --------------------------------------------------------------------------------------------------------

--- Sends a request; the answer's status, body and headers.
function upload.request(port, method, headers, body)
  local connection = assert(socket.connect("127.0.0.1", port))
  connection:settimeout(PATIENCE)
  headers.Host = "127.0.0.1:" .. port
  assert(write_message(connection, method .. " /file HTTP/1.1", headers, body))
  local first, found = read_head(connection)
  local len = assert(len_of(found, ANSWER_MAX), "no length, or the answer is longer than is taken here")
  local parts = {}
  for part in body_of(connection, len) do
    parts[#parts + 1] = part
  end
  connection:close()
  return tonumber(first:match "^%S+ (%d+)"), table.concat(parts), found
end

--- Sends what the server's file lacks; bytes of signature and of delta.
function upload.send(port, path)
  local status, signature, headers = upload.request(port, "GET", {}, "")
  assert(status == 200, signature)
  local file = assert(io.open(path, "rb"))
  local limits = { records = RECORDS_MAX, memory = 2 ^ 28 }
  local delta, why = rdiff.delta(signature, file, { limits = limits })
  file:close()
  assert(delta, why)
  local patched, digest = upload.request(port, "PATCH", { ["If-Match"] = headers.etag }, delta)
  assert(patched == 200, digest)
  assert(digest == digest_of(path), "the server has another file")
  return #signature, #delta
end

if arg and arg[1] == "serve" then
  upload.serve(arg[2], function(port)
    print(port)
    io.stdout:flush()
  end, tonumber(arg[3]))
elseif arg and arg[1] == "send" then
  print(("%d bytes of signature came, %d bytes of delta went"):format(upload.send(tonumber(arg[2]), arg[3])))
end

return upload
