-- Back to what spec.serviceState says.
if obj.metadata.annotations ~= nil then
  obj.metadata.annotations["lastmile.dev/suspend"] = nil
end
return obj
