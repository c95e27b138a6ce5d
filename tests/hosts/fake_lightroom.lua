-- A small Lightroom: as much of the SDK as the plug-in uses, run at once instead of in tasks.
local fake = { home = "/nowhere", messages = {}, writes = 0, requests = {}, prefs = {}, answers = {} }

local function newPhoto(path, rating)
  local photo = { path = path, rating = rating, properties = {}, keywords = {}, given = {} }
  function photo:getRawMetadata(key)
    if key ~= "keywords" then return self[key] end
    local list = {}
    for at, keyword in ipairs(self.given) do list[at] = keyword end
    return list
  end
  function photo:setRawMetadata(key, value) assert(fake.writing, "outside a write"); self[key] = value end
  function photo:setPropertyForPlugin(plugin, key, value)
    assert(fake.writing, "outside a write"); assert(plugin == _PLUGIN)
    assert(type(value) == "string"); self.properties[key] = value
  end
  local function place(keyword)
    for at, name in ipairs(photo.keywords) do if name == keyword.path then return at end end
  end
  function photo:addKeyword(keyword)
    assert(fake.writing)
    if place(keyword) then return end
    self.keywords[#self.keywords + 1], self.given[#self.given + 1] = keyword.path, keyword
  end
  function photo:removeKeyword(keyword)
    assert(fake.writing); local at = place(keyword)
    table.remove(self.keywords, at); table.remove(self.given, at)
  end
  return photo
end

function fake.keyword(name, parent)
  local keyword = { path = (parent and parent.path .. "|" or "") .. name }
  function keyword:getName() return name end
  function keyword:getParent() return parent end
  return keyword
end

local catalog = { photos = {} }
function catalog:getTargetPhotos() return self.photos end
function catalog:createKeyword(name, synonyms, export, parent, existing)
  assert(fake.writing); assert(existing == true); return fake.keyword(name, parent)
end
function catalog:withWriteAccessDo(name, write) fake.writes = fake.writes + 1; fake.writing = true; write(); fake.writing = false end

local modules = {
  LrHttp = { get = function(url, headers)
    fake.requests[#fake.requests + 1] = { url = url, headers = headers }
    local answer = fake.answers[url] or fake.default
    if not answer then return nil, {} end
    return answer.body, { status = answer.status }
  end },
  LrPathUtils = {
    getStandardFilePath = function(name) assert(name == "home"); return fake.home end,
    child = function(folder, name) return folder .. "/" .. name end,
  },
  LrFileUtils = {
    exists = function(path) local file = io.open(path); if file then file:close(); return "file" end; return false end,
    readFile = function(path) local file = assert(io.open(path)); local text = file:read("*a"); file:close(); return text end,
  },
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
function fake.tag(photo, ...)
  local keyword
  for _, name in ipairs({ ... }) do keyword = fake.keyword(name, keyword) end
  fake.writing = true; photo:addKeyword(keyword); fake.writing = false
end
function fake.answer(url, status, body) fake.answers[url] = { status = status, body = body } end
return fake
