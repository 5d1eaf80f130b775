--- Runs tests, each for itself, and closes with the line that the project's test command counts.

local check = { passed = 0, failed = 0 }

--- Runs one test.
function check.test(name, body)
  local done, why = xpcall(body, function(raised)
    return debug.traceback(tostring(raised), 2)
  end)
  if done then
    check.passed = check.passed + 1
  else
    check.failed = check.failed + 1
    print("test " .. name .. " ... FAILED\n" .. why)
  end
end

local function shown(value)
  if type(value) == "string" and #value > 200 then
    return ("%d bytes, %q ..."):format(#value, value:sub(1, 60))
  end
  return type(value) == "string" and ("%q"):format(value) or tostring(value)
end

--- Fails unless the two are equal.
function check.equal(found, expected, what)
  if found ~= expected then
    error((what and what .. ": " or "") .. shown(found) .. ", not " .. shown(expected), 2)
  end
end

--- Fails unless a call has returned nil, a message that holds `message`, and `kind`.
function check.fails(kind, message, value, found, found_kind)
  if value ~= nil or found_kind ~= kind or not tostring(found):find(message, 1, true) then
    error(("%s, %s, %s, not nil, %s, %s"):format(shown(value), tostring(found), tostring(found_kind), message,
      tostring(kind)), 2)
  end
end

--- Fails unless calling `body` raises an error whose text holds `message`.
function check.raises(message, body, ...)
  local done, raised = pcall(body, ...)
  if done or not tostring(raised):find(message, 1, true) then
    error((done and "nothing was raised" or tostring(raised)) .. ", not " .. message, 2)
  end
end

--- Prints the closing line, and ends the program: not well when a test has failed.
function check.finish()
  print(("test result: %s. %d passed; %d failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s"):format(
    check.failed == 0 and "ok" or "FAILED", check.passed, check.failed))
  os.exit(check.failed == 0 and 0 or 1)
end

return check
