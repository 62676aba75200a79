# tests of src/probe
