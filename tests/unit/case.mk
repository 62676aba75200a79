# tests of src/case
