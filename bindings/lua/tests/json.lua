--- Reads JSON: as much of it as the golden vectors need.

local json = {}

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local read

local function fail(text, at)
  error(("no JSON at byte %d: %q"):format(at, text:sub(at, at + 20)))
end

local function skip(text, at)
  return text:find("[^ \t\r\n]", at) or #text + 1
end

local function read_string(text, at)
  local parts = {}
  while true do
    local stop = text:find('["\\]', at) or fail(text, at)
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then
      return table.concat(parts), stop + 1
    end
    local escape = text:sub(stop + 1, stop + 1)
    if escape == "u" then
      parts[#parts + 1] = string.char(tonumber(text:sub(stop + 2, stop + 5), 16))
      at = stop + 6
    else
      parts[#parts + 1] = ESCAPES[escape] or escape
      at = stop + 2
    end
  end
end

local function read_list(text, at)
  local list = {}
  at = skip(text, at)
  if text:sub(at, at) == "]" then
    return list, at + 1
  end
  while true do
    list[#list + 1], at = read(text, at)
    at = skip(text, at)
    local mark = text:sub(at, at)
    if mark == "]" then
      return list, at + 1
    elseif mark ~= "," then
      fail(text, at)
    end
    at = at + 1
  end
end

local function read_object(text, at)
  local object = {}
  at = skip(text, at)
  if text:sub(at, at) == "}" then
    return object, at + 1
  end
  while true do
    at = skip(text, at)
    local key
    key, at = read_string(text, at + 1)
    at = skip(text, at)
    if text:sub(at, at) ~= ":" then
      fail(text, at)
    end
    object[key], at = read(text, at + 1)
    at = skip(text, at)
    local mark = text:sub(at, at)
    if mark == "}" then
      return object, at + 1
    elseif mark ~= "," then
      fail(text, at)
    end
    at = at + 1
  end
end

function read(text, at)
  at = skip(text, at)
  local mark = text:sub(at, at)
  if mark == "{" then
    return read_object(text, at + 1)
  elseif mark == "[" then
    return read_list(text, at + 1)
  elseif mark == '"' then
    return read_string(text, at + 1)
  end
  for word, value in pairs { ["true"] = true, ["false"] = false } do
    if text:sub(at, at + #word - 1) == word then
      return value, at + #word
    end
  end
  if text:sub(at, at + 3) == "null" then
    return nil, at + 4
  end
  local number = text:match("^-?%d+%.?%d*[eE]?[+-]?%d*", at) or fail(text, at)
  return tonumber(number), at + #number
end

--- What a text holds.
function json.parse(text)
  return (read(text, 1))
end

return json
