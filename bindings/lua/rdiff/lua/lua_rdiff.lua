--- lua-rdiff's module: `require "lua_rdiff"` returns it, and sets the global `rdiff` as the original does.
rdiff = require "rdiff.original"

return rdiff
