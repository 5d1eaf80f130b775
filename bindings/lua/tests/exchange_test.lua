--- The files of the other bindings alone, when all of them have been written.

require "exchange"
require("check").finish()
