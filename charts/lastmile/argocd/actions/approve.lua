-- Exactly the change sets that the object showed as held; what is held later needs a word of its own.
local wanted = actionParams and actionParams["changeSet"]
local ids = {}
for _, held in ipairs(obj.status and obj.status.held or {}) do
  if wanted == nil or wanted == "" or wanted == held.changeSet then
    table.insert(ids, held.changeSet)
  end
end
if ids[1] == nil then
  error("nothing of that name is held", 0)
end
if obj.metadata.annotations == nil then obj.metadata.annotations = {} end
obj.metadata.annotations["lastmile.dev/approve"] = table.concat(ids, ",")
return obj
