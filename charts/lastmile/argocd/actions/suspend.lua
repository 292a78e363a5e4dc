-- Stricter than spec.serviceState, and no part of git: a sync does not take it away.
local reason = actionParams and actionParams["reason"] or ""
if reason == "" or reason == "false" then reason = "asked for in Argo CD" end
if obj.metadata.annotations == nil then obj.metadata.annotations = {} end
obj.metadata.annotations["lastmile.dev/suspend"] = reason
return obj
