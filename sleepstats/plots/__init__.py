"""Pictures of nights and of results. Nothing here computes a statistic."""
