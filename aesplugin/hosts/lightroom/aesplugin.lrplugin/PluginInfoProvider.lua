-- The settings, in Lightroom's Plug-in Manager.
local LrPrefs = import "LrPrefs"
local LrView = import "LrView"

return {
  sectionsForTopOfDialog = function(f)
    local prefs = LrPrefs.prefsForPlugin()
    prefs.address = prefs.address or "http://127.0.0.1:8765"
    prefs.token = prefs.token or ""
    local bind = LrView.bind
    return {
      {
        title = "aesplugin",
        bind_to_object = prefs,
        f:row { f:static_text { title = "Address of `aesplugin serve`" },
          f:edit_field { value = bind "address", width_in_chars = 30 } },
        f:row { f:static_text { title = "Token, of a page on another machine" },
          f:password_field { value = bind "token", width_in_chars = 30 } },
        f:row { f:checkbox { title = "Give stars where you gave none", value = bind "ratings" } },
        f:row { f:checkbox { title = "Add keywords for level and flaws", value = bind "keywords" } },
      },
    }
  end,
}
