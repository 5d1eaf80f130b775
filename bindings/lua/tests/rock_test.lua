--- What `luarocks make` has installed.

local check = require "check"

check.test("the rock", function()
  local rdiff = require "rdiff"
  local basis, new = ("the old text"):rep(99), ("the old text"):rep(98) .. "the new text"
  check.equal(rdiff.patch(rdiff.delta(rdiff.signature(basis), new), basis), new)
  check.equal(require("lua_rdiff")._NAME, "lua_rsync")
  assert(package.searchpath("rdiff", package.cpath):find("/lib/lua/", 1, true), "it is the rock's")
end)

check.finish()
