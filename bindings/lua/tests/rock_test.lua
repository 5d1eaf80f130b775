--- What `luarocks make` has installed: nothing else lies in the paths.

local check = require "check"

check.test("the rock of rdiff", function()
  local rdiff = require "rdiff"
  local basis, new = ("the old text"):rep(99), ("the old text"):rep(98) .. "the new text"
  check.equal(rdiff.patch(rdiff.delta(rdiff.signature(basis), new), basis), new)
  check.equal(require("lua_rdiff")._NAME, "lua_rsync")
  assert(not package.cpath:find(";", 1, true) and package.cpath:find("/lib/lua/", 1, true), package.cpath)
end)

if rawget(_G, "jit") then
  check.test("the rock of rsync", function()
    local callbacks, rsync = require "callbacks", require "rsync"
    local old, new = ("the old text"):rep(99), ("the old text"):rep(98) .. "the new text"
    local sigs = rsync:load_sigs_file(callbacks.reader(callbacks.signature(rsync, old, 12)))
    local made = callbacks.delta(rsync, sigs, new, 12)
    assert(#made < #new)
    check.equal(callbacks.patch(rsync, old, made, 12), new)
  end)
end

check.finish()
