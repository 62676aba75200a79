# tests/range
