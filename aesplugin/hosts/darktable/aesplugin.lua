--[[
aesplugin for darktable: scores photos on import and on selection, and tags them.

Put it into ~/.config/darktable/lua, and the line  require "aesplugin"  into
~/.config/darktable/luarc. It asks the review page's interface (`aesplugin serve`) or, where none
answers, the command line. Nothing leaves this machine. Stars are written only if you switch that
on, and only where you gave none (darktable's default of one star counts as none).
]]
local dt = require "darktable"

local NAME = "aesplugin"
local ROOT_TAG = "aesplugin"
local LEVELS = { "bad", "poor", "fair", "good", "excellent" }

local aes = {}

-- Preferences ---------------------------------------------------------------------------------

local SETTINGS = {
  { "on_import", "bool", true, "score on import", "score every photo when it is imported" },
  { "ratings", "bool", false, "give stars", "write the score as stars where you gave none" },
  { "address", "string", "http://127.0.0.1:8765", "address",
    "where `aesplugin serve` listens; empty = command line only" },
  { "token", "string", "", "token", "of a page on another machine; this one's is found by itself" },
  { "command", "string", "aesplugin", "command", "what to run where no page answers" },
}
local HAS_WINDOW = dt.configuration.has_gui

-- Without a window (darktable-cli) registering a preference never returns.
if HAS_WINDOW then
  for _, one in ipairs(SETTINGS) do
    local key, kind, default, label, help = table.unpack(one)
    dt.preferences.register(NAME, key, kind, "aesplugin: " .. label, help, default)
  end
end

-- The environment's word (AESPLUGIN_ADDRESS, ...) goes before darktable's preferences.
local function setting(key)
  for _, one in ipairs(SETTINGS) do
    local name, kind, default = table.unpack(one)
    if name == key then
      local given = os.getenv("AESPLUGIN_" .. key:upper())
      if given and kind == "bool" then return given == "1" end
      if given then return given end
      if HAS_WINDOW then return dt.preferences.read(NAME, key, kind) end
      return default
    end
  end
end

-- JSON: only what our own answers hold ---------------------------------------------------------

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + code // 64, 0x80 + code % 64) end
  if code < 0x10000 then
    return string.char(0xE0 + code // 4096, 0x80 + code // 64 % 64, 0x80 + code % 64)
  end
  return string.char(0xF0 + code // 262144, 0x80 + code // 4096 % 64, 0x80 + code // 64 % 64,
    0x80 + code % 64)
end

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function read_string(text, at)
  local parts = {}
  while true do
    local stop = text:find('["\\]', at)
    if not stop then error("unfinished string") end
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    local mark = text:sub(stop + 1, stop + 1)
    at = stop + 2
    if mark == "u" then
      local code = tonumber(text:sub(at, at + 3), 16)
      at = at + 4
      if code >= 0xD800 and code < 0xDC00 and text:sub(at, at + 1) == "\\u" then
        local low = tonumber(text:sub(at + 2, at + 5), 16)
        code = 0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)
        at = at + 6
      end
      parts[#parts + 1] = utf8_of(code)
    else
      parts[#parts + 1] = ESCAPES[mark] or mark
    end
  end
end

local read_value

local function read_list(text, at)
  local list = {}
  at = text:find("%S", at)
  if text:sub(at, at) == "]" then return list, at + 1 end
  while true do
    list[#list + 1], at = read_value(text, at)
    at = text:find("%S", at)
    if text:sub(at, at) == "]" then return list, at + 1 end
    at = at + 1
  end
end

local function read_object(text, at)
  local object = {}
  at = text:find("%S", at)
  if text:sub(at, at) == "}" then return object, at + 1 end
  while true do
    at = text:find('"', at, true) + 1
    local key
    key, at = read_string(text, at)
    object[key], at = read_value(text, text:find(":", at, true) + 1)
    at = text:find("%S", at)
    if text:sub(at, at) == "}" then return object, at + 1 end
    at = at + 1
  end
end

function read_value(text, at)
  at = text:find("%S", at)
  local first = text:sub(at, at)
  if first == "{" then return read_object(text, at + 1) end
  if first == "[" then return read_list(text, at + 1) end
  if first == '"' then return read_string(text, at + 1) end
  local word = text:match("^[%w%.%+%-]+", at)
  local value = ({ ["true"] = true, ["false"] = false })[word]
  if value == nil and word ~= "null" then value = tonumber(word) end
  return value, at + #word
end

function aes.decode(text)
  local ok, value = pcall(function() return (read_value(text, 1)) end)
  return ok and value or nil
end

-- Asking --------------------------------------------------------------------------------------

function aes.quote(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function output_of(command)
  local pipe = io.popen(command .. " 2>/dev/null")
  if not pipe then return nil end
  local text = pipe:read("a")
  pipe:close()
  return text
end

-- Where `aesplugin serve` keeps its token; nil where it made none.
local function token_file()
  local home, data = os.getenv("HOME") or "", os.getenv("XDG_DATA_HOME")
  local folders = { home .. "/Library/Application Support", home .. "/.local/share" }
  if data and data ~= "" then table.insert(folders, 1, data) end
  for _, folder in ipairs(folders) do
    local path = folder .. "/aesplugin/token"
    local file = io.open(path)
    if file then
      file:close()
      return path
    end
  end
end

local HERE = { ["127.0.0.1"] = true, ["localhost"] = true, ["[::1]"] = true }

-- A command that prints curl's line with the token. The token of this machine's page goes to this
-- machine only, and is in no command, for these are seen by everybody on the machine.
local function authorization(address)
  local given = setting("token")
  local host = (address:match("^http://([^/]+)") or ""):gsub(":%d+$", "")
  local source = given ~= "" and "printf %s " .. aes.quote(given) or nil
  local kept = HERE[host] and token_file()
  if not source and kept then source = "tr -d '\\n' < " .. aes.quote(kept) end
  if not source then return nil end
  source = source .. " | sed 's/[\\\\\"]/\\\\&/g'"
  return "{ printf 'header = \"Authorization: Bearer '; " .. source .. "; printf '\"'; }"
end

local function from_page(path)
  local address = setting("address")
  if address == "" then return nil end
  local parts = { "curl --silent --fail --max-time 120 --header 'X-AES-Client: darktable'" }
  local token = authorization(address)
  if token then parts = { token, "|", parts[1], "--config -" } end
  parts[#parts + 1] = "--header 'Content-Type: application/octet-stream'"
  parts[#parts + 1] = "--data-binary " .. aes.quote("@" .. path)
  parts[#parts + 1] = aes.quote(address:gsub("/+$", "") .. "/api/v1/score")
  local text = output_of(table.concat(parts, " "))
  return text and aes.decode(text)
end

local function from_command_line(path)
  local command = setting("command")
  if command == "" then return nil end
  local text = output_of(aes.quote(command) .. " score --json " .. aes.quote(path))
  return text and aes.decode(text:match("[^\n]+") or "")
end

-- The photo's score, suggestions and so on, or nil where nobody answers or the photo has none.
function aes.ask(path)
  local found = from_page(path) or from_command_line(path)
  if found and type(found.score) == "number" then return found end
  return nil
end

-- Telling darktable ---------------------------------------------------------------------------

function aes.stars_of(score)
  return math.max(1, math.min(5, 1 + math.floor(5 * (score - 1) / 9)))
end

-- Words, not numbers: darktable makes every level of a tag a tag of its own.
function aes.tags_of(found)
  local tags = { ROOT_TAG .. "|aesthetics " .. LEVELS[aes.stars_of(found.score)] }
  for _, suggestion in ipairs(found.suggestions or {}) do
    tags[#tags + 1] = ROOT_TAG .. "|flaw " .. suggestion.flaw:gsub("_", " ")
  end
  return tags
end

local function drop_old_tags(image)
  for _, tag in ipairs(dt.tags.get_tags(image)) do
    if tag.name:sub(1, #ROOT_TAG + 1) == ROOT_TAG .. "|" then dt.tags.detach(tag, image) end
  end
end

function aes.apply(image, found)
  drop_old_tags(image)
  for _, name in ipairs(aes.tags_of(found)) do
    dt.tags.attach(dt.tags.create(name), image)
  end
  -- 0 is unrated, 1 is what darktable gives every import, -1 is the user's reject.
  if setting("ratings") and (image.rating == 0 or image.rating == 1) then
    image.rating = aes.stars_of(found.score)
  end
end

function aes.score(image)
  local found = aes.ask(image.path .. "/" .. image.filename)
  if found then aes.apply(image, found) end
  return found ~= nil
end

function aes.score_selection()
  local images = dt.gui.action_images
  local job = dt.gui.create_job("aesplugin: scoring", true, function(it) it.valid = false end)
  local done = 0
  for number, image in ipairs(images) do
    if not job.valid then break end
    if aes.score(image) then done = done + 1 end
    if job.valid then job.percent = number / #images end
  end
  if job.valid then job.valid = false end
  dt.print(string.format("aesplugin: %d of %d photos scored", done, #images))
end

-- Where darktable calls us --------------------------------------------------------------------

dt.register_event(NAME .. "_import", "post-import-image", function(_, image)
  if setting("on_import") then aes.score(image) end
end)

if HAS_WINDOW then
  dt.register_event(NAME .. "_key", "shortcut", aes.score_selection,
    "aesplugin: score the selected photos")
  dt.gui.libs.image.register_action(NAME .. "_action", "aesplugin: score",
    aes.score_selection, "score the selected photos and tag them")
end

return aes
