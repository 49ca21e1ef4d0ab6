"""The main job from file to page: answers, notebook, HTML."""
