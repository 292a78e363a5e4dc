-- Which actions are offered for this object; those that would change nothing are greyed out.
local annotations = obj.metadata.annotations or {}
local paused = annotations["lastmile.dev/paused"]
local isPaused = paused ~= nil and paused ~= "false"
local suspend = annotations["lastmile.dev/suspend"]
local isSuspended = suspend ~= nil and suspend ~= "false"

local actions = {}
actions["resync"] = { ["disabled"] = false }
actions["pause"] = { ["disabled"] = isPaused }
actions["unpause"] = { ["disabled"] = not isPaused }
if obj.kind == "Subscriber" then
  actions["suspend"] = { ["disabled"] = isSuspended, ["params"] = { { ["name"] = "reason" } } }
  actions["resume"] = { ["disabled"] = not isSuspended }
end
if obj.kind == "Tenant" then
  local held = obj.status and obj.status.held or {}
  actions["approve"] = { ["disabled"] = held[1] == nil, ["params"] = { { ["name"] = "changeSet" } } }
end
return actions
