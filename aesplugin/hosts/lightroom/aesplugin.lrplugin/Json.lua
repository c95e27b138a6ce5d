-- Reads JSON (Lightroom's Lua 5.1 has no reader). Only what our own answers hold.
local Json = {}

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8Of(code)
  local floor = math.floor
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xC0 + floor(code / 64), 0x80 + code % 64) end
  if code < 0x10000 then
    return string.char(0xE0 + floor(code / 4096), 0x80 + floor(code / 64) % 64, 0x80 + code % 64)
  end
  return string.char(0xF0 + floor(code / 262144), 0x80 + floor(code / 4096) % 64,
    0x80 + floor(code / 64) % 64, 0x80 + code % 64)
end

local function readEscape(text, at)
  local mark = text:sub(at, at)
  if mark ~= "u" then return ESCAPES[mark] or mark, at + 1 end
  local code = tonumber(text:sub(at + 1, at + 4), 16)
  at = at + 5
  if code >= 0xD800 and code < 0xDC00 and text:sub(at, at + 1) == "\\u" then
    local low = tonumber(text:sub(at + 2, at + 5), 16)
    return utf8Of(0x10000 + (code - 0xD800) * 0x400 + (low - 0xDC00)), at + 6
  end
  return utf8Of(code), at
end

local function readString(text, at)
  local parts = {}
  while true do
    local stop = assert(text:find('["\\]', at), "unfinished string")
    parts[#parts + 1] = text:sub(at, stop - 1)
    if text:sub(stop, stop) == '"' then return table.concat(parts), stop + 1 end
    parts[#parts + 1], at = readEscape(text, stop + 1)
  end
end

local readValue

local function readMembers(text, at, close, readOne)
  at = assert(text:find("%S", at), "unfinished")
  if text:sub(at, at) == close then return at + 1 end
  while true do
    at = readOne(at)
    at = assert(text:find("%S", at), "unfinished")
    local mark = text:sub(at, at)
    if mark == close then return at + 1 end
    assert(mark == ",", "a comma is missing")
    at = at + 1
  end
end

function readValue(text, at)
  at = assert(text:find("%S", at), "unfinished")
  local first = text:sub(at, at)
  if first == "{" then
    local object = {}
    return object, readMembers(text, at + 1, "}", function(here)
      local key
      here = assert(text:find('"', here, true), "a key is missing")
      key, here = readString(text, here + 1)
      local colon = assert(text:find(":", here, true), "a colon is missing")
      object[key], here = readValue(text, colon + 1)
      return here
    end)
  elseif first == "[" then
    local list = {}
    return list, readMembers(text, at + 1, "]", function(here)
      local value
      value, here = readValue(text, here)
      list[#list + 1] = value
      return here
    end)
  elseif first == '"' then
    return readString(text, at + 1)
  end
  local word = assert(text:match("^[%w%.%+%-]+", at), "no JSON")
  local value = nil
  if word == "true" then value = true elseif word == "false" then value = false
  elseif word ~= "null" then value = assert(tonumber(word), "no number") end
  return value, at + #word
end

-- The value in `text`, or nil and the reason.
function Json.decode(text)
  local ok, value = pcall(function() return (readValue(text, 1)) end)
  if ok then return value end
  return nil, tostring(value)
end

return Json
