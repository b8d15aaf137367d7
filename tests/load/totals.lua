-- For wrk: prints the totals as plain numbers. Nothing is looked at while requests run, so it costs nothing.
function done(summary)
  local errors = summary.errors
  print("answered " .. summary.requests)
  print("microseconds " .. summary.duration)
  print("wrong " .. (errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
