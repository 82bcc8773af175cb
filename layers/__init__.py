"""What the atlas shows: the layers, how each is read, checked, related, drawn, served and exported."""
