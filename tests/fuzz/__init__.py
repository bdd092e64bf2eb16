"""Fuzz targets, run by `make fuzz`; pytest does not collect them."""
