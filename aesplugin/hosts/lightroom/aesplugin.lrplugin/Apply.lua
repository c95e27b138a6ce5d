-- Writes what is known into the catalog, in portions: one long write would block Lightroom.
local Apply = {}

Apply.PORTION = 100
local LEVELS = { "bad", "poor", "fair", "good", "excellent" }

function Apply.starsOf(score)
  return math.max(1, math.min(5, 1 + math.floor(5 * (score - 1) / 9)))
end

local function joined(suggestions)
  local lines = {}
  for _, suggestion in ipairs(suggestions or {}) do lines[#lines + 1] = suggestion.advice end
  return table.concat(lines, "\n")
end

-- Words, not numbers, as in the sidecars.
function Apply.keywordsOf(found)
  local words = { "aesthetics " .. LEVELS[Apply.starsOf(found.score)] }
  for _, suggestion in ipairs(found.suggestions or {}) do
    words[#words + 1] = "flaw " .. suggestion.flaw:gsub("_", " ")
  end
  return words
end

-- Under our root and in our words: a keyword that somebody put there by hand is theirs.
local function isOurs(keyword)
  local root, word = keyword:getParent(), keyword:getName()
  return root ~= nil and root:getName() == "aesplugin" and root:getParent() == nil
    and (word:find("^aesthetics ") ~= nil or word:find("^flaw ") ~= nil)
end

local function setKeywords(catalog, photo, found)
  local root = catalog:createKeyword("aesplugin", {}, false, nil, true)
  local words = Apply.keywordsOf(found)
  local wanted = {}
  for _, word in ipairs(words) do wanted[word] = true end
  for _, keyword in ipairs(photo:getRawMetadata("keywords") or {}) do
    if isOurs(keyword) and not wanted[keyword:getName()] then photo:removeKeyword(keyword) end
  end
  for _, word in ipairs(words) do
    photo:addKeyword(catalog:createKeyword(word, {}, true, root, true))
  end
end

local function write(catalog, plugin, photo, found, prefs)
  photo:setPropertyForPlugin(plugin, "score", string.format("%.2f", found.score))
  photo:setPropertyForPlugin(plugin, "comment", found.comment or "")
  photo:setPropertyForPlugin(plugin, "suggestions", joined(found.suggestions))
  photo:setPropertyForPlugin(plugin, "model", found.model or "")
  -- Stars are the user's: only where switched on, and only where there are none.
  local rating = photo:getRawMetadata("rating")
  if prefs.ratings and (rating == nil or rating == 0) then
    photo:setRawMetadata("rating", Apply.starsOf(found.score))
  end
  if prefs.keywords then setKeywords(catalog, photo, found) end
end

-- `results`: a list of {photo, found}. Returns how many photos were written.
function Apply.all(catalog, plugin, results, prefs)
  for start = 1, #results, Apply.PORTION do
    catalog:withWriteAccessDo("aesplugin", function()
      for at = start, math.min(#results, start + Apply.PORTION - 1) do
        write(catalog, plugin, results[at].photo, results[at].found, prefs)
      end
    end, { timeout = 30 })
  end
  return #results
end

return Apply
