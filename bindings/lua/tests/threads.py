"""Two threads of the system, each with a Lua state of its own, in one process: what no Lua program can do by itself.

usage: threads.py LIBRARY    Lua's shared library, 5.4; LUA_PATH and LUA_CPATH are set as for the other tests
"""

import ctypes
import sys
import threading

SCRIPT = b"""
local rdiff, data = require "rdiff", require "data"
local basis, new = data.pair()
for round = 1, 20 do
  local from, to = basis, new
  if (round + TURN) % 2 == 0 then
    from, to = new, basis
  end
  local delta = assert(rdiff.delta(assert(rdiff.signature(data.source(from, round, 3000))), data.source(to, 1, 5000)))
  assert(rdiff.patch(delta, from) == to)
  local value, message, kind = rdiff.patch(delta, to)
  assert(value == nil and kind, message)
  if not pcall(rdiff.signature, nil) then
    rounds = round
  end
end
return rounds
"""


def main(library):
    lua = ctypes.CDLL(library, mode=ctypes.RTLD_GLOBAL)
    lua.luaL_newstate.restype = ctypes.c_void_p
    lua.lua_tolstring.restype = ctypes.c_char_p
    results = {}

    def run(turn):
        state = ctypes.c_void_p(lua.luaL_newstate())
        lua.luaL_openlibs(state)
        lua.lua_pushinteger(state, ctypes.c_longlong(turn))
        lua.lua_setglobal(state, b"TURN")
        # ctypes gives up Python's lock while a call lasts: the two run at the same time.
        lua.luaL_loadstring(state, SCRIPT)
        lua.lua_pcallk(state, 0, 1, 0, ctypes.c_void_p(0), None)
        results[turn] = lua.lua_tolstring(state, -1, None)
        lua.lua_close(state)

    threads = [threading.Thread(target=run, args=(turn,)) for turn in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    failed = sum(result != b"20" for result in results.values())
    if failed:
        print("test two threads at once ... FAILED", results)
    print(
        f"test result: {'FAILED' if failed else 'ok'}. {2 - failed} passed; {failed} failed; 0 ignored; 0 measured; "
        "0 filtered out; finished in 0.00s"
    )
    return 1 if failed or len(results) != 2 else 0


sys.exit(main(sys.argv[1]))
