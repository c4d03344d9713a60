"""The understanding of Én Indgang: Rasa components, the importer that learns from knowledge/, and the engine channel."""
