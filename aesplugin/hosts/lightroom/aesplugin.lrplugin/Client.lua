-- Asks the page on this machine (`aesplugin serve`).
local LrHttp = import "LrHttp"
local LrPrefs = import "LrPrefs"

local Json = require "Json"

local Client = {}

local function headers()
  local prefs = LrPrefs.prefsForPlugin()
  local list = { { field = "X-AES-Client", value = "lightroom" } }
  if prefs.token and prefs.token ~= "" then
    list[#list + 1] = { field = "Authorization", value = "Bearer " .. prefs.token }
  end
  return list
end

local function address()
  local given = LrPrefs.prefsForPlugin().address or "http://127.0.0.1:8765"
  return (given:gsub("/+$", ""))
end

-- Everything but what an address may hold, byte by byte.
function Client.escape(text)
  return (text:gsub("[^%w%-%._~/]", function(c) return string.format("%%%02X", c:byte()) end))
end

-- What is known of the photo in a file, or nil and the reason in one line.
function Client.photo(path)
  local url = address() .. "/api/v1/photos/by-path?path=" .. Client.escape(path)
  local body, answer = LrHttp.get(url, headers(), 30)
  if not body then
    return nil, "no answer from " .. address() .. ": start `aesplugin serve`"
  end
  local found, problem = Json.decode(body)
  if answer.status ~= 200 then
    return nil, found and found.error or ("the page answered " .. tostring(answer.status))
  end
  return found, problem
end

return Client
