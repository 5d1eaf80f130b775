rockspec_format = "3.0"
package = "rollsync-rdiff"
version = "0.1.0-1"
source = {
  url = "git+https://github.com/rollsync/rollsync.git",
  tag = "v0.1.0",
  dir = "rollsync/bindings/lua/rdiff",
}
description = {
  summary = "The rsync algorithm: signatures, deltas and patches in librsync's formats",
  detailed = [[
The module rdiff makes and reads librsync's signatures and deltas, sealed against files that do not belong together.
The module lua_rdiff has the names, parameters and results of lua-rdiff.]],
  homepage = "https://github.com/rollsync/rollsync",
  license = "MIT OR Apache-2.0",
}
dependencies = { "lua >= 5.1, < 5.5" }
-- cargo is found in PATH; its workspace is the repository that this folder lies in.
build = {
  type = "command",
  build_command = [[sh ../build.sh rollsync-lua-rdiff rollsync_rdiff "$(LUA)" rdiff.so]],
  install = {
    lib = { rdiff = "rdiff.so" },
    lua = { lua_rdiff = "lua/lua_rdiff.lua" },
  },
}
