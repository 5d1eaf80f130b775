--- Files and programs.

local files = {}

--- What a file holds; nil when there is none.
function files.read(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local bytes = file:read("*a")
  file:close()
  return bytes
end

--- Writes a file.
function files.write(path, bytes)
  local file = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  assert(file:close())
end

--- Whether a command has succeeded.
function files.run(command)
  local status = os.execute(command)
  return status == true or status == 0
end

--- What a command prints, without the last end of line.
function files.output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("\n$", ""))
end

--- A folder of this program's own, and how it is removed.
function files.folder()
  local path = files.output("mktemp -d")
  assert(path ~= "", "mktemp -d makes a folder")
  return path, function()
    files.run("rm -rf '" .. path .. "'")
  end
end

--- The SHA-256 of bytes.
function files.sha256(bytes)
  local path = os.tmpname()
  files.write(path, bytes)
  local text = files.output("sha256sum <'" .. path .. "'")
  os.remove(path)
  return (text:match "^%x+")
end

--- The most memory that this process has had, in KiB.
function files.peak_memory()
  return tonumber(files.read("/proc/self/status"):match "VmHWM:%s*(%d+) kB")
end

return files
