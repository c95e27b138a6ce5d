-- Lightroom Classic reads this first.
return {
  LrSdkVersion = 6.0,
  LrSdkMinimumVersion = 6.0,
  LrToolkitIdentifier = "org.aesplugin.lightroom",
  LrPluginName = "aesplugin",
  LrPluginInfoUrl = "https://aesplugin.org/",
  LrPluginInfoProvider = "PluginInfoProvider.lua",
  LrMetadataProvider = "Metadata.lua",
  LrLibraryMenuItems = {
    { title = "Score the selected photos", file = "ScoreSelection.lua", enabledWhen = "photosSelected" },
  },
  VERSION = { major = 0, minor = 1, revision = 0 },
}
