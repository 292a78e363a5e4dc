if obj.metadata.annotations == nil then obj.metadata.annotations = {} end
obj.metadata.annotations["lastmile.dev/paused"] = "true"
return obj
