-- An argument error is raised where the function was called; a failure is nil, message, kind.
local error = error

return function(inner)
  return function(...)
    local wrong, value, message, kind = inner(...)
    if wrong then
      error(wrong, 2)
    elseif kind then
      return nil, message, kind
    elseif message then
      return nil, message
    end
    return value
  end
end
