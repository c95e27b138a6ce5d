-- Fields of our own: shown in the Metadata panel, found by text filters, never in the user's.
return {
  schemaVersion = 1,
  metadataFieldsForPhotos = {
    { id = "score", title = "Score (1-10)", dataType = "string", searchable = true, browsable = true },
    { id = "comment", title = "Comment", dataType = "string", searchable = true },
    { id = "suggestions", title = "Suggestions", dataType = "string", searchable = true },
    { id = "model", title = "Model", dataType = "string", searchable = true, browsable = true },
  },
}
