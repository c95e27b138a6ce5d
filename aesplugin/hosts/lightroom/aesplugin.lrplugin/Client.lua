-- Asks the page on this machine (`aesplugin serve`).
local LrFileUtils = import "LrFileUtils"
local LrHttp = import "LrHttp"
local LrPathUtils = import "LrPathUtils"
local LrPrefs = import "LrPrefs"

local Json = require "Json"

local Client = {}

-- Where `aesplugin serve` keeps its token, below the home folder: macOS, Windows, Linux.
local PLACES = {
  "Library/Application Support/aesplugin/token",
  "AppData/Local/aesplugin/aesplugin/token",
  ".local/share/aesplugin/token",
}
local HERE = { ["127.0.0.1"] = true, ["localhost"] = true, ["[::1]"] = true }

local function address()
  local given = LrPrefs.prefsForPlugin().address or "http://127.0.0.1:8765"
  return (given:gsub("/+$", ""))
end

-- The token of this machine's page goes to this machine only.
local function isHere()
  local host = (address():match("^http://([^/]+)") or ""):gsub(":%d+$", "")
  return HERE[host] or false
end

local function keptToken()
  local home = LrPathUtils.getStandardFilePath("home")
  for _, place in ipairs(PLACES) do
    local path = LrPathUtils.child(home, place)
    if LrFileUtils.exists(path) then
      return (LrFileUtils.readFile(path):gsub("%s+$", ""))
    end
  end
end

local function token()
  local given = LrPrefs.prefsForPlugin().token
  if given and given ~= "" then return given end
  return isHere() and keptToken() or nil
end

local function headers()
  local list = { { field = "X-AES-Client", value = "lightroom" } }
  local known = token()
  if known then
    list[#list + 1] = { field = "Authorization", value = "Bearer " .. known }
  end
  return list
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
