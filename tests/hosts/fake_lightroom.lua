-- A small Lightroom: as much of the SDK as the plug-in uses, run at once instead of in tasks.
local fake = { messages = {}, writes = 0, requests = {}, prefs = {}, answers = {} }

local function newPhoto(path, rating)
  local photo = { path = path, rating = rating, properties = {}, keywords = {} }
  function photo:getRawMetadata(key) return key == "path" and self.path or self[key] end
  function photo:setRawMetadata(key, value) assert(fake.writing, "outside a write"); self[key] = value end
  function photo:setPropertyForPlugin(plugin, key, value)
    assert(fake.writing, "outside a write"); assert(plugin == _PLUGIN)
    assert(type(value) == "string"); self.properties[key] = value
  end
  function photo:addKeyword(keyword) assert(fake.writing); self.keywords[#self.keywords + 1] = keyword.name end
  return photo
end

local catalog = { photos = {} }
function catalog:getTargetPhotos() return self.photos end
function catalog:createKeyword(name, synonyms, export, parent, existing)
  assert(fake.writing); assert(existing == true); return { name = (parent and parent.name .. "|" or "") .. name }
end
function catalog:withWriteAccessDo(name, write) fake.writes = fake.writes + 1; fake.writing = true; write(); fake.writing = false end

local modules = {
  LrHttp = { get = function(url, headers)
    fake.requests[#fake.requests + 1] = { url = url, headers = headers }
    local answer = fake.answers[url] or fake.default
    if not answer then return nil, {} end
    return answer.body, { status = answer.status }
  end },
  LrPrefs = { prefsForPlugin = function() return fake.prefs end },
  LrApplication = { activeCatalog = function() return catalog end },
  LrDialogs = { message = function(title, text) fake.messages[#fake.messages + 1] = text end },
  LrProgressScope = function() return {
    isCanceled = function() return fake.cancelled end, setPortionComplete = function() end, done = function() end } end,
  LrTasks = { startAsyncTask = function(task) task() end, yield = function() end },
  LrView = { bind = function(name) return name end },
}

_PLUGIN = { id = "org.aesplugin.lightroom" }
function import(name) return assert(modules[name], name .. " is not in the fake") end
function fake.add(path, rating) local p = newPhoto(path, rating); catalog.photos[#catalog.photos + 1] = p; return p end
function fake.answer(url, status, body) fake.answers[url] = { status = status, body = body } end
return fake
