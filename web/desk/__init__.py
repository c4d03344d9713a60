"""The caseworkers' side of the door: everything under /desk. `sections.py` lists its rooms and who may enter each."""
