--- Progress, and stopping.

local check, data, files = require "check", require "data", require "files"
local rdiff = require "rdiff"

local basis, new = data.pair()
basis, new = basis:rep(10), new:rep(10)
local sums = assert(rdiff.signature(basis))
local delta = assert(rdiff.delta(sums, new))

check.test("progress", function()
  local phases, last = {}, {}
  local totals = { signature = #basis, load = #sums, delta = #new, patch = #delta }
  local function progress(phase, bytes_in, total_in, bytes_out)
    phases[phase] = (phases[phase] or 0) + 1
    assert(bytes_in >= (last[phase] or 0))
    last[phase] = bytes_in
    check.equal(total_in, totals[phase], phase)
    assert(bytes_out >= 0)
  end
  assert(rdiff.diff(basis, new, { progress = progress }))
  assert(phases.signature > 2 and phases.delta > 2)
  check.equal(last.signature, #basis)
  check.equal(last.delta, #new)
  last.delta = 0
  assert(rdiff.delta(sums, new, { progress = progress }))
  assert(phases.load > 1)
  check.equal(last.load, #sums)
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

-- A basis that gives little at a time, and how often it was asked.
local function slow_basis(each)
  local calls = 0
  return function(offset, len)
    calls = calls + 1
    if each then
      each(calls)
    end
    return basis:sub(offset + 1, offset + math.min(len, 4096))
  end, function()
    return calls
  end
end

local function spend(seconds)
  local start = os.clock()
  repeat
  until os.clock() - start > seconds
end

check.test("jobs are watched within a feed", function()
  local reports = 0
  local job = assert(rdiff.patch_job(basis, { progress = function()
    reports = reports + 1
  end }))
  check.equal(assert(job:feed(delta)) .. assert(job:finish()), new)
  assert(reports > 5, reports)

  local token = rdiff.cancel_token()
  local read, calls = slow_basis(function(call)
    if call == 5 then
      token:cancel()
    end
  end)
  check.fails("cancelled", "cancelled", assert(rdiff.patch_job(read, { cancel = token })):feed(delta))
  check.equal(calls(), 5)

  read, calls = slow_basis()
  reports = 0
  check.fails("cancelled", "cancelled", assert(rdiff.patch_job(read, { progress = function()
    reports = reports + 1
    return reports < 9
  end })):feed(delta))
  assert(calls() < 20, calls())

  read, calls = slow_basis(function()
    spend(0.01)
  end)
  check.fails("limit", "millisecond", assert(rdiff.patch_job(read, { limits = { time = 0.05 } })):feed(delta))
  assert(calls() < 10, calls())
end)

check.test("a callback may ask its job, not feed it", function()
  local job, fed, kind, closed
  local most, asked = 0, 0
  local function ask()
    asked = asked + 1
    most = math.max(most, job:stats().bytes_out)
    local value, _, why = job:feed "more"
    fed, kind = value, why
    check.fails("param", "the job is at work", job:finish())
    closed = job:close()
  end
  job = assert(rdiff.patch_job(slow_basis(ask), { progress = ask }))
  local made = assert(job:feed(delta)) .. assert(job:finish())
  check.equal(made, new)
  assert(asked > 100 and most > 0)
  check.equal(fed, nil)
  check.equal(kind, "param")
  check.equal(closed, nil)
  check.equal(job:stats().bytes_out, #new)
end)

check.test("a job that has ended does not keep its callbacks", function()
  local held = setmetatable({}, { __mode = "v" })
  local function ended(ending)
    local job
    job = assert(rdiff.patch_job(basis, { progress = function()
      return job ~= nil
    end }))
    held[1] = job
    if ending == "fail" then
      check.fails("bad_magic", "magic", job:feed "none of them")
    else
      assert(job:feed(delta))
      assert(ending == "finish" and job:finish() or job:close())
    end
  end
  for _, ending in ipairs { "finish", "fail", "close" } do
    ended(ending)
    for _ = 1, 3 do
      collectgarbage "collect"
    end
    check.equal(held[1], nil, ending)
  end
end)

check.test("closing", function()
  local job = assert(rdiff.delta_job(sums))
  assert(job:feed(new))
  check.equal(job:close(), true)
  check.fails("param", "the job is closed", job:feed(new))
  check.fails("param", "the job is closed", job:finish())
  check.equal(job:stats().bytes_in, #new)
  check.equal(job:close(), true)
  local loaded = assert(rdiff.load(sums))
  job = assert(rdiff.delta_job(loaded))
  loaded:close()
  check.equal(loaded.blocks, nil)
  check.equal(loaded.format, nil)
  check.fails("param", "the signature is closed", rdiff.delta(loaded, new))
  check.fails("param", "the signature is closed", rdiff.delta_job(loaded))
  -- What began before goes on.
  check.equal(assert(job:feed(new)) .. assert(job:finish()), delta)
  if _VERSION == "Lua 5.4" then
    local kept, kept_job = assert(load [[
      local rdiff, sums = ...
      local loaded <close> = rdiff.load(sums)
      local job <close> = rdiff.delta_job(loaded)
      return loaded, job
    ]])(rdiff, sums)
    check.equal(kept.blocks, nil)
    check.fails("param", "the job is closed", kept_job:finish())
  end
end)

check.test("what gives nothing for ever is stopped", function()
  local calls
  local function nothing()
    calls = calls + 1
    assert(calls < 1e7, "for ever")
    return ""
  end
  local function stopped(kind, options)
    for _, call in ipairs {
      function()
        return rdiff.signature(nothing, nil, options)
      end,
      function()
        return rdiff.delta(sums, nothing, nil, options)
      end,
      function()
        return rdiff.delta(nothing, new, nil, options)
      end,
      function()
        return rdiff.patch(nothing, basis, nil, options)
      end,
      function()
        return rdiff.load(nothing, options)
      end,
    } do
      calls = 0
      check.fails(kind, "", call())
    end
  end
  stopped("limit", { limits = { time = 0.01 } })
  stopped("cancelled", { progress = function()
    return calls < 10
  end })
  local token = rdiff.cancel_token()
  calls = 0
  check.fails("cancelled", "cancelled", rdiff.signature(function()
    if calls == 10 then
      token:cancel()
    end
    return nothing()
  end, nil, { cancel = token }))
  check.equal(calls, 11)
end)

check.test("diff has one clock, and its signature is no output", function()
  assert(#delta < #sums)
  check.equal(rdiff.diff(basis, new, { limits = { output = #delta } }), delta)
  check.fails("limit", "output", rdiff.diff(basis, new, { limits = { output = #delta - 1 } }))
  local function slow(bytes)
    local parts = data.source(bytes, 1, #bytes)
    return function()
      spend(0.015)
      return parts()
    end
  end
  local options = { limits = { time = 0.05 } }
  check.fails("limit", "millisecond", rdiff.diff(slow(basis), slow(new), nil, options))
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
