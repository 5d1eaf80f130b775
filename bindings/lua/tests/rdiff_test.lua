--- The tests of `rdiff` and `lua_rdiff`, under any Lua.

local check = require "check"

-- First: the memory that it takes is what the process has taken at most.
require "large"
require "golden"
require "streams"
require "failures"
require "faults"
require "work"
require "original"
require "exchange"

check.finish()
