if obj.metadata.annotations ~= nil then
  obj.metadata.annotations["lastmile.dev/paused"] = nil
end
return obj
