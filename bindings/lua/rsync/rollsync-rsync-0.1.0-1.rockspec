rockspec_format = "3.0"
package = "rollsync-rsync"
version = "0.1.0-1"
source = {
  url = "git+https://github.com/rollsync/rollsync.git",
  tag = "v0.1.0",
  dir = "rollsync/bindings/lua/rsync",
}
description = {
  summary = "luapower's rsync for LuaJIT, with rollsync's engine below it",
  homepage = "https://github.com/rollsync/rollsync",
  license = "MIT OR Apache-2.0",
}
-- LuaJIT, whose FFI it uses.
dependencies = { "lua >= 5.1, < 5.2" }
build = {
  type = "command",
  build_command = [[sh ../build.sh rollsync-lua-rsync rollsync_luapower "" rollsync_luapower.so]],
  install = {
    lib = { rollsync_luapower = "rollsync_luapower.so" },
    lua = {
      rsync = "lua/rsync.lua",
      ["rsync.general"] = "lua/rsync/general.lua",
      ["rsync.limits"] = "lua/rsync/limits.lua",
    },
  },
}
