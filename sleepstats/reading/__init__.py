"""Reading exports: text in, nights out, every source row accounted for."""
