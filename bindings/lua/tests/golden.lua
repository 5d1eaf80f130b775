--- The golden vectors, made by the real rdiff: every signature, delta, patch and load.

local check, data, files, json = require "check", require "data", require "files", require "json"
local rdiff = require "rdiff"

local golden = json.parse(assert(files.read "testing/vectors/golden.json"))
local bytes_of = data.segments

local FORMATS = {
  ["72730136"] = "rollsum-md4",
  ["72730137"] = "rollsum-blake2",
  ["72730146"] = "rk-md4",
  ["72730147"] = "rk-blake2",
}
-- What the status of rdiff is a kind of.
local KINDS = { [103] = "input_ended", [104] = "bad_magic", [106] = "corrupt", [108] = "param" }

local function same(found, expected, name)
  if expected.hex then
    check.equal(data.hex(found), expected.hex, name)
  else
    check.equal(#found, expected.len, name)
    check.equal(data.hex(found:sub(1, #expected.head / 2)), expected.head, name)
    check.equal(files.sha256(found), expected.sha256, name)
  end
end

local function signature(case)
  local basis = bytes_of(case.basis)
  local options = { format = FORMATS[case.magic], seal = false }
  options.block_len = case.block_len_arg > 0 and case.block_len_arg or nil
  options.strong_len = case.strong_len_arg > 0 and case.strong_len_arg or case.strong_len_arg < 0 and "min" or "max"
  local sums
  if case.size_known then
    sums = assert(rdiff.signature(basis, options))
  else
    sums = assert(rdiff.signature(data.source(basis, 1, 5000), nil, options))
  end
  same(sums, case.sig, case.name)
  return sums
end

check.test("golden signatures", function()
  for _, case in ipairs(golden.signature) do
    signature(case)
  end
  check.equal(#golden.signature, 53)
end)

-- The lengths of librsync's buffers, that rdiff's options -I and -O give.
local function buffers(case)
  local lengths = {}
  for i = 1, #(case.rdiff_args or {}), 2 do
    lengths[case.rdiff_args[i]] = tonumber(case.rdiff_args[i + 1])
  end
  return lengths["-I"], lengths["-O"] or 262144
end

check.test("golden deltas", function()
  for _, case in ipairs(golden.delta) do
    local sums, basis, new = signature(case), bytes_of(case.basis), bytes_of(case.new)
    local input, output = buffers(case)
    local old = { profile = "librsync-2.3.2", seal = false, empty_basis = input }
    local later = { profile = "librsync-2.3.4", seal = false }
    later.empty_basis = input and { input = input, output = output }
    same(assert(rdiff.delta(sums, new, old)), case.delta, case.name)
    local delta = assert(rdiff.delta(sums, new, later))
    same(delta, case.delta_new or case.delta, case.name)
    check.equal(assert(rdiff.patch(delta, basis)), new, case.name)
    check.equal(assert(rdiff.patch(assert(rdiff.delta(sums, new)), basis)), new, case.name)
  end
  check.equal(#golden.delta, 114)
end)

check.test("golden patches", function()
  for _, case in ipairs(golden.patch) do
    local basis, delta = bytes_of(case.basis), data.unhex(case.delta.hex)
    local options = { seal = false }
    if case.exit == 0 then
      same(assert(rdiff.patch(delta, basis, options)), case.output, case.name)
    else
      check.fails(KINDS[case.exit], "", rdiff.patch(delta, basis, options))
      check.fails(KINDS[case.exit], "", rdiff.patch(data.source(delta, 3, 3), function(offset, len)
        return basis:sub(offset + 1, offset + len)
      end, options))
    end
  end
  check.equal(#golden.patch, 45)
end)

check.test("golden loads", function()
  for _, case in ipairs(golden.loadsig) do
    local sums, new = data.unhex(case.sig.hex), bytes_of(case.new)
    local options = { profile = "librsync-2.3.2", seal = false }
    if case.exit == 0 then
      same(assert(rdiff.delta(sums, new, options)), case.delta, case.name)
    else
      check.fails(KINDS[case.exit], "", rdiff.delta(sums, new, options))
    end
  end
  check.equal(#golden.loadsig, 22)
end)
