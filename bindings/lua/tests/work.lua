--- Progress, and stopping.

local check, data, files = require "check", require "data", require "files"
local rdiff = require "rdiff"

local basis, new = data.pair()
basis, new = basis:rep(10), new:rep(10)
local sums = assert(rdiff.signature(basis))
local delta = assert(rdiff.delta(sums, new))

check.test("progress", function()
  local phases, last = {}, {}
  local function progress(phase, bytes_in, total_in, bytes_out)
    phases[phase] = (phases[phase] or 0) + 1
    assert(bytes_in >= (last[phase] or 0))
    last[phase] = bytes_in
    check.equal(total_in, phase == "signature" and #basis or phase == "delta" and #new or total_in)
    assert(bytes_out >= 0)
  end
  assert(rdiff.diff(basis, new, { progress = progress }))
  assert(phases.signature > 2 and phases.load > 1 and phases.delta > 2)
  check.equal(last.signature, #basis)
  check.equal(last.delta, #new)
  assert(rdiff.patch(delta, basis, { progress = progress }))
  check.equal(last.patch, #delta)
  local job = assert(rdiff.signature_job { progress = progress, source_len = #basis })
  last.signature = 0
  for part in data.source(basis, 1, 100000) do
    assert(job:feed(part))
  end
  assert(job:finish())
  check.equal(last.signature, #basis)
end)

check.test("progress that returns false cancels", function()
  local function calls()
    local count = 0
    return function()
      count = count + 1
      return count < 2
    end
  end
  check.fails("cancelled", "cancelled", rdiff.signature(basis, { progress = calls() }))
  check.fails("cancelled", "cancelled", rdiff.signature(data.source(basis, 1, 9000), nil, { progress = calls() }))
  check.fails("cancelled", "cancelled", rdiff.delta(sums, new, { progress = calls() }))
  check.fails("cancelled", "cancelled", rdiff.patch(delta, basis, { progress = calls() }))
  check.fails("cancelled", "cancelled", rdiff.diff(basis, new, { progress = calls() }))
  check.fails("cancelled", "so be it", rdiff.signature(basis, { progress = function()
    error("so be it", 0)
  end }))
end)

check.test("a token cancels", function()
  local token = rdiff.cancel_token()
  check.equal(token:is_cancelled(), false)
  assert(rdiff.signature(basis, { cancel = token }))
  -- From a callback of the work itself.
  local parts = data.source(basis, 1, 9000)
  check.fails("cancelled", "cancelled", rdiff.delta(sums, function()
    token:cancel()
    return parts()
  end, { cancel = token }))
  check.equal(token:is_cancelled(), true)
  check.fails("cancelled", "cancelled", rdiff.signature(basis, { cancel = token }))
  check.fails("cancelled", "cancelled", rdiff.signature_job({ cancel = token }):feed(basis))
  -- Between two feeds.
  token = rdiff.cancel_token()
  local job = assert(rdiff.delta_job(sums, { cancel = token }))
  assert(job:feed(new:sub(1, 1000)))
  token:cancel()
  check.fails("cancelled", "cancelled", job:feed(new:sub(1001)))
  check.fails("cancelled", "cancelled", job:finish())
end)

check.test("what is cancelled leaves its file as it was", function()
  local folder, remove = files.folder()
  files.write(folder .. "/basis", basis)
  files.write(folder .. "/sig", "as it was")
  check.fails("cancelled", "cancelled", rdiff.signature_file(folder .. "/basis", folder .. "/sig", {
    progress = function()
      return false
    end,
  }))
  check.equal(files.read(folder .. "/sig"), "as it was")
  check.equal(files.output("ls '" .. folder .. "'"), "basis\nsig")
  remove()
end)
