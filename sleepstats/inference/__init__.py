"""Inference for one series of nights: arrays in, arrays out, no column names."""
