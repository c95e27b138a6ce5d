-- Menu Library > Plug-in Extras > Score the selected photos.
local LrApplication = import "LrApplication"
local LrDialogs = import "LrDialogs"
local LrPrefs = import "LrPrefs"
local LrProgressScope = import "LrProgressScope"
local LrTasks = import "LrTasks"

local Apply = require "Apply"
local Client = require "Client"

LrTasks.startAsyncTask(function()
  local catalog = LrApplication.activeCatalog()
  local photos = catalog:getTargetPhotos()
  local progress = LrProgressScope { title = "aesplugin: asking for scores" }
  local results, problem = {}, nil
  for number, photo in ipairs(photos) do
    if progress:isCanceled() then break end
    local found, reason = Client.photo(photo:getRawMetadata("path"))
    if found and found.score then
      results[#results + 1] = { photo = photo, found = found }
    else
      problem = problem or reason or "the photo has no score yet; run: aesplugin score FOLDER"
    end
    progress:setPortionComplete(number, #photos)
    LrTasks.yield()
  end
  local done = Apply.all(catalog, _PLUGIN, results, LrPrefs.prefsForPlugin())
  progress:done()
  if done < #photos then
    local text = string.format("%d of %d photos have a score.", done, #photos)
    LrDialogs.message("aesplugin", text .. (problem and ("\n" .. problem) or ""), "info")
  end
end)
