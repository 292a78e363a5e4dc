-- Health of every kind of Lastmile, by its conditions. Argo CD gives a script Lua's base and table libraries and no others.
local function said(of)
  local conditions = obj.status and obj.status.conditions or {}
  for _, c in ipairs(conditions) do
    if c.type == of then return c end
  end
  return { status = "Unknown", reason = "NotObserved", message = "not looked at yet" }
end
local function health(status, message)
  return { status = status, message = message }
end

-- Stopped by somebody, as somebody asked.
local STOPPED = { Paused = true, ObserveOnly = true }
-- The customer is served as soon as people or devices have done their part; there is nothing to wait for here.
local AWAITED = { AwaitingDevice = true, AwaitingInstallation = true, AwaitingSurvey = true }

local annotations = obj.metadata.annotations or {}
local spec = obj.spec or {}
local seen = obj.status and obj.status.observedGeneration or 0
if seen < (obj.metadata.generation or 0) then
  return health("Progressing", "not looked at yet")
end

local ready, stalled, reconciling, service = said("Ready"), said("Stalled"), said("Reconciling"), said("InService")
local paused = annotations["lastmile.dev/paused"]
if spec.paused or (paused ~= nil and paused ~= "false") then
  return health("Suspended", "paused: everything stands still")
end
if ready.status ~= "True" and STOPPED[ready.reason] then
  return health("Suspended", ready.message)
end
if reconciling.status == "True" then
  return health("Progressing", reconciling.message)
end
if stalled.status == "True" or ready.status == "False" then
  return health("Degraded", ready.message)
end
if ready.status ~= "True" then
  return health("Progressing", ready.message)
end

local suspend = annotations["lastmile.dev/suspend"]
if suspend ~= nil and suspend ~= "false" and spec.serviceState ~= "Terminated" then
  return health("Suspended", "suspended by annotation: " .. suspend)
end
if spec.serviceState == "Suspended" then
  return health("Suspended", service.message)
end
if AWAITED[service.reason] then
  return health("Healthy", service.message)
end
return health("Healthy", ready.message)
