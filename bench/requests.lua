-- wrk's side of the benchmark: sends the prepared requests of a file (parted by a zero byte) one after the other, and prints
-- what happened as JSON.

local prepared, sent = {}, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for one in file:read("*a"):gmatch("[^%z]+") do
    prepared[#prepared + 1] = one
  end
  file:close()
end

function request()
  sent = sent % #prepared + 1
  return prepared[sent]
end

function done(summary, latency, requests)
  local faults = summary.errors
  io.write(string.format(
    '{"seconds": %.6f, "requests": %d, "bytes": %d, "refused": %d, "broken": %d, "p50": %.3f, "p95": %.3f, "p99": %.3f}\n',
    summary.duration / 1e6, summary.requests, summary.bytes, faults.status,
    faults.connect + faults.read + faults.write + faults.timeout,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
