--- What a call may take, as a module's `limits` say: for what comes from strangers.

local limits = {}

local KNOWN = { output = true, records = true, work = true, time = true }

--- A clock, in seconds: `rsync`, which has the engine, sets it.
limits.now = nil

-- Whether a limit of this name can be that: time any number of seconds, the others whole numbers.
local function is_limit(name, limit)
  return type(limit) == "number" and limit >= 0 and (name == "time" or limit % 1 == 0)
end

local function reached(needed, unit, allowed)
  error("rsync: " .. needed .. " " .. unit .. " needed, " .. allowed .. " allowed", 0)
end

local call = {}
call.__index = call

--- The limits of a call of a module's, which begins here.
function limits.begin(module)
  local given = module.limits or {}
  if type(given) ~= "table" then
    error("rsync: limits are " .. tostring(given) .. ", not a table", 3)
  end
  local begun = { began = limits.now() }
  for name, limit in pairs(given) do
    if not KNOWN[name] then
      error("rsync: there is no limit '" .. tostring(name) .. "'", 3)
    elseif not is_limit(name, limit) then
      error("rsync: limits." .. name .. " is " .. tostring(limit) .. ", not a number that it can be", 3)
    end
    begun[name] = limit
  end
  return setmetatable(begun, call)
end

--- The callback, called as long as there is time.
function call:timed(callback)
  if not self.time then
    return callback
  end
  return function(...)
    local passed = limits.now() - self.began
    if passed >= self.time then
      reached(("%.3f"):format(passed), "seconds", ("%g"):format(self.time))
    end
    return callback(...)
  end
end

--- The callback that writes, called as long as there is time and it may write so much.
function call:written(write)
  write = self:timed(write)
  if not self.output then
    return write
  end
  local total = 0
  return function(place, len)
    total = total + tonumber(len)
    if total > self.output then
      reached(("%.0f"):format(total), "bytes of output", ("%.0f"):format(self.output))
    end
    return write(place, len)
  end
end

--- An error when a signature may not have so many records.
function call:may_have(records)
  if self.records and records > self.records then
    reached(("%.0f"):format(records), "records", ("%.0f"):format(self.records))
  end
end

--- An error when no more than `read` bytes of a new file are a reason to hash so many.
function call:may_hash(bytes, read)
  if self.work and bytes > self.work * read then
    self:too_much_work()
  end
end

--- The error of a search that has to hash more than it may.
function call:too_much_work()
  error(("rsync: more than %.0f hashed bytes a byte needed"):format(self.work), 0)
end

return limits
